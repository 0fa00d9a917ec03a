import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseRange } from "../../../shared/ip.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { proxyV1 } from "../../support/proxy_header.ts";
import { type Overrides, testOptions, TestServer } from "../../support/server.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const proxy = parseRange("127.0.0.1");

/** A server whose hosts are cloaked, and whose clients can come from any address, by a proxy. */
const CLOAKED: Overrides = {
  allowPlaintext: true,
  cloak: true,
  operators: [{ name: "root", password: "secret" }],
  replay: 5,
  trustedProxies: proxy ? [proxy] : [],
};

/** An address, and its form in a pattern. */
const ADDRESS = "192.0.2.7";
const IN_TEXT = /192\.0\.2\.7/;

async function registerFrom(
  server: TestServer,
  nick: string,
  introduction: Parameters<TestServer["register"]>[1] = {},
  address = ADDRESS,
): Promise<IrcClient> {
  const client = await server.connect();
  await client.sendBytes(proxyV1(address));
  await client.introduce({ nick, ...introduction });
  return client;
}

/** Returns the host of `nick`, as `client` sees it. */
async function hostOf(client: IrcClient, nick: string): Promise<string> {
  const [whois] = await client.askMessages(`WHOIS ${nick}`);
  return whois?.params[3] ?? "";
}

Deno.test("users see a cloak in place of an address, wherever they see a host", async () => {
  await using server = await TestServer.start(CLOAKED);
  const bob = await server.register("bob", { join: "#a", caps: "userhost-in-names" });
  await bob.ask("MONITOR + ada");
  const ada = await registerFrom(server, "ada", { join: "#a" });
  const host = await hostOf(bob, "ada");
  assertMatch(host, /^(?:[a-z2-7]{6}\.){3}ip$/);
  await bob.ask("MODE #a +o ada");
  await ada.ask("TOPIC #a :tea");
  await ada.ask("MODE #a +b eve!*@*");
  await ada.ask("PRIVMSG #a :hello");
  await ada.ask("PRIVMSG bob :psst");
  const seen = await bob.heard();
  for (
    const request of [
      "WHO ada",
      "WHO #a %tcuihsnfdlaor,1",
      `WHO *${host.slice(-10)}`,
      "USERHOST ada",
      "USERIP ada",
      "NAMES #a",
      "TOPIC #a",
      "MODE #a +b",
      "MONITOR S",
      "WHOIS ada",
    ]
  ) seen.push(...await bob.ask(request));
  await ada.ask("NICK anna");
  seen.push(...await bob.ask("WHOWAS ada"));
  const eve = await server.register("zoe", { caps: "draft/chathistory batch server-time" });
  seen.push(...await eve.ask("JOIN #a"), ...await eve.ask("CHATHISTORY LATEST #a * 5"));
  await ada.send("QUIT");
  await ada.untilEnd();
  seen.push(...await bob.heard());
  assert(seen.filter((line) => line.includes(host)).length > 15, seen.join("\n"));
  for (const line of seen) assert(!IN_TEXT.test(line), line);
  assertEquals(await bob.ask("WHO 192.0.2.*"), [":chat.test 315 bob 192.0.2.* :End of WHO list"]);
});

Deno.test("WHOX hides the address, except from operators and the user", async () => {
  await using server = await TestServer.start(CLOAKED);
  const bob = await server.register("bob");
  const ada = await registerFrom(server, "ada");
  assertEquals((await bob.ask("WHO ada %i"))[0], ":chat.test 354 bob 255.255.255.255");
  assertEquals((await ada.ask("WHO ada %i"))[0], ":chat.test 354 ada 192.0.2.7");
  await bob.ask("OPER root secret");
  assertEquals((await bob.ask("WHO ada %i"))[0], ":chat.test 354 bob 192.0.2.7");
});

Deno.test("operators, the user and the log see the address", async () => {
  await using server = await TestServer.start(CLOAKED);
  const root = await server.register("root");
  await root.ask("OPER root secret");
  await root.ask("MODE root +s");
  const ada = await registerFrom(server, "ada");
  assertEquals(await root.heard(), [":chat.test NOTICE * :*** Connected: ada!~ada@192.0.2.7"]);
  const actually = (nick: string) => `:chat.test 338 ${nick} ada 192.0.2.7 :is actually using host`;
  assert((await root.ask("WHOIS ada")).includes(actually("root")));
  assert((await ada.ask("WHOIS ada")).includes(actually("ada")));
  assertEquals((await root.ask("WHO 192.0.2.0/24")).length, 2);
  assertMatch((await root.ask("USERIP ada"))[0] ?? "", IN_TEXT);
  const found = server.log.find(([message, { nick }]) => message === "connected" && nick === "ada");
  assertEquals(found?.[1].address, ADDRESS);
});

Deno.test("a ban matches the cloak, a range of cloaks, and the address behind it", async () => {
  await using server = await TestServer.start(CLOAKED);
  const ada = await server.register("ada", { join: "#a" });
  const bob = await registerFrom(server, "bob");
  const [, ...range] = (await hostOf(ada, "bob")).split(".");
  const neighbor = await registerFrom(server, "zed", {}, "192.0.2.250");
  const stranger = await registerFrom(server, "zoe", {}, "192.9.2.7");
  const bans: [mask: string, banned: IrcClient[], admitted: IrcClient[]][] = [
    [`*!*@${await hostOf(ada, "bob")}`, [bob], [neighbor, stranger]],
    [`*!*@*.${range.join(".")}`, [bob, neighbor], [stranger]],
    ["*!*@192.0.2.0/28", [bob], [neighbor, stranger]],
    ["192.0.2.7", [bob], [neighbor, stranger]],
    ["*!*@192.0.2.*", [bob, neighbor], [stranger]],
  ];
  for (const [mask, banned, admitted] of bans) {
    await ada.ask(`MODE #a +b ${mask}`);
    for (const client of banned) assertMatch((await client.ask("JOIN #a")).join(), / 474 /, mask);
    for (const client of admitted) {
      assertMatch((await client.ask("JOIN #a")).join(), / 366 /, mask);
      await client.ask("PART #a");
    }
    await ada.ask(`MODE #a -b ${mask}`);
  }
});

