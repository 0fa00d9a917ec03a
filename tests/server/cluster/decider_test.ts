import { assert, assertEquals } from "@std/assert";
import { AheadStore } from "../../../server/cluster/ahead_store.ts";
import { type Decided, Decider } from "../../../server/cluster/decider.ts";
import { encode } from "../../../server/cluster/encoding.ts";
import { DecidingLog } from "../../../server/cluster/logs.ts";
import type { ClientId, SessionFacts } from "../../../server/cluster/messages.ts";
import { BEFORE_ALL, type Standing } from "../../../server/cluster/standing.ts";
import { Budgets } from "../../../server/net/budget.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ModelStore } from "../../sim/model_store.ts";
import { beginning, openServer, ORIGIN, RECORDS } from "../../sim/server_parts.ts";

/** The longest identity of a process. */
const LIFE = `${"n".repeat(32)}.0123abcd`;

/** Makes a decider whose process is known to it. */
function decider(standing: Standing = BEFORE_ALL): Decider {
  const store = new AheadStore(new ModelStore({ changes: [...RECORDS] }));
  const { context, log } = openServer({
    ...{ clock: new FakeClock(), store, duty: "decide" },
    openLog: (parts) => new DecidingLog(parts, beginning(parts)),
    onFault(text) {
      throw new Error(text);
    },
  });
  const server = { context, log, store, close() {} };
  const budgets = new Budgets({ now: () => 0 });
  const decider = new Decider({ server, standing, leader: LIFE, budgets, changed() {} });
  decider.hello(LIFE, []);
  return decider;
}

/** Lets a client open a connection and send `lines`. */
function send(decider: Decider, client: ClientId, ...lines: string[]): void {
  decider.perform({ client, number: 1, input: { type: "opened", origin: ORIGIN } });
  for (const [index, text] of lines.entries()) {
    const found = { type: "line", text } as const;
    decider.perform({ client, number: index + 2, input: { type: "line", found } });
  }
}

/** Takes all decisions. */
function takeAll(decider: Decider): Decided[] {
  const all: Decided[] = [];
  for (let next = decider.take(); next.entry; next = decider.take()) all.push(next);
  return all;
}

Deno.test("the facts of a registered client do not have the password that it gave", () => {
  const leader = decider();
  send(leader, `${LIFE}/0`, "PASS sesame", "NICK ada", "USER ada 0 * :Ada");
  const facts = takeAll(leader).flatMap(({ answers }) => answers)
    .flatMap(({ content }): SessionFacts[] => content.type === "facts" ? [content.facts] : []);
  assertEquals(facts.some(({ registration }) => registration.password === "sesame"), true);
  const last = facts.at(-1);
  assert(last?.user !== undefined);
  assertEquals(last.registration, { negotiating: false });
});

Deno.test("what thousands of clients do in one turn goes into entries that fit into a message", () => {
  const leader = decider();
  const names = Array.from({ length: 3000 }, (_, i) => `u${i}`);
  for (const [i, name] of names.entries()) {
    send(leader, `${LIFE}/${i}`, `NICK ${name}`, `USER ${name} 0 * :${name}`);
  }
  const entries = takeAll(leader).map(({ entry }) => entry);
  const sizes = entries.map((entry) => encode(entry).length);
  assert(Math.max(...sizes) < 900_000, sizes.join());
  const connected = entries.flatMap((entry) => entry?.events ?? [])
    .filter(({ event }) => event.type === "Connected");
  assertEquals(connected.length, names.length);
});

Deno.test("answers to thousands of clients without any event do not make an entry too large", () => {
  const leader = decider();
  const count = 20_000;
  for (let i = 0; i < count; i++) send(leader, `${LIFE}/${i}`, "PING 1");
  send(leader, `${LIFE}/${count}`, "NICK ada", "USER ada 0 * :Ada");
  const sizes = takeAll(leader).map(({ entry }) => encode(entry).length);
  assert(Math.max(...sizes) < 900_000, sizes.join());
});

Deno.test("a user whose clients are all on a server that is gone quits once", () => {
  const leader = decider();
  send(leader, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada");
  takeAll(leader);
  leader.bury(LIFE);
  const events = takeAll(leader).flatMap(({ entry }) => entry?.events ?? []);
  assertEquals(events.map(({ event }) => event.type), ["Quit"]);
  assertEquals(leader.context.network.users.size, 0);
});
