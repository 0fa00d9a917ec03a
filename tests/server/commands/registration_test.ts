import { assert, assertEquals } from "@std/assert";
import { CAPABILITY_NAMES } from "../../../server/irc/capabilities.ts";
import { capsWithValues } from "../../../server/session/capability_values.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { testOptions, TestServer } from "../../support/server.ts";

Deno.test("a client that sends NICK and USER is welcomed", async () => {
  await using server = await TestServer.start({ motd: ["Hello.", "", "Be kind."] });
  const ada = await server.connect();
  const greeting = await ada.introduce({ nick: "ada" });
  // The modes and limits in 004 and 005 have tests of their own.
  assertEquals(greeting.filter((line) => !/^:\S+ 00[45] /.test(line)), [
    ":chat.test 001 ada :Welcome to Test, ada!~ada@127.0.0.1",
    ":chat.test 002 ada :Your host is chat.test, running version chat-0.1.0",
    ":chat.test 003 ada :This server was started at 2026-01-01T00:00:00.000Z",
    ":chat.test 251 ada :There are 1 users and 0 invisible on 1 server",
    ":chat.test 252 ada 0 :operator(s) online",
    ":chat.test 253 ada 0 :unregistered connection(s)",
    ":chat.test 254 ada 0 :channel(s) formed",
    ":chat.test 255 ada :I have 1 clients and 0 servers",
    ":chat.test 265 ada 1 1 :Current local users 1, max 1",
    ":chat.test 266 ada 1 1 :Current global users 1, max 1",
    ":chat.test 375 ada :- chat.test Message of the day -",
    ":chat.test 372 ada :- Hello.",
    ":chat.test 372 ada :- ",
    ":chat.test 372 ada :- Be kind.",
    ":chat.test 376 ada :End of MOTD",
  ]);
  assertEquals(server.log, [["connected", { nick: "ada", address: "127.0.0.1" }]]);
});

Deno.test("NICK and USER can come in either order, and the welcome waits for both", async () => {
  await using server = await TestServer.start();
  for (const lines of [["NICK ada", "USER u 0 * r"], ["USER u 0 * r", "NICK bob"]]) {
    const client = await server.connect();
    const [first = "", second = ""] = lines;
    assertEquals(await client.ask(first), []);
    await client.send(second);
    assertEquals((await client.next())?.split(" ")[1], "001");
  }
});

Deno.test("RPL_ISUPPORT names the default channel as LOBBY", async () => {
  await using server = await TestServer.start({ room: "#kitchen" });
  const ada = await server.connect();
  const greeting = await ada.introduce({ nick: "ada" });
  assert(greeting.some((line) => line.split(" ").includes("LOBBY=#kitchen")));
});

Deno.test("before registration, only commands of registration work", async () => {
  await using server = await TestServer.start();
  const client = await server.connect();
  const table: readonly [sent: string, answer: string[]][] = [
    ["JOIN #a", [":chat.test 451 * :You have not registered"]],
    ["PRIVMSG", [":chat.test 451 * :You have not registered"]],
    ["OPER a b", [":chat.test 451 * :You have not registered"]],
    ["KILL a", [":chat.test 451 * :You have not registered"]],
    ["FOO", [":chat.test 421 * FOO :Unknown command"]],
    ["NICK", [":chat.test 431 * :No nickname given"]],
    ["NICK 1ada", [":chat.test 432 * 1ada :A nick must begin with a letter or one of []\\^_`{|}"]],
    ["NICK :a b", [":chat.test 432 * * :A nick can contain only letters, digits and []\\^_`{|}-"]],
    [`NICK ${"a".repeat(33)}`, [
      `:chat.test 432 * ${"a".repeat(33)} :A nick can be at most 32 bytes long`,
    ]],
    ["NICK e\u0301", [
      ":chat.test 432 * e\u0301 :A nick must be written with composed letters (Unicode normal form C)",
    ]],
    ["USER a", [":chat.test 461 * USER :Not enough parameters"]],
    ["PASS", [":chat.test 461 * PASS :Not enough parameters"]],
    ["PONG", []],
    ["PING", [":chat.test 409 * :No origin specified"]],
    ["PING x", [":chat.test PONG chat.test x"]],
    ["PING :x y", [":chat.test PONG chat.test :x y"]],
  ];
  for (const [sent, answer] of table) assertEquals(await client.ask(sent), answer, sent);
});

