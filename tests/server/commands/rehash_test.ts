import { assert, assertEquals, assertMatch } from "@std/assert";
import { DEFAULT_ACCOUNT_RULES } from "../../../server/config/options.ts";
import { UserError } from "../../../shared/errors.ts";
import { parseRange } from "../../../shared/ip.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { type Overrides, testOptions, TestServer } from "../../support/server.ts";

const OPERATORS = { operators: [{ name: "root", password: "secret" }] };
const CONFIG = "chat.json";

/**
 * Starts a server whose REHASH reads the current value of `next`; Ada is an operator of the server.
 */
async function rehashing(before: Overrides = {}) {
  const next: { options: Overrides } = { options: {} };
  const reload = () => testOptions({ ...OPERATORS, config: CONFIG, ...before, ...next.options });
  const server = await TestServer.start({ ...OPERATORS, config: CONFIG, ...before }, { reload });
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  /** Changes the settings; returns the answer to REHASH, without the first line. */
  const rehash = async (changed: Overrides): Promise<string[]> => {
    next.options = changed;
    const [first = "", ...lines] = await ada.ask("REHASH");
    assertMatch(first, / 382 ada chat\.json /);
    return lines;
  };
  return { server, ada, rehash };
}

const note = (text: string) => `:chat.test NOTICE ada :${text}`;

Deno.test("REHASH names what has changed, and what changes only when the server starts again", async () => {
  const { server, rehash } = await rehashing();
  await using _ = server;
  server.log.splice(0);
  const lines = await rehash({
    motd: ["new"],
    replay: 5,
    name: "other.test",
    listen: [{ hostname: "127.0.0.1", port: 1 }],
    durable: true,
    keepMs: 1000,
    trustedProxies: [],
  });
  assertEquals(lines, [
    note("Changed: keep, motd, replay"),
    note("Not changed until the server is restarted: durable, listen, name"),
  ]);
  assertEquals(server.log, [
    ["configuration file reloaded", { by: "ada", changed: "keep, motd, replay" }],
    ["settings need a new start of the server", { settings: "durable, listen, name" }],
  ]);
  assertEquals(await rehash({ motd: ["new"], replay: 5, keepMs: 1000 }), [
    note("Nothing has changed"),
  ]);
});

Deno.test("REHASH answers clients with standard-replies by NOTE", async () => {
  const reload = () => testOptions({ ...OPERATORS, motd: ["new"], memory: false });
  await using server = await TestServer.start(OPERATORS, { reload });
  const ada = await server.register("ada", { caps: "standard-replies" });
  await ada.ask("OPER root secret");
  assertEquals(await ada.ask("REHASH"), [
    ":chat.test NOTE REHASH CHANGED motd :Changed: motd",
    ":chat.test NOTE REHASH NEEDS_RESTART memory :Not changed until the server is restarted: memory",
  ]);
});

Deno.test("REHASH changes the rules of access", async () => {
  const { server, rehash } = await rehashing();
  await using _ = server;
  assertEquals(await rehash({ password: "sesame" }), [note("Changed: password")]);
  const bob = await server.connect();
  await bob.send("NICK bob", "USER bob 0 * :Bob");
  assertMatch((await bob.untilEnd()).join(), / 464 /);
  await server.register("eve", { password: "sesame" });
  assertEquals(await rehash({ inviteOnly: true }), [
    ":chat.test 005 ada draft/ACCOUNTREQUIRED :are supported by this server",
    note("Changed: inviteOnly, password"),
  ]);
  const zoe = await server.connect();
  await zoe.send("NICK zoe", "USER zoe 0 * :Zoe");
  assertMatch((await zoe.untilEnd()).join(), /ERROR :.*invitation/);
  assertEquals(await rehash({ inviteOnly: false }), [
    ":chat.test 005 ada -draft/ACCOUNTREQUIRED :are supported by this server",
    note("Changed: inviteOnly"),
  ]);
  const proxy = parseRange("127.0.0.1");
  await rehash({ trustedProxies: proxy ? [proxy] : [], allowPlaintext: true });
  const far = await server.connect();
  await far.sendBytes(new TextEncoder().encode("PROXY TCP4 192.0.2.1 192.0.2.9 1 2\r\n"));
  const heard = await far.introduce({ nick: "far" });
  assert(heard.join().includes("far!~far@192.0.2.1"), heard.join());
});

