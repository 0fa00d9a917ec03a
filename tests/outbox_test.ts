import { assert, assertEquals } from "@std/assert";
import { type ByteSink, Outbox, type OutboxOwner, Queue } from "../server/outbox.ts";
import { Random } from "./support/random.ts";

/** A socket whose writes end when the test says so. */
class Sink implements ByteSink {
  /** What was offered to it, a write each. */
  readonly writes: Uint8Array[] = [];
  /** What it took. */
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

  /** Takes the first `count` bytes of the write in flight; all, unless told. */
  async take(count = this.writes.at(-1)?.length ?? 0): Promise<void> {
    this.taken += new TextDecoder().decode(this.writes.at(-1)?.subarray(0, count));
    await this.#settle((pending) => pending.resolve(count));
  }

  /** Fails the write in flight. */
  async fail(): Promise<void> {
    await this.#settle((pending) => pending.reject(new Deno.errors.BrokenPipe()));
  }

  async #settle(how: (pending: PromiseWithResolvers<number>) => void): Promise<void> {
    const pending = this.#pending;
    assert(pending, "no write is in flight");
    this.#pending = undefined;
    how(pending);
    await settled();
  }
}

/** Flushes when the test says so. */
class Turns implements OutboxOwner {
  empty = Queue.empty();
  #dirty: Outbox[] = [];

  dirty(outbox: Outbox): void {
    assert(!this.#dirty.includes(outbox), "an outbox is dirty once a turn");
    this.#dirty.push(outbox);
  }

  /** How many writes have ended. */
  ended = 0;

  written(): void {
    this.ended++;
  }

  /** Returns how many writes begin. */
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

/** Resolves when the microtasks queued so far, and those they queue, have run. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

Deno.test("what is pushed in one turn is one write, in order", async () => {
  const { sink, turns, outbox } = setUp();
  for (const line of ["a", "b", "c"]) outbox.push(bytes(line));
  assertEquals(sink.writes.length, 0, "nothing is written before the turn ends");
  turns.end();
  await sink.take();
  assertEquals([sink.writes.length, sink.taken], [1, "abc"]);
});

Deno.test("what is pushed during a write waits for the turn after it", async () => {
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

Deno.test("a write that took a part goes on with the rest", async () => {
  const { sink, turns, outbox } = setUp();
  outbox.push(bytes("hello"));
  turns.end();
  await sink.take(2);
  await sink.take(0);
  await sink.take(1);
  assertEquals(outbox.length, 5, "they count until all is written");
  await sink.take();
  assertEquals([sink.taken, outbox.length, sink.writing], ["hello", 0, false]);
});

Deno.test("at its limit an outbox still holds all, one byte later it gives up, once", () => {
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

Deno.test("after a write that failed, nothing is written any more", async () => {
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

Deno.test("once closed, an outbox forgets what it holds and takes no more", async () => {
  const { sink, turns, outbox, isDrained } = setUp();
  outbox.push(bytes("a"));
  outbox.close();
  outbox.push(bytes("b"));
  turns.end();
  assertEquals([sink.writes.length, outbox.length], [0, 0]);
  assert(await isDrained());
});

Deno.test("an outbox is drained when all is written, and not before", async () => {
  const { sink, turns, outbox, isDrained } = setUp();
  assert(await isDrained(), "an empty one is drained");
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
});

Deno.test("outboxes that hold the same lines write the same bytes, joined once", () => {
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

Deno.test("lines that are equal but not the same array are told apart", () => {
  const queue = Queue.empty();
  const line = bytes("a");
  assert(queue.append(line) === queue.append(line));
  assert(queue.append(bytes("a")) !== queue.append(bytes("a")));
});

Deno.test("a single line is written as it is, without a copy", () => {
  const line = bytes("a");
  assert(Queue.empty().append(line).bytes() === line);
});

Deno.test("whatever is pushed, flushed and taken, the bytes come out in order", async () => {
  const random = new Random(9);
  for (let run = 0; run < 200; run++) {
    const { sink, turns, outbox } = setUp(10_000);
    let pushed = "";
    for (let step = 0; step < 50; step++) {
      const text = random.text(["a", "b", "c"], 5, 1);
      const steps = [
        () => {
          outbox.push(bytes(text));
          pushed += text;
        },
        () => turns.end(),
        () => sink.writing ? sink.take(random.below(4)) : undefined,
      ];
      // A write takes no more than it was offered.
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

Deno.test("its owner hears when a write has ended, well or not", async () => {
  const { sink, turns, outbox } = setUp();
  outbox.push(bytes("one"));
  assertEquals(turns.end(), 1);
  await sink.take(1);
  assertEquals(turns.ended, 0, "a part is not all");
  outbox.push(bytes("two"));
  assertEquals(turns.end(), 0);
  await sink.take(2);
  assertEquals(turns.ended, 1);
  assertEquals(turns.end(), 1);
  await sink.fail();
  assertEquals(turns.ended, 2);
});
