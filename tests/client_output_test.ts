import { assert, assertEquals } from "@std/assert";
import { Output } from "../client/output.ts";

Deno.test("what is written in one turn, or during a write, is one write", async () => {
  const writes: string[] = [];
  const gate = Promise.withResolvers<void>();
  const output = new Output({
    async write(bytes) {
      await gate.promise;
      writes.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  });
  output.write("a");
  output.write("b");
  await Promise.resolve();
  await Promise.resolve();
  output.write("c");
  output.write("d");
  gate.resolve();
  await output.flush();
  assertEquals(writes, ["ab", "cd"]);
});

Deno.test("what is written in part is written to the end", async () => {
  let text = "";
  const output = new Output({
    write(bytes) {
      text += new TextDecoder().decode(bytes.subarray(0, 3));
      return Promise.resolve(Math.min(3, bytes.length));
    },
  });
  output.write("abcdefgh");
  await output.flush();
  assertEquals(text, "abcdefgh");
});

Deno.test("producers wait while too much waits to be written, and no longer", async () => {
  const gate = Promise.withResolvers<void>();
  const output = new Output({
    async write(bytes) {
      await gate.promise;
      return bytes.length;
    },
  });
  output.write("x".repeat(1000));
  assertEquals(output.ready(), undefined);
  output.write("x".repeat(300_000));
  const ready = output.ready();
  assert(ready);
  gate.resolve();
  await ready;
  assertEquals(output.ready(), undefined);
});

Deno.test("when nobody reads any more, that is told, and nobody waits", async () => {
  const output = new Output({ write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) });
  output.write("x".repeat(300_000));
  const ready = output.ready();
  await output.broken;
  await ready;
  output.write("more");
  await output.flush();
});
