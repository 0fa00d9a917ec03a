import { assertEquals } from "@std/assert";
import { TALK } from "../../../server/store/store.ts";
import { openStore } from "../../../server/store/open.ts";
import { testOptions, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { firstIn } from "../../support/stored.ts";

/** Runs two servers in the same folder, one after the other. */
async function twice(
  first: (server: TestServer) => Promise<void>,
  second: (server: TestServer) => Promise<void>,
): Promise<void> {
  using folder = new TempFolder();
  const options = {
    memory: false,
    data: folder.path,
    operators: [{ name: "root", password: "sesame" }],
  };
  for (const run of [first, second]) {
    await using server = await TestServer.start(options);
    await run(server);
    // Closed while the clients are connected: their rooms would end if they left first.
    server.server.close();
  }
}

const withoutTimes = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/ \d{10}$/, ""));

Deno.test("a room is the same after a restart", async () => {
  await twice(async (server) => {
    const ada = await server.register("ada");
    for (
      const line of [
        "REGISTER * * sesame",
        "JOIN #a",
        "TOPIC #a :tea at five",
        "MODE #a +mkl-n sesame 9",
        "MODE #a +be eve!*@* *!*@192.0.2.1",
        "METADATA #a SET url :https://example.org",
        "RENAME #a #b",
      ]
    ) await ada.ask(line);
    // The server ends while Ada is connected.
  }, async (server) => {
    const bob = await server.register("bob");
    assertEquals(
      (await bob.ask("JOIN #b"))[0],
      ":chat.test 475 bob #b :Cannot join channel (+k) - bad key",
    );
    await bob.ask("JOIN #b sesame");
    assertEquals(withoutTimes(await bob.ask("TOPIC #b")), [
      ":chat.test 332 bob #b :tea at five",
      ":chat.test 333 bob #b ada!~ada@127.0.0.1",
    ]);
    assertEquals((await bob.ask("MODE #b"))[0], ":chat.test 324 bob #b +mtkl sesame 9");
    assertEquals(
      withoutTimes(await bob.ask("MODE #b +b"))[0],
      ":chat.test 367 bob #b eve!*@* ada!~ada@127.0.0.1",
    );
    assertEquals((await bob.ask("NAMES #b"))[0], ":chat.test 353 bob = #b :bob");
    assertEquals((await bob.ask("MODE #a"))[0], ":chat.test 403 bob #a :No such channel");
  });
});

Deno.test("a room that is not changed keeps its creation time over a restart", async () => {
  const age = async (server: TestServer, nick: string) =>
    (await (await server.register(nick)).ask("MODE #a")).find((line) => line.includes(" 329 "))
      ?.split(" ").at(-1);
  let before: string | undefined;
  await twice(async (server) => {
    const ada = await server.register("ada", { join: "#a" });
    await ada.ask("TOPIC #a :tea");
    before = await age(server, "bob");
    server.clock.advance(5000);
  }, async (server) => {
    server.clock.advance(60_000);
    await server.register("ada", { join: "#a" });
    assertEquals(await age(server, "bob"), before);
  });
  assertEquals(typeof before, "string");
});

Deno.test("a room that all members left is new again, even after a restart", async () => {
  const leave = async (server: TestServer) => {
    const ada = await server.register("ada", { join: "#a" });
    assertEquals((await ada.ask("MODE #a"))[0], ":chat.test 324 ada #a +nt");
    await ada.ask("MODE #a +k sesame");
    await ada.ask("PART #a");
  };
  await twice(leave, leave);
});

Deno.test("a room ends when its last member quits, and not before", async () => {
  await twice(async (server) => {
    const bob = await server.register("bob");
    for (const line of ["REGISTER * * sesame", "JOIN #b", "MODE #b +k sesame"]) await bob.ask(line);
    const ada = await server.register("ada", { join: "#a" });
    for (const line of ["JOIN #b sesame", "MODE #a +k sesame"]) await ada.ask(line);
    await ada.send("QUIT");
    await ada.untilEnd();
    await bob.ask("NAMES #b");
  }, async (server) => {
    const ada = await server.register("ada");
    assertEquals((await ada.ask("JOIN #a"))[0], ":ada!~ada@127.0.0.1 JOIN #a");
    assertEquals((await ada.askMessages("JOIN #b"))[0]?.command, "475");
  });
});

Deno.test("a room recreated after it was restricted has no history", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#open,#closed" });
  const said = async () => [
    ...(await ada.askMessages("PRIVMSG #open :x")),
    ...(await ada.askMessages("PRIVMSG #closed :x")),
  ];
  assertEquals(await said(), []);
  await ada.ask("MODE #closed +i");
  await ada.ask("JOIN 0");
  const { store } = server;
  const kept = (place: string) => firstIn(store, place, {}, 100, TALK).length;
  assertEquals([kept("#open"), kept("#closed")], [1, 0]);
});

