import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../../protocol.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

// https://ircv3.net/specs/extensions/chathistory

const CAPS = "batch draft/chathistory echo-message message-tags server-time";
const PLAYBACK = `${CAPS} draft/event-playback`;

/** The parts of a message from history. */
interface Found {
  readonly id: string;
  readonly time: string;
  /** The line without tags, with the nick alone as its source. */
  readonly line: string;
}

function found(line: string): Found {
  const { tags } = parse(line) ?? {};
  return {
    id: tags?.get("msgid") ?? "",
    time: tags?.get("time") ?? "",
    line: line.replace(/^@\S+ :(\w+)!\S+/, "$1"),
  };
}

/** Requests a page, which must be one batch for `target`. */
async function page(client: IrcClient, line: string, target = "#a"): Promise<Found[]> {
  const [start = "", ...inner] = await client.ask(`CHATHISTORY ${line}`);
  const end = inner.pop() ?? "";
  const reference = /^(?:@draft\/chathistory-end )?:chat\.test BATCH \+(\S+) chathistory (\S+)$/
    .exec(start);
  assertEquals(reference?.[2], target, start);
  assertEquals(end, `:chat.test BATCH -${reference?.[1]}`);
  return inner.map(found);
}

/** Returns the last words of messages, joined. */
function words(messages: readonly Found[]): string {
  return messages.map(({ line }) => line.split(/[ :]/).at(-1)).join("");
}

/** Sends "0" to "9" from `client` to `#a`, in pairs with the same time. */
async function sayTen(server: TestServer, client: IrcClient): Promise<Found[]> {
  const said: Found[] = [];
  for (let i = 0; i < 10; i++) {
    if (i % 2 === 0) server.clock.advance(5);
    said.push(...(await client.ask(`PRIVMSG #a :${i}`)).map(found));
  }
  server.clock.advance(5);
  return said;
}

Deno.test("CHATHISTORY finds a page by msgid or timestamp and returns it as one batch", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#A" });
  const said = await sayTen(server, ada);
  const id = (i: number) => `msgid=${said[i]?.id}`;
  const time = (i: number) => `timestamp=${said[i]?.time}`;
  const PAGES: readonly (readonly [asked: string, words: string])[] = [
    ["LATEST #a * 100", "0123456789"],
    ["LATEST #A * 3", "789"],
    ["latest #a * 999999", "0123456789"],
    [`LATEST #a ${id(6)} 10`, "789"],
    [`LATEST #a ${id(6)} 2`, "89"],
    [`LATEST #a ${time(5)} 10`, "6789"],
    [`BEFORE #a ${id(3)} 10`, "012"],
    [`BEFORE #a ${id(3)} 2`, "12"],
    [`BEFORE #a ${time(5)} 2`, "23"],
    [`AFTER #a ${id(3)} 10`, "456789"],
    [`AFTER #a ${id(3)} 2`, "45"],
    [`AFTER #a ${time(3)} 2`, "45"],
    [`AROUND #a ${id(5)} 1`, "5"],
    [`AROUND #a ${id(5)} 3`, "456"],
    [`AROUND #a ${id(5)} 4`, "3456"],
    [`AROUND #a ${time(5)} 4`, "2345"],
    [`AROUND #a ${id(0)} 4`, "0123"],
    [`BETWEEN #a ${id(2)} ${id(6)} 10`, "345"],
    [`BETWEEN #a ${id(2)} ${id(6)} 2`, "34"],
    [`BETWEEN #a ${id(6)} ${id(2)} 10`, "345"],
    [`BETWEEN #a ${id(6)} ${id(2)} 2`, "45"],
    [`BETWEEN #a ${time(0)} ${time(6)} 3`, "234"],
    [`BETWEEN #a ${time(6)} ${time(0)} 3`, "345"],
    [`BETWEEN #a ${id(0)} ${time(4)} 9`, "123"],
    [`AFTER #a ${id(9)} 10`, ""],
    ["AFTER #a timestamp=9999-12-31T23:59:59.999Z 10", ""],
    ["BEFORE #a timestamp=1970-01-01T00:00:00.000Z 10", ""],
  ];
  for (const [asked, expected] of PAGES) {
    assertEquals(words(await page(ada, asked, "#A")), expected, asked);
  }
  assertEquals(
    await page(ada, "LATEST #a * 10", "#A"),
    said,
    "messages are as they were when they were sent",
  );
});

Deno.test("without batch and message-tags, CHATHISTORY returns the messages alone", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: "draft/chathistory", join: "#a" });
  await ada.ask("PRIVMSG #a :one");
  assertEquals(await ada.ask("CHATHISTORY LATEST #a * 10"), [
    ":ada!~ada@127.0.0.1 PRIVMSG #a :one",
  ]);
});

