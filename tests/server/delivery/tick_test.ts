import { nextTick } from "node:process";
import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { type ByteSink, Outbox } from "../../../server/delivery/outbox.ts";
import { Tick, type TickParts } from "../../../server/delivery/tick.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** The time, in milliseconds. Only work advances it. */
let now = 0;
/** The clock of the timers. */
let clock = new FakeClock();
const newTick = (commit?: () => void, afterInput: TickParts["afterInput"] = inNextTurn) => {
  clock = new FakeClock();
  return new Tick(commit, {
    now: () => now,
    after: (ms, action) => clock.after(ms, action),
    afterInput,
  });
};
const inNextTurn = (action: () => void) => {
  setImmediate(action);
  return () => {};
};
/** Input that a flush waits for, and that is read when the test reads it. */
class Input {
  readonly #actions: (() => void)[] = [];

  readonly wait = (action: () => void) => {
    this.#actions.push(action);
    return () => {};
  };

  /** Reads once. */
  read(): void {
    this.#actions.shift()?.();
  }

  /** Reads as often as a flush waits for it. */
  readAll(): void {
    while (this.#actions.length > 0) this.read();
  }
}

/** A sink that takes every write completely, and works for `ms` milliseconds. */
class Sink implements ByteSink {
  readonly writes: string[] = [];
  readonly #ms: number;

  constructor(ms = 0) {
    this.#ms = ms;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.writes.push(new TextDecoder().decode(bytes));
    now += this.#ms;
    return Promise.resolve(bytes.length);
  }
}

/** A sink with much work, whose writes end when the test ends them. */
class SlowSink extends Sink {
  #end = () => {};

  constructor() {
    super(4);
  }

