import { assert, assertEquals } from "@std/assert";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const NAMED = { motd: ["Hello."], operators: [{ name: "root", password: "secret" }] };

Deno.test("MOTD, TIME, INFO and ADMIN describe the server, with or without a target", async () => {
  await using server = await TestServer.start(NAMED);
  const ada = await server.register("ada");
  const table: readonly [sent: string, answer: string[]][] = [
    ["MOTD", [
      "375 ada :- chat.test Message of the day -",
      "372 ada :- Hello.",
      "376 ada :End of MOTD",
    ]],
    ["TIME", ["391 ada chat.test 2026-01-01T00:00:00.000Z"]],
    ["INFO", [
      "371 ada :chat-0.1.0, a chat server and client in one executable",
      "371 ada :Running since 2026-01-01T00:00:00.000Z",
      "374 ada :End of INFO",
    ]],
    ["ADMIN", [
      "256 ada chat.test :Administrative info",
      "257 ada Test",
      "258 ada :Operators: root",
      "259 ada :Ask for help in a channel of this server",
    ]],
  ];
  for (const [sent, answer] of table) {
    const lines = answer.map((line) => `:chat.test ${line}`);
    // A server can be named by its name, a mask, or the nick of a user on it.
    for (const target of ["", " chat.test", " CHAT.*", " ada"]) {
      assertEquals(await ada.ask(sent + target), lines, sent + target);
    }
    assertEquals(await ada.ask(`${sent} other.test`), [
      ":chat.test 402 ada other.test :No such server",
    ]);
  }
});

Deno.test("VERSION returns the version and RPL_ISUPPORT", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const answer = await ada.askMessages("VERSION");
  const commands = answer.map(({ command }) => command);
  assertEquals(commands, ["351", ...Array(commands.length - 1).fill("005")]);
  assert(commands.length > 1);
  assertEquals(answer[0]?.params, [
    "ada",
    "chat-0.1.0",
    "chat.test",
    "Chat server that speaks IRC",
  ]);
  assertEquals((await ada.ask("VERSION other.test")).length, 1);
});

Deno.test("MOTD and ADMIN say so if there is no message of the day or no operator", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("MOTD"), [":chat.test 422 ada :There is no message of the day"]);
  assertEquals(
    (await ada.ask("ADMIN"))[2],
    ":chat.test 258 ada :No operators are named in the configuration",
  );
});

Deno.test("LUSERS counts users, invisible users, operators, unregistered connections and channels", async () => {
  await using server = await TestServer.start({ ...NAMED, plainPort: 0 });
  const ada = await server.register("ada", { join: "#a,#b" });
  const bob = await server.register("bob");
  const eve = await server.register("eve");
  const unregistered = await server.connect();
  await unregistered.send("NICK zoe");
  await unregistered.heard();
  await bob.ask("MODE bob +i");
  await eve.ask("OPER root secret");
  await eve.ask("QUIT").catch(() => {});
  await bob.ask("OPER root secret");
  assertEquals(await ada.ask("LUSERS"), [
    ":chat.test 251 ada :There are 1 users and 1 invisible on 1 server",
    ":chat.test 252 ada 1 :operator(s) online",
    ":chat.test 253 ada 1 :unregistered connection(s)",
    ":chat.test 254 ada 2 :channel(s) formed",
    ":chat.test 255 ada :I have 2 clients and 0 servers",
    ":chat.test 265 ada 2 3 :Current local users 2, max 3",
    ":chat.test 266 ada 2 3 :Current global users 2, max 3",
  ]);
});

Deno.test("LUSERS counts connected clients, of which a user can have two or none", async () => {
  await using server = await TestServer.start();
  const eve = await server.register("eve");
  await eve.ask("REGISTER * * sesame");
  await eve.ask("PRIVMSG NickServ :STAY on");
  await eve.close();
  const counted = async (probe: IrcClient) =>
    (await probe.ask("LUSERS")).flatMap((line) => / 25[35] ada (.*)/.exec(line)?.[1] ?? []);
  const ada = await server.register("ada");
  await server.until(() => server.server.counts.connections === 1, ada);
  assertEquals(await counted(ada), [
    "0 :unregistered connection(s)",
    ":I have 1 clients and 0 servers",
  ]);
  await ada.ask("REGISTER * * sesame");
  const phone = await server.connect();
  await phone.introduce({ nick: "ada", login: ["ada", "sesame"] });
  assertEquals(await counted(ada), [
    "0 :unregistered connection(s)",
    ":I have 2 clients and 0 servers",
  ]);
  server.staying = 1;
});

Deno.test("STATS u shows the uptime and STATS m the use of commands", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const end = (letter: string) => `:chat.test 219 ada ${letter} :End of STATS report`;
  server.clock.advance(62_000);
  await ada.heard();
  assertEquals(await ada.ask("STATS u"), [
    ":chat.test 242 ada :Server Up 0 days 0:01:02",
    end("u"),
  ]);
  const used = await ada.ask("STATS m chat.test");
  assertEquals(used.filter((line) => / (?:NICK|STATS) \d/.test(line)), [
    ":chat.test 212 ada NICK 1 0 0",
    ":chat.test 212 ada STATS 2 0 0",
  ]);
  const names = used.slice(0, -1).map((line) => line.split(" ")[3]);
  assertEquals(names, ["NICK", "PING", "STATS", "USER"], "in alphabetical order");
  assertEquals(await ada.ask("STATS x"), [end("x")]);
  assertEquals(await ada.ask("STATS u other.test"), [
    ":chat.test 402 ada other.test :No such server",
  ]);
});

Deno.test("STATS o is for operators only", async () => {
  await using server = await TestServer.start({
    operators: [{ name: "root", password: "secret" }],
  });
  const ada = await server.register("ada");
  const end = ":chat.test 219 ada o :End of STATS report";
  assertEquals(await ada.ask("STATS o"), [
    ":chat.test 481 ada :Permission denied - you're not an IRC operator",
    end,
  ]);
  await ada.ask("OPER root secret");
  assertEquals(await ada.ask("STATS o"), [":chat.test 243 ada O * * root", end]);
});

Deno.test("LINKS of a server that is alone returns an empty list", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("LINKS"), [
    ":chat.test 365 ada * :End of LINKS list",
  ]);
  assertEquals(await ada.ask("LINKS other.*"), [":chat.test 365 ada other.* :End of LINKS list"]);
});
