import { assertEquals, assertThrows } from "@std/assert";
import { Cloaks } from "../../../server/core/cloaks.ts";
import { type EventLogParts, LocalLog } from "../../../server/core/event_log.ts";
import type { Event, Unstamped } from "../../../server/events/events.ts";
import { apply } from "../../../server/kinds/kinds.ts";
import { Network } from "../../../server/state/network.ts";
import { StandardError } from "../../../server/irc/replies.ts";
import { SqliteStore } from "../../../server/store/sqlite.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const SERVER = { id: 0, nick: "chat.test", mask: "chat.test" };
const ADA = { id: 7, nick: "ada", mask: "ada!a@h" };

const CONNECTED: Unstamped = {
  type: "Connected",
  by: ADA,
  username: "a",
  host: "h",
  realname: "Ada",
};
const JOINED: Unstamped = {
  type: "Joined",
  by: ADA,
  channel: "#a",
  realname: "Ada",
  memberModes: "o",
};
const SAID: Unstamped = {
  type: "Said",
  by: ADA,
  command: "PRIVMSG",
  to: { type: "channel", channel: "#a" },
  text: "tea?",
  tags: new Map(),
};

/** A store that records the calls of its methods, and can refuse to store. */
class Notebook extends SqliteStore {
  readonly #write: (line: string) => void;
  full = false;

  constructor(write: (line: string) => void) {
    super(":memory:", { durable: false });
    this.#write = write;
  }

  override get trouble(): string | undefined {
    return this.full ? "it is full" : super.trouble;
  }

  override append(place: string, event: Event): void {
    this.#write(`${event.type} is kept in ${place}`);
    super.append(place, event);
  }

  override keep(...[kind, key, record]: Parameters<SqliteStore["keep"]>): void {
    this.#write(`the ${kind} ${key} is kept`);
    super.keep(kind, key, record);
  }
}

/** A log and the parts that it uses; `steps` lists the actions, in order. */
function setUp(prepare: (store: SqliteStore) => void = () => {}) {
  const steps: string[] = [];
  const store = new Notebook((line) => steps.push(line));
  prepare(store);
  const cloaks = new Cloaks(store, () => true);
  store.commit();
  steps.length = 0;
  const applied: Event[] = [];
  const network = new Network((state, event) => {
    applied.push(event);
    steps.push(`${event.type} is applied`);
    return apply(state, event);
  });
  const deliver = (event: Event) => steps.push(`${event.type} is delivered`);
  const tick = { schedule: () => steps.push("a commit is due") };
  const clock = new FakeClock();
  const parts: EventLogParts = { cloaks, clock, deliver, network, server: SERVER, store, tick };
  return { log: new LocalLog(parts), applied, clock, network, steps, store };
}

Deno.test("an event is kept, applied, and committed with the turn", () => {
  const { log, steps } = setUp();
  log.append(CONNECTED);
  steps.length = 0;
  log.append(JOINED);
  assertEquals(steps, [
    "Joined is kept in #a",
    "Joined is applied",
    "Joined is delivered",
    "the channel #a is kept",
    "a commit is due",
  ]);
});

Deno.test("each event has the time of its append, and an id after all earlier ids", () => {
  const { log, applied, clock } = setUp();
  log.append(CONNECTED);
  const shown = log.stamp(SAID);
  clock.advance(5);
  log.append(JOINED);
  log.append(SAID);
  assertEquals(applied.map(({ type, time }) => [type, time - Date.UTC(2026, 0, 1)]), [
    ["Connected", 0],
    ["Joined", 5],
    ["Said", 5],
  ]);
  const [first, ...rest] = applied.map(({ id }) => id);
  const ids = [first, shown.id, ...rest];
  assertEquals(ids, [...new Set(ids)].sort());
});

Deno.test("the effect of an event can be read as soon as it is appended", () => {
  const { log, network } = setUp();
  log.append(CONNECTED);
  log.append(JOINED);
  assertEquals(network.channel("#a")?.members.size, 1);
});

Deno.test("an event that must be stored and cannot be is refused, and has no effect", () => {
  const { log, applied, store, steps } = setUp();
  log.append(CONNECTED);
  log.append(JOINED);
  steps.length = 0;
  store.full = true;
  assertThrows(() => log.append(SAID), StandardError, "TEMPORARILY_UNAVAILABLE");
  assertEquals(steps, []);
  log.append({ type: "AwayChanged", by: ADA, message: "out" });
  assertEquals(applied.at(-1)?.type, "AwayChanged");
});

Deno.test("a log begins with the state that the store has, and does not store it again", () => {
  const account = { name: "ada", createdAt: 1, fingerprints: [] };
  const { network, steps } = setUp((store) => store.keep("account", "ada", account));
  assertEquals(network.account("ada"), account);
  assertEquals(steps, ["AccountSaved is applied"]);
});

Deno.test("once keeping has stopped, events are only applied and delivered", () => {
  const { log, steps } = setUp();
  log.append(CONNECTED);
  steps.length = 0;
  log.stopKeeping();
  log.append(JOINED);
  assertEquals(steps, ["Joined is applied", "Joined is delivered", "a commit is due"]);
});

Deno.test("no two users have the same id, and no user has the id of an event", () => {
  const { log, applied } = setUp();
  const one = log.newUserId();
  log.append(CONNECTED);
  const other = log.newUserId();
  assertEquals(one < other, true);
  assertEquals(new Set([one, other, ...applied.map(({ id }) => Number.parseInt(id, 36))]).size, 3);
});
