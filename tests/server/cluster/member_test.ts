import { assert, assertEquals, assertThrows } from "@std/assert";
import { FollowingLog } from "../../../server/cluster/logs.ts";
import { Member } from "../../../server/cluster/member.ts";
import type { Event } from "../../../server/events/events.ts";
import type { Message, Request } from "../../../server/cluster/messages.ts";
import { BEFORE_ALL, Progress } from "../../../server/cluster/standing.ts";
import { Budgets } from "../../../server/net/budget.ts";
import { ModelStore } from "../../sim/model_store.ts";
import { SimulatedConnection } from "../../sim/peer.ts";
import { beginning, openServer, ORIGIN } from "../../sim/server_parts.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** The facts of a client that has not registered yet. */
const FACTS = {
  ...{ origin: ORIGIN, caps: [], capVersion: 302, registration: { negotiating: false } },
  ...{ user: undefined, away: undefined, monitored: [], subscriptions: [], isBusy: false },
};
/** The knowledge of a process that has applied ten entries, in the epoch 3 of another process. */
const STANDING = { ...BEFORE_ALL, seq: 10, epoch: 3, leader: "n2.b" };

Deno.test("an error in the periodic work of a process does not end this work", () => {
  using process = new TestProcess();
  const { clock, requests } = process;
  process.fails = true;
  assertThrows(() => clock.advance(2000), Error, "a bug");
  process.fails = false;
  assertEquals(requests, []);
  clock.advance(1000);
  assertEquals(requests[0]?.type, "append");
});

Deno.test("a process ends if a heartbeat shows that the log has another entry in place of one it applied", () => {
  for (const [epoch, leader, last] of [[4, "n2.b", 10], [4, "n3.c", 9], [3, "n3.c", 12]] as const) {
    using process = new TestProcess();
    process.member.received({ type: "heartbeat", epoch, leader, last, waitsMs: 0 });
    assertEquals(process.losses, 1);
  }
  // These heartbeats come late, or tell of entries that have not come yet.
  for (const [epoch, leader, last] of [[2, "n3.c", 4], [3, "n2.b", 9], [4, "n3.c", 11]] as const) {
    using process = new TestProcess();
    process.member.received({ type: "heartbeat", epoch, leader, last, waitsMs: 0 });
    assertEquals(process.losses, 0);
  }
});

Deno.test("a process ends if the log lacks entries for a while, but not at once", () => {
  using process = new TestProcess();
  process.last = 9;
  process.clock.advance(3000);
  assertEquals(process.losses, 0);
  process.clock.advance(20_000);
  assertEquals(process.losses > 0, true);
});

Deno.test("a new leader is told for how long each client was idle, and for how long the process ran", () => {
  using process = new TestProcess();
  const { clock, member, sent } = process;
  clock.advance(1000);
  const connection = new SimulatedConnection({ received() {}, closed() {} });
  const client = member.edge.open(connection, ORIGIN);
  clock.advance(1000);
  const by = { id: 1, nick: "ada", mask: "ada!~ada@host" };
  const to = { type: "user", user: 1, nick: "ada" } as const;
  const said = { type: "Said", by, to, command: "PRIVMSG", text: "hi", tags: new Map() } as const;
  const typing = { ...said, command: "TAGMSG", text: "" } as const;
  const details = { username: "~ada", host: "host", realname: "Ada" };
  const connected = { type: "Connected", by, ...details, id: "0", time: 0 } as const;
  const entryOf = (...events: Event[]) => ({
    ...{ epoch: 3, leader: "n2.b", begins: false },
    events: events.map((event) => ({ event, acting: client.id })),
    ...{ answered: new Map(), attached: new Map(), buried: [] },
  });
  member.received({
    type: "committed",
    seq: 11,
    entry: entryOf(connected, { ...said, id: "a", time: 5 }),
  });
  clock.advance(400);
  member.received({ type: "committed", seq: 12, entry: entryOf({ ...typing, id: "b", time: 6 }) });
  clock.advance(100);
  const next = { ...entryOf(), epoch: 4, begins: true };
  member.received({ type: "committed", seq: 13, entry: next });
  const hello = sent.findLast((message) => message.type === "hello");
  assert(hello?.type === "hello");
  assertEquals([hello.clients.map(({ idleMs }) => idleMs), hello.uptimeMs], [[500], 2500]);
});

Deno.test("the leader is told at once that a client was shown messages that had waited, but not before", () => {
  const sentWaiting = { account: "ada", upTo: "a" };
  for (const isThere of [true, false]) {
    using process = new TestProcess();
    const { member, sent } = process;
    const client = member.edge.open(
      new SimulatedConnection({ received() {}, closed() {} }),
      ORIGIN,
    );
    const position = { seq: 11, index: 0 };
    const contents = [{ type: "lines", text: "" }, {
      type: "facts",
      facts: { ...FACTS, sentWaiting },
    }] as const;
    const answers = contents.map((content, at) => ({
      ...{ client: client.id, number: at + 1, position, content },
    }));
    member.received({ type: "answers", epoch: 3, answers });
    process.clock.advance(400);
    // The client may leave before the log reaches the position of the answers.
    if (!isThere) client.close("Connection closed");
    sent.length = 0;
    const entry = { epoch: 3, leader: "n2.b", begins: false, events: [], buried: [] };
    const nobody = { answered: new Map(), attached: new Map() };
    member.received({ type: "committed", seq: 11, entry: { ...entry, ...nobody } });
    const received = sent.flatMap((message) =>
      message.type === "alive" ? [...message.received] : []
    );
    assertEquals(received, [[client.id, isThere ? 2 : 0]]);
    assertEquals(client.facts?.sentWaiting, isThere ? sentWaiting : undefined);
  }
});

/** A process that gets no messages, with a log that refuses its entries. */
class TestProcess implements Disposable {
  readonly clock = new FakeClock();
  readonly requests: Request[] = [];
  /** The messages to other processes. */
  readonly sent: Message[] = [];
  readonly member: Member;
  /** The last entry of the log. */
  last = STANDING.seq;
  /** True if requests fail. */
  fails = false;
  /** The number of times that the process has noticed the loss of entries. */
  losses = 0;

  constructor() {
    const { clock } = this;
    const { context, log } = openServer({
      ...{ clock, store: new ModelStore({ changes: [] }), duty: "deliver" },
      openLog: (parts) => new FollowingLog(parts, beginning(parts)),
      onFault(text) {
        throw new Error(text);
      },
    });
    const { network, monitors } = context;
    this.member = new Member({
      ...{
        life: "n1.a",
        clock,
        standing: new Progress(STANDING),
        budgets: new Budgets({ now: () => 0 }),
      },
      bus: {
        isConnected: true,
        send: (_to: string, message: Message) => void this.sent.push(message),
        publish: (_message: Message) => {},
        request: (request) => this.#request(request),
      },
      random: () => 0.5,
      soon: (action) => action(),
      server: {
        network,
        monitors,
        events: log,
        keepPosition() {},
        requests: () => [],
        takeRefused: () => [],
      },
      decide() {
        throw new Error("it does not lead");
      },
      saved: () => 0,
      canStore: () => true,
      renamed: () => "n1.z",
      fellBehind() {},
      logLost: () => this.losses++,
    });
    this.member.start();
  }

  #request(request: Request): void {
    if (this.fails) throw new Error("a bug");
    this.requests.push(request);
    if (request.type !== "append") return;
    this.member.replied({ type: "refused", id: request.id, last: this.last });
  }

  [Symbol.dispose](): void {
    this.member.end("The test is over");
  }
}
