import { assertEquals, assertMatch } from "@std/assert";
import { MARKER_LIMIT } from "../../../server/state/read_markers.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

// https://ircv3.net/specs/extensions/read-marker

const CAPS = "draft/read-marker";
const [EARLY, LATE] = ["timestamp=2019-01-04T14:33:26.123Z", "timestamp=2020-01-04T14:33:26.123Z"];

/** Connects a client that logs in to Ada's account. */
async function loggedIn(
  server: TestServer,
  { caps = CAPS, nick = "ada" } = {},
): Promise<IrcClient> {
  const client = await server.connect();
  await client.introduce({ nick, caps, login: ["ada", "sesame"] });
  return client;
}

/** Connects a client that makes Ada's account. */
async function withNewAccount(server: TestServer): Promise<IrcClient> {
  const client = await server.register("ada", { caps: CAPS });
  await client.ask("REGISTER * * sesame");
  return client;
}

Deno.test("MARKREAD sets and returns a read marker, which never moves back", async () => {
  await using server = await TestServer.start();
  const client = await server.register("ada", { caps: CAPS });
  const marker = (target: string, time: string) => [`:chat.test MARKREAD ${target} ${time}`];
  assertEquals(await client.ask("MARKREAD #a"), marker("#a", "*"));
  assertEquals(await client.ask(`MARKREAD #a ${EARLY}`), marker("#a", EARLY));
  assertEquals(await client.ask("MARKREAD #A"), marker("#A", EARLY));
  assertEquals(await client.ask(`MARKREAD #a ${LATE}`), marker("#a", LATE));
  assertEquals(await client.ask(`MARKREAD #a ${EARLY}`), marker("#a", LATE));
  assertEquals(await client.ask(`MARKREAD #a ${LATE}`), marker("#a", LATE));
  assertEquals(await client.ask(`MARKREAD bob ${EARLY}`), marker("bob", EARLY));
  const now = `timestamp=${new Date(server.clock.now()).toISOString()}`;
  const future = "timestamp=9999-01-01T00:00:00.000Z";
  assertEquals(await client.ask(`MARKREAD #b ${future}`), marker("#b", now));
});

Deno.test("JOIN returns the read marker before RPL_ENDOFNAMES", async () => {
  await using server = await TestServer.start();
  const client = await server.register("ada", { caps: CAPS });
  const commands = async (line: string) =>
    (await client.ask(line)).map((answer) => answer.split(" ")[1]);
  assertEquals(await commands("JOIN #a"), ["JOIN", "MARKREAD", "353", "366"]);
  await client.ask(`MARKREAD #a ${EARLY}`);
  await client.ask("PART #a");
  assertEquals((await client.ask("JOIN #a"))[1], `:chat.test MARKREAD #a ${EARLY}`);
});

Deno.test("clients of one account share read markers, and no other client gets them", async () => {
  await using server = await TestServer.start();
  const desk = await withNewAccount(server);
  const phone = await loggedIn(server);
  const other = await loggedIn(server, { nick: "ada_" });
  const withoutCap = await loggedIn(server, { caps: "message-tags" });
  const bob = await server.register("bob", { caps: CAPS });
  for (const client of [desk, phone, other, withoutCap, bob]) await client.ask("JOIN #a");
  for (const client of [desk, phone, other, withoutCap, bob]) await client.heard();
  const marker = [`:chat.test MARKREAD #a ${EARLY}`];
  assertEquals(await desk.ask(`MARKREAD #a ${EARLY}`), marker);
  assertEquals([await phone.heard(), await other.heard()], [marker, marker]);
  assertEquals([await withoutCap.heard(), await bob.heard()], [[], []]);
  assertEquals(await bob.ask("MARKREAD #a"), [":chat.test MARKREAD #a *"]);
});

