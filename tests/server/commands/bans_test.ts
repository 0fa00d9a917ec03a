import { assert, assertEquals } from "@std/assert";
import { SERVER_BAN_LIMITS } from "../../../server/state/server_bans.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { type Overrides, TestServer } from "../../support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };
const notice = (text: string) => [`:chat.test NOTICE ada :${text}`];

/** Limits under which no client is closed because of silence. */
const PATIENT = { pingSeconds: 86_400 };

/** Starts a server at 127.0.0.1 and ::1; Ada is an operator, connected to 127.0.0.1. */
async function serverWithOperator(overrides: Overrides = {}) {
  const listen = [{ hostname: "127.0.0.1", port: 0 }, { hostname: "::1", port: 0 }];
  const server = await TestServer.start({ ...OPERATORS, listen, limits: PATIENT, ...overrides });
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  return { server, ada };
}

/** Returns the replies to a client at ::1 that registers as `nick`, and closes it. */
async function tryRegister(server: TestServer, nick = "eve"): Promise<string[]> {
  const eve = await server.connect6();
  const heard = await eve.introduce({ nick }).catch(() => undefined);
  await eve.close();
  return heard ?? ["(closed)"];
}

const isWelcomed = (heard: readonly string[]) => heard[0]?.split(" ")[1] === "001";

Deno.test("until it expires, a DLINE refuses a client, with the reason, before the client sends anything", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  assertEquals(
    await ada.ask("DLINE 1h30m 0::/64 too much spam"),
    notice("Banned: 0::/64 for 1h30m: too much spam; connections closed: 0"),
  );
  server.clock.advance(60_000);
  await ada.heard();
  const eve = await server.connect6();
  assertEquals(await eve.untilEnd(), [
    ":chat.test 465 * :You are banned from this server for 1h29m: too much spam",
    "ERROR :Banned for 1h29m: too much spam",
  ]);
  await server.register("bob");
  server.clock.advance(89 * 60_000 - 1);
  await ada.heard();
  assert(!isWelcomed(await tryRegister(server)));
  server.clock.advance(1);
  assert(isWelcomed(await tryRegister(server)));
});

Deno.test("a ban without a duration lasts until it is removed", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  for (
    const [set, unset] of [["DLINE 0::1", "UNDLINE 0:0::1"], ["KLINE *@0::*", "UNKLINE *@0::*"]]
  ) {
    await ada.ask(set ?? "");
    assert(!isWelcomed(await tryRegister(server)), set);
    server.clock.advance(100_000);
    await ada.heard();
    assert(!isWelcomed(await tryRegister(server)), set);
    const [said = ""] = await ada.ask(unset ?? "");
    assert(said.startsWith(":chat.test NOTICE ada :Ban removed: "), said);
    assert(isWelcomed(await tryRegister(server)), unset);
    const [again = ""] = await ada.ask(unset ?? "");
    assert(/ FAIL UN.LINE NO_SUCH_BAN .* :There is no such ban/.test(again), again);
  }
});

Deno.test("KLINE refuses a client, with the reason, once the client has sent NICK and USER", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  await ada.ask("KLINE 10m Eve!*@* go away");
  const eve = await server.connect6();
  await eve.send("NICK eve", "USER eve 0 * :Eve");
  assertEquals(await eve.untilEnd(), [
    ":chat.test 465 eve :You are banned from this server for 10m: go away",
    "ERROR :Banned for 10m: go away",
  ]);
  assert(isWelcomed(await tryRegister(server, "bob")));
  server.clock.advance(600_000);
  assert(isWelcomed(await tryRegister(server, "eve")));
});

Deno.test("a ban disconnects the clients that it matches, registered or not, except with KEEP", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  const bob = await server.register("bob", { join: "#a" });
  const eve = await server.connect6();
  await eve.introduce({ nick: "eve", join: "#a" });
  const unregistered = await server.connect6();
  await unregistered.heard();
  await bob.heard();
  assertEquals(
    await ada.ask("DLINE KEEP 0::1"),
    notice("Banned: 0::1; connections closed: 0"),
  );
  await eve.heard();
  assertEquals(await ada.ask("DLINE 1d 0::1 spam"), [
    ...notice("Banned: 0::1 for 1d: spam; connections closed: 2"),
  ]);
  for (const gone of [eve, unregistered]) {
    assertEquals(await gone.untilEnd(), ["ERROR :Banned for 1d: spam"]);
  }
  assertEquals(await bob.heard(), [":eve!~eve@0::1 QUIT :Banned for 1d: spam"]);
  assertEquals(
    await ada.ask("KLINE bob"),
    notice("Banned: bob!*@*; connections closed: 1"),
  );
  assertEquals(await bob.untilEnd(), ["ERROR :Banned"]);
});

Deno.test("bans apply to clients on the plain port", async () => {
  const { server, ada } = await serverWithOperator({ plainPort: 0 });
  await using _ = server;
  const plainClient = await server.connectPlain();
  await server.until(() => server.server.counts.users === 2, ada);
  await ada.ask("KLINE 1h *!~nc@* quiet");
  assertEquals(await plainClient.untilEnd(), ["Disconnected: Banned for 1h: quiet"]);
  const other = await server.connect(server.plainPort);
  assertEquals(await other.untilEnd(), ["Disconnected: Banned for 1h: quiet"]);
  await ada.ask("DLINE MYSELF KEEP 127.0.0.0/8");
  const third = await server.connect(server.plainPort);
  assertEquals(await third.untilEnd(), ["ERROR :Banned"]);
});

