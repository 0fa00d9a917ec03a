import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseRange } from "../../../shared/ip.ts";
import type { IrcClient } from "../../support/irc_client.ts";
import { proxyV1 } from "../../support/proxy_header.ts";
import { TestServer } from "../../support/server.ts";

/** Starts a server whose clients can come from any address, by a proxy; Ada is an operator in #a. */
async function serverBehindProxy(
  cloak = false,
): Promise<{ server: TestServer; ada: IrcClient }> {
  const proxy = parseRange("127.0.0.1");
  const server = await TestServer.start({
    allowPlaintext: true,
    cloak,
    operators: [{ name: "root", password: "secret" }],
    trustedProxies: proxy ? [proxy] : [],
  });
  const ada = await server.register("ada", { join: "#a" });
  await ada.ask("OPER root secret");
  return { server, ada };
}

/** Connects from `address`, and sends nothing else. */
async function connectFrom(server: TestServer, address: string): Promise<IrcClient> {
  const client = await server.connect();
  await client.sendBytes(proxyV1(address));
  return client;
}

/** Returns true if a client from `address` can register. */
async function isAdmitted(server: TestServer, address: string): Promise<boolean> {
  const client = await connectFrom(server, address);
  const heard = await client.introduce({ nick: "eve" }).catch(() => []);
  await client.close();
  return heard[0]?.split(" ")[1] === "001";
}

/**
 * Forms of addresses and ranges, each with an address that matches and an address that does not.
 */
const FORMS: readonly [given: string, inside: string, outside: string][] = [
  ["127.0.0.32/27", "127.0.0.63", "127.0.0.64"],
  ["10.0.0.5/28", "10.0.0.15", "10.0.0.16"],
  ["::1", "::1", "::2"],
  ["0::1", "::1", "::2"],
  ["0:0:0:0:0:0:0:1", "::1", "::2"],
  ["2001:DB8:0:0::7", "2001:db8::7", "2001:db8::8"],
  ["2001:db8:1::/32", "2001:db8:ffff::1", "2001:db9::1"],
  ["::ffff:127.0.0.5", "127.0.0.5", "127.0.0.6"],
  ["0::ffff:127.0.0.5", "127.0.0.5", "127.0.0.6"],
  ["0:0:0:0:0:FFFF:7f00:5", "127.0.0.5", "127.0.0.6"],
  ["::ffff:10.0.0.0/104", "10.255.0.1", "11.0.0.1"],
];

/** Hosts with wildcards, which DLINE does not take. */
const WITH_WILDCARDS: typeof FORMS = [
  ["2001:0DB8:*", "2001:db8:1::1", "2001:db9::1"],
  ["0:0:*", "::1", "0:1::1"],
  ["::*", "::1", "1::1"],
  ["10.0.*", "10.0.3.4", "10.1.3.4"],
];

Deno.test("DLINE and KLINE match every form of an address or range, and remove it in any other form", async () => {
  const { server, ada } = await serverBehindProxy(true);
  await using _ = server;
  const requests: [set: string, unset: string, inside: string, outside: string][] = [];
  for (const [given, inside, outside] of FORMS) {
    const target = parseRange(given)?.text ?? "";
    requests.push([`DLINE :${given}`, `UNDLINE ${target}`, inside, outside]);
  }
  for (const [given, inside, outside] of [...FORMS, ...WITH_WILDCARDS]) {
    const target = parseRange(given)?.text ?? given;
    requests.push([`KLINE *!*@${given}`, `UNKLINE *!*@${target}`, inside, outside]);
  }
  for (const [set, unset, inside, outside] of requests) {
    const [said = ""] = await ada.ask(set);
    assertMatch(said, / NOTICE ada :Banned: /);
    assert(!await isAdmitted(server, inside), `${set} matches ${inside}`);
    assert(await isAdmitted(server, outside), `${set} does not match ${outside}`);
    const [removed = ""] = await ada.ask(unset);
    assertMatch(removed, / NOTICE ada :Ban removed: /);
  }
});

Deno.test("KLINE of a range disconnects the clients in it", async () => {
  const { server, ada } = await serverBehindProxy(true);
  await using _ = server;
  const eve = await connectFrom(server, "10.0.0.7");
  await eve.introduce({ nick: "eve" });
  assertEquals(await ada.ask("KLINE *@10.0.0.0/28"), [
    ":chat.test NOTICE ada :Banned: *!*@10.0.0.0/28; connections closed: 1",
  ]);
  assertEquals(await eve.untilEnd(), ["ERROR :Banned"]);
});

