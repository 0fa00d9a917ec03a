import { assertEquals } from "@std/assert";
import { FORMER_NAME_MS } from "../../../server/state/channels.ts";
import { EVERYTHING } from "../../../server/store/store.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestServer } from "../../support/server.ts";
import { lastIn } from "../../support/stored.ts";

const ADA = "ada!~ada@127.0.0.1";
const BOB = "bob!~bob@127.0.0.1";
const CAP = "draft/channel-rename";

Deno.test("RENAME keeps the channel; clients without draft/channel-rename get PART and JOIN", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.ask("MODE #a +k key");
  await ada.ask("TOPIC #a :tea");
  await bob.heard();
  assertEquals(await ada.ask("RENAME #A #b :a better name"), [
    `:${ADA} RENAME #a #b :a better name`,
  ]);
  assertEquals(await bob.heard(), [
    `:${BOB} PART #a :a better name`,
    `:${BOB} JOIN #b`,
    ":chat.test 332 bob #b :tea",
    `:chat.test 333 bob #b ${ADA} 1767225600`,
    ":chat.test 353 bob = #b :@ada bob",
    ":chat.test 366 bob #b :End of NAMES list",
  ]);
  assertEquals((await ada.ask("MODE #b"))[0], ":chat.test 324 ada #b +ntk key");
  assertEquals(await ada.ask("MODE #a"), [":chat.test 403 ada #a :No such channel"]);
  await bob.ask("PRIVMSG #b :hello");
  assertEquals(await ada.heard(), [`:${BOB} PRIVMSG #b :hello`]);
});

Deno.test("a RENAME that changes only the case sends nothing to clients without draft/channel-rename", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.heard();
  assertEquals(await ada.ask("RENAME #a #A"), [`:${ADA} RENAME #a #A :`]);
  assertEquals(await bob.heard(), []);
});

Deno.test("RENAME with a wrong channel or name, or without the right, is refused", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a,#b,#lobby" });
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.register("eve");
  await ada.heard();
  const fail = (rest: string) => [`:chat.test FAIL RENAME ${rest}`];
  const table: readonly [sent: string, answer: string[]][] = [
    ["RENAME #a", [":chat.test 461 ada RENAME :Not enough parameters"]],
    ["RENAME #z #y", [":chat.test 403 ada #z :No such channel"]],
    ["RENAME #a #B", fail("CHANNEL_NAME_IN_USE #a #B :The channel name is already taken")],
    ["RENAME #a b", fail("CANNOT_RENAME #a b :That is not a valid channel name")],
    ["RENAME #a #a", fail("CANNOT_RENAME #a #a :The channel already has that name")],
    [
      "RENAME #lobby #x",
      fail("CANNOT_RENAME #lobby #x :The default channel cannot be renamed"),
    ],
  ];
  for (const [sent, answer] of table) assertEquals(await ada.ask(sent), answer, sent);
  assertEquals(await bob.ask("RENAME #a #c"), [
    ":chat.test 482 bob #a :You're not a channel operator",
  ]);
  assertEquals(await eve.ask("RENAME #a #c"), [
    ":chat.test 442 eve #a :You're not on that channel",
  ]);
});

Deno.test("a channel can be renamed once a minute", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.ask("RENAME #a #b");
  assertEquals((await bob.heard())[0], `:${BOB} PART :#a`, "without a reason");
  assertEquals(await ada.ask("RENAME #b #c"), [
    ":chat.test FAIL RENAME CANNOT_RENAME #b #c :The channel was renamed a moment ago; try again in a minute",
  ]);
  server.clock.advance(60_000);
  assertEquals(await ada.ask("RENAME #b #c"), [`:${ADA} RENAME #b #c :`]);
});

Deno.test("messages from before a RENAME can still be redacted", async () => {
  await using server = await TestServer.start();
  const caps = "draft/message-redaction echo-message message-tags";
  const ada = await server.register("ada", { caps, join: "#a" });
  const [echo = ""] = await ada.ask("PRIVMSG #a :hello");
  const [, id] = /msgid=([^; ]+)/.exec(echo) ?? [];
  await ada.ask("RENAME #a #b");
  const [answer = ""] = await ada.ask(`REDACT #b ${id}`);
  assertEquals(answer.replace(/^@\S+ /, ""), `:${ADA} REDACT #b ${id}`);
});

Deno.test("read markers move with a renamed channel, even after a restart, and leave none behind", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  const [early, late] = [
    "timestamp=2019-01-04T14:33:26.123Z",
    "timestamp=2020-01-04T14:33:26.123Z",
  ];
  const marker = (target: string, time: string) => [`:chat.test MARKREAD ${target} ${time}`];
  const caps = "draft/read-marker";
  {
    await using server = await TestServer.start(options);
    const ada = await server.register("ada", { caps, join: "#old" });
    await ada.ask("REGISTER * * sesame");
    const bob = await server.register("bob", { caps, join: "#old" });
    await ada.ask(`MARKREAD #old ${early}`);
    await ada.ask(`MARKREAD #new ${late}`);
    await bob.ask(`MARKREAD #new ${late}`);
    await bob.heard();
    await ada.ask("RENAME #old #new");
    assertEquals((await bob.heard()).slice(1, 3), [`:${BOB} JOIN #new`, ...marker("#new", "*")]);
    assertEquals(await ada.ask("MARKREAD #new"), marker("#new", early));
    assertEquals(await ada.ask("MARKREAD #old"), marker("#old", "*"));
  }
  await using server = await TestServer.start(options);
  const ada = await server.register("ada", { caps, login: ["ada", "sesame"] });
  assertEquals(await ada.ask("MARKREAD #new"), marker("#new", early));
  assertEquals(await ada.ask("MARKREAD #old"), marker("#old", "*"));
});

