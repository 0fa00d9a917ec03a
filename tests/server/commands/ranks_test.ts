import { assert, assertEquals } from "@std/assert";
import { TestServer } from "../../support/server.ts";

/** The mode letters of the ranks, highest first. A member's nick is the letter of their rank, twice. */
const RANKS = ["q", "a", "o", "h", "v"] as const;

/** Registers a member of #a for each rank, and root, a server operator outside of #a. */
async function registerRanks(server: TestServer) {
  const oo = await server.register("oo", { join: "#a" });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  const members = new Map([["oo", oo]]);
  for (const rank of ["qq", "aa", "hh", "vv", "none"]) {
    members.set(rank, await server.register(rank, { join: "#a" }));
  }
  await root.ask("MODE #a +qahv qq aa hh vv");
  for (const client of members.values()) await client.heard();
  return { members, root };
}

const OPTIONS = { operators: [{ name: "root", password: "secret" }] };

/** The members with ranks that each can KICK; MODE lets them give and take the same ranks. */
const MAY: readonly [actor: string, targets: string][] = [
  ["qq", "qq aa oo hh vv"],
  ["aa", "oo hh vv"],
  ["oo", "oo hh vv"],
  ["hh", "vv"],
  ["vv", ""],
  ["none", ""],
];

Deno.test("MODE lets only the permitted ranks give and take each rank", async () => {
  await using server = await TestServer.start(OPTIONS);
  const { members } = await registerRanks(server);
  for (const [actor, targets] of MAY) {
    const client = members.get(actor);
    assert(client);
    for (const letter of RANKS) {
      const answer = (await client.ask(`MODE #a +${letter} none`)).join();
      if (targets.includes(letter)) {
        assertEquals(answer, `:${actor}!~${actor}@127.0.0.1 MODE #a +${letter} none`);
        await client.ask(`MODE #a -${letter} none`);
      } else {
        assertEquals(answer, `:chat.test 482 ${actor} #a :You're not a channel operator`);
      }
      await members.get("none")?.heard();
    }
  }
});

Deno.test("KICK of a member of too high a rank is refused", async () => {
  for (const [actor, targets] of MAY) {
    await using server = await TestServer.start(OPTIONS);
    const { members } = await registerRanks(server);
    const client = members.get(actor);
    for (const target of ["none", "vv", "hh", "oo", "aa", "qq"]) {
      if (target === actor) continue;
      const answer = (await client?.ask(`KICK #a ${target}`))?.[0] ?? "";
      const may = targets.includes(target) || (target === "none" && "qq aa oo hh".includes(actor));
      assertEquals(
        answer.includes(` KICK #a ${target} `),
        may,
        `${actor} kicks ${target}: ${answer}`,
      );
    }
  }
});

Deno.test("half-operators can set topics and bans and invite, but change no other modes", async () => {
  await using server = await TestServer.start(OPTIONS);
  const { members } = await registerRanks(server);
  await members.get("oo")?.ask("MODE #a +i");
  const halfOperator = members.get("hh");
  await halfOperator?.heard();
  const table: readonly [sent: string, answered: string][] = [
    ["TOPIC #a :tea", "TOPIC"],
    ["MODE #a +b x", "MODE"],
    ["INVITE root #a", "341"],
    ["MODE #a -i", "482"],
    ["MODE #a +k key", "482"],
    ["RENAME #a #b", "482"],
  ];
  for (const [sent, answered] of table) {
    assertEquals((await halfOperator?.ask(sent))?.[0]?.split(" ")[1], answered, sent);
  }
});

Deno.test("members can take their own rank from themselves", async () => {
  await using server = await TestServer.start(OPTIONS);
  const { members } = await registerRanks(server);
  for (const letter of RANKS) {
    const nick = letter + letter;
    const answer = await members.get(nick)?.ask(`MODE #a -${letter} ${nick}`);
    assertEquals(answer?.at(-1), `:${nick}!~${nick}@127.0.0.1 MODE #a -${letter} ${nick}`);
  }
});

Deno.test("NAMES shows the prefix of each rank, and a message to a prefix reaches that rank and above", async () => {
  await using server = await TestServer.start(OPTIONS);
  const { members } = await registerRanks(server);
  assertEquals(
    (await members.get("none")?.ask("NAMES #a"))?.[0],
    ":chat.test 353 none = #a :@oo ~qq &aa %hh +vv none",
  );
  for (const client of members.values()) await client.heard();
  await members.get("oo")?.ask("PRIVMSG %#a :hush");
  const heard: string[] = [];
  for (const [nick, client] of members) if ((await client.heard()).length > 0) heard.push(nick);
  assertEquals(heard, ["qq", "aa", "hh"]);
  const words = (await (await server.connect()).introduce({ nick: "new" })).join(" ").split(" ");
  for (const token of ["PREFIX=(qaohv)~&@%+", "STATUSMSG=~&@%+"]) assert(words.includes(token));
});
