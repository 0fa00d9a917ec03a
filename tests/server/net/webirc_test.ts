import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { Identity } from "../../../server/net/identity.ts";
import { readWebirc } from "../../../server/net/webirc.ts";
import { parseRange } from "../../../shared/ip.ts";
import { IrcClient } from "../../support/irc_client.ts";
import { proxyV2 } from "../../support/proxy_header.ts";
import { SecureSocket } from "../../support/secure_socket.ts";
import { type Overrides, TestServer } from "../../support/server.ts";

const IDENTITY = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
const GATEWAYS = ["127.0.0.1", "10.0.0.0/8"].flatMap((each) => parseRange(each) ?? []);
const PASSWORD = "hunter2";
const encoder = new TextEncoder();

/** Returns a server that trusts gateways on this machine. */
function gatewayServer(changes: Overrides = {}): Promise<TestServer> {
  const options = { trustedProxies: GATEWAYS, gatewayPassword: PASSWORD, ...changes };
  return TestServer.start(options, { identity: IDENTITY });
}

/** Connects like a gateway that first sends `first`. */
async function through(server: TestServer, first: string, byTls = false): Promise<IrcClient> {
  const client = byTls
    ? new IrcClient(await SecureSocket.connect(server.port, {}))
    : await IrcClient.connect(server.port);
  if (byTls) client.read();
  await client.sendBytes(encoder.encode(first));
  return client;
}

/** Lines of gateways, with the address and the security that other users see. */
const CLIENTS: readonly {
  line: string;
  byTls?: boolean;
  changes?: Overrides;
  address: string;
  secure: boolean;
}[] = [
  { line: "192.0.2.1 192.0.2.1 secure", byTls: true, address: "192.0.2.1", secure: true },
  { line: "host.example 2001:DB8::1 :secure", byTls: true, address: "2001:db8::1", secure: true },
  {
    line: "h 192.0.2.1 :secure=yes local-port=6697 remote-port=21726 new",
    byTls: true,
    address: "192.0.2.1",
    secure: true,
  },
  // Only a part of the way is encrypted, and the rest is on this machine.
  { line: "h 192.0.2.1 :secure", address: "192.0.2.1", secure: false },
  { line: "h 0::1", address: "0::1", secure: false },
  { line: "h 127.0.0.9", byTls: true, address: "127.0.0.9", secure: false },
  { line: "h 192.0.2.1", changes: { allowPlaintext: true }, address: "192.0.2.1", secure: false },
];

Deno.test("a gateway reports its client's address and security by WEBIRC", async () => {
  for (const { line, byTls, changes, address, secure } of CLIENTS) {
    await using server = await gatewayServer(changes);
    await using ada = await through(server, `WEBIRC ${PASSWORD} kiwi ${line}\r\n`, byTls);
    await ada.introduce({ nick: "ada" });
    const bob = await server.register("bob");
    const whois = await bob.askMessages("WHOIS ada");
    assertEquals(whois.find(({ command }) => command === "311")?.params[3], address, line);
    assertEquals(whois.some(({ command }) => command === "671"), secure, line);
    const connected = server.log.find(([message]) => message === "connected");
    assertEquals(connected?.[1].address, address);
  }
});

Deno.test("WHOIS shows operators and the user the gateway", async () => {
  await using server = await gatewayServer({ operators: [{ name: "root", password: "secret" }] });
  await using ada = await through(server, `WEBIRC ${PASSWORD} kiwi h 192.0.2.1 secure\n`);
  await ada.introduce({ nick: "ada" });
  const bob = await server.register("bob");
  const shown = (nick: string) =>
    `:chat.test 350 ${nick} ada * * :is connected via the kiwi WebIRC gateway`;
  assert((await ada.ask("WHOIS ada")).includes(shown("ada")));
  assert(!(await bob.ask("WHOIS ada")).includes(shown("bob")));
  await bob.ask("OPER root secret");
  assert((await bob.ask("WHOIS ada")).includes(shown("bob")));
});

