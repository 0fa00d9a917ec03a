import { assert, assertEquals } from "@std/assert";
import { type ByteSink, Outbox, type OutboxOwner, Queue } from "../../../server/delivery/outbox.ts";
import { Random } from "../../support/random.ts";

/** A sink whose writes end when the test ends them. */
class Sink implements ByteSink {
  /** The bytes of each write. */
  readonly writes: Uint8Array[] = [];
  /** The text that it has taken. */
  taken = "";
  #pending: PromiseWithResolvers<number> | undefined;

  write(bytes: Uint8Array): Promise<number> {
    assert(!this.#pending, "at most one write is in flight");
    this.writes.push(bytes);
    this.#pending = Promise.withResolvers();
    return this.#pending.promise;
  }

  get writing(): boolean {
    return this.#pending !== undefined;
  }

  /** Takes the first `count` bytes of the write in flight; by default all. */
  async take(count = this.writes.at(-1)?.length ?? 0): Promise<void> {
    this.taken += new TextDecoder().decode(this.writes.at(-1)?.subarray(0, count));
    await this.#settle((pending) => pending.resolve(count));
  }

  /** Fails the write in flight. */
  async fail(): Promise<void> {
    await this.#settle((pending) => pending.reject(new Deno.errors.BrokenPipe()));
  }

  async #settle(finish: (pending: PromiseWithResolvers<number>) => void): Promise<void> {
    const pending = this.#pending;
    assert(pending, "no write is in flight");
    this.#pending = undefined;
    finish(pending);
    await settled();
  }
}

/** An owner of outboxes whose turn ends when the test ends it. */
class Turns implements OutboxOwner {
  empty = Queue.empty();
  #dirty: Outbox[] = [];