  override async write(bytes: Uint8Array): Promise<number> {
    const count = await super.write(bytes);
    await new Promise<void>((resolve) => this.#end = resolve);
    return count;
  }

  end(): void {
    this.#end();
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const endOfTurn = (): Promise<void> => new Promise((resolve) => nextTick(resolve));
/** Waits two turns of the event loop, until pending promises have had their effect. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => setImmediate(resolve));
};

Deno.test("lines pushed in a turn are written at its end, one write for each outbox", async () => {
  const tick = newTick();
  const [one, other] = [new Sink(), new Sink()];
  const [a, b] = [one, other].map((sink) => new Outbox(sink, tick, 1000, () => {}));
  assert(a && b);
  a.push(bytes("1"));
  b.push(bytes("2"));
  a.push(bytes("3"));
  assertEquals([one.writes, other.writes], [[], []]);
  await endOfTurn();
  assertEquals([one.writes, other.writes], [["13"], ["2"]]);
});

Deno.test("lines pushed by promises within a turn belong to that turn", async () => {
  const tick = newTick();
  const sink = new Sink();
  const outbox = new Outbox(sink, tick, 1000, () => {});
  const pushAfter = async (promises: number): Promise<void> => {
    for (let i = 0; i < promises; i++) await undefined;
    outbox.push(bytes(String(promises)));
  };
  // For example a line by WebSocket, and directly after it another by a plain socket.
  await Promise.all([pushAfter(9), pushAfter(1)]);
  await endOfTurn();
  assertEquals(sink.writes, ["19"]);
});

Deno.test("after a long flush, the next one waits for a turn of the event loop", async () => {
  const tick = newTick();
  const sink = new Sink(2);
  const outbox = new Outbox(sink, tick, 1000, () => {});
  outbox.push(bytes("1"));
  await endOfTurn();
  await endOfTurn();
  assertEquals(sink.writes, ["1"]);
  outbox.push(bytes("2"));
  for (let i = 0; i < 20; i++) await endOfTurn();
  assertEquals(sink.writes, ["1"], "nothing is written at the end of the turn");
  outbox.push(bytes("3"));
  await turns();
  assertEquals(sink.writes, ["1", "23"]);
});

/** Starts a long flush of two outboxes, whose writes end when the test ends them. */
async function inFlight() {
  let commits = 0;
  const tick = newTick(() => commits++);
  const [one, other] = [new SlowSink(), new SlowSink()];
  const [a, b] = [one, other].map((sink) => new Outbox(sink, tick, 1000, () => {}));
  assert(a && b);
  a.push(bytes("1"));
  b.push(bytes("1"));
  await turns();
  return { one, other, a, b, commits: () => commits };
}

Deno.test("after a long flush, the next one waits until all writes have ended", async () => {
  const { one, other, a, b, commits } = await inFlight();
  a.push(bytes("2"));
  b.push(bytes("2"));
  one.end();
  await turns();
  assertEquals(one.writes, ["1"], "both outboxes are written together");
  other.end();
  await turns();
  assertEquals([one.writes, other.writes], [["1", "2"], ["1", "2"]]);
  clock.advance(10);
  assertEquals(commits(), 2);
});

Deno.test("a sink that takes nothing delays the others in proportion to the last flush", async () => {
  const { one, other, a, commits } = await inFlight();
  // The first flush takes eight milliseconds, three more than a short one.
  one.end();
  a.push(bytes("2"));
  await turns();
  clock.advance(11);
  assertEquals(one.writes.includes("2"), false);
  clock.advance(1);
  assertEquals(one.writes.includes("2"), true);
  await turns();
  // The next flush is short.
  one.end();
  a.push(bytes("3"));
  await turns();
  assertEquals(one.writes.includes("3"), false, "it waits for a timer");
  clock.advance(0);
  assertEquals(one.writes.includes("3"), true);
  await turns();
  one.end();
  other.end();
  await turns();
  assertEquals(commits(), 3, "an empty flush makes no commit");
  a.push(bytes("4"));
  await turns();
  assertEquals(one.writes, ["1", "2", "3", "4"], "there is no write to wait for");
});

Deno.test("after a pause, no timer delays a lone line, even if a sink takes nothing", async () => {
  const { one, a } = await inFlight();
  one.end();
  await turns();
  now += 16;
  a.push(bytes("2"));
  clock.advance(0);
  assertEquals(one.writes, ["1", "2"]);
});

Deno.test("after a long flush of very many outboxes, the timer fires after at most twenty milliseconds", async () => {
  const tick = newTick();
  const sinks = Array.from({ length: 10 }, () => new SlowSink());
  const outboxes = sinks.map((sink) => new Outbox(sink, tick, 1000, () => {}));
  for (const outbox of outboxes) outbox.push(bytes("1"));
  for (let i = 0; i < 4; i++) await turns();
  const late = new Sink();
  new Outbox(late, tick, 1000, () => {}).push(bytes("2"));
  clock.advance(19);
  assertEquals(late.writes, []);
  clock.advance(1);
  assertEquals(late.writes, ["2"]);
});

Deno.test("after a short flush, the next one is at the end of its turn again", async () => {
  const tick = newTick();
  const slow = new Outbox(new Sink(2), tick, 1000, () => {});
  const sink = new Sink();
  const quick = new Outbox(sink, tick, 1000, () => {});
  slow.push(bytes("1"));
  await endOfTurn();
  quick.push(bytes("2"));
  await turns();
  assertEquals(sink.writes, ["2"]);
  await endOfTurn();
  quick.push(bytes("3"));
  await endOfTurn();
  assertEquals(sink.writes, ["2", "3"]);
});

Deno.test("each turn begins with an empty queue of its own", async () => {
  const tick = newTick();
  const before = tick.empty;
  new Outbox(new Sink(), tick, 1000, () => {}).push(bytes("1"));
  assert(tick.empty === before, "it is the same within a turn");
  await endOfTurn();
  assert(tick.empty !== before, "the lines of the last turn can be freed");
});

Deno.test("the commit comes before the writes, once a turn", async () => {
  const order: string[] = [];
  const tick = newTick(() => order.push("commit"));
  const sink: ByteSink = {
    write(bytes) {
      order.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
  };
  const outbox = new Outbox(sink, tick, 1000, () => {});
  tick.schedule();
  outbox.push(bytes("1"));
  tick.schedule();
  await endOfTurn();
  await endOfTurn();
  assertEquals(order, ["commit", "1"]);
  tick.schedule();
  await endOfTurn();
  assertEquals(order, ["commit", "1", "commit"]);
});

/** Makes `count` outboxes that have a line to write, and their sinks. */
function many(tick: Tick, count: number, ms = 0) {
  const sinks = Array.from({ length: count }, () => new Sink(ms));
  const outboxes = sinks.map((sink) => new Outbox(sink, tick, 1000, () => {}));
  for (const outbox of outboxes) outbox.push(bytes("1"));
  return { outboxes, written: () => sinks.filter(({ writes }) => writes.length > 0).length, sinks };
}

Deno.test("in each turn, a flush writes only as many outboxes as the runtime can finish", async () => {
  const { written } = many(newTick(), 300);
  for (const count of [112, 224, 300]) {
    await endOfTurn();
    assertEquals(written(), count);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
});

Deno.test("a long flush continues after input has been read, and writes replies first", async () => {
  const input = new Input();
  const tick = newTick(undefined, input.wait);
  const { written } = many(tick, 20, 1);
  const sink = new Sink();
  const reply = new Outbox(sink, tick, 1000, () => {});
  await turns();
  const before = written();
  assert(before < 10, "others come between");
  reply.push(bytes("PONG"), true);
  await turns();
  assertEquals([written(), sink.writes], [before, []]);
  input.read();
  assertEquals(sink.writes, ["PONG"]);
  assert(written() < 20);
  input.readAll();
  assertEquals(written(), 20);
});

Deno.test("a flush that ends in its turn does not keep the next one waiting for input", async () => {
  const tick = newTick(undefined, new Input().wait);
  const sink = new Sink(2);
  const outbox = new Outbox(sink, tick, 1000, () => {});
  for (const line of ["1", "2", "3", "4"]) {
    outbox.push(bytes(line));
    await turns();
  }
  assertEquals(sink.writes, ["1", "2", "3", "4"]);
});

Deno.test("lines that come during a flush are committed before they are written, and in order", async () => {
  const order: string[] = [];
  const input = new Input();
  const tick = newTick(() => order.push("commit"), input.wait);
  const { outboxes, sinks } = many(tick, 8, 1);
  await endOfTurn();
  assertEquals(order, ["commit"]);
  for (const outbox of outboxes) outbox.push(bytes("2"));
  input.readAll();
  await turns();
  input.readAll();
  for (const { writes } of sinks) assertEquals(writes.join(""), "12");
  assert(order.length > 1);
});

Deno.test("a reply does not wait until lines have gathered after a long flush", async () => {
  const { b, other, one, a } = await inFlight();
  one.end();
  await turns();
  a.push(bytes("2"));
  await turns();
  assertEquals(one.writes, ["1"], "a write is in flight, so lines gather");
  a.push(bytes("3"), true);
  await endOfTurn();
  assertEquals(one.writes, ["1", "23"]);
  b.push(bytes("3"), true);
  await endOfTurn();
  assertEquals(other.writes, ["1"], "one write is in flight at most");
});
