import { assertEquals } from "@std/assert";
import { METADATA_LIMITS } from "../../../server/state/metadata.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { TestServer } from "../../support/server.ts";

const CAPS = "draft/metadata-3 batch";
const OPERATORS = { operators: [{ name: "root", password: "secret" }] };

/** Sends `line`; returns the reply without batch references, which differ between runs. */
async function ask(client: IrcClient, line: string): Promise<string[]> {
  return unbatched(await client.ask(line));
}

/** Returns lines without batch references; lines inside a batch are indented. */
function unbatched(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line.replace(/^@batch=\w+ /, "  ").replace(/BATCH ([+-])\w+/, "BATCH $1")
  );
}

Deno.test("a user's metadata can be read by other users until it is removed", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const bob = await server.register("bob", { caps: CAPS });
  const set = ":chat.test 761 ada ada display-name * :Ada L.";
  assertEquals(await ada.ask("METADATA * SET display-name :Ada L."), [set]);
  assertEquals(await ada.ask("METADATA ADA SET url http://a.test"), [
    ":chat.test 761 ada ada url * http://a.test",
  ]);
  assertEquals(await ask(bob, "METADATA ADA GET url nothing Url"), [
    ":chat.test BATCH + metadata ada",
    "  :chat.test 761 bob ada url * http://a.test",
    "  :chat.test 766 bob ada nothing :Key not set",
    "  :chat.test WARN METADATA INVALID_KEY Url " +
    ":A key can be at most 32 bytes long and contain only a-z, 0-9, _, ., / and -",
    ":chat.test BATCH -",
  ]);
  for (const remove of ["METADATA * SET url", "METADATA * SET url :"]) {
    assertEquals(await ada.ask(remove), [":chat.test 766 ada ada url :Key not set"]);
  }
  const list = [
    ":chat.test BATCH + metadata ada",
    "  :chat.test 761 bob ada display-name * :Ada L.",
    ":chat.test BATCH -",
  ];
  assertEquals(await ask(bob, "METADATA ada LIST"), list);
  await ada.ask("NICK eve");
  assertEquals(
    (await ask(bob, "METADATA eve LIST")).length,
    3,
    "metadata survives a new nick",
  );
  assertEquals(await ask(ada, "METADATA * CLEAR"), [
    ":chat.test BATCH + metadata eve",
    "  :chat.test 766 eve eve display-name :Key not set",
    ":chat.test BATCH -",
  ]);
  assertEquals((await ask(bob, "METADATA eve LIST")).length, 2);
});

Deno.test("METADATA with wrong parameters gets FAIL and says what is allowed", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const known = "The subcommand must be one of CLEAR, GET, LIST, SET, SUB, SUBS, SYNC, UNSUB";
  const fails: [line: string, answer: string][] = [
    ["METADATA", `INVALID_PARAMS * :${known}`],
    ["METADATA * SNEEZE", `INVALID_PARAMS SNEEZE :${known}`],
    ["METADATA * GET", "INVALID_PARAMS GET :Not enough parameters"],
    ["METADATA zoe LIST", "INVALID_TARGET zoe :There is no such nick or channel"],
    ["METADATA #none LIST", "INVALID_TARGET #none :There is no such nick or channel"],
    [
      "METADATA zoe SUBS",
      "INVALID_TARGET zoe :The target must be *: you can manage your own subscriptions only",
    ],
    [
      "METADATA * SET $a b",
      "INVALID_KEY $a :A key can be at most 32 bytes long and contain only a-z, 0-9, _, ., / and -",
    ],
    [
      `METADATA * SET ${"k".repeat(33)} b`,
      `INVALID_KEY ${
        "k".repeat(33)
      } :A key can be at most 32 bytes long and contain only a-z, 0-9, _, ., / and -`,
    ],
    [
      `METADATA * SET a ${"é".repeat(151)}`,
      "INVALID_VALUE a :A value can be at most 300 bytes long",
    ],
  ];
  for (const [line, answer] of fails) {
    assertEquals(await ada.ask(line), [`:chat.test FAIL METADATA ${answer}`]);
  }
  assertEquals((await ada.ask(`METADATA * SET a ${"é".repeat(150)}`))[0]?.includes(" 761 "), true);
});