Deno.test("the lists of a channel match every form of an address or range", async () => {
  const { server, ada } = await serverBehindProxy(true);
  await using _ = server;
  for (const [given, inside, outside] of [...FORMS, ...WITH_WILDCARDS]) {
    const [set = ""] = await ada.ask(`MODE #a +b *!*@${given}`);
    assertMatch(set, / MODE #a \+b \*!\*@/);
    const eve = await connectFrom(server, inside);
    await eve.introduce({ nick: "eve" });
    assertMatch((await eve.ask("JOIN #a")).join(), / 474 /, `+b ${given} matches ${inside}`);
    await ada.ask(`MODE #a +e *!*@${given}`);
    assertMatch((await eve.ask("JOIN #a")).join(), /JOIN/, `+e ${given} matches ${inside}`);
    await eve.ask("PART #a");
    await ada.ask(`MODE #a -be+i *!*@${given} *!*@${given}`);
    assertMatch((await eve.ask("JOIN #a")).join(), / 473 /);
    await ada.ask(`MODE #a +I *!*@${given}`);
    assertMatch((await eve.ask("JOIN #a")).join(), /JOIN/, `+I ${given} matches ${inside}`);
    await ada.ask(`MODE #a -Ii+b *!*@${given} *!*@${given}`);
    await eve.close();
    const bob = await connectFrom(server, outside);
    await bob.introduce({ nick: "bob" });
    assertMatch((await bob.ask("JOIN #a")).join(), /JOIN/, `+b ${given} leaves out ${outside}`);
    await bob.close();
    await ada.heard();
    const [removed = ""] = await ada.ask(`MODE #a -b ${parseRange(given)?.text ?? `*@${given}`}`);
    assertMatch(removed, / MODE #a -b \*!\*@/, `another form removes ${given}`);
  }
});

Deno.test("an address that begins with colons can stand before other parameters", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  const ADA = ":ada!~ada@127.0.0.1";
  const eve = await connectFrom(server, "::5");
  await eve.introduce({ nick: "eve" });
  const table = [
    [
      "DLINE ::1 :much spam",
      ":chat.test NOTICE ada :Banned: 0::1: much spam; connections closed: 0",
    ],
    ["UNDLINE ::1 :sorry", ":chat.test NOTICE ada :Ban removed: 0::1"],
    ["MODE #a +bb ::1 ::2", `${ADA} MODE #a +bb *!*@0::1 *!*@0::2`],
    ["MODE #a -b+ol ::2 ada 5", `${ADA} MODE #a -b+l *!*@0::2 5`],
    ["MODE #a +ke pass ::1", `${ADA} MODE #a +ke pass *!*@0::1`],
  ];
  for (const [line = "", answer] of table) assertEquals(await ada.ask(line), [answer], line);
  const [found] = await ada.ask("WHO ::5 %n");
  assertEquals(found, ":chat.test 354 ada eve");
});

Deno.test("an address without * is a host, in a mask of a channel as in KLINE", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  const table = [
    ["10.0.0.5", "*!*@10.0.0.5"],
    ["10.0.0.5/28", "*!*@10.0.0.0/28"],
    ["2001:DB8::7", "*!*@2001:db8::7"],
    ["a::1", "*!*@a::1"],
    ["m:10.0.0.5", "m:*!*@10.0.0.5"],
    ["*.example.org", "*!*@*.example.org"],
  ];
  for (const [given, mask] of table) {
    const ADA = ":ada!~ada@127.0.0.1";
    assertEquals(await ada.ask(`MODE #a +b ${given}`), [`${ADA} MODE #a +b ${mask}`]);
  }
});

Deno.test("a ban by address matches a user whose host was changed", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  const eve = await connectFrom(server, "10.0.0.7");
  await eve.introduce({ nick: "eve" });
  await ada.ask("CHGHOST eve eve cloaked.example");
  for (const mask of ["*!*@10.0.0.7", "*!*@10.0.0.*", "*!*@10.0.0.0/24", "*!*@cloaked.*"]) {
    await ada.ask(`MODE #a +b ${mask}`);
    assertMatch((await eve.ask("JOIN #a")).join(), / 474 /, mask);
    await ada.ask(`MODE #a -b ${mask}`);
  }
  await ada.ask("KLINE *!*@10.0.0.0/24");
  assertEquals((await eve.untilEnd()).at(-1), "ERROR :Banned");
});

