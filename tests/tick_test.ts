import { nextTick } from "node:process";
import { assert, assertEquals } from "@std/assert";
import { type ByteSink, Outbox } from "../server/outbox.ts";
import { Tick } from "../server/tick.ts";

/** What the time is, in milliseconds: it goes on with work alone. */
let now = 0;
const newTick = (commit?: () => void) => new Tick(commit, () => now);

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

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const endOfTurn = (): Promise<void> => new Promise((resolve) => nextTick(resolve));
const timer = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

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

Deno.test("after a long flush, the next gathers until a timer", async () => {
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
  await timer();
  assertEquals(sink.writes, ["1", "23"]);
});

Deno.test("after a short flush, the next is at the end of its turn again", async () => {
  const tick = newTick();
  const slow = new Outbox(new Sink(2), tick, 1000, () => {});
  const sink = new Sink();
  const quick = new Outbox(sink, tick, 1000, () => {});
  slow.push(bytes("1"));
  await endOfTurn();
  quick.push(bytes("2"));
  await timer();
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
