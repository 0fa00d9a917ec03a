import { assert, assertEquals, assertMatch } from "@std/assert";
import { issueOwnerToken } from "../../../server/accounts/ownership.ts";
import { encode } from "../../../server/cluster/encoding.ts";
import type { ClientId } from "../../../server/cluster/messages.ts";
import { Session } from "../../../server/session/session.ts";
import { ACCOUNTS, ORIGIN } from "../../sim/server_parts.ts";
import { holdTime } from "../../sim/world.ts";
import { answered, decider, factsIn, LIFE, linesTo, send, takeAll } from "../../support/decider.ts";
import { makePageKey } from "../../support/page_key.ts";

Deno.test("the facts about a registered client do not contain its password", () => {
  const leader = decider();
  send(leader, `${LIFE}/0`, "PASS sesame", "NICK ada", "USER ada 0 * :Ada");
  const facts = factsIn(takeAll(leader));
  assertEquals(facts.some(({ registration }) => registration.password === "sesame"), true);
  const last = facts.at(-1);
  assert(last?.user !== undefined);
  assertEquals(last.registration, { negotiating: false });
});

Deno.test("the events of thousands of clients in one turn are divided into entries that fit into a message", () => {
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

Deno.test("thousands of answers without an event do not make an entry too large", () => {
  const leader = decider();
  const count = 20_000;
  for (let i = 0; i < count; i++) send(leader, `${LIFE}/${i}`, "PING 1");
  send(leader, `${LIFE}/${count}`, "NICK ada", "USER ada 0 * :Ada");
  const sizes = takeAll(leader).flatMap(({ entry }) => entry ? [encode(entry).length] : []);
  assert(Math.max(...sizes) < 900_000, sizes.join());
});

Deno.test("even texts that take the most room in an entry make entries that fit into a message", () => {
  // Otherwise, answers that take long are divided, and the rest comes after this test.
  using _time = holdTime({ now: 0 });
  const leader = decider();
  const caps = "CAP REQ :batch message-tags draft/multiline";
  const batch = [
    "BATCH +b draft/multiline #tea",
    ...Array.from({ length: 10 }, () => `@batch=b PRIVMSG #tea :${"\x02".repeat(400)}`),
    "BATCH -b",
  ];
  const tags = Array.from({ length: 1000 }, (_, i) => `+${i.toString(36)}`).join(";");
  const lines = [...batch, `PRIVMSG #tea :${"\x02".repeat(400)}`, `@${tags} TAGMSG #tea`];
  for (let i = 0; i < 60; i++) {
    const join = [`NICK u${i}`, `USER u${i} 0 * :u`, "CAP END", "JOIN #tea"];
    send(leader, `${LIFE}/${i}`, caps, ...join, ...lines);
  }
  const entries = takeAll(leader).flatMap(({ entry }) => entry ?? []);
  const sizes = entries.map((entry) => encode(entry).length);
  assert(Math.max(...sizes) < 900_000, sizes.join());
  const said = entries.flatMap(({ events }) => events).filter(({ event }) => event.type === "Said");
  assertEquals(said.length, 60 * 3);
});

Deno.test("if an earlier leader has only counted a server as gone, the users of that server quit now", () => {
  const first = decider();
  send(first, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada");
  const [connected] = takeAll(first).flatMap(({ entry }) => entry?.events ?? []);
  assert(connected?.event.type === "Connected");
  const users = new Map([["n2.b/0", connected.event.by.id]]);
  const leader = decider({ users, buried: new Set(["n2.b"]) });
  leader.context.network.apply(connected.event);
  leader.bury("n2.b");
  const entries = takeAll(leader).flatMap(({ entry }) => entry ?? []);
  const events = entries.flatMap(({ events }) => events);
  assertEquals(events.map(({ event }) => event.type), ["Quit"]);
  assertEquals(entries.flatMap(({ buried }) => buried), []);
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

Deno.test("clients without channel-rename are shown the topic and the members of a renamed room", async () => {
  const leader = decider();
  send(leader, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada", "JOIN #tea", "TOPIC #tea :Earl Grey");
  send(leader, `${LIFE}/1`, "NICK bob", "USER bob 0 * :Bob", "JOIN #tea");
  await answered(leader);
  takeAll(leader);
  const found = { type: "line", text: "RENAME #tea #coffee" } as const;
  leader.perform({ client: `${LIFE}/0`, number: 6, input: { type: "line", found } });
  await answered(leader);
  const decided = takeAll(leader);
  for (const [i, nick] of ["ada", "bob"].entries()) {
    const lines = linesTo(`${LIFE}/${i}`, decided);
    assertMatch(lines, new RegExp(`332 ${nick} #coffee :Earl Grey`));
    assertMatch(lines, new RegExp(`353 ${nick} = #coffee :.*bob`));
  }
});

Deno.test("a command of a client whose server is gone is not answered any more", () => {
  const leader = decider();
  send(leader, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada");
  const [session] = leader.context.clients;
  assert(session instanceof Session);
  const resume = session.pause();
  leader.bury(LIFE);
  takeAll(leader);
  resume();
  assertEquals(takeAll(leader).flatMap(({ answers }) => answers), []);
  assertEquals(leader.isWaiting, false);
});

Deno.test("a client whose batch was torn can send the next one, and is answered for the first", () => {
  using _time = holdTime({ now: 0 });
  const leader = decider();
  const client = `${LIFE}/0`;
  const caps = "CAP REQ :batch draft/multiline echo-message labeled-response message-tags";
  const lines = [caps, "NICK ada", "USER ada 0 * :Ada", "CAP END"];
  const first = ["@label=one BATCH +b draft/multiline ada", "@batch=b PRIVMSG ada :one"];
  send(leader, client, ...lines, ...first);
  leader.perform({ client, number: 8, input: { type: "torn", batch: "b" } });
  const answer = linesTo(client, takeAll(leader));
  assertMatch(answer, /@label=one :chat.test FAIL BATCH TEMPORARILY_UNAVAILABLE :/);
  const next = ["BATCH +b draft/multiline ada", "@batch=b PRIVMSG ada :two", "BATCH -b"];
  for (const [index, text] of next.entries()) {
    const input = { type: "line", found: { type: "line", text } } as const;
    leader.perform({ client, number: 9 + index, input });
  }
  const events = takeAll(leader).flatMap(({ entry }) => entry?.events ?? []);
  assertEquals(events.map(({ event }) => event.type === "Said" && event.text), ["two"]);
});

Deno.test("a client that has left gets nothing more of an answer in progress", () => {
  const leader = decider();
  send(leader, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada");
  takeAll(leader);
  const [session] = leader.context.clients;
  assert(session instanceof Session);
  const resume = session.pause();
  const input = { type: "closed", reason: "Connection closed" } as const;
  leader.perform({ client: `${LIFE}/0`, number: 4, input });
  // A message that waits for an account must not count as delivered then.
  assert(session.outbox.isClosed);
  resume();
  assertEquals(leader.context.network.users.size, 0);
});

Deno.test("a client that only sends no more gets the rest of an answer, which does not count as read", () => {
  const leader = decider();
  const client = `${LIFE}/0`;
  send(leader, client, "NICK ada", "USER ada 0 * :Ada");
  takeAll(leader);
  const [session] = leader.context.clients;
  assert(session instanceof Session);
  const resume = session.pause();
  const input = { type: "closed", reason: "Connection closed", mayRead: true } as const;
  leader.perform({ client, number: 4, input });
  session.outbox.push(new TextEncoder().encode("the rest\r\n"));
  const { answers } = leader.take();
  assertEquals(linesTo(client, [{ entry: undefined, answers }]), "the rest\r\n");
  leader.confirm(client, answers.at(-1)?.number ?? 0);
  assertEquals([session.outbox.length, session.outbox.taken], [0, 0]);
  resume();
  assert(session.outbox.isClosed);
  assertEquals(leader.context.network.users.size, 0);
});

Deno.test("a client that an operator disconnects is not shown how its user stays", () => {
  using _time = holdTime({ now: 0 });
  const leader = decider();
  const token = issueOwnerToken(leader.context);
  const last = { p0: "NS STAY on", p1: `REDEEM ${token}` } as const;
  for (const [at, nick] of (["p0", "p1"] as const).entries()) {
    const client = `${LIFE}/${at}`;
    const origin = { ...ORIGIN, certificate: ACCOUNTS[nick] };
    leader.perform({ client, number: 1, input: { type: "opened", origin } });
    send(leader, client, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`, last[nick]);
  }
  takeAll(leader);
  const found = { type: "line", text: "KILL p0 :bye" } as const;
  leader.perform({ client: `${LIFE}/1`, number: 5, input: { type: "line", found } });
  const [{ entry, answers } = { entry: undefined, answers: [] }] = takeAll(leader);
  const events = entry?.events.map(({ event }) => event.type) ?? [];
  assertEquals(events, ["Stayed", "AwayChanged", "Quit"]);
  const left = answers.find(({ client, content }) =>
    client === `${LIFE}/0` && content.type === "facts" && content.facts.user === undefined
  );
  assertEquals(left?.position.index, 0);
});

Deno.test("a client is busy between two lines if only the present leader could understand the second", async () => {
  const { shown } = await makePageKey();
  const leader = decider();
  const origin = { ...ORIGIN, isWebSocket: true, pageOrigin: "https://chat.test" };
  leader.perform({ client: `${LIFE}/0`, number: 1, input: { type: "opened", origin } });
  send(leader, `${LIFE}/0`, `KEY SHOW ${shown}`);
  send(leader, `${LIFE}/1`, "CAP REQ draft/metadata-2", "METADATA * SET avatar :https://a.test");
  send(leader, `${LIFE}/2`, "NICK ada");
  const facts = takeAll(leader).flatMap(({ answers }) => answers).flatMap(({ client, content }) =>
    content.type === "facts" ? [[client, content.facts.isBusy] as const] : []
  );
  const busy = [...new Map(facts)].filter(([, isBusy]) => isBusy).map(([client]) => client);
  assertEquals(busy, [`${LIFE}/0`, `${LIFE}/1`]);
});

Deno.test("the servers of a cluster are listed, and WHOIS names that of a user", () => {
  // Otherwise, answers that take long are divided, and the rest comes after this test.
  using _time = holdTime({ now: 0 });
  const leader = decider();
  leader.hello("two.0123abcd", []);
  send(leader, "two.0123abcd/0", "NICK bob", "USER bob 0 * :Bob");
  send(leader, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada", "LINKS", "WHOIS bob", "LUSERS");
  const lines = linesTo(`${LIFE}/0`, takeAll(leader));
  const long = "n".repeat(32);
  assertMatch(lines, new RegExp(`364 ada ${long}\\.chat\\.test chat\\.test :1 Test, leads`));
  assertMatch(lines, /364 ada two\.chat\.test chat\.test :1 Test\r/);
  assertMatch(lines, /312 ada bob chat\.test :Test, at two\.chat\.test\r/);
  assertMatch(lines, /I have 2 clients and 2 servers/);
  leader.bury("two.0123abcd");
  assertEquals([...leader.context.nodes.names], [long]);
});

Deno.test("a new leader knows for how long a user was idle, and each server's uptime", () => {
  using _time = holdTime({ now: 0 });
  const leader = decider();
  send(leader, `${LIFE}/0`, "NICK bob", "USER bob 0 * :Bob");
  const facts = factsIn(takeAll(leader)).at(-1);
  assert(facts?.user !== undefined);
  const client = "two.0123abcd/0";
  leader.hello("two.0123abcd", [{ client, facts, performed: 3, idleMs: 90_000 }], 86_460_000);
  const ask = (client: ClientId, number: number, text: string) =>
    leader.perform({ client, number, input: { type: "line", found: { type: "line", text } } });
  ask(`${LIFE}/0`, 4, "QUIT");
  ask(client, 4, "STATS u");
  send(leader, `${LIFE}/1`, "NICK ada", "USER ada 0 * :Ada", "WHOIS bob", "STATS u");
  const after = takeAll(leader);
  assertMatch(linesTo(`${LIFE}/1`, after), / 317 ada bob 90 /);
  assertMatch(linesTo(`${LIFE}/1`, after), / 242 ada :Server Up 0 days 0:00:00/);
  assertMatch(linesTo(client, after), / 242 bob :Server Up 1 days 0:01:00/);
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

Deno.test("a long answer to one client is divided, so that each part fits into a message", () => {
  const leader = decider();
  send(leader, `${LIFE}/0`);
  takeAll(leader);
  const [session] = leader.context.clients;
  assert(session instanceof Session);
  // Control characters need six times their length in a message.
  const lines = Array.from({ length: 2000 }, (_, i) => `${"\x02".repeat(500)}${i}\r\n`);
  for (const line of lines) session.outbox.push(new TextEncoder().encode(line));
  const { answers } = leader.take();
  const sizes = answers.map((answer) => encode(answer).length);
  assert(Math.max(...sizes) < 500_000, sizes.join());
  const texts = answers.map(({ content }) => content.type === "lines" ? content.text : "");
  assertEquals(texts.join(""), lines.join(""));
});

Deno.test("a leader logs what it decides once the log of the cluster has it", () => {
  const logged: string[] = [];
  const leader = decider({ onInfo: (message) => logged.push(message) });
  send(leader, `${LIFE}/0`, "NICK ada", "USER ada 0 * :Ada", "NICK eve");
  const entries = takeAll(leader);
  assert(!logged.includes("nick changed"), logged.join());
  for (const { entry } of entries) if (entry) leader.settled();
  assertEquals(logged.filter((message) => message === "nick changed").length, 1);
});

Deno.test("all events of one line are in one entry, so no later leader repeats a part of them", () => {
  const leader = decider();
  const names = ["ada", "bob", "eve", "dan"];
  for (const [i, name] of names.entries()) {
    send(leader, `${LIFE}/${i}`, `NICK ${name}`, `USER ${name} 0 * :${name}`);
  }
  takeAll(leader);
  const text = "x".repeat(400);
  for (let i = 0; i < 500; i++) {
    const found = { type: "line", text: `PRIVMSG bob,eve,dan :${i} ${text}` } as const;
    leader.perform({ client: `${LIFE}/0`, number: 4 + i, input: { type: "line", found } });
  }
  const entries = takeAll(leader).flatMap(({ entry }) => entry ?? []);
  assert(entries.length > 1);
  for (const { events } of entries) assertEquals(events.length % 3, 0);
});

Deno.test("a token that a client has given and cannot redeem yet is not lost when the leader changes", () => {
  const leader = decider();
  const token = issueOwnerToken(leader.context);
  send(leader, `${LIFE}/0`, "NICK ada", `PASS ${token}`);
  // This client cannot redeem the token yet, because it has no account.
  send(leader, `${LIFE}/1`, "NICK bob", "USER bob 0 * :Bob", `REDEEM ${token}`);
  const facts = takeAll(leader).flatMap(({ answers }) => answers).flatMap(({ client, content }) =>
    content.type === "facts" ? [{ client, facts: content.facts, performed: 0 }] : []
  );
  const latest = new Map(facts.map((each) => [each.client, each]));
  leader.hello("n2.b", [...latest.values()].map((each, i) => ({ ...each, client: `n2.b/${i}` })));
  const sessions = [...leader.context.clients].slice(-2);
  for (const session of sessions) {
    assert(session instanceof Session);
    assertEquals(session.heldToken, token);
  }
});

Deno.test("a user who must give up another user's nick must still do so after the leader changes", () => {
  const leader = decider();
  const origin = { ...ORIGIN, certificate: ACCOUNTS.p0 };
  leader.perform({ client: `${LIFE}/0`, number: 1, input: { type: "opened", origin } });
  send(leader, `${LIFE}/0`, "NICK p0", "USER p0 0 * :p0", "PRIVMSG NickServ :LOGOUT");
  const facts = factsIn(takeAll(leader)).at(-1);
  assert(facts?.user !== undefined);
  const client = "two.0123abcd/0";
  // Without the certificate, the client has no right to the nick.
  leader.hello("two.0123abcd", [{ client, facts: { ...facts, origin: ORIGIN }, performed: 4 }]);
  const session = [...leader.context.clients].at(-1);
  assert(session instanceof Session);
  assertEquals(session.user?.actor.nick, "p0");
  assert(session.alarm);
});
