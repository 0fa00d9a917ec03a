import { assert, assertEquals } from "@std/assert";
import { Output } from "../../../client/terminal/output.ts";

Deno.test("output of one turn, or during a write, becomes one write", async () => {
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

Deno.test("a partial write is continued to the end", async () => {
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

Deno.test("producers wait only while too much output is queued", async () => {
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

Deno.test("a broken output is reported, and no producer waits for it", async () => {
  const output = new Output({ write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) });
  output.write("x".repeat(300_000));
  const ready = output.ready();
  await output.broken;
  await ready;
  output.write("more");
  await output.flush();
});