Deno.test("bans and limits apply to the client of a gateway, not to the gateway", async () => {
  await using server = await gatewayServer({
    operators: [{ name: "root", password: "secret" }],
    limits: { connectionsPerAddress: 1 },
  });
  const line = (address: string) => `WEBIRC ${PASSWORD} kiwi h ${address} secure\r\n`;
  await using root = await through(server, line("192.0.2.1"));
  await root.introduce({ nick: "root" });
  await root.ask("OPER root secret");
  await root.ask("DLINE 192.0.2.7");
  await using banned = await through(server, line("192.0.2.7"));
  assertMatch((await banned.untilEnd()).join(), /465 \* :You are banned.*ERROR :Banned/);
  await using second = await through(server, line("192.0.2.1"));
  assertMatch((await second.untilEnd()).join(), /ERROR :Too many connections from your address/);
  await using other = await through(server, line("192.0.2.2"));
  assertMatch((await other.introduce({ nick: "zoe" }))[0] ?? "", / 001 /);
});

/** Refused lines, with the answer. */
const REFUSED: readonly [sent: string | Uint8Array, answer: RegExp, changes?: Overrides][] = [
  ["WEBIRC wrong kiwi h 192.0.2.1\r\n", /^ERROR :WEBIRC refused: invalid WebIRC password$/],
  [
    `WEBIRC ${PASSWORD} kiwi h 192.0.2.1\r\n`,
    /^ERROR :WEBIRC refused: invalid/,
    { gatewayPassword: "another" },
  ],
  [
    `WEBIRC ${PASSWORD} kiwi h 192.0.2.1\r\n`,
    /^ERROR :WEBIRC refused: this address is not that of a gateway$/,
    { trustedProxies: GATEWAYS.slice(1) },
  ],
  // The client that a proxy names is not a gateway.
  [
    Uint8Array.of(...proxyV2(), ...encoder.encode(`WEBIRC ${PASSWORD} kiwi h 192.0.2.2\r\n`)),
    /^ERROR :WEBIRC refused: this address/,
  ],
  [`WEBIRC ${PASSWORD} kiwi h example.org\r\n`, /^ERROR :WEBIRC refused: the fourth parameter/],
  [`WEBIRC ${PASSWORD} kiwi\r\n`, /^ERROR :WEBIRC refused: it must be WEBIRC <password>/],
  [`WEBIRC ${"x".repeat(1100)}`, /^ERROR :WEBIRC refused: it must be/],
  [`WEBIRC ${PASSWORD} kiwi h 192.0.2.1\r\nNICK ada\r\n`, /^ERROR :Remote clients must use TLS/],
  [`webirc ${PASSWORD} kiwi h 192.0.2.1\r\n`, /^ERROR :WEBIRC must be the first line/],
  [`NICK ada\r\nWEBIRC ${PASSWORD} kiwi h 192.0.2.1\r\n`, /^ERROR :WEBIRC must be the first line/],
];

Deno.test("WEBIRC from elsewhere, with a wrong password or too late is refused with ERROR", async () => {
  for (const [sent, answer, changes] of REFUSED) {
    await using server = await gatewayServer(changes);
    await using client = await IrcClient.connect(server.port);
    await client.sendBytes(typeof sent === "string" ? encoder.encode(sent) : sent);
    const lines = await client.untilEnd();
    assertMatch(lines.at(-1) ?? "", answer);
  }
});

Deno.test("a server without a password for gateways accepts none", async () => {
  await using server = await TestServer.start({ trustedProxies: GATEWAYS });
  for (const password of ["", "undefined", PASSWORD]) {
    await using client = await IrcClient.connect(server.port);
    await client.send(`WEBIRC ${password} kiwi h 192.0.2.1`);
    assertMatch((await client.untilEnd()).join(), /^ERROR :WEBIRC refused/);
  }
});

Deno.test("a registered client that sends WEBIRC is refused, and stays", async () => {
  await using server = await gatewayServer();
  const ada = await server.register("ada");
  assertMatch((await ada.ask(`WEBIRC ${PASSWORD} kiwi h 192.0.2.1`)).join(), / 462 ada /);
});

Deno.test("the name of a gateway is made printable, and its claim about a certificate is ignored", () => {
  const found = readWebirc(`WEBIRC x ${"é".repeat(60)}\x1b[31m h 192.0.2.1 :certfp-sha-256=ab`);
  assertEquals(found?.gateway, "é".repeat(31));
  assertEquals(found?.secure, false);
});