Deno.test("USER and PASS after registration get ERR_ALREADYREGISTERED", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  for (const line of ["USER u 0 * r", "USER", "PASS x"]) {
    assertEquals(await ada.ask(line), [":chat.test 462 ada :You may not reregister"]);
  }
});

Deno.test("a user name loses characters that a mask cannot contain, and gets a ~", async () => {
  await using server = await TestServer.start();
  const cases = [["u", "~u"], ["a@b!c", "~abc"], ["!?", "~user"], [
    "x".repeat(40),
    `~${"x".repeat(15)}`,
  ]];
  for (const [given = "", kept] of cases) {
    const client = await server.connect();
    await client.send("NICK ada", `USER ${given} 0 * :r`);
    const { params } = await client.expect("001");
    assertEquals(params[1], `Welcome to Test, ada!${kept}@127.0.0.1`);
    await client.send("QUIT");
    await client.untilEnd();
  }
});

Deno.test("the right server password lets a client register", async () => {
  await using server = await TestServer.start({ password: "sésame" });
  const ada = await server.connect();
  const [first] = await ada.introduce({ nick: "ada", password: "sésame" });
  assertEquals(first, ":chat.test 001 ada :Welcome to Test, ada!~ada@127.0.0.1");
});

Deno.test("without the right server password, a client is disconnected", async () => {
  await using server = await TestServer.start({ password: "sesame" });
  const table: readonly [password: string[], text: string, reason: string][] = [
    [[], "This server requires a password; connect again with it", "Password required"],
    [
      ["PASS wrong"],
      "Wrong password for this server; check it and connect again",
      "Wrong password",
    ],
    [["PASS :"], "Wrong password for this server; check it and connect again", "Wrong password"],
    [
      ["PASS sesame", "PASS x"],
      "Wrong password for this server; check it and connect again",
      "Wrong password",
    ],
  ];
  for (const [password, text, reason] of table) {
    const client = await server.connect();
    await client.send(...password, "NICK ada", "USER u 0 * r", "JOIN #a");
    assertEquals(await client.untilEnd(), [`:chat.test 464 ada :${text}`, `ERROR :${reason}`]);
    assertEquals(server.log.splice(0), [["refused", { address: "127.0.0.1", reason }]]);
  }
});

/** A silence, in milliseconds, after which the server asks the user of a nick to answer at once. */
const SILENCE_MS = 1500;

Deno.test("a nick in use is refused whatever its case, and the client can send another", async () => {
  await using server = await TestServer.start();
  await server.register("ada");
  server.clock.advance(SILENCE_MS);
  const other = await server.connect();
  await other.send("NICK ADA", "USER u 0 * r");
  assertEquals(await other.heard(), [
    ":chat.test 433 * ADA :That nick is in use, or looks like one that is in use",
  ]);
  await other.send("NICK eda");
  await other.expect("001");
});

Deno.test("a nick that looks like one in use is refused until the nick in use is free", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const eve = await server.register("eve");
  const refused = (nick: string) => [
    `:chat.test 433 eve ${nick} :That nick is in use, or looks like one that is in use`,
  ];
  // Cyrillic a; full width; Greek alpha, as a small letter and a capital one.
  for (const nick of ["\u0430da", "\uff41da", "\u03b1d\u0430", "\u0391DA"]) {
    server.clock.advance(SILENCE_MS);
    assertEquals(await eve.ask(`NICK ${nick}`), refused(nick));
  }
  assertEquals(await ada.ask("NICK \u0430da"), [":ada!~ada@127.0.0.1 NICK \u0430da"]);
  server.clock.advance(SILENCE_MS);
  assertEquals(
    await eve.ask("NICK ada"),
    refused("ada"),
    "it works in the other direction as well",
  );
  await ada.ask("NICK zoe");
  assertEquals(await eve.ask("NICK \u0430da"), [":eve!~eve@127.0.0.1 NICK \u0430da"]);
  server.clock.advance(SILENCE_MS);
  const late = await server.connect();
  await late.send("NICK ada", "USER u 0 * r");
  assertEquals((await late.expect("433")).params[1], "ada");
});

