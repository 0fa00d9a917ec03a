import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestServer } from "../../support/server.ts";

const ADA = "ada!~ada@127.0.0.1";
const BOB = "bob!~bob@127.0.0.1";

Deno.test("the first user in a channel becomes its operator, and members see others join", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("bob");
  assertEquals(await ada.ask("JOIN #a"), [
    `:${ADA} JOIN #a`,
    ":chat.test 353 ada = #a :@ada",
    ":chat.test 366 ada #a :End of NAMES list",
  ]);
  await ada.send("TOPIC #a :what for");
  await ada.heard();
  assertEquals(await bob.ask("JOIN #A"), [
    `:${BOB} JOIN #a`,
    ":chat.test 332 bob #a :what for",
    `:chat.test 333 bob #a ${ADA} 1767225600`,
    ":chat.test 353 bob = #a :@ada bob",
    ":chat.test 366 bob #a :End of NAMES list",
  ]);
  assertEquals(await ada.heard(), [`:${BOB} JOIN #a`]);
  assertEquals(await bob.ask("JOIN #a"), [], "a second JOIN by a member has no reply");
});

Deno.test("JOIN and PART take several channels, each with its own reply", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  await ada.ask("JOIN #a,bad,#b,#a");
  assertEquals(await ada.ask("PART #a,#c,#b :bye"), [
    `:${ADA} PART #a :bye`,
    ":chat.test 403 ada #c :No such channel",
    `:${ADA} PART #b :bye`,
  ]);
});

Deno.test("JOIN 0 leaves every channel", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a,#b" });
  assertEquals(await ada.ask("JOIN 0"), [`:${ADA} PART :#a`, `:${ADA} PART :#b`]);
});

Deno.test("JOIN with an invalid channel name gets ERR_NOSUCHCHANNEL", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  for (const name of ["a", "#", "&a", "#" + "a".repeat(64), "#a\x07"]) {
    assertEquals(await ada.ask(`JOIN ${name}`), [
      `:chat.test 403 ada ${name} :No such channel`,
    ]);
  }
  assertEquals(await ada.ask("JOIN"), [":chat.test 461 ada JOIN :Not enough parameters"]);
  assertEquals(await ada.ask("JOIN ,,"), [":chat.test 461 ada JOIN :Not enough parameters"]);
});

Deno.test("a user can be in 100 channels, and join no more than 100 at once", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const names = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `#${from + i}`).join(",");
  await ada.ask(`JOIN ${names(0, 100)}`);
  assertEquals(await ada.ask("JOIN #x"), [
    ":chat.test 405 ada #x :You have joined too many channels",
  ]);
  assertEquals(await ada.ask(`JOIN ${names(100, 201)}`), [
    ":chat.test 407 ada JOIN :Too many targets: JOIN takes at most 100; nothing was done",
  ]);
});

Deno.test("modes +i, +b, +k and +l keep users out", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  const table: readonly [modes: string, join: string, error: string][] = [
    ["+i", "JOIN #a", "473 bob #a :Cannot join channel (+i) - you must be invited"],
    ["-i+b BOB", "JOIN #a", "474 bob #a :Cannot join channel (+b) - you are banned"],
    ["-b+k BOB key", "JOIN #a", "475 bob #a :Cannot join channel (+k) - bad key"],
    ["+l 9", "JOIN #a wrong", "475 bob #a :Cannot join channel (+k) - bad key"],
    ["+l 1", "JOIN #a key", "471 bob #a :Cannot join channel (+l) - it is full"],
  ];
  for (const [modes, join, error] of table) {
    await ada.ask(`MODE #a ${modes}`);
    assertEquals(await bob.ask(join), [`:chat.test ${error}`]);
  }
  await ada.ask("MODE #a +l 2");
  const [joined] = await bob.ask("JOIN #b,#a x,key");
  assertEquals(joined, `:${BOB} JOIN #b`, "keys are matched to channels by their order");
  await bob.ask("PART #a");
  const [again] = await bob.ask("JOIN #b,,#a x,,key");
  assertEquals(again, `:${BOB} JOIN #a`, "also if a name is empty");
  assertEquals((await ada.heard()).at(-1), `:${BOB} JOIN #a`);
});