Deno.test("CHATHISTORY with a label returns its batch with the label", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: `${CAPS} labeled-response`, join: "#a" });
  await ada.ask("PRIVMSG #a :one");
  const [start = "", ...rest] = await ada.ask("@label=x CHATHISTORY LATEST #a * 10");
  assertMatch(start, /^@draft\/chathistory-end;label=x :chat\.test BATCH \+\S+ chathistory #a$/);
  assertEquals(rest.length, 2);
});

Deno.test("a multiline message is a batch inside the batch of history", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: `${CAPS} draft/multiline`, join: "#a" });
  await ada.send("BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #a :one");
  await ada.send("@batch=1 PRIVMSG #a :two", "BATCH -1");
  const lines = (await ada.ask("CHATHISTORY LATEST #a * 10")).map((line) =>
    line.replace(/;?(time|msgid)=[^; ]+/g, "")
  );
  const outer = /BATCH \+(\S+) chathistory/.exec(lines[0] ?? "")?.[1];
  const inner = /BATCH \+(\S+) draft\/multiline/.exec(lines[1] ?? "")?.[1];
  const by = ":ada!~ada@127.0.0.1";
  assertEquals(lines.slice(1, -1).map((line) => line.replace("@;", "@")), [
    `@batch=${outer} ${by} BATCH +${inner} draft/multiline #a`,
    `@batch=${inner} ${by} PRIVMSG #a :one`,
    `@batch=${inner} ${by} PRIVMSG #a :two`,
    `@batch=${outer} ${by} BATCH -${inner}`,
  ]);
});

Deno.test("events other than messages need event-playback", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: PLAYBACK, join: "#a" });
  const eve = await server.register("eve", { caps: CAPS, join: "#a" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  for (const line of ["TOPIC #a :tea", "MODE #a +s", "@+x=y TAGMSG #a", "NOTICE #a :now"]) {
    await ada.ask(line);
  }
  await bob.ask("NICK rob");
  await ada.ask("KICK #a rob :so");
  await bob.ask("JOIN #a");
  await bob.ask("PART #a :enough");
  await bob.ask("JOIN #a");
  await bob.send("QUIT :gone");
  await bob.untilEnd();
  await ada.heard();
  assertEquals((await page(ada, "LATEST #a * 100")).map(({ line }) => line), [
    "ada JOIN #a",
    "eve JOIN #a",
    "bob JOIN #a",
    "ada TOPIC #a :tea",
    "ada MODE #a +s",
    "ada TAGMSG #a",
    "ada NOTICE #a :now",
    "bob NICK rob",
    "ada KICK #a rob :so",
    "rob JOIN #a",
    "rob PART #a :enough",
    "rob JOIN #a",
    "rob QUIT :Quit: gone",
  ]);
  assertEquals((await page(eve, "LATEST #a * 100")).map(({ line }) => line), [
    "ada NOTICE #a :now",
  ]);
});

Deno.test("only members can read a channel's history", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const eve = await server.register("eve", { caps: CAPS });
  await ada.ask("PRIVMSG #a :one");
  const refused = (target: string) => [
    `:chat.test FAIL CHATHISTORY INVALID_TARGET LATEST ${target} :There is no such channel or nick, or you are not in that channel`,
  ];
  for (const target of ["#a", "#none", "nobody", "@#a", "*"]) {
    assertEquals(await eve.ask(`CHATHISTORY LATEST ${target} * 10`), refused(target));
  }
  await eve.ask("JOIN #a");
  assertEquals(words(await page(eve, "LATEST #a * 10")), "one");
  await ada.ask("KICK #a eve");
  assertEquals(await eve.ask("CHATHISTORY LATEST #a * 10"), refused("#a"));
  assertEquals(
    await eve.ask(
      "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z " +
        "timestamp=2262-01-01T00:00:00.000Z 10",
    ).then((lines) => lines.length),
    2,
  );
});

