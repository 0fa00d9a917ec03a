import { assert, assertEquals } from "@std/assert";
import type { Socket } from "../../../shared/socket.ts";
import { sendLast } from "../../../server/net/last_answer.ts";

/** A socket whose peer sends `bytes` more; `onRead` runs at each read that finds some. */
function sending(bytes: number, onRead: () => void): Socket {
  let left = bytes;
  return {
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    read(buffer) {
      if (left === 0) return Promise.resolve(null);
      const count = Math.min(left, buffer.length);
      left -= count;
      onRead();
      return Promise.resolve(count);
    },
    close() {},
  };
}

Deno.test("many refused clients together are read at a limited rate", async () => {
  const start = performance.now();
  let reads = 0;
  const sockets = Array.from({ length: 60 }, () => sending(128 * 1024, () => reads++));
  await Promise.all(sockets.map((socket) => sendLast(socket, Uint8Array.of(1))));
  assertEquals(reads, 120);
  const ms = performance.now() - start;
  assert(ms > 300, `${ms}`);
});

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