Deno.test("a ban that matches its operator needs MYSELF", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  for (
    const [line = "", target = ""] of [["DLINE 127.0.0.1", "127.0.0.1"], ["KLINE 1h *@*", "*!*@*"]]
  ) {
    const name = line.split(" ")[0] ?? "";
    assertEquals(
      await ada.ask(line),
      [
        `:chat.test FAIL ${name} BANS_YOURSELF ${target} :This ban matches you, too; to set ` +
        `it anyway, use ${name} MYSELF`,
      ],
    );
  }
  assert(isWelcomed(await tryRegister(server)));
  await ada.send("DLINE ANDKILL MYSELF 1h 127.0.0.0/8 bye");
  assertEquals(await ada.untilEnd(), [
    ...notice("Banned: 127.0.0.0/8 for 1h: bye; connections closed: 1"),
    "ERROR :Banned for 1h: bye",
  ]);
});

Deno.test("a ban with a wrong target or duration gets FAIL and says what is allowed", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  const address = "Give an address or a range, such as 192.0.2.7, 192.0.2.0/24 or " +
    "2001:db8::/32";
  const mask = "Give a mask of at most 128 bytes, such as spammer, *!*@192.0.2.* or a!b@c";
  const unit = "A duration needs a unit, as in 30m, 12h or 1d12h";
  const long = "x".repeat(125);
  const table = [
    ["DLINE bob", `DLINE INVALID_TARGET bob :${address}`],
    ["DLINE 192.0.2.0/33 x", `DLINE INVALID_TARGET 192.0.2.0/33 :${address}`],
    ["DLINE 10m", `DLINE INVALID_TARGET 10m :${address}`],
    ["DLINE 10 192.0.2.1", `DLINE INVALID_DURATION 10 :${unit}`],
    ["UNDLINE bob", `UNDLINE INVALID_TARGET bob :${address}`],
    ["KLINE KEEP 60 *@192.0.2.1 x", `KLINE INVALID_DURATION 60 :${unit}`],
    [`KLINE ${long}`, `KLINE INVALID_TARGET ${long} :${mask}`],
    ["KLINE :a b", `KLINE INVALID_TARGET * :${mask}`],
    ["UNKLINE :", `UNKLINE INVALID_TARGET * :${mask}`],
  ];
  for (const [line = "", fail] of table) {
    assertEquals(await ada.ask(line), [`:chat.test FAIL ${fail}`], line);
  }
  for (const name of ["DLINE", "UNDLINE", "KLINE", "UNKLINE"]) {
    assertEquals(await ada.ask(name), [`:chat.test 461 ada ${name} :Not enough parameters`]);
  }
  assertEquals(await ada.ask("STATS d"), [":chat.test 219 ada d :End of STATS report"]);
});

Deno.test("only operators can set bans and list them", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  const bob = await server.register("bob");
  const refused = ":chat.test 481 bob :Permission denied - you're not an IRC operator";
  for (const name of ["DLINE", "UNDLINE", "KLINE", "UNKLINE"]) {
    assertEquals(await bob.ask(`${name} 192.0.2.1`), [refused]);
  }
  await ada.ask("DLINE 2h 192.0.2.7/24 spam");
  await ada.ask("DLINE 198.51.100.1");
  await ada.ask("KLINE 1m 192.0.2.* spam");
  const addresses = [
    ":chat.test 225 ada D 192.0.2.0/24 :Set by ada for 2h: spam",
    ":chat.test 225 ada D 198.51.100.1 :Set by ada",
    ":chat.test 219 ada d :End of STATS report",
  ];
  assertEquals(await ada.ask("STATS d"), addresses);
  assertEquals(await ada.ask("STATS k"), [
    ":chat.test 216 ada K *!*@192.0.2.* * * :Set by ada for 1m: spam",
    ":chat.test 219 ada k :End of STATS report",
  ]);
  for (const letter of ["d", "k"]) {
    assertEquals((await bob.ask(`STATS ${letter}`))[0], refused);
  }
  server.clock.advance(60_000);
  await bob.heard();
  assertEquals((await ada.ask("STATS k")).length, 1, "an expired ban is not listed");
  const [gone = ""] = await ada.ask("UNKLINE 192.0.2.*");
  assert(gone.startsWith(":chat.test FAIL UNKLINE NO_SUCH_BAN *!*@192.0.2.* :"), gone);
});

Deno.test("operators with mode +s get a notice of each ban, each removal and each refused connection", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  const bob = await server.register("bob");
  await bob.ask("OPER root secret");
  await bob.ask("MODE bob +s");
  await ada.ask("DLINE 1h 0::1 spam");
  await server.connect6().then((eve: IrcClient) => eve.untilEnd());
  await ada.ask("UNDLINE 0::1");
  assertEquals(await bob.heard(), [
    ":chat.test NOTICE * :*** Banned by ada: 0::1 for 1h: spam",
    ":chat.test NOTICE * :*** Refused ::1: Banned for 1h: spam",
    ":chat.test NOTICE * :*** Ban removed by ada: 0::1",
  ]);
});

Deno.test("there is a limit to the number of bans, and expired ones do not count", async () => {
  const { server, ada } = await serverWithOperator();
  await using _ = server;
  const limit = SERVER_BAN_LIMITS.mask;
  await ada.send(...Array.from({ length: limit }, (_, i) => `KLINE 1h u${i}`));
  await ada.heard();
  assertEquals(
    await ada.ask("KLINE another"),
    [
      ":chat.test FAIL KLINE TOO_MANY_BANS another!*@* :There are 1000 bans already; remove " +
      "one first",
    ],
  );
  assertEquals(
    await ada.ask("KLINE U0 again"),
    notice("Banned: U0!*@*: again; connections closed: 0"),
  );
  server.clock.advance(3_600_000);
  assertEquals(
    await ada.ask("KLINE another"),
    notice("Banned: another!*@*; connections closed: 0"),
  );
  assertEquals((await ada.ask("STATS k")).length, 3);
});