Deno.test("a change of case is refused if the nick then looks like another", async () => {
  await using server = await TestServer.start();
  const ian = await server.register("ian");
  await server.register("lan");
  server.clock.advance(SILENCE_MS);
  assertEquals((await ian.ask("NICK Ian"))[0]?.split(" ")[1], "433", "an I looks like an l");
  assertEquals((await ian.ask("NICK iAn"))[0]?.split(" ")[1], "NICK");
});

Deno.test("each user that shares a channel sees a new nick once", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a,#b" });
  const bob = await server.register("bob", { join: "#a,#b" });
  const eve = await server.register("eve");
  const line = ":ada!~ada@127.0.0.1 NICK Eda";
  await ada.heard();
  assertEquals(await ada.ask("NICK Eda"), [line]);
  assertEquals(await bob.heard(), [line]);
  assertEquals(await eve.heard(), []);
  assertEquals(
    await ada.ask("NICK EDA"),
    [":Eda!~ada@127.0.0.1 NICK EDA"],
    "only the case changes",
  );
  assertEquals(await ada.ask("NICK EDA"), [], "the nick does not change");
  server.clock.advance(SILENCE_MS);
  assertEquals(await ada.ask("NICK Bob"), [
    ":chat.test 433 EDA Bob :That nick is in use, or looks like one that is in use",
  ]);
  assertEquals(await ada.ask("NICK a.b"), [
    ":chat.test 432 EDA a.b :A nick can contain only letters, digits and []\\^_`{|}-",
  ]);
});

Deno.test("QUIT gets ERROR, and users in shared channels see it", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  const table = [["QUIT", "Quit: "], ["QUIT :so long", "Quit: so long"], ["QUIT :", "Quit: "]];
  for (const [line = "", reason] of table) {
    const ada = await server.register("ada", { join: "#a" });
    await bob.heard();
    await ada.send(line, "PRIVMSG #a :too late");
    assertEquals(await ada.untilEnd(), [`ERROR :${reason}`]);
    assertEquals(await bob.heard(), [`:ada!~ada@127.0.0.1 QUIT :${reason}`]);
  }
});

Deno.test("users in shared channels see a QUIT when a connection breaks", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  const ada = await server.register("ada", { join: "#a" });
  await bob.heard();
  await ada.close();
  const { source, command } = await bob.until("QUIT");
  assertEquals([source, command], ["ada!~ada@127.0.0.1", "QUIT"]);
});

Deno.test("a client that closes its sending side still gets its replies", async () => {
  await using server = await TestServer.start({ motd: ["Hello."] });
  const ada = await server.connect();
  await ada.send("NICK ada", "USER u 0 * r", "PING last");
  await ada.endSending();
  assertEquals((await ada.untilEnd()).at(-1), ":chat.test PONG chat.test last");
});

// Capabilities: https://ircv3.net/specs/extensions/capability-negotiation

const WITH_VALUES = capsWithValues(testOptions(), {}).join(" ");
const ALL = CAPABILITY_NAMES.join(" ");

/** Returns the capabilities that CAP lists; each line but the last must have a `*` before them. */
async function listed(client: IrcClient, line: string): Promise<string> {
  const lines = (await client.askMessages(line)).map(({ params }) => params.slice(2));
  assertEquals(lines.map(([star]) => star === "*"), lines.map((_, i) => i < lines.length - 1));
  return lines.map((params) => params.at(-1)).join(" ");
}