Deno.test("REHASH refuses a password while the server listens for people with only nc", async () => {
  const { server, ada, rehash } = await rehashing({ plainPort: 0 });
  await using _ = server;
  const lines = await rehash({ password: "sesame", motd: ["x"] });
  assertMatch(lines.join(), /Nothing has changed: --plain-port admits anyone/);
  assertMatch((await ada.ask("MOTD"))[0] ?? "", / 422 /);
});

Deno.test("REHASH tells clients with cap-notify the changed capabilities, and all the changed tokens of 005", async () => {
  const { server, ada, rehash } = await rehashing();
  await using _ = server;
  const bob = await server.connect();
  await bob.send("CAP LS 302", "CAP END", "NICK bob", "USER bob 0 * :Bob");
  await bob.heard();
  const accounts = { ...DEFAULT_ACCOUNT_RULES, requireEmail: true };
  const lines = await rehash({ accounts, room: "#tea", network: "Home" });
  const tokens = (nick: string) =>
    `:chat.test 005 ${nick} LOBBY=#tea NETWORK=Home :are supported by this server`;
  assertEquals(lines, [tokens("ada"), note("Changed: accounts, network, room")]);
  assertEquals(await bob.heard(), [
    ":chat.test CAP bob NEW draft/account-registration=before-connect,email-required",
    tokens("bob"),
  ]);
  await rehash({ accounts, room: "#tea", network: "Home", password: "x" });
  assertEquals(await bob.heard(), [
    ":chat.test CAP bob NEW draft/account-registration=email-required",
  ]);
  assertEquals(await ada.heard(), []);
  await bob.send("CAP REQ -server-time", "JOIN #tea");
  const zoe: IrcClient = await server.register("zoe", { password: "x" });
  assertMatch((await zoe.ask("VERSION")).join(), /LOBBY=#tea/);
});

Deno.test("a plain text user stays in their room when the default room changes", async () => {
  const { server, rehash, ada } = await rehashing({ plainPort: 0 });
  await using _ = server;
  await ada.ask("JOIN #lobby");
  const guest = await server.connectPlain();
  await ada.until("JOIN");
  await rehash({ plainPort: 0, room: "#tea" });
  await guest.send("hello");
  const { params } = await ada.until("PRIVMSG");
  assertEquals(params, ["#lobby", "hello"]);
});

Deno.test("REHASH changes how long history is kept", async () => {
  const { server, rehash } = await rehashing();
  await using _ = server;
  const limits: unknown[] = [];
  server.store.retain = (changed) => limits.push(changed.keepMs);
  assertEquals(await rehash({ keepMs: 5000 }), [note("Changed: keep")]);
  assertEquals(limits, [5000]);
});

Deno.test("an error that a part of the server finds in the new settings changes nothing", async () => {
  const reload = () => testOptions({ ...OPERATORS, motd: ["new"], tls: { cert: "x", key: "y" } });
  const reloaded = () => {
    throw new UserError("x cannot be read");
  };
  await using server = await TestServer.start(OPERATORS, { reload, reloaded });
  const ada = await server.register("ada");
  await ada.ask("OPER root secret");
  assertEquals(await ada.ask("REHASH"), [note("Nothing has changed: x cannot be read")]);
  assertMatch((await ada.ask("MOTD"))[0] ?? "", / 422 /);
});

Deno.test("a reload by a signal does what REHASH does, and logs the result", async () => {
  const { server, ada, rehash } = await rehashing();
  await using _ = server;
  await rehash({ motd: ["before"] });
  await ada.ask("MODE ada +s");
  server.log.splice(0);
  server.server.reload("SIGHUP");
  assertEquals(server.log, [["configuration file reloaded", { by: "SIGHUP", changed: "" }]]);
  assertMatch((await ada.heard()).join(), /Rehash: SIGHUP reloaded the configuration file/);
});

Deno.test("a reload by a signal that fails changes nothing, and never ends the server", async () => {
  const failures: readonly (readonly [error: Error, message: string])[] = [
    [
      new UserError("cannot read chat.json: it does not exist"),
      "cannot reload the configuration file",
    ],
    [new TypeError("boom"), "reading the configuration again failed"],
  ];
  for (const [error, message] of failures) {
    const reload = () => {
      throw error;
    };
    await using server = await TestServer.start({}, { reload });
    server.server.reload("SIGHUP");
    await server.register("ada");
    assertEquals(server.log[0]?.[0], message);
    assertEquals(server.log[0]?.[1]["by"], "SIGHUP");
  }
  await using server = await TestServer.start();
  server.server.reload("SIGHUP");
  assertEquals(server.log[0], ["cannot reload the configuration file", {
    by: "SIGHUP",
    error: "the server has no configuration file: start it with --config",
  }]);
});
