import { assertEquals, assertThrows } from "@std/assert";
import { FollowingLog } from "../../../server/cluster/logs.ts";
import { Member } from "../../../server/cluster/member.ts";
import type { Message, Request } from "../../../server/cluster/messages.ts";
import { BEFORE_ALL, Progress } from "../../../server/cluster/standing.ts";
import { Budgets } from "../../../server/net/budget.ts";
import { ModelStore } from "../../sim/model_store.ts";
import { beginning, openServer } from "../../sim/server_parts.ts";
import { FakeClock } from "../../support/fake_clock.ts";

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

Deno.test("a process ends if another one leads since an entry that is a different one here", () => {
  for (const [epoch, leader, last] of [[4, "n2.b", 10], [4, "n3.c", 9], [3, "n3.c", 12]] as const) {
    using process = new TestProcess();
    process.member.received({ type: "heartbeat", epoch, leader, last, waitsMs: 0 });
    assertEquals(process.losses, 1);
  }
  // These come late, or tell of entries that have not come yet.
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

/** A process that gets no messages, with a log that refuses its entries. */
class TestProcess implements Disposable {
  readonly clock = new FakeClock();
  readonly requests: Request[] = [];
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
        send: (_to: string, _message: Message) => {},
        publish: (_message: Message) => {},
        request: (request) => this.#request(request),
      },
      random: () => 0.5,
      soon: (action) => action(),
      server: { network, monitors, events: log, keepPosition() {}, requests: () => [] },
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