Deno.test("masks of accounts as other servers write them are bans of accounts", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob");
  await bob.send("REGISTER * * sesame");
  await bob.until("REGISTER");
  for (const given of ["a:BOB", "$a:bob", "~account:bob", "~a:bob", "account:b*", "R:bob", "$a"]) {
    const [set = ""] = await ada.ask(`MODE #a +b ${given}`);
    assertMatch(set, / MODE #a \+b a:/, given);
    assertMatch((await bob.ask("JOIN #a")).join(), / 474 /, given);
    const [unset = ""] = await ada.ask(`MODE #a -b ${given}`);
    assertMatch(unset, / MODE #a -b a:/, given);
  }
  await bob.ask("JOIN #a");
  await ada.heard();
  for (const given of ["m:a:bob", "~quiet:~account:bob", "~q:$a:bob", "mute:bob"]) {
    const [set = ""] = await ada.ask(`MODE #a +b ${given}`);
    assertMatch(set, / MODE #a \+b m:/, given);
    assertMatch((await bob.ask("PRIVMSG #a :x")).join(), / 404 /, given);
    await ada.ask(`MODE #a -b ${given}`);
  }
});

Deno.test("a mask that can match no user is refused with the reason", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  const kinds = "The masks with a prefix are a:ACCOUNT (or $a:, ~account:) and m:MASK, which mutes";
  const address = "The host of this mask is neither an address, such as 192.0.2.7, nor a range, " +
    "such as 192.0.2.0/24";
  const nobody = "No user can match this mask, because it contains characters that no nick, user " +
    "name or host has";
  const table: readonly (readonly [given: string, reason: string])[] = [
    ["$r:bob", kinds],
    ["$~a", kinds],
    ["~realname:bob", kinds],
    ["x:bob", kinds],
    ["c:#a", kinds],
    ["*!*@10.0.0.0/33", address],
    ["*!*@10.0.*/16", address],
    ["*!*@300.0.0.1", address],
    ["*!*@10.0.0", address],
    ["10.0.0.1/", address],
    ["10.0.0.1/x", address],
    ["10.0.0.1:6667", address],
    ["*!*@2001:db8::/x", address],
    ["*!*@010.0.0.1", address],
    ["*!*@1::2::3", address],
    ["10.0.0.0/33", address],
    ["bob$!*@*", nobody],
    ["bob!u@x@h", nobody],
    ["*!*@fe80::1%eth0", nobody],
    [".", nobody],
    ["*!*@.example.org", nobody],
    ["a:bob!*@*", nobody],
    ["a:10.0.0.1", nobody],
  ];
  for (const [given, reason] of table) {
    assertEquals(await ada.ask(`MODE #a +b ${given}`), [
      `:chat.test 696 ada #a b ${given} :${reason}`,
    ]);
    const [fail = ""] = await ada.ask(`KLINE ${given}`);
    assertMatch(fail, / FAIL KLINE INVALID_TARGET /, given);
  }
  for (const given of ["a:bob", "$a:bob", "~account:bob", "m:bob"]) {
    assertEquals(await ada.ask(`KLINE ${given}`), [
      `:chat.test FAIL KLINE INVALID_TARGET ${given} :KLINE takes no masks with a prefix, such as ` +
      "a: and m:; ban a nick, user name, host or address",
    ]);
  }
});

Deno.test("an unusual mask that matches everyone is refused, and the reply says how to write it", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  const table = [
    ["@", "*!*@*"],
    ["!", "*!*@*"],
    ["*@", "*!*@*"],
    ["m:", "m:*!*@*"],
    ["a:", "a:*"],
    ["?*", "*!*@*"],
    ["*.*", "*!*@*"],
    ["*!*@*:*", "*!*@*"],
    ["*!*@10.0.0.0/0", "*!*@0.0.0.0/0"],
  ];
  for (const [given, meant] of table) {
    for (const letter of ["b", "e", "I"]) {
      assertEquals(await ada.ask(`MODE #a +${letter} ${given}`), [
        `:chat.test 696 ada #a ${letter} ${given} :This would match everyone; if you mean it, ` +
        `write ${meant}`,
      ]);
    }
    const [done = ""] = await ada.ask(`MODE #a +b ${meant}`);
    assert(done.endsWith(` MODE #a +b ${meant}`), done);
    await ada.ask(`MODE #a -b ${meant}`);
  }
  for (const given of ["*", "*@*", "*!*@*"]) {
    const [done = ""] = await ada.ask(`MODE #a +b ${given}`);
    assert(done.endsWith(" MODE #a +b *!*@*"), done);
    await ada.ask("MODE #a -b *!*@*");
  }
});

