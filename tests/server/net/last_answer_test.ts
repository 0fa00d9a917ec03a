import { assert, assertEquals } from "@std/assert";
import { sendLast } from "../../../server/net/last_answer.ts";

Deno.test("the rest of what a refused client sends is read in a few large pieces", async () => {
  const written: number[] = [];
  let [left, reads] = [1024 ** 2, 0];
  await sendLast({
    write(bytes) {
      written.push(...bytes);
      return Promise.resolve(bytes.length);
    },
    closeWrite: () => Promise.resolve(),
    read(buffer) {
      if (left === 0) return Promise.resolve(null);
      const count = Math.min(left, buffer.length);
      left -= count;
      reads++;
      return Promise.resolve(count);
    },
    close() {},
  }, Uint8Array.of(1, 2, 3));
  assertEquals(written, [1, 2, 3]);
  assert(reads <= 32, `${reads}`);
});
