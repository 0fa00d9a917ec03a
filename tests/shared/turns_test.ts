import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { connect, createServer, Socket } from "node:net";
import { nextTick } from "node:process";
import { setImmediate } from "node:timers";
import { afterInput, Gate, inSlices } from "../../shared/turns.ts";

/** Computes for longer than the shortest timer takes. */
function work(): void {
  for (const end = performance.now() + 6; performance.now() < end;);
}

/** A socket of a server, and the other end. */
interface Pair extends Disposable {
  readonly here: Socket;
  readonly there: Socket;
}

async function connected(): Promise<Pair> {
  const server = createServer();
  const accepted = once(server, "connection");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(address !== null && typeof address === "object");
  const there = connect(address.port, "127.0.0.1");
  const [here] = await accepted;
  assert(here instanceof Socket);
  return {
    here,
    there,
    [Symbol.dispose]() {
      for (const each of [here, there]) each.destroy();
      server.close();
    },
  };
}

/**
 * Runs 20 actions, each of which sends a byte and calls `later` with the next one. Returns, for each,
 * the number of bytes that were sent before it and not read.
 */
async function unread(later: (action: () => void) => void): Promise<number[]> {
  using pair = await connected();
  let sent = 0;
  let read = 0;
  pair.here.on("data", (bytes) => read += bytes.length);
  const counts: number[] = [];
  await new Promise<void>((resolve) => {
    const act = () => {
      counts.push(sent - read);
      if (counts.length === 20) return resolve();
      pair.there.write("x");
      sent++;
      later(act);
    };
    act();
  });
  return counts;
}

Deno.test("between two turns, what has come is read, even if turns take longer than a timer", async () => {
  const counts = await unread((turn) => {
    afterInput(turn);
    // Like a commit and a flush, which end a turn.
    nextTick(work);
  });
  // A busy machine may stop the process for so long that the timer is due at once.
  assert(counts.filter((count) => count > 0).length <= 5, counts.join());
});

Deno.test("a cancelled action does not run, however many turns it has waited", async () => {
  const ran: number[] = [];
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  for (let turns = 0; turns < 6; turns++) {
    const cancel = afterInput(() => ran.push(turns));
    for (let i = 0; i < turns; i++) await turn();
    cancel();
  }
  await new Promise<void>((resolve) => afterInput(resolve));
  assert(ran.length <= 2, ran.join());
  assert(!ran.includes(0));
});

Deno.test("what has come is read, even if other turns meanwhile take longer than the timer", async () => {
  const counts = await unread((action) => {
    afterInput(action, 3);
    // Like a flush that takes several turns. The timer is set in the second of them.
    setImmediate(() => setImmediate(() => setImmediate(work)));
  });
  assert(counts.filter((count) => count > 0).length <= 5, counts.join());
});

Deno.test("a gate lets a few callers pass in each turn, in their order", async () => {
  const gate = new Gate(3);
  const passed: number[] = [];
  let [inTurn, most] = [0, 0];
  const callers = Array.from({ length: 10 }, async (_, number) => {
    await gate.pass();
    passed.push(number);
    if (inTurn++ === 0) setImmediate(() => inTurn = 0);
    most = Math.max(most, inTurn);
  });
  await Promise.all(callers);
  assertEquals(passed, Array.from({ length: 10 }, (_, number) => number));
  assertEquals(most, 3);
  await new Promise<void>((resolve) => setImmediate(resolve));
  assertEquals(gate.pass(), undefined);
});

Deno.test("a slice takes at least one item, even if its time is over at once", () => {
  const taken: number[] = [];
  const { now } = performance;
  let time = 0;
  performance.now = () => time += 1000;
  try {
    inSlices([1, 2, 3], (item) => taken.push(item))();
  } finally {
    performance.now = now;
  }
  assertEquals(taken, [1]);
});