Deno.test("members see a PART, and PART of a channel that the user is not in is an error", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve");
  await bob.ask("PART #a");
  await bob.ask("JOIN #a");
  await ada.ask("PART #A :so long");
  assertEquals((await bob.heard()).at(-1), `:${ADA} PART #a :so long`);
  assertEquals(await eve.ask("PART #a"), [":chat.test 442 eve #a :You're not on that channel"]);
  assertEquals(await eve.ask("PART #z"), [":chat.test 403 eve #z :No such channel"]);
  assertEquals(await eve.ask("PART"), [":chat.test 461 eve PART :Not enough parameters"]);
});

Deno.test("TOPIC shows, sets and removes a topic, and under +t needs a channel operator", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve");
  assertEquals(await ada.ask("TOPIC #a"), [":chat.test 331 ada #a :No topic is set"]);
  assertEquals(await ada.ask("TOPIC #a :tea at five"), [`:${ADA} TOPIC #a :tea at five`]);
  assertEquals((await bob.heard()).at(-1), `:${ADA} TOPIC #a :tea at five`);
  assertEquals(await bob.ask("TOPIC #a"), [
    ":chat.test 332 bob #a :tea at five",
    `:chat.test 333 bob #a ${ADA} 1767225600`,
  ]);
  assertEquals(await bob.ask("TOPIC #a x"), [
    ":chat.test 482 bob #a :You're not a channel operator",
  ]);
  await ada.ask("MODE #a -t");
  assertEquals(await bob.ask("TOPIC #a :"), [`:${BOB} TOPIC #a :`]);
  assertEquals(await ada.ask("TOPIC #a"), [":chat.test 331 ada #a :No topic is set"]);
  assertEquals(await eve.ask("TOPIC #a"), [":chat.test 442 eve #a :You're not on that channel"]);
  assertEquals(await eve.ask("TOPIC #z"), [":chat.test 403 eve #z :No such channel"]);
});

Deno.test("a topic longer than TOPICLEN is cut between characters", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const [line = ""] = await ada.ask(`TOPIC #a :${"漢".repeat(140)}`);
  assertEquals(line, `:${ADA} TOPIC #a :${"漢".repeat(130)}`);
});

Deno.test("NAMES shows the highest prefix, all prefixes with multi-prefix, and masks with userhost-in-names", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  await server.register("bob", { join: "#a" });
  await ada.ask("MODE #a +vv ada bob");
  const names = (line: string) => [line, ":chat.test 366 ada #a :End of NAMES list"];
  assertEquals(await ada.ask("NAMES #a"), names(":chat.test 353 ada = #a :@ada +bob"));
  await ada.ask("CAP REQ :multi-prefix");
  assertEquals(await ada.ask("NAMES #a"), names(":chat.test 353 ada = #a :@+ada +bob"));
  await ada.ask("CAP REQ :userhost-in-names");
  assertEquals(await ada.ask("NAMES #A"), names(`:chat.test 353 ada = #a :@+${ADA} +${BOB}`));
});

Deno.test("NAMES of a large channel is split into lines that fit", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const nicks = Array.from({ length: 40 }, (_, i) => `n${i}`.padEnd(32, "x"));
  await Promise.all(nicks.map((nick) => server.register(nick, { join: "#a" })));
  const replies = (await ada.askMessages("NAMES #a")).filter(({ command }) => command === "353");
  const shown = replies.flatMap(({ params }) => params[3]?.split(" ") ?? []);
  assertEquals(shown.sort(), ["@ada", ...nicks].sort());
});

Deno.test("NAMES shows invisible users only to members of the channel", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve");
  await bob.ask("MODE bob +i");
  const [members] = await ada.ask("NAMES #a");
  assertEquals(members, ":chat.test 353 ada = #a :@ada bob");
  assertEquals(await eve.ask("NAMES #a"), [
    ":chat.test 353 eve = #a :@ada",
    ":chat.test 366 eve #a :End of NAMES list",
  ]);
});