Deno.test("read markers of an account survive a restart; those without an account end with the user", async () => {
  using folder = new TempFolder();
  const options = { memory: false, data: folder.path };
  {
    await using server = await TestServer.start(options);
    const client = await withNewAccount(server);
    await client.ask(`MARKREAD #a ${EARLY}`);
    await client.ask(`MARKREAD #a ${LATE}`);
    const bob = await server.register("bob", { caps: CAPS });
    await bob.ask(`MARKREAD #a ${EARLY}`);
    await bob.send("QUIT");
    await bob.untilEnd();
    const again = await server.register("bob", { caps: CAPS });
    assertEquals(await again.ask("MARKREAD #a"), [":chat.test MARKREAD #a *"]);
  }
  await using server = await TestServer.start(options);
  const client = await loggedIn(server);
  assertEquals(await client.ask("MARKREAD #a"), [`:chat.test MARKREAD #a ${LATE}`]);
});

Deno.test("MARKREAD with wrong parameters gets FAIL with the error", async () => {
  await using server = await TestServer.start();
  const client = await server.register("ada", { caps: CAPS });
  const WRONG: readonly (readonly [line: string, answer: string])[] = [
    ["MARKREAD", "NEED_MORE_PARAMS :Missing parameters"],
    [
      "MARKREAD #a *",
      "INVALID_PARAMS * :A time must look like timestamp=2019-01-04T14:33:26.123Z",
    ],
    [
      "MARKREAD #a 2019-01-04T14:33:26.123Z",
      "INVALID_PARAMS 2019-01-04T14:33:26.123Z :A time must look like timestamp=2019-01-04T14:33:26.123Z",
    ],
    [
      "MARKREAD #a timestamp=soon",
      "INVALID_PARAMS timestamp=soon :A time must look like timestamp=2019-01-04T14:33:26.123Z",
    ],
    ["MARKREAD #,a", "INVALID_PARAMS #,a :The target must be a channel or a nick"],
  ];
  for (const [line, answer] of WRONG) {
    assertEquals(await client.ask(line), [`:chat.test FAIL MARKREAD ${answer}`], line);
  }
  const withoutCap = await server.register("bob");
  assertEquals(await withoutCap.ask("MARKREAD #a"), [
    ":chat.test 421 bob MARKREAD :Unknown command",
  ]);
});

Deno.test("a user can have a limited number of read markers", async () => {
  await using server = await TestServer.start();
  const client = await server.register("ada", { caps: CAPS });
  for (let i = 0; i < MARKER_LIMIT; i++) await client.send(`MARKREAD #${i} ${EARLY}`);
  assertEquals(await client.ask(`MARKREAD #more ${EARLY}`), [
    ":chat.test FAIL MARKREAD INTERNAL_ERROR #more :You already have 1000 read markers, which is the maximum",
  ]);
  assertEquals(await client.ask(`MARKREAD #7 ${LATE}`), [`:chat.test MARKREAD #7 ${LATE}`]);
});

Deno.test("registration with an account returns its read markers, the latest first", async () => {
  await using server = await TestServer.start();
  const first = await withNewAccount(server);
  await first.ask(`MARKREAD #a ${EARLY}`);
  await first.ask(`MARKREAD bob ${LATE}`);
  await first.send("QUIT");
  await first.untilEnd();
  const again = await server.connect();
  const introduction = { nick: "ada", caps: CAPS, login: ["ada", "sesame"] } as const;
  const replies = await again.introduce(introduction);
  assertEquals(replies.filter((line) => line.includes(" MARKREAD ")), [
    `:chat.test MARKREAD bob ${LATE}`,
    `:chat.test MARKREAD #a ${EARLY}`,
  ]);
});

Deno.test("after the clock is set back, new messages can still be marked as read", async () => {
  await using server = await TestServer.start();
  const caps = `${CAPS} echo-message server-time`;
  const client = await server.register("ada", { caps, join: "#a" });
  const time = async (line: string) => /time=(\S+)/.exec((await client.ask(line)).join())?.[1];
  const first = await time("PRIVMSG #a :in the future");
  await client.ask(`MARKREAD #a timestamp=${first}`);
  server.clock.turn(-3_600_000);
  const second = await time("PRIVMSG #a :after the clock was set back");
  const [marker = ""] = await client.ask(`MARKREAD #a timestamp=${second}`);
  assertMatch(marker, new RegExp(` MARKREAD #a timestamp=${second}$`));
  await client.ask(`MARKREAD #b timestamp=9999-01-01T00:00:00.000Z`);
  assertEquals(await client.ask("MARKREAD #b"), [`:chat.test MARKREAD #b timestamp=${second}`]);
});