Deno.test("mode +f follows a RENAME, and forwards nobody to a new channel with the old name", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a,#old" });
  const bob = await server.register("bob");
  await ada.ask("MODE #a +if #old");
  assertEquals(await ada.ask("RENAME #old #new"), [
    `:${ADA} RENAME #old #new :`,
    ":chat.test MODE #a +f #new",
  ]);
  server.clock.turn(FORMER_NAME_MS);
  const eve = await server.register("eve", { join: "#old" });
  await bob.ask("JOIN #a");
  assertEquals(await eve.heard(), []);
  assertEquals((await ada.heard())[0], `:${BOB} JOIN #new`);
});

Deno.test("messages to a rank stay in the history of a renamed channel", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#old" });
  await ada.ask("PRIVMSG @#old :psst");
  const saidIn = (key: string) => lastIn(server.store, key, {}, 10, EVERYTHING).length;
  assertEquals([saidIn("@#old"), saidIn("@#new")], [1, 0]);
  await ada.ask("RENAME #old #new");
  assertEquals([saidIn("@#old"), saidIn("@#new")], [0, 1]);
});

Deno.test("JOIN of a former name leads to the renamed channel, even after a restart, for a week", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  const renamed = (nick: string, name: string) => [
    `:chat.test NOTICE ${nick} :${name} is called #new now`,
    `:${nick}!~${nick}@127.0.0.1 JOIN #new`,
  ];
  {
    await using server = await TestServer.start(options);
    const ada = await server.register("ada");
    for (const line of ["REGISTER * * sesame", "JOIN #old", "PRIVMSG #old :hi"]) {
      await ada.ask(line);
    }
    await ada.ask("RENAME #old #newer");
    server.clock.advance(60_000);
    await ada.ask("RENAME #newer #new");
    await ada.ask("MODE #new +k key");
    const bob = await server.register("bob");
    const [note, refusal] = await bob.ask("JOIN #OLD");
    assertEquals(note, ":chat.test NOTICE bob :#OLD is called #new now");
    assertEquals(refusal?.split(" ").slice(1, 4), ["475", "bob", "#new"]);
    assertEquals((await bob.ask("JOIN #newer key")).slice(0, 2), renamed("bob", "#newer"));
    await bob.ask("PART #new");
    await ada.ask("MODE #new -k key");
  }
  await using server = await TestServer.start(options);
  const eve = await server.register("eve", { caps: "standard-replies" });
  const [note, join] = await eve.ask("JOIN #old");
  assertEquals(note, ":chat.test NOTE JOIN RENAMED #old #new :#old is called #new now");
  assertEquals(join, renamed("eve", "")[1]);
  await eve.ask("PART #new");
  server.clock.turn(FORMER_NAME_MS - 120_000);
  assertEquals((await eve.ask("JOIN #old"))[1], join);
  await eve.ask("PART #new");
  server.clock.turn(120_000);
  assertEquals((await eve.ask("JOIN #old"))[0], ":eve!~eve@127.0.0.1 JOIN #old");
});

Deno.test("a former name is free once its channel ends, or another channel is renamed to it", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a,#b" });
  const bob = await server.register("bob");
  await ada.ask("RENAME #a #c");
  await ada.ask("RENAME #b #a");
  assertEquals((await bob.ask("JOIN #a"))[0], `:${BOB} JOIN #a`);
  await bob.ask("PART #a");
  await ada.ask("PART #a");
  assertEquals((await bob.ask("JOIN #b"))[0], `:${BOB} JOIN #b`);
});

Deno.test("a former name of two channels leads to the one that had it last", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a" });
  const bob = await server.register("bob");
  await ada.ask("RENAME #a #b");
  server.clock.advance(1000);
  for (const line of ["JOIN #a", "RENAME #a #c"]) await ada.ask(line);
  await server.register("eve", { join: "#b" });
  assertEquals((await bob.ask("JOIN #a"))[1], `:${BOB} JOIN #c`);
  await bob.ask("PART #c");
  await ada.ask("PART #c");
  assertEquals((await bob.ask("JOIN #a"))[0], `:${BOB} JOIN #a`);
});

Deno.test("a member of a renamed channel can create a new channel under its former name", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#old" });
  const bob = await server.register("bob", { join: "#old" });
  await ada.ask("RENAME #old #new");
  await bob.heard();
  assertEquals((await bob.askMessages("JOIN #old"))[0]?.params, ["#old"]);
  const [names] = await bob.askMessages("NAMES #old");
  assertEquals(names?.params.at(-1), "@bob");
});

Deno.test("only users who were in a secret channel are led to its new name", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAP, join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await ada.ask("MODE #a +s");
  await bob.ask("QUIT").catch(() => {});
  await server.until(() => server.server.counts.users === 1, ada);
  await ada.ask("RENAME #a #b");
  const eve = await server.register("eve");
  assertEquals((await eve.ask("JOIN #a"))[0], ":eve!~eve@127.0.0.1 JOIN #a");
  await eve.ask("PART #a");
  const again = await server.register("bob");
  assertEquals((await again.ask("JOIN #a"))[1], `:${BOB} JOIN #b`);
});