Deno.test("in an invite-only channel, a member's history begins when they joined", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: PLAYBACK, join: "#a" });
  const eve = await server.register("eve", { caps: CAPS });
  const [first] = (await ada.ask("PRIVMSG #a :before")).map(found);
  for (const line of ["MODE #a +i", "INVITE eve #a"]) await ada.ask(line);
  await eve.ask("JOIN #a");
  await ada.ask("PRIVMSG #a :after");
  assertEquals(words(await page(ada, "LATEST #a * 2")), "#aafter");
  for (
    const asked of [
      "LATEST #a * 10",
      `AFTER #a msgid=${first?.id} 10`,
      `AROUND #a msgid=${first?.id} 10`,
      `BETWEEN #a timestamp=1970-01-01T00:00:00.000Z timestamp=9999-01-01T00:00:00.000Z 10`,
    ]
  ) {
    assertEquals(words(await page(eve, asked)), "after", asked);
  }
  assertEquals(words(await page(eve, `BEFORE #a msgid=${first?.id} 10`)), "");
  await ada.ask("MODE #a -i");
  assertEquals(words(await page(eve, "LATEST #a * 10")), "beforeafter");
});

Deno.test("users that need no invitation read all of an invite-only channel's history", async () => {
  await using server = await TestServer.start();
  const owner = await server.register("ada", { caps: CAPS });
  await owner.ask("REGISTER * * sesame");
  for (const line of ["JOIN #a", "MODE #a +iI eve!*@*", "PRIVMSG #a :one"]) await owner.ask(line);
  const eve = await server.register("eve", { caps: CAPS, join: "#a" });
  assertEquals(words(await page(eve, "LATEST #a * 9")), "one");
  await owner.ask("PART #a");
  await eve.ask("PRIVMSG #a :two");
  await owner.ask("JOIN #a");
  assertEquals(words(await page(owner, "LATEST #a * 9")), "onetwo");
});

Deno.test("private history is for its two users only, and survives a new nick", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const bob = await server.register("bob", { caps: CAPS });
  const eve = await server.register("eve", { caps: CAPS });
  await ada.ask("PRIVMSG bob :one");
  await bob.ask("PRIVMSG ada :two");
  await bob.ask("NICK rob");
  await ada.ask("PRIVMSG rob :three");
  await ada.ask("PRIVMSG eve :other");
  await eve.ask("NICK bob");
  assertEquals(words(await page(ada, "LATEST rob * 10", "rob")), "onetwothree");
  assertEquals(words(await page(bob, "LATEST ADA * 10", "ADA")), "onetwothree");
  assertEquals(words(await page(ada, "LATEST bob * 10", "bob")), "other");
  assertEquals(words(await page(eve, "LATEST rob * 10", "rob")), "");
});

Deno.test("a renamed channel keeps its history, under the new name", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: PLAYBACK, join: "#old" });
  await ada.ask("PRIVMSG #old :one");
  await ada.ask("TOPIC #old :tea");
  await ada.ask("RENAME #old #a");
  assertEquals((await page(ada, "LATEST #a * 2")).map(({ line }) => line), [
    "ada PRIVMSG #a :one",
    "ada TOPIC #a :tea",
  ]);
});

Deno.test("TARGETS lists users with an account even if they are not connected", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const bob = await server.register("bob");
  await bob.ask("REGISTER * * sesame");
  await bob.ask("PRIVMSG ada :tea?");
  await bob.send("QUIT");
  await bob.untilEnd();
  const until = "timestamp=2262-01-01T00:00:00.000Z";
  const [, found = ""] = await ada.ask(
    `CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z ${until} 9`,
  );
  assertMatch(found, /CHATHISTORY TARGETS bob \S+Z$/);
  assertMatch((await ada.ask("CHATHISTORY LATEST bob * 9"))[1] ?? "", /PRIVMSG ada :?tea\?$/);
});

Deno.test("TARGETS lists the targets whose latest message is between two times", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: PLAYBACK, join: "#a,#b,#empty" });
  const eve = await server.register("eve", { caps: CAPS, join: "#c" });
  await eve.ask("PRIVMSG #c :not ada's to see");
  const times: string[] = [];
  for (const target of ["#a", "eve", "#b", "#a", "ada"]) {
    server.clock.advance(5);
    const [echo = ""] = await ada.ask(`PRIVMSG ${target} :x`);
    times.push(`timestamp=${found(echo).time}`);
  }
  const ask = async (one: string, two: string, limit = 10) => {
    const [start = "", ...inner] = await ada.ask(`CHATHISTORY TARGETS ${one} ${two} ${limit}`);
    assertMatch(
      start,
      /^(?:@draft\/chathistory-end )?:chat\.test BATCH \+\S+ draft\/chathistory-targets$/,
    );
    return inner.slice(0, -1).map((line) => /CHATHISTORY TARGETS (\S+) \S+Z$/.exec(line)?.[1]);
  };
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = times;
  const [past, future] = [
    "timestamp=2000-01-01T00:00:00.000Z",
    "timestamp=2262-01-01T00:00:00.000Z",
  ];
  await ada.ask("PART #empty");
  assertEquals(await ask(past, future), ["eve", "#b", "#a", "ada"]);
  assertEquals(await ask(past, future, 2), ["eve", "#b"]);
  assertEquals(await ask(future, past, 2), ["#a", "ada"]);
  assertEquals(await ask(first, third), ["eve"]);
  assertEquals(await ask(second, fifth), ["#b", "#a"]);
  assertEquals(await ask(fifth, second), ["#b", "#a"]);
  assertEquals(await ask(fourth, fourth), []);
});