  dirty(outbox: Outbox): void {
    assert(!this.#dirty.includes(outbox), "an outbox is dirty once a turn");
    this.#dirty.push(outbox);
  }

  /** The number of writes that have ended. */
  ended = 0;

  written(): void {
    this.ended++;
  }

  /** Ends the turn; returns the number of writes that begin. */
  end(): number {
    this.empty = Queue.empty();
    return this.#dirty.splice(0).filter((outbox) => outbox.flush()).length;
  }
}

function setUp(limit = 1000) {
  const sink = new Sink();
  const turns = new Turns();
  const events: string[] = [];
  const outbox = new Outbox(sink, turns, limit, () => events.push("full"));
  const isDrained = async (): Promise<boolean> => {
    let drained = false;
    outbox.drained().then(() => drained = true);
    await settled();
    return drained;
  };
  return { sink, turns, outbox, events, isDrained };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Resolves after the queued microtasks, and those they queue, have run. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

Deno.test("lines pushed in one turn are one write, in order", async () => {
  const { sink, turns, outbox } = setUp();
  for (const line of ["a", "b", "c"]) outbox.push(bytes(line));
  assertEquals(sink.writes.length, 0, "nothing is written before the turn ends");
  turns.end();
  await sink.take();
  assertEquals([sink.writes.length, sink.taken], [1, "abc"]);
});

Deno.test("lines pushed during a write are written in the turn after it", async () => {
  const { sink, turns, outbox } = setUp();
  outbox.push(bytes("a"));
  turns.end();
  outbox.push(bytes("b"));
  outbox.push(bytes("c"));
  turns.end();
  assertEquals(sink.writes.length, 1);
  await sink.take();
  assert(!sink.writing);
  turns.end();
  await sink.take();
  assertEquals(sink.taken, "abc");
});

Deno.test("a partial write continues with the rest", async () => {
  const { sink, turns, outbox } = setUp();
  outbox.push(bytes("hello"));
  turns.end();
  await sink.take(2);
  await sink.take(0);
  await sink.take(1);
  assertEquals(outbox.length, 5, "bytes count until all are written");
  await sink.take();
  assertEquals([sink.taken, outbox.length, sink.writing], ["hello", 0, false]);
});

Deno.test("an outbox holds as much as its limit, and one byte more closes it once", () => {
  const { turns, outbox, events } = setUp(4);
  outbox.push(bytes("ab"));
  outbox.push(bytes("cd"));
  assertEquals([outbox.length, events], [4, []]);
  outbox.push(bytes("e"));
  outbox.push(bytes("f"));
  assertEquals([outbox.length, events], [0, ["full"]]);
  turns.end();
});

Deno.test("bytes in flight count towards the limit", () => {
  const { turns, outbox, events } = setUp(4);
  outbox.push(bytes("abc"));
  turns.end();
  outbox.push(bytes("d"));
  assertEquals(events, []);
  outbox.push(bytes("e"));
  assertEquals(events, ["full"]);
});

Deno.test("nothing is written after a failed write", async () => {
  const { sink, turns, outbox, events, isDrained } = setUp();
  outbox.push(bytes("a"));
  turns.end();
  outbox.push(bytes("b"));
  await sink.fail();
  outbox.push(bytes("c"));
  turns.end();
  assertEquals([sink.writes.length, events], [1, []]);
  assert(await isDrained());
});

Deno.test("a closed outbox drops its lines and takes no more", async () => {
  const { sink, turns, outbox, isDrained } = setUp();
  outbox.push(bytes("a"));
  outbox.close();
  outbox.push(bytes("b"));
  turns.end();
  assertEquals([sink.writes.length, outbox.length], [0, 0]);
  assert(await isDrained());
});

Deno.test("an outbox is drained once everything is written", async () => {
  const { sink, turns, outbox, isDrained } = setUp();
  assert(await isDrained(), "an empty outbox is drained");
  outbox.push(bytes("ab"));
  assert(!await isDrained());
  turns.end();
  outbox.push(bytes("c"));
  await sink.take(1);
  await sink.take();
  assert(!await isDrained(), "there is still a line to write");
  turns.end();
  await sink.take();
  assert(await isDrained());
  outbox.push(bytes("d"));
  assert(!await isDrained(), "a line was pushed since");
});

Deno.test("outboxes with the same lines write the same bytes, joined once", () => {
  const turns = new Turns();
  const [a, b, c] = [new Sink(), new Sink(), new Sink()];
  const [one, two, other] = [a, b, c].map((sink) => new Outbox(sink, turns, 1000, () => {}));
  const [first, second, third] = ["1", "2", "3"].map(bytes);
  assert(one && two && other && first && second && third);
  for (const outbox of [one, two]) outbox.push(first);
  other.push(third);
  for (const outbox of [one, two, other]) outbox.push(second);
  turns.end();
  assert(a.writes[0] === b.writes[0], "the very same array");
  assertEquals(new TextDecoder().decode(a.writes[0]), "12");
  assertEquals(new TextDecoder().decode(c.writes[0]), "32");
});

Deno.test("outboxes with many of the same lines write the same bytes, joined once", () => {
  const turns = new Turns();
  const sinks = [new Sink(), new Sink()];
  const outboxes = sinks.map((sink) => new Outbox(sink, turns, 10_000, () => {}));
  const lines = Array.from({ length: 300 }, (_, i) => `${i} `);
  for (const line of lines.map(bytes)) for (const outbox of outboxes) outbox.push(line);
  turns.end();
  const [one, two] = sinks.map(({ writes }) => writes[0]);
  assert(one === two, "the very same array");
  assertEquals(new TextDecoder().decode(one), lines.join(""));
});

Deno.test("a queue of short lines needs little more memory than their bytes", () => {
  const limit = 1024 * 1024;
  const used = () => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const outboxes = Array.from({ length: 8 }, () => setUp(limit).outbox);
  for (const outbox of outboxes) {
    for (let i = 0; outbox.length < limit - 10; i++) outbox.push(bytes(`PING ${i % 1000}\r\n`));
  }
  const each = (used() - before) / outboxes.length / limit;
  assert(each < 6, `each queue of 1 MiB needs ${each.toFixed(1)} MiB`);
});

Deno.test("equal lines in different arrays are different", () => {
  const queue = Queue.empty();
  const line = bytes("a");
  assert(queue.append(line) === queue.append(line));
  assert(queue.append(bytes("a")) !== queue.append(bytes("a")));
});

Deno.test("a single line is written without a copy", () => {
  const line = bytes("a");
  assert(Queue.empty().append(line).bytes() === line);
});

Deno.test("the bytes are written in order for any sequence of pushes, flushes and writes", async () => {
  const random = new Random(9);
  for (let run = 0; run < 200; run++) {
    const { sink, turns, outbox } = setUp(10_000);
    let pushed = "";
    for (let step = 0; step < 50 + 2 * run; step++) {
      const text = random.text(["a", "b", "c"], 5, 1);
      const steps = [
        () => {
          outbox.push(bytes(text));
          pushed += text;
        },
        () => turns.end(),
        () => sink.writing ? sink.take(random.below(4)) : undefined,
      ];
      // A write takes at most the bytes that it was offered.
      const offered = sink.writes.at(-1)?.length ?? 0;
      await (offered < 4 && sink.writing ? sink.take() : random.pick(steps)());
    }
    while (outbox.length > 0) {
      turns.end();
      if (sink.writing) await sink.take();
    }
    assertEquals(sink.taken, pushed);
  }
});

Deno.test("the owner is notified when a write ends, failed or not", async () => {
  const { sink, turns, outbox } = setUp();
  outbox.push(bytes("one"));
  assertEquals(turns.end(), 1);
  await sink.take(1);
  assertEquals(turns.ended, 0, "a partial write has not ended");
  outbox.push(bytes("two"));
  assertEquals(turns.end(), 0);
  await sink.take(2);
  assertEquals(turns.ended, 1);
  assertEquals(turns.end(), 1);
  await sink.fail();
  assertEquals(turns.ended, 2);
});

Deno.test("lines that are made later keep their place, and are made before the next ones or the write", async () => {
  const { sink, turns, outbox } = setUp();
  const made: string[] = [];
  const later = (text: string) => () => {
    made.push(text);
    return bytes(text);
  };
  outbox.push(bytes("1"));
  outbox.pushLater(later("2"));
  outbox.pushLater(later("3"));
  assertEquals(made, []);
  outbox.push(bytes("4"));
  assertEquals(made, ["2", "3"]);
  outbox.pushLater(later("5"));
  turns.end();
  assertEquals(made, ["2", "3", "5"]);
  outbox.pushLater(later("6"));
  await sink.take();
  turns.end();
  await sink.take();
  assertEquals(sink.taken, "123456");
});

Deno.test("an outbox goes on after all functions that make its lines have thrown", async () => {
  const { sink, turns, outbox, isDrained } = setUp();
  const reported: unknown[] = [];
  const report = (event: ErrorEvent): void => {
    event.preventDefault();
    reported.push(event.error);
  };
  globalThis.addEventListener("error", report);
  const fault = new Error("no line");
  outbox.pushLater(() => {
    throw fault;
  });
  const drained = outbox.drained();
  turns.end();
  await drained;
  globalThis.removeEventListener("error", report);
  assertEquals(reported, [fault]);
  outbox.push(bytes("next"));
  assert(!await isDrained());
  assertEquals(turns.end(), 1);
  await sink.take();
  assertEquals(sink.taken, "next");
});