Deno.test("the number of keys and of subscriptions is limited", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  for (let i = 0; i < METADATA_LIMITS.keys; i++) await ada.ask(`METADATA * SET k${i} v`);
  assertEquals(await ada.ask("METADATA * SET more v"), [
    ":chat.test FAIL METADATA LIMIT_REACHED SET ada 20 :There are already 20 keys; remove one first",
  ]);
  assertEquals((await ada.ask("METADATA * SET k0 other"))[0]?.includes(" 761 "), true);
  const keys = Array.from({ length: 51 }, (_, i) => `k${i}`);
  const answer = await ada.ask(`METADATA * SUB ${keys.join(" ")} k0`);
  assertEquals(answer.slice(4), [
    ":chat.test 770 ada k40 k41 k42 k43 k44 k45 k46 k47 k48 k49",
    ":chat.test 774 ada *ALL 0 :Request the metadata with METADATA SYNC later",
    ":chat.test FAIL METADATA LIMIT_REACHED SUB k50 50 :You are already subscribed to 50 keys; unsubscribe from one first, with UNSUB",
  ]);
});

Deno.test("a METADATA subscriber gets changes of shared channels, their members and monitored users", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const bob = await server.register("bob", { caps: CAPS, join: "#a" });
  const zoe = await server.register("zoe", { caps: CAPS });
  const eve = await server.register("eve", { join: "#a" });
  assertEquals(await bob.ask("METADATA * SUB url $x url"), [
    ":chat.test WARN METADATA INVALID_KEY $x " +
    ":A key can be at most 32 bytes long and contain only a-z, 0-9, _, ., / and -",
    ":chat.test 770 bob url url",
    ":chat.test 774 bob *ALL 0 :Request the metadata with METADATA SYNC later",
  ]);
  assertEquals(await bob.ask("METADATA * SUB url"), [":chat.test 770 bob url"]);
  for (const client of [ada, zoe, eve]) await client.ask("METADATA * SUB url");
  const notifications = async () => [await bob.heard(), await zoe.heard(), await eve.heard()];
  await notifications();
  assertEquals(
    (await ada.ask("METADATA * SET url x")).length,
    1,
    "the user that makes the change gets the reply only",
  );
  assertEquals(await notifications(), [[":chat.test 761 * ada url * x"], [], []]);
  await zoe.ask("MONITOR + ada");
  await ada.ask("METADATA * SET url x"); // The same value: no change.
  await ada.ask("METADATA * SET other x");
  await ada.ask("METADATA * SET url");
  const removed = ":chat.test 766 * ada url :Key not set";
  assertEquals(await notifications(), [[removed], [removed], []]);
  await ada.ask("METADATA #a SET url y");
  assertEquals(await notifications(), [[":chat.test 761 * #a url * y"], [], []]);
  assertEquals(await bob.ask("METADATA * UNSUB url $x other"), [
    ":chat.test WARN METADATA INVALID_KEY $x " +
    ":A key can be at most 32 bytes long and contain only a-z, 0-9, _, ., / and -",
    ":chat.test 771 bob url other",
  ]);
  await ada.ask("METADATA #a SET url z");
  assertEquals(await notifications(), [[], [], []]);
  for (const command of ["SUB url", "UNSUB url", "SUBS"]) {
    assertEquals(await bob.ask(`METADATA ada ${command}`), [
      ":chat.test FAIL METADATA INVALID_TARGET ada :The target must be *: you can manage your own subscriptions only",
    ]);
  }
});

Deno.test("METADATA SUBS lists the subscriptions, which end with the capability", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  await ada.ask("METADATA * SUB url avatar");
  const subs = [
    ":chat.test BATCH + metadata-subs",
    "  :chat.test 772 ada url avatar",
    ":chat.test BATCH -",
  ];
  assertEquals(await ask(ada, "METADATA ADA SUBS"), subs);
  await ada.ask("CAP REQ -batch");
  await ada.ask("CAP REQ batch");
  assertEquals(await ask(ada, "METADATA * SUBS"), [subs[0], subs[2]]);
});

