import { nextTick } from "node:process";
import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { type ByteSink, Outbox } from "../server/outbox.ts";
import { Tick } from "../server/tick.ts";
import { FakeClock } from "./support/fake_clock.ts";

/** What the time is, in milliseconds: it goes on with work alone. */
let now = 0;
/** Moves timers on. */
let clock = new FakeClock();
const newTick = (commit?: () => void) => {
  clock = new FakeClock();
  return new Tick(commit, { now: () => now, after: (ms, action) => clock.after(ms, action) });
};

/** A sink that takes all at once, and `ms` milliseconds of work for it. */
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

/** A sink with much work, and writes that end when the test says so. */
class SlowSink extends Sink {
  #end = () => {};

  constructor() {
    super(2);
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
/** What promises lead to now has its turn of the event loop within two. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => setImmediate(resolve));
};

Deno.test("what is pushed in a turn is written at its end, each outbox once", async () => {
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

Deno.test("what promises lead to within a turn belongs to it, however many are between", async () => {
  const tick = newTick();
  const sink = new Sink();
  const outbox = new Outbox(sink, tick, 1000, () => {});
  const through = async (promises: number): Promise<void> => {
    for (let i = 0; i < promises; i++) await undefined;
    outbox.push(bytes(String(promises)));
  };
  // As when a line comes by a WebSocket, and another, right behind it, by the socket itself.
  await Promise.all([through(9), through(1)]);
  await endOfTurn();
  assertEquals(sink.writes, ["19"]);
});

Deno.test("after a long flush, the next gathers until the event loop has turned", async () => {
  const tick = newTick();
  const sink = new Sink(2);
  const outbox = new Outbox(sink, tick, 1000, () => {});
  outbox.push(bytes("1"));
  await endOfTurn();
  await endOfTurn();
  assertEquals(sink.writes, ["1"]);
  outbox.push(bytes("2"));
  for (let i = 0; i < 20; i++) await endOfTurn();
  assertEquals(sink.writes, ["1"], "the turn has ended, and nothing was written");
  outbox.push(bytes("3"));
  await turns();
  assertEquals(sink.writes, ["1", "23"]);
});

/** A long flush of two whose writes end when the test says so. */
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

Deno.test("after a long flush, the next waits for all its writes, and no longer", async () => {
  const { one, other, a, b, commits } = await inFlight();
  a.push(bytes("2"));
  b.push(bytes("2"));
  one.end();
  await turns();
  assertEquals(one.writes, ["1"], "or the two would not be written together");
  other.end();
  await turns();
  assertEquals([one.writes, other.writes], [["1", "2"], ["1", "2"]]);
  clock.advance(10);
  assertEquals(commits(), 2);
});

Deno.test("who takes nothing holds up the others until a timer, and no longer", async () => {
  const { one, other, a, commits } = await inFlight();
  for (const text of ["2", "3"]) {
    one.end();
    a.push(bytes(text));
    await turns();
    assertEquals(one.writes.includes(text), false);
    clock.advance(0);
    assertEquals(one.writes.includes(text), true);
    await turns();
  }
  one.end();
  other.end();
  await turns();
  assertEquals(commits(), 3, "nothing was left to do");
  a.push(bytes("4"));
  await turns();
  assertEquals(one.writes, ["1", "2", "3", "4"], "nor to wait for");
});

Deno.test("after a short flush, the next is at the end of its turn again", async () => {
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
  assert(tick.empty === before, "the same within a turn");
  await endOfTurn();
  assert(tick.empty !== before, "so that the lines of the last can be forgotten");
});

Deno.test("what is to be kept is kept before anything is written, once a turn", async () => {
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
