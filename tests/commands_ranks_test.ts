import { assert, assertEquals } from "@std/assert";
import { TestServer } from "./support/server.ts";

/** Those in #a, by the rank they have there, highest first; each is called by its letter. */
const RANKS = ["q", "a", "o", "h", "v"] as const;

/** Everybody in #a, with their rank, and Root, an operator of the server, outside. */
async function court(server: TestServer) {
  const oo = await server.register("oo", { join: "#a" });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  const people = new Map([["oo", oo]]);
  for (const rank of ["qq", "aa", "hh", "vv", "none"]) {
    people.set(rank, await server.register(rank, { join: "#a" }));
  }
  await root.ask("MODE #a +qahv qq aa hh vv");
  for (const client of people.values()) await client.heard();
  return { people, root };
}

const OPTIONS = { operators: [{ name: "root", password: "secret" }] };

/** What each rank can do to a member who has another: `MODE` and `KICK` agree on it. */
const MAY: readonly [who: string, whom: string][] = [
  ["qq", "qq aa oo hh vv"],
  ["aa", "oo hh vv"],
  ["oo", "oo hh vv"],
  ["hh", "vv"],
  ["vv", ""],
  ["none", ""],
];

Deno.test("each rank is given and taken by those who may, and by nobody else", async () => {
  await using server = new TestServer(OPTIONS);
  const { people } = await court(server);
  for (const [who, whom] of MAY) {
    const client = people.get(who);
    assert(client);
    for (const letter of RANKS) {
      const answer = (await client.ask(`MODE #a +${letter} none`)).join();
      if (whom.includes(letter)) {
        assertEquals(answer, `:${who}!~${who}@127.0.0.1 MODE #a +${letter} none`);
        await client.ask(`MODE #a -${letter} none`);
      } else {
        assertEquals(answer, `:chat.test 482 ${who} #a :You're not a channel operator`);
      }
      await people.get("none")?.heard();
    }
  }
});

Deno.test("nobody puts out who stands too high for them", async () => {
  for (const [who, whom] of MAY) {
    await using server = new TestServer(OPTIONS);
    const { people } = await court(server);
    const client = people.get(who);
    for (const other of ["none", "vv", "hh", "oo", "aa", "qq"]) {
      if (other === who) continue;
      const answer = (await client?.ask(`KICK #a ${other}`))?.[0] ?? "";
      const may = whom.includes(other) || (other === "none" && "qq aa oo hh".includes(who));
      assertEquals(answer.includes(` KICK #a ${other} `), may, `${who} kicks ${other}: ${answer}`);
    }
  }
});

Deno.test("half-operators set topics, bans and invitations, and no other modes", async () => {
  await using server = new TestServer(OPTIONS);
  const { people } = await court(server);
  await people.get("oo")?.ask("MODE #a +i");
  const hh = people.get("hh");
  await hh?.heard();
  const table: readonly [sent: string, answered: string][] = [
    ["TOPIC #a :tea", "TOPIC"],
    ["MODE #a +b x", "MODE"],
    ["INVITE root #a", "341"],
    ["MODE #a -i", "482"],
    ["MODE #a +k key", "482"],
    ["RENAME #a #b", "482"],
  ];
  for (const [sent, answered] of table) {
    assertEquals((await hh?.ask(sent))?.[0]?.split(" ")[1], answered, sent);
  }
});

Deno.test("everybody can drop a rank of their own", async () => {
  await using server = new TestServer(OPTIONS);
  const { people } = await court(server);
  for (const letter of RANKS) {
    const nick = letter + letter;
    const answer = await people.get(nick)?.ask(`MODE #a -${letter} ${nick}`);
    assertEquals(answer?.at(-1), `:${nick}!~${nick}@127.0.0.1 MODE #a -${letter} ${nick}`);
  }
});

Deno.test("ranks show by their prefixes, and messages can be to a rank and above", async () => {
  await using server = new TestServer(OPTIONS);
  const { people } = await court(server);
  assertEquals(
    (await people.get("none")?.ask("NAMES #a"))?.[0],
    ":chat.test 353 none = #a :@oo ~qq &aa %hh +vv none",
  );
  for (const client of people.values()) await client.heard();
  await people.get("oo")?.ask("PRIVMSG %#a :hush");
  const heard: string[] = [];
  for (const [nick, client] of people) if ((await client.heard()).length > 0) heard.push(nick);
  assertEquals(heard, ["qq", "aa", "hh"]);
  const told = (await (await server.connect()).introduce({ nick: "new" })).join(" ").split(" ");
  for (const token of ["PREFIX=(qaohv)~&@%+", "STATUSMSG=~&@%+"]) assert(told.includes(token));
});