Deno.test("channel operators set a channel's metadata, and users that could join can read it", async () => {
  await using server = await TestServer.start(OPERATORS);
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  const bob = await server.register("bob", { caps: CAPS });
  assertEquals(await ada.ask("METADATA #A SET url x"), [":chat.test 761 ada #a url * x"]);
  const denied = (target: string, key: string) => [
    `:chat.test FAIL METADATA KEY_NO_PERMISSION ${target} ${key} :You may not change the metadata of ${target}`,
  ];
  await bob.ask("JOIN #a");
  assertEquals(await bob.ask("METADATA #a SET url y"), denied("#a", "url"));
  assertEquals(await bob.ask("METADATA #a CLEAR"), denied("#a", "*"));
  assertEquals(await bob.ask("METADATA ada SET url y"), denied("ada", "url"));
  assertEquals(await bob.ask("METADATA ada CLEAR"), denied("ada", "*"));
  await bob.ask("PART #a");
  assertEquals((await bob.ask("METADATA #a LIST")).length, 3);
  const hidden = [":chat.test FAIL METADATA INVALID_TARGET #a :There is no such nick or channel"];
  for (const [mode, back] of [["+i", "-i"], ["+s", "-s"], ["+k key", "-k key"]]) {
    await ada.ask(`MODE #a ${mode}`);
    for (const subcommand of ["GET url", "LIST", "SYNC"]) {
      assertEquals(await bob.ask(`METADATA #a ${subcommand}`), hidden, mode);
    }
    await ada.ask(`MODE #a ${back}`);
  }
  await bob.ask("OPER root secret");
  assertEquals(await bob.ask("METADATA ada SET url y"), [":chat.test 761 bob ada url * y"]);
});

Deno.test("JOIN returns the subscribed metadata of the channel and its members", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS, join: "#a" });
  await ada.ask("METADATA * SET url x");
  await ada.ask("METADATA * SET other x");
  await ada.ask("METADATA #a SET url y");
  const bob = await server.register("bob", { caps: CAPS });
  const last = async (line: string) => (await ask(bob, line)).slice(3);
  const opened = ":chat.test BATCH + metadata #a";
  const closed = ":chat.test BATCH -";
  assertEquals(await last("JOIN #a"), [opened, closed]);
  await bob.ask("PART #a");
  await bob.ask("METADATA * SUB url");
  const of = (target: string, value: string) => `  :chat.test 761 bob ${target} url * ${value}`;
  assertEquals(await last("JOIN #a"), [opened, of("#a", "y"), of("ada", "x"), closed]);
  await bob.ask("MONITOR + ada");
  assertEquals(await ask(bob, "METADATA *ALL SYNC"), [
    ":chat.test BATCH + metadata *ALL",
    of("#a", "y"),
    of("ada", "x"),
    closed,
  ]);
  assertEquals(await ask(bob, "METADATA ada SYNC"), [
    ":chat.test BATCH + metadata ada",
    of("ada", "x"),
    closed,
  ]);
});

Deno.test("metadata that is too long for one reply continues at the next METADATA SYNC", async () => {
  await using server = await TestServer.start();
  const subscriptions = Array.from({ length: METADATA_LIMITS.keys }, (_, i) => `k${i}`);
  for (let i = 0; i < 11; i++) {
    const client = await server.register(`n${i}`, { caps: CAPS, join: "#a" });
    for (const key of subscriptions) await client.send(`METADATA * SET ${key} v`);
    await client.heard();
  }
  const ada = await server.register("ada", { caps: CAPS });
  await ada.ask(`METADATA * SUB ${subscriptions.join(" ")}`);
  const later = ":chat.test 774 ada #a 1 :Request the metadata with METADATA SYNC later";
  const joined = (await ada.ask("JOIN #a")).filter((line) => / 76|774/.test(line));
  assertEquals([joined.length, joined.at(-1)], [201, later]);
  const rest = await ask(ada, "METADATA #A SYNC");
  assertEquals([rest.length, rest[1]], [22, "  :chat.test 761 ada n10 k0 * v"]);
  assertEquals(
    (await ada.ask("METADATA #A SYNC")).length,
    203,
    "after the last part it starts again",
  );
  await ada.ask("METADATA * SUB one-more");
  assertEquals(
    (await ada.ask("METADATA #A SYNC")).length,
    203,
    "new subscriptions start it again as well",
  );
});