Deno.test("a server ban that matches everyone needs MYSELF, even if its operator has an address of another kind", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  const table = [
    ["DLINE ::/0", "0::/0"],
    ["KLINE *!*@::/0", "*!*@0::/0"],
    ["KLINE *:*", "*!*@*:*"],
  ];
  for (const [line = "", target] of table) {
    const name = line.split(" ")[0] ?? "";
    assertEquals(await ada.ask(line), [
      `:chat.test FAIL ${name} BANS_EVERYONE ${target} :This ban matches everyone; to set it ` +
      `anyway, use ${name} MYSELF`,
    ]);
    assertMatch((await ada.ask(line.replace(" ", " MYSELF "))).join(), /Banned: /);
  }
});

Deno.test("WHO takes an address or a range, and reveals by its answer only users that the viewer may see", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  const eve = await connectFrom(server, "10.0.0.7");
  await eve.introduce({ nick: "eve" });
  const bob = await connectFrom(server, "2001:db8::1");
  await bob.introduce({ nick: "bob" });
  const nicks = (lines: readonly string[]) => lines.slice(0, -1).map((line) => line.split(" ")[7]);
  assertEquals(nicks(await bob.ask("WHO 10.0.0.0/28")), ["eve"]);
  assertEquals(nicks(await eve.ask("WHO 2001:DB8:0:0::1")), ["bob"]);
  await ada.ask("CHGHOST eve eve cloaked.example");
  assertEquals(nicks(await bob.ask("WHO 10.0.0.0/28")), []);
  assertEquals(nicks(await ada.ask("WHO 10.0.0.0/28")), ["eve"]);
});

Deno.test("an address that begins with a colon can be typed as it is", async () => {
  const { server, ada } = await serverBehindProxy();
  await using _ = server;
  for (
    const [line = "", said] of [
      ["DLINE ::2 too much spam", "Banned: 0::2: too much spam; connections closed: 0"],
      ["UNDLINE ::2", "Ban removed: 0::2"],
      ["DLINE 1h ::2", "Banned: 0::2 for 1h; connections closed: 0"],
      ["KLINE ::2 spam", "Banned: *!*@0::2: spam; connections closed: 0"],
      ["UNKLINE ::2", "Ban removed: *!*@0::2"],
    ]
  ) {
    assertEquals(await ada.ask(line), [`:chat.test NOTICE ada :${said}`]);
  }
  const ADA = ":ada!~ada@127.0.0.1";
  assertEquals(await ada.ask("MODE #a +b ::2"), [`${ADA} MODE #a +b *!*@0::2`]);
  assertEquals(await ada.ask("MODE #a -b ::2"), [`${ADA} MODE #a -b *!*@0::2`]);
});

Deno.test("a MODE changes each entry of a list once, and the last change of the entry counts", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const ADA = ":ada!~ada@127.0.0.1";
  const table = [
    ["+bb x x!*@*", "+b x!*@*"],
    ["+b-b z z!*@*", undefined],
    ["+b-b x X!*@*", "-b X!*@*"],
    ["+bb 10.0.0.1 *!*@::ffff:10.0.0.1", "+b *!*@10.0.0.1"],
    ["+ee a:bob $a:bob", "+e a:bob"],
    ["+II m:a:bob a:m:bob", "+I m:a:bob"],
    ["+vv ADA ada", "+v ada"],
  ];
  for (const [given, change] of table) {
    const expected = change === undefined ? [] : [`${ADA} MODE #a ${change}`];
    assertEquals(await ada.ask(`MODE #a ${given}`), expected, given);
  }
});

Deno.test("WHO of a nick finds an invisible user in any case", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada");
  const bob = await server.register("Bob");
  await bob.ask("MODE Bob +i");
  for (const mask of ["Bob", "bob", "BOB"]) {
    assertEquals((await ada.ask(`WHO ${mask}`)).length, 2, mask);
  }
  assertEquals((await ada.ask("WHO B*")).length, 1, "a mask does not name the user");
});

Deno.test("a message that names a target in upper and in lower case is delivered once", async () => {
  await using server = await TestServer.start();
  const ada = await server.register("ada", { join: "#a" });
  const bob = await server.register("bob", { join: "#a" });
  await bob.heard();
  await ada.ask("PRIVMSG bob,BOB,#a,#A,Bob :once");
  assertEquals(await bob.heard(), [
    ":ada!~ada@127.0.0.1 PRIVMSG bob :once",
    ":ada!~ada@127.0.0.1 PRIVMSG #a :once",
  ]);
});
