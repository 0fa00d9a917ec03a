import { assert, assertEquals, assertMatch } from "@std/assert";
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
  for (;;) {
    const decided = decider.take();
    all.push(decided);
    if (!decided.entry) return all;
  }
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
  const entries = takeAll(leader).flatMap(({ entry }) => entry ?? []);
  const sizes = entries.map((entry) => encode(entry).length);
  assert(Math.max(...sizes) < 900_000, sizes.join());
  const connected = entries.flatMap(({ events }) => events)
    .filter(({ event }) => event.type === "Connected");
  assertEquals(connected.length, names.length);
});

Deno.test("answers to thousands of clients without any event do not make an entry too large", () => {
  const leader = decider();
  const count = 20_000;
  for (let i = 0; i < count; i++) send(leader, `${LIFE}/${i}`, "PING 1");
  send(leader, `${LIFE}/${count}`, "NICK ada", "USER ada 0 * :Ada");
  const sizes = takeAll(leader).flatMap(({ entry }) => entry ? [encode(entry).length] : []);
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

/** Returns the lines of all answers to a client. */
function linesTo(client: ClientId, decided: readonly Decided[]): string {
  return decided.flatMap(({ answers }) => answers).filter((answer) => answer.client === client)
    .map(({ content }) => content.type === "lines" ? content.text : "").join("");
}

Deno.test("the servers of a cluster are listed, and WHOIS names that of a user", () => {
  const leader = decider();
  leader.hello("two.0123abcd", []);
  send(leader, "two.0123abcd/0", "NICK bob", "USER bob 0 * :Bob");
  send(leader, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada", "LINKS", "WHOIS bob", "LUSERS");
  const lines = linesTo(`${LIFE}/0`, takeAll(leader));
  const long = "n".repeat(32);
  assertMatch(lines, /364 ada chat\.test chat\.test :0 /);
  assertMatch(lines, new RegExp(`364 ada ${long}\\.chat\\.test chat\\.test :1 `));
  assertMatch(lines, /364 ada two\.chat\.test chat\.test :1 /);
  assertMatch(lines, /312 ada bob two\.chat\.test /);
  assertMatch(lines, /I have 2 clients and 2 servers/);
  leader.bury("two.0123abcd");
  assertEquals([...leader.context.nodes.names], [long]);
});

Deno.test("the connections of an address count together at all servers of the cluster", () => {
  const leader = decider();
  leader.hello("two.0123abcd", []);
  const limit = leader.context.options.limits.connectionsPerAddress;
  for (let i = 0; i < limit; i++) send(leader, `${i % 2 ? LIFE : "two.0123abcd"}/${i}`, "PING 1");
  send(leader, `${LIFE}/${limit}`, "PING 2");
  const decided = takeAll(leader);
  assertMatch(linesTo(`${LIFE}/${limit - 1}`, decided), /PONG/);
  assertMatch(linesTo(`${LIFE}/${limit}`, decided), /ERROR :.*Too many connections/);
});