Deno.test("METADATA SYNC shows nothing of a room that the user had to leave, and no invisible members to others", async () => {
  await using server = await TestServer.start();
  const keys = Array.from({ length: METADATA_LIMITS.keys }, (_, i) => `k${i}`);
  const members: IrcClient[] = [];
  for (let i = 0; i < 11; i++) {
    const client = await server.register(`n${i}`, { caps: CAPS, join: "#a" });
    for (const key of keys) await client.send(`METADATA * SET ${key} v`);
    await client.heard();
    members.push(client);
  }
  const [ada, ...others] = members;
  const eve = await server.register("eve", { caps: CAPS, join: "#a" });
  await eve.ask(`METADATA * SUB ${keys.join(" ")}`);
  const shown = async (target: string) =>
    (await eve.ask(`METADATA ${target} SYNC`)).filter((line) => line.includes(" 761 ")).length;
  assertEquals(await shown("*ALL"), 200);
  await ada?.ask("MODE #a +s");
  await ada?.ask("KICK #a eve");
  assertEquals(await shown("*ALL"), 0);
  for (const [index, other] of others.entries()) await other.ask(`MODE n${index + 1} +i`);
  await ada?.ask("MODE #a -s");
  assertEquals(await shown("#a"), keys.length, "those of ada, who is not invisible");
});

Deno.test("metadata set before registration is in the welcome and reaches subscribers", async () => {
  await using server = await TestServer.start();
  const zoe = await server.register("zoe", { caps: CAPS });
  await zoe.ask("MONITOR + ada");
  await zoe.ask("METADATA * SUB url");
  const ada = await server.connect();
  await ada.send(`CAP REQ :${CAPS}`);
  await ada.expect("CAP");
  assertEquals(await ada.ask("METADATA * SET url x"), [":chat.test 761 * * url * x"]);
  assertEquals(await ada.ask("METADATA * SUB url"), [":chat.test 770 * url"]);
  assertEquals(await ada.ask("METADATA zoe GET url"), [
    ":chat.test FAIL METADATA INVALID_TARGET zoe :There is no such nick or channel",
  ]);
  await ada.send("NICK ada", "USER ada 0 * ada", "CAP END");
  const welcome = unbatched(await ada.heard());
  const at = welcome.indexOf(":chat.test BATCH + metadata ada");
  assertEquals(welcome[at + 1], "  :chat.test 761 ada ada url * x");
  assertEquals(welcome.findIndex((line) => line.includes(" 422 ")) > at, true);
  assertEquals(await zoe.heard(), [
    ":chat.test 730 * ada!~ada@127.0.0.1",
    ":chat.test 774 * ada 0 :Request the metadata with METADATA SYNC later",
    ":chat.test 761 * ada url * x",
  ]);
  assertEquals(
    (await zoe.ask("MONITOR S")).at(-1),
    ":chat.test 774 zoe *ALL 0 :Request the metadata with METADATA SYNC later",
  );
});

Deno.test("WHOIS shows metadata only to clients with draft/metadata-3", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  const bob = await server.register("bob");
  await ada.ask("METADATA * SET url x");
  const line = ":chat.test 760 ada ada url * x";
  assertEquals((await ada.ask("WHOIS ada")).includes(line), true);
  assertEquals((await bob.ask("WHOIS ada")).filter((each) => each.includes(" 760 ")), []);
});

Deno.test("too many changes at once get ERR_METADATARATELIMIT with the time to wait", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { caps: CAPS });
  for (let i = 0; i < 50; i++) await ada.send(`METADATA * SET url ${i}`);
  assertEquals((await ada.heard()).length, 50);
  assertEquals(await ada.ask("METADATA * SET url :a b"), [
    ":chat.test 775 ada 1 * SET url :a b",
  ]);
  assertEquals((await ada.ask("METADATA * GET url")).length, 3, "reading is not limited");
  server.clock.advance(1000);
  assertEquals((await ada.ask("METADATA * SET url :a b"))[0]?.includes(" 761 "), true);
});