Deno.test("NAMES without a channel, or of a channel that does not exist, gets an empty list", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  assertEquals(await ada.ask("NAMES"), [":chat.test 366 ada * :End of NAMES list"]);
  assertEquals(await ada.ask("NAMES #z"), [":chat.test 366 ada #z :End of NAMES list"]);
});

Deno.test("LIST shows each channel with its number of members and its topic", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a,#b" });
  await server.register("bob", { join: "#b" });
  await ada.ask("TOPIC #b :what for");
  const start = ":chat.test 321 ada Channel :Users  Name";
  const end = ":chat.test 323 ada :End of LIST";
  const [a, b] = [":chat.test 322 ada #a 1 :", ":chat.test 322 ada #b 2 :what for"];
  assertEquals(await ada.ask("LIST"), [start, a, b, end]);
  assertEquals(await ada.ask("LIST #B,#z"), [start, b, end]);
});

Deno.test("an INVITE lets the user join once", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  await ada.ask("MODE #a +i");
  assertEquals(await ada.ask("INVITE BOB #A"), [":chat.test 341 ada bob #a"]);
  assertEquals(await bob.heard(), [`:${ADA} INVITE bob #a`]);
  assertEquals(await bob.ask("INVITE"), [
    ":chat.test 336 bob #a",
    ":chat.test 337 bob :End of invite list",
  ]);
  assertEquals((await bob.ask("JOIN #a"))[0], `:${BOB} JOIN #a`);
  await bob.ask("PART #a");
  assertEquals(await bob.ask("JOIN #a"), [
    ":chat.test 473 bob #a :Cannot join channel (+i) - you must be invited",
  ]);
});

Deno.test("an INVITE by a member ends when the channel becomes invitation-only, one by an operator lasts", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const [eve, kim] = [await server.register("eve"), await server.register("kim")];
  await bob.ask("INVITE eve #a");
  await ada.ask("INVITE kim #a");
  await ada.ask("MODE #a +i");
  assertEquals(await eve.ask("INVITE"), [":chat.test 337 eve :End of invite list"]);
  assertEquals((await eve.ask("JOIN #a"))[0]?.split(" ")[1], "473");
  assertEquals((await kim.ask("JOIN #a"))[0], ":kim!~kim@127.0.0.1 JOIN #a");
});

Deno.test("an INVITE expires after a day", async () => {
  await using server = await TestServer.start();
  const day = 24 * 60 * 60 * 1000;
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  await ada.ask("MODE #a +il 1");
  await ada.ask("INVITE bob #a");
  server.clock.turn(day - 1);
  assertEquals((await bob.ask("INVITE"))[0], ":chat.test 336 bob #a");
  assertEquals((await bob.ask("KNOCK #a"))[0]?.split(" ")[1], "713");
  server.clock.turn(1);
  assertEquals(await bob.ask("INVITE"), [":chat.test 337 bob :End of invite list"]);
  assertEquals((await bob.ask("JOIN #a"))[0]?.split(" ")[1], "473");
  assertEquals((await bob.ask("KNOCK #a"))[0]?.split(" ")[1], "711");
});

Deno.test("INVITE of an unknown user, to an unknown channel or without the right is an error", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await server.register("eve");
  await ada.ask("MODE #a +i");
  const table: readonly [sent: string, error: string][] = [
    ["INVITE eve", "461 bob INVITE :Not enough parameters"],
    ["INVITE zoe #a", "401 bob zoe :No such nick or channel"],
    ["INVITE eve #z", "403 bob #z :No such channel"],
    ["INVITE eve #a", "482 bob #a :You're not a channel operator"],
  ];
  for (const [sent, error] of table) assertEquals(await bob.ask(sent), [`:chat.test ${error}`]);
  assertEquals(await ada.ask("INVITE bob #a"), [
    ":chat.test 443 ada bob #a :is already on channel",
  ]);
  await ada.ask("PART #a");
  assertEquals(await ada.ask("INVITE eve #a"), [
    ":chat.test 442 ada #a :You're not on that channel",
  ]);
});

