import { assert, assertEquals } from "@std/assert";
import { LineWriter } from "../../shared/line_writer.ts";

/** A destination that takes bytes only when a test lets it. */
class Pipe {
  /** The text that was taken. */
  text = "";
  /** The number of calls of `write`. */
  writes = 0;
  /** The largest number of bytes that one write takes. */
  most = Infinity;
  #open = Promise.withResolvers<void>();

  /** Takes everything from now on. */
  open(): void {
    this.#open.resolve();
  }

  /** Fails the waiting writes. Later writes wait until {@linkcode open} is called. */
  fail(): void {
    this.#open.reject(new Error("Broken pipe (os error 32)"));
    this.#open.promise.catch(() => {});
    this.#open = Promise.withResolvers<void>();
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    await this.#open.promise;
    const taken = bytes.subarray(0, Math.min(bytes.length, this.most));
    this.text += new TextDecoder().decode(taken);
    return taken.length;
  }
}

function writing(limit?: number) {
  const pipe = new Pipe();
  const droppedLine = (count: number) => `dropped ${count}`;
  const writer = new LineWriter({ sink: pipe, droppedLine, ...(limit !== undefined && { limit }) });
  return { pipe, writer };
}

Deno.test("lines are written in order; those that come during a write are written together after it", async () => {
  const { pipe, writer } = writing();
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
  for (const line of lines) writer.write(line);
  assertEquals(pipe.writes, 1);
  pipe.open();
  await writer.drained();
  assertEquals(pipe.text, lines.map((line) => `${line}\n`).join(""));
  assert(pipe.writes < 10, `${pipe.writes} writes`);
  assertEquals(writer.dropped, 0);
});

Deno.test("a destination that takes a few bytes at a time gets everything", async () => {
  const { pipe, writer } = writing();
  pipe.most = 3;
  pipe.open();
  writer.write("one");
  writer.write("z".repeat(10_000));
  await writer.drained();
  assertEquals(pipe.text, `one\n${"z".repeat(10_000)}\n`);
});

Deno.test("without a reader, lines are dropped and counted, and one line in their place says so", async () => {
  const { pipe, writer } = writing(100);
  for (let i = 0; i < 50; i++) writer.write(`line ${i}`.padEnd(9));
  assertEquals(writer.dropped, 40);
  pipe.open();
  await writer.drained();
  writer.write("later");
  await writer.drained();
  const lines = pipe.text.trimEnd().split("\n").map((line) => line.trimEnd());
  assertEquals(lines.slice(8), ["line 8", "line 9", "dropped 40", "later"]);
  assertEquals(writer.dropped, 40);
});

Deno.test("when a reader goes, only the lines that it did not read are lost", async () => {
  const { pipe, writer } = writing();
  writer.write("lost");
  pipe.fail();
  await writer.drained();
  assertEquals(writer.dropped, 1);
  pipe.open();
  writer.write("read");
  await writer.drained();
  assertEquals(pipe.text, "dropped 1\nread\n");
});

Deno.test("a line is written whenever it comes, also just as an earlier write ends", async () => {
  for (let steps = 0; steps < 20; steps++) {
    const { pipe, writer } = writing();
    pipe.open();
    writer.write("first");
    for (let step = 0; step < steps; step++) await Promise.resolve();
    writer.write("second");
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(pipe.text, "first\nsecond\n", `after ${steps} steps`);
  }
});