Deno.test("KLINE and DLINE reach a client by its address, and KLINE by its cloak", async () => {
  await using server = await TestServer.start(CLOAKED);
  const root = await server.register("root");
  await root.ask("OPER root secret");
  for (const ban of ["KLINE *!*@192.0.2.0/28", "DLINE 192.0.2.7", "KLINE *!*@HOST"]) {
    const bob = await registerFrom(server, "bob");
    const host = await hostOf(root, "bob");
    const given = ban.replace("HOST", host);
    assertMatch((await root.ask(given)).join(), /connections closed: 1/, given);
    assertMatch((await bob.untilEnd()).join(), /ERROR :Banned/);
    const again = await server.connect();
    await again.sendBytes(proxyV1(ADDRESS));
    const refused = await again.introduce({ nick: "bob" }).catch(() => []);
    assert(!refused[0]?.includes(" 001 "), given);
    await root.ask(`UN${given}`);
    await root.heard();
  }
});

Deno.test("a mask that all cloaks match is refused, and the reply says how to ban everyone", async () => {
  await using server = await TestServer.start(CLOAKED);
  const ada = await server.register("ada", { join: "#a" });
  for (const mask of ["*!*@*.ip", "*.ip", "*@*.*.*.ip"]) {
    const answer = (await ada.ask(`MODE #a +b ${mask}`)).join();
    assertMatch(answer, /\*!\*@\*/, answer);
    assert(!answer.includes(" MODE #a +b"), answer);
  }
});

Deno.test("cloaks stay the same after a restart", async () => {
  using folder = new TempFolder();
  const hosts: string[] = [];
  for (let run = 0; run < 2; run++) {
    await using server = await TestServer.start({ ...CLOAKED, memory: false, data: folder.path });
    const ada = await registerFrom(server, "ada");
    hosts.push(await hostOf(ada, "ada"));
  }
  assertEquals(hosts[0], hosts[1]);
});

Deno.test("addresses that were stored before hosts were cloaked are shown as cloaks", async () => {
  using folder = new TempFolder();
  const lasting = { ...CLOAKED, memory: false, data: folder.path };
  {
    await using server = await TestServer.start({ ...lasting, cloak: false });
    server.staying = 1;
    const bob = await server.register("bob", { join: "#a" });
    await bob.ask("REGISTER * * sesame");
    await bob.ask("PRIVMSG NickServ :STAY off");
    const ada = await registerFrom(server, "ada", { join: "#a" });
    await ada.ask("REGISTER * * sesame");
    await ada.ask("PRIVMSG NickServ :STAY on");
    await bob.ask("MODE #a +o ada");
    for (const line of ["TOPIC #a :tea", "MODE #a +b eve!*@*", "PRIVMSG #a :hello"]) {
      await ada.ask(line);
    }
    await bob.send("QUIT");
    await bob.untilEnd();
    await ada.ask("PRIVMSG bob :while you were out");
    await ada.close();
    const zoe = await server.register("zoe");
    await server.until(() => server.server.counts.connections === 1, zoe);
  }
  await using server = await TestServer.start(lasting);
  server.staying = 1;
  const bob = await server.connect();
  const seen = await bob.introduce({
    nick: "bob",
    caps: "server-time batch draft/chathistory soju.im/search",
    login: ["bob", "sesame"],
  });
  const host = await hostOf(bob, "ada");
  assertMatch(host, /\.ip$/);
  for (
    const request of [
      "JOIN #a",
      "MODE #a +b",
      "CHATHISTORY LATEST #a * 5",
      "CHATHISTORY LATEST ada * 5",
      "SEARCH text=hello",
      "WHO ada",
    ]
  ) {
    const answer = await bob.ask(request);
    assert(answer.some((line) => line.includes(host)), `${request}: ${answer.join("\n")}`);
    seen.push(...answer);
  }
  assert(seen.some((line) => line.includes("while you were out")));
  for (const line of seen) assert(!IN_TEXT.test(line), line);
});

Deno.test("without --cloak, and after REHASH, a host is the address", async () => {
  const next = testOptions({ ...CLOAKED, cloak: false, config: "chat.json" });
  await using server = await TestServer.start({ ...CLOAKED, config: "chat.json" }, {
    reload: () => next,
  });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  const ada = await registerFrom(server, "ada");
  assertMatch((await root.ask("REHASH")).join("\n"), /Changed: cloak/);
  assertMatch(await hostOf(root, "ada"), /\.ip$/, "users who are connected keep their hosts");
  await registerFrom(server, "bob");
  assertEquals(await hostOf(ada, "bob"), ADDRESS);
});

Deno.test("a client with only nc has a cloak, too", async () => {
  await using server = await TestServer.start({ ...CLOAKED, plainPort: 0, trustedProxies: [] });
  const ada = await server.register("ada", { join: "#lobby" });
  const guest = await server.connectPlain();
  const joined = await ada.expect("JOIN");
  assertMatch(joined.source ?? "", /^\S+!~nc@(?:[a-z2-7]{6}\.){3}ip$/);
  await guest.close();
});