Deno.test("server bans survive a restart until they are removed", async () => {
  await twice(async (server) => {
    const ada = await server.register("ada");
    await ada.ask("OPER root sesame");
    await ada.ask("KLINE eve!*@* :spam");
    await ada.ask("KLINE mallory!*@* :spam");
    await ada.ask("UNKLINE mallory!*@*");
  }, async (server) => {
    const eve = await server.connect();
    await eve.send("NICK eve", "USER eve 0 * :eve");
    assertEquals((await eve.until("465")).params[0], "eve");
    await eve.untilEnd();
    await server.register("mallory");
  });
});

Deno.test("a user can log in to an account after a restart", async () => {
  await twice(async (server) => {
    const ada = await server.register("ada");
    await ada.ask("REGISTER * ada@example.org sesame");
  }, async (server) => {
    const ada = await server.register("ada", { login: ["ada", "sesame"] });
    assertEquals(await ada.ask("REGISTER * * other"), [
      ":chat.test FAIL REGISTER ALREADY_AUTHENTICATED ada :You are logged in as ada",
    ]);
  });
});

Deno.test("masks as an earlier version wrote them match, and can be removed", async () => {
  using folder = new TempFolder();
  const overrides = {
    memory: false,
    data: folder.path,
    operators: [{ name: "root", password: "sesame" }],
  };
  const stamp = { by: "ada!~ada@127.0.0.1", time: 1 };
  const before = openStore(testOptions(overrides));
  for (const target of ["*!*@2001:DB8:0::1", "*!*@10.0.0.5/28", "$a:bob!*@*"]) {
    const key = `mask ${target.toLowerCase()}`;
    before.keep("ban", key, { ...stamp, kind: "mask", target, reason: "" });
  }
  const target = "0::ffff:c000:205";
  before.keep("ban", `address ${target}`, { ...stamp, kind: "address", target, reason: "" });
  before.keep("channel", "#a", {
    name: "#a",
    createdAt: 1,
    flags: "nt",
    settings: {},
    ranks: { ada: "qo" },
    lists: { b: ["*!*@127.0.0.0/8", "~a:bob!*@*"].map((mask) => ({ ...stamp, mask })) },
    metadata: {},
  });
  before.commit();
  before.close();
  await using server = await TestServer.start(overrides);
  const ada = await server.register("ada");
  assertEquals(
    (await ada.ask("JOIN #a"))[0],
    ":chat.test 474 ada #a :Cannot join channel (+b) - you are banned",
  );
  await ada.ask("OPER root sesame");
  const said = (text: string) => [`:chat.test NOTICE ada :${text}`];
  assertEquals(await ada.ask("UNKLINE 2001:db8::1"), said("Ban removed: *!*@2001:db8::1"));
  assertEquals(
    await ada.ask("KLINE 10.0.0.0/28"),
    said("Banned: *!*@10.0.0.0/28; connections closed: 0"),
  );
  assertEquals(await ada.ask("UNKLINE $a:bob!*@*"), said("Ban removed: $a:bob!*@*"));
  assertEquals(await ada.ask("UNDLINE 192.0.2.5"), said("Ban removed: 192.0.2.5"));
  assertEquals((await ada.ask("STATS k")).length, 2);
  assertEquals([...server.store.records("ban")].map(([key]) => key), ["mask *!*@10.0.0.0/28"]);
});

Deno.test("entries of a list that are refused today can be removed", async () => {
  using folder = new TempFolder();
  const overrides = { memory: false, data: folder.path };
  const before = openStore(testOptions(overrides));
  const stamp = { by: "ada!~ada@127.0.0.1", time: 1 };
  before.keep("channel", "#a", {
    name: "#a",
    createdAt: 1,
    flags: "nt",
    settings: {},
    ranks: { eve: "qo" },
    lists: {
      b: ["*!*@300.0.0.1", "~a:bob!*@*", "*!*@0::2/127"].map((mask) => ({ ...stamp, mask })),
    },
    metadata: {},
  });
  before.commit();
  before.close();
  await using server = await TestServer.start(overrides);
  const eve = await server.register("eve");
  await eve.send("REGISTER * * sesame");
  await eve.until("REGISTER");
  await eve.ask("JOIN #a");
  const EVE = ":eve!~eve@127.0.0.1";
  for (const mask of ["*!*@300.0.0.1", "~a:bob!*@*", "*!*@0::2/127"]) {
    assertEquals(await eve.ask(`MODE #a -b ${mask}`), [`${EVE} MODE #a -b ${mask}`]);
  }
  assertEquals((await eve.ask("MODE #a +b")).length, 1);
});