Deno.test("registration waits for CAP END", async () => {
  await using server = await TestServer.start();
  for (const opening of ["CAP LS", "CAP LS 302", "CAP REQ batch", "cap ls 302"]) {
    const client = await server.connect();
    await client.ask(opening);
    await client.send("NICK ada", "USER u 0 * r");
    assertEquals(await client.heard(), []);
    await client.send("CAP END");
    await client.expect("001");
    await client.send("QUIT");
    await client.untilEnd();
  }
});

Deno.test("CAP REQ changes all the capabilities it names or none", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const table: readonly [sent: string, answer: string][] = [
    ["CAP LIST", "LIST :"],
    ["CAP REQ :server-time batch", "ACK :server-time batch"],
    ["CAP LIST", "LIST :batch server-time"],
    ["CAP REQ :echo-message tls", "NAK :echo-message tls"],
    ["CAP REQ :ECHO-MESSAGE", "NAK ECHO-MESSAGE"],
    ["CAP REQ :-batch echo-message", "ACK :-batch echo-message"],
    ["CAP LIST", "LIST :echo-message server-time"],
    ["CAP REQ :", "ACK :"],
    ["CAP REQ", "ACK :"],
    ["CAP REQ :-cap-notify", "ACK -cap-notify"],
  ];
  for (const [sent, answer] of table) {
    assertEquals(await ada.ask(sent), [`:chat.test CAP * ${answer}`], sent);
  }
});

Deno.test("CAP LS of old clients is one line, without the capabilities for which it has no room", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  const names = ALL.split(" ").filter((name) => !name.endsWith("/webpush"));
  assertEquals(await ada.ask("CAP LS"), [`:chat.test CAP * LS :${names.join(" ")}`]);
});

Deno.test("CAP LS 302 lists values, in several lines if needed, and keeps cap-notify on", async () => {
  await using server = await TestServer.start();
  const ada = await server.connect();
  assertEquals(await listed(ada, "CAP LS 302"), WITH_VALUES);
  assertEquals(await ada.ask("CAP LIST"), [":chat.test CAP * LIST cap-notify"]);
  assertEquals(await ada.ask("CAP REQ :-cap-notify"), [":chat.test CAP * NAK -cap-notify"]);
});

Deno.test("capabilities can be negotiated after registration", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await listed(ada, "CAP LS 302"), WITH_VALUES);
  assertEquals(await ada.ask("CAP REQ batch"), [":chat.test CAP ada ACK batch"]);
  assertEquals(await ada.ask("CAP END"), []);
});

Deno.test("an unknown subcommand of CAP gets ERR_INVALIDCAPCMD", async () => {
  await using server = await TestServer.start();
  const client = await server.connect();
  assertEquals(await client.ask("CAP FOO"), [":chat.test 410 * FOO :Invalid CAP command"]);
  assertEquals(await client.ask("CAP"), [":chat.test 461 * CAP :Not enough parameters"]);
});

Deno.test("a CAP REQ too long for one reply gets several", async () => {
  await using server = await TestServer.start({ name: `${"x".repeat(58)}.test` });
  const ada = await server.register("a".repeat(32));
  const asked: readonly [caps: string[], answer: string][] = [
    [Array(38).fill("echo-message"), "ACK"],
    [[...Array(37).fill("echo-message"), "no-such"], "NAK"],
  ];
  for (const [caps, answer] of asked) {
    const replies = await ada.askMessages(`CAP REQ :${caps.join(" ")}`);
    assertEquals(replies.map(({ params }) => params[1]), [answer, answer]);
    assertEquals(replies.flatMap(({ params }) => params[2]?.split(" ") ?? []), caps);
  }
  const bob = await server.register("bob");
  const fits = Array(30).fill("echo-message").join(" ");
  assertEquals((await bob.ask(`CAP REQ :${fits}`)).length, 1, "one line, if it fits");
});