Deno.test("INVITE of a user who is away gets RPL_AWAY", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  await bob.ask("AWAY :asleep");
  assertEquals(await ada.ask("INVITE bob #a"), [
    ":chat.test 341 ada bob #a",
    ":chat.test 301 ada bob :asleep",
  ]);
});

Deno.test("a channel operator can KICK members, and all members see it", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve", { join: "#a" });
  await ada.heard();
  assertEquals(await ada.ask("KICK #A bob,zoe,eve :out"), [
    `:${ADA} KICK #a bob :out`,
    ":chat.test 401 ada zoe :No such nick or channel",
    `:${ADA} KICK #a eve :out`,
  ]);
  assertEquals((await bob.heard()).at(-1), `:${ADA} KICK #a bob :out`);
  assertEquals((await eve.heard()).slice(-2), [
    `:${ADA} KICK #a bob :out`,
    `:${ADA} KICK #a eve :out`,
  ]);
  assertEquals(await ada.ask("KICK #a bob"), [
    ":chat.test 441 ada bob #a :They aren't on that channel",
  ]);
  await bob.ask("JOIN #a");
  assertEquals((await ada.ask("KICK #a bob")).at(-1), `:${ADA} KICK #a bob :ada`);
  await bob.ask("JOIN #a");
  assertEquals(await bob.ask("KICK #a nobody"), [
    ":chat.test 482 bob #a :You're not a channel operator",
  ]);
});

Deno.test("KICK takes one channel with several nicks, or as many channels as nicks", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a,#b" });
  await server.register("bob", { join: "#a,#b" });
  await server.register("eve", { join: "#a,#b" });
  await ada.heard();
  assertEquals(await ada.ask("KICK #a,#b bob,eve :out"), [
    `:${ADA} KICK #a bob :out`,
    `:${ADA} KICK #b eve :out`,
  ]);
  assertEquals(await ada.ask("KICK #b,#none bob,eve :out"), [
    `:${ADA} KICK #b bob :out`,
    ":chat.test 403 ada #none :No such channel",
  ]);
});

Deno.test("an INVITE lets the user join a full channel", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  await ada.ask("MODE #a +l 1");
  const [, note] = await ada.ask("INVITE bob #a");
  assertMatch(note ?? "", /The limit of the channel is reached \(1\); bob can join/);
  await bob.heard();
  assertEquals((await bob.ask("JOIN #a"))[0], `:${BOB} JOIN #a`);
});

Deno.test("KICK without channel operator rights is an error", async () => {
  await using server = await TestServer.start();
  await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve");
  const table: readonly [sent: string, error: string][] = [
    ["KICK #a ada", "482 bob #a :You're not a channel operator"],
    ["KICK #z ada", "403 bob #z :No such channel"],
    ["KICK #a", "461 bob KICK :Not enough parameters"],
  ];
  for (const [sent, error] of table) assertEquals(await bob.ask(sent), [`:chat.test ${error}`]);
  assertEquals(await eve.ask("KICK #a ada"), [":chat.test 442 eve #a :You're not on that channel"]);
});

Deno.test("a channel without members ceases to exist", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("MODE #a +k key");
  await ada.ask("PART #a");
  assert((await ada.ask("LIST")).every((line) => !line.includes("#a")));
  assertEquals((await ada.ask("JOIN #a"))[1], ":chat.test 353 ada = #a :@ada");
});

Deno.test("KICK can remove one user from several channels at once", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a,#b" });
  const bob = await server.register("bob", { join: "#a,#b" });
  await ada.ask("KICK #a,#b bob,bob :out");
  assertEquals(
    (await bob.heard()).filter((line) => line.includes(" KICK ")),
    ["#a", "#b"].map((name) => `:${ADA} KICK ${name} bob :out`),
  );
});