Deno.test("CHATHISTORY with wrong parameters gets FAIL with the error", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const WRONG: readonly (readonly [asked: string, answer: string])[] = [
    [
      "FOO #a * 1",
      "INVALID_PARAMS FOO :Unknown subcommand; use LATEST, BEFORE, AFTER, AROUND, BETWEEN or TARGETS",
    ],
    ["LATEST #a *", "INVALID_PARAMS LATEST :Not enough parameters"],
    ["BETWEEN #a msgid=00000000001 10", "INVALID_PARAMS BETWEEN :Not enough parameters"],
    ["LATEST #a * 10 10", "INVALID_PARAMS LATEST :Too many parameters"],
    ["LATEST #a * 0", "INVALID_PARAMS LATEST 0 :The limit must be a number above 0"],
    ["LATEST #a * -1", "INVALID_PARAMS LATEST -1 :The limit must be a number above 0"],
    ["BEFORE #a * 1", "INVALID_MSGREFTYPE BEFORE #a :Refer to a message with msgid= or timestamp="],
    [
      "LATEST #a row=1 1",
      "INVALID_MSGREFTYPE LATEST #a :Refer to a message with msgid= or timestamp=",
    ],
    [
      "LATEST #a timestamp=yesterday 1",
      "INVALID_PARAMS LATEST timestamp=yesterday :A time must look like 2019-01-04T14:33:26.123Z",
    ],
    [
      "LATEST #a timestamp=2019-13-04T14:33:26.123Z 1",
      "INVALID_PARAMS LATEST timestamp=2019-13-04T14:33:26.123Z :A time must look like 2019-01-04T14:33:26.123Z",
    ],
    [
      "LATEST #a msgid=' 1",
      "INVALID_PARAMS LATEST msgid=' :That is not a valid message ID",
    ],
    [
      "TARGETS msgid=00000000001 * 1",
      "INVALID_PARAMS TARGETS msgid=00000000001 :TARGETS needs two times, as in timestamp=2019-01-04T14:33:26.123Z",
    ],
  ];
  for (const [asked, answer] of WRONG) {
    assertEquals(await ada.ask(`CHATHISTORY ${asked}`), [
      `:chat.test FAIL CHATHISTORY ${answer}`,
    ], asked);
  }
  const bob = await server.register("bob", { join: "#a" });
  assertEquals(await bob.ask("CHATHISTORY LATEST #a * 1"), [
    ":chat.test 421 bob CHATHISTORY :Unknown command",
  ]);
});

Deno.test("a redacted message is not in history and is not found by its msgid", async () => {
  await using server = await TestServer.start();
  const caps = `${PLAYBACK} draft/message-redaction`;
  const ada = await server.register("ada", { caps, join: "#a" });
  const bob = await server.register("bob", { caps });
  const said =
    (await Promise.all(["one", "two", "six"].map((word) => ada.ask(`PRIVMSG #a ${word}`))))
      .flat().map(found);
  const id = said[1]?.id;
  await ada.ask(`REDACT #a ${id}`);
  assertEquals(words(await page(ada, `AROUND #a msgid=${id} 2`)), "onesix");
  assertEquals(
    words(await page(ada, `BETWEEN #a msgid=${said[0]?.id} msgid=${said[2]?.id} 9`)),
    "",
  );
  const [psst] = (await ada.ask("PRIVMSG bob :psst")).map(found);
  assertEquals(words(await page(bob, "LATEST ada * 9", "ada")), "psst");
  await ada.ask(`REDACT bob ${psst?.id}`);
  for (const [client, other] of [[ada, "bob"], [bob, "ada"]] as const) {
    assertEquals(await page(client, `AROUND ${other} msgid=${psst?.id} 9`, other), []);
  }
});

Deno.test("history survives a restart of the server", async () => {
  using folder = new TempFolder();
  for (const word of ["one", "two"]) {
    await using server = await TestServer.start({ memory: false, data: folder.path });
    const ada = await server.register("ada", { caps: CAPS, join: "#a" });
    await ada.ask(`PRIVMSG #a :${word}`);
    if (word === "two") assertEquals(words(await page(ada, "LATEST #a * 9")), "onetwo");
  }
});
