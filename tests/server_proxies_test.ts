import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../certificate.ts";
import { type Listener, SILENT_PROXY_LIMIT, type TcpSocket } from "../server.ts";
import { Identity } from "../server/net/identity.ts";
import { parseRange } from "../server/net/ip.ts";
import { IrcClient } from "./support/irc_client.ts";
import { BY_TLS, NOT_BY_TLS, proxyV1, proxyV2 } from "./support/proxy_header.ts";
import { SecureSocket } from "./support/secure_socket.ts";
import { type Overrides, TestServer } from "./support/server.ts";
import { WebClient, webRequest } from "./support/web_socket.ts";

const IDENTITY = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
const HERE = ["127.0.0.1", "10.0.0.0/8"].flatMap((each) => parseRange(each) ?? []);
const NOTHING = new Uint8Array();
const encoder = new TextEncoder();

/** A server that believes proxies on this machine. */
function proxiedServer(overrides: Overrides = {}): TestServer {
  return new TestServer({ trustedProxies: HERE, ...overrides }, { identity: IDENTITY });
}

/** A client as it comes out of a proxy that sends `header` first. */
type Comes = (port: number, header: Uint8Array, fields?: readonly string[]) => Promise<IrcClient>;

const tcp: Comes = async (port, header) => {
  const client = await IrcClient.connect(port);
  await client.sendBytes(header);
  return client;
};

const tls: Comes = async (port, header) => {
  const client = new IrcClient(await SecureSocket.connect(port, {}, header));
  client.read();
  return client;
};

const web: Comes = async (port, header, headers = []) => {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  await socket.write(header);
  const client = new IrcClient(await WebClient.open(socket, { headers }));
  client.read();
  return client;
};

const webByTls: Comes = async (port, header, headers = []) => {
  const socket = await SecureSocket.connect(port, {}, header);
  const client = new IrcClient(await WebClient.open(socket, { headers }));
  client.read();
  return client;
};

const FOR = "X-Forwarded-For: 198.51.100.7, 192.0.2.1";
const HTTPS = "X-Forwarded-Proto: https";
const LOCAL = proxyV2({ command: 0x20 });

/** How somebody comes, what their proxy says, and how they are then seen. */
const CLIENTS: readonly {
  comes: Comes;
  header?: Uint8Array;
  fields?: readonly string[];
  overrides?: Overrides;
  address: string;
  secure: boolean;
}[] = [
  // TLS all the way, through a proxy that does not look inside.
  { comes: tls, header: proxyV1("192.0.2.1"), address: "192.0.2.1", secure: true },
  { comes: tls, header: proxyV1("2001:db8::1"), address: "2001:db8::1", secure: true },
  { comes: tls, header: proxyV1("::1"), address: "0::1", secure: true },
  { comes: tls, header: proxyV2(), address: "192.0.2.1", secure: true },
  { comes: webByTls, header: proxyV2(), address: "192.0.2.1", secure: true },
  // TLS as far as the proxy.
  { comes: tcp, header: proxyV2({ fields: BY_TLS }), address: "192.0.2.1", secure: true },
  { comes: tls, header: proxyV2({ fields: BY_TLS }), address: "192.0.2.1", secure: true },
  { comes: web, fields: [FOR, HTTPS], address: "192.0.2.1", secure: true },
  { comes: webByTls, fields: [FOR, HTTPS], address: "192.0.2.1", secure: true },
  // TLS from the proxy on.
  {
    comes: webByTls,
    fields: [FOR],
    overrides: { allowPlaintext: true },
    address: "192.0.2.1",
    secure: false,
  },
  // Two proxies, one behind the other.
  {
    comes: web,
    header: proxyV2({ source: [10, 0, 0, 5] }),
    fields: [FOR, HTTPS],
    address: "192.0.2.1",
    secure: true,
  },
  // No TLS.
  {
    comes: tcp,
    header: proxyV1("192.0.2.1"),
    overrides: { allowPlaintext: true },
    address: "192.0.2.1",
    secure: false,
  },
  { comes: tcp, header: proxyV1("127.0.0.2"), address: "127.0.0.2", secure: false },
  { comes: web, fields: ["X-Forwarded-For: ::1"], address: "0::1", secure: false },
  // Behind a header, another one may be anybody's.
  {
    comes: web,
    header: proxyV2({ fields: BY_TLS }),
    fields: ["X-Forwarded-For: 203.0.113.9"],
    address: "192.0.2.1",
    secure: true,
  },
  // The proxy comes for itself, or does not know.
  { comes: tcp, header: LOCAL, address: "127.0.0.1", secure: false },
  {
    comes: tcp,
    header: encoder.encode("PROXY UNKNOWN\r\n"),
    address: "127.0.0.1",
    secure: false,
  },
  { comes: tcp, address: "127.0.0.1", secure: false },
  { comes: tls, address: "127.0.0.1", secure: true },
  // From anybody else, nothing is believed.
  {
    comes: web,
    fields: [FOR, HTTPS],
    overrides: { trustedProxies: [] },
    address: "127.0.0.1",
    secure: false,
  },
];

Deno.test("who comes by a trusted proxy is at the address it says, and secure if they are", async () => {
  for (const { comes, header = NOTHING, fields = [], overrides, address, secure } of CLIENTS) {
    await using server = proxiedServer(overrides);
    await using ada = await comes(server.port, header, fields);
    await ada.introduce({ nick: "ada" });
    const bob = await server.register("bob");
    const whois = await bob.askMessages("WHOIS ada");
    const userip = await ada.askMessages("USERIP ada");
    const what = `${comes.name} ${fields} ${new TextDecoder().decode(header)}`;
    assertEquals(whois.find(({ command }) => command === "311")?.params[3], address, what);
    assertEquals(whois.some(({ command }) => command === "671"), secure, what);
    assertEquals(userip[0]?.params[1], `ada=+~ada@${address}`);
    const came = server.log.find(([message]) => message === "came");
    assertEquals(came?.[1].address, address);
  }
});

const PLAIN_WEB = "speaks plain text: its proxy says no X-Forwarded-Proto: https";
const NO_LIST = "X-Forwarded-For is no list of IP addresses";

/** What is sent, what is answered, and what the log says of whom. */
const REFUSED: readonly (readonly [
  sent: Uint8Array | string,
  answer: RegExp,
  address: string,
  reason: string,
  overrides?: Overrides,
])[] = [
  ...[proxyV1("192.0.2.1"), proxyV2(), LOCAL].map((header) =>
    [
      header,
      /^ERROR :A PROXY header is believed only from a --trusted-proxy: ask /,
      "127.0.0.1",
      "PROXY header refused: it comes from no --trusted-proxy",
      { trustedProxies: HERE.slice(1) },
    ] as const
  ),
  // Whom the proxy comes for is not one itself.
  [
    Uint8Array.of(...proxyV2(), ...proxyV1("192.0.2.2")),
    /^ERROR :A PROXY header is believed only/,
    "192.0.2.1",
    "PROXY header refused: it comes from no --trusted-proxy",
  ],
  [
    "PROXY TCP4 me you 1 2\r\n",
    /^ERROR :The PROXY header is not as in version 1\r\n$/,
    "127.0.0.1",
    "PROXY header refused: it is not as in version 1",
  ],
  [
    proxyV2({ length: 2033 }),
    /^ERROR :The PROXY header has more than 2048 bytes\r\n$/,
    "127.0.0.1",
    "PROXY header refused: it has more than 2048 bytes",
  ],
  ["PROXY TCP4 192.0.2.1 1", /^$/, "127.0.0.1", "PROXY header refused: it was broken off"],
  // Who is elsewhere has to encrypt, wherever the proxy is.
  ...[proxyV1("192.0.2.1"), proxyV2(), proxyV2({ fields: NOT_BY_TLS })].map((header) =>
    [
      Uint8Array.of(...header, ...encoder.encode("NICK ada\r\n")),
      /^ERROR :From other machines, connect with TLS \(SSL\), to this same port 7342\r\n$/,
      "192.0.2.1",
      "speaks plain text",
    ] as const
  ),
  [webRequest({ headers: [FOR] }), /^HTTP\/1\.1 403 /, "192.0.2.1", PLAIN_WEB],
  [
    webRequest({ headers: [FOR, "X-Forwarded-Proto: http"] }),
    /^HTTP\/1\.1 403 /,
    "192.0.2.1",
    PLAIN_WEB,
  ],
  [webRequest({ headers: ["X-Forwarded-For: me"] }), /^HTTP\/1\.1 400 /, "127.0.0.1", NO_LIST],
];

Deno.test("what a proxy may not say, or nobody may say, is refused with a word, and logged", async () => {
  for (const [sent, answer, address, reason, overrides] of REFUSED) {
    await using server = proxiedServer(overrides);
    const bob = await server.register("bob");
    server.log.splice(0);
    const stranger = await server.connect();
    await stranger.sendBytes(typeof sent === "string" ? encoder.encode(sent) : sent);
    await stranger.endSending();
    const heard = (await stranger.untilEnd()).map((line) => `${line}\r\n`).join("");
    assertMatch(heard, answer, reason);
    await server.until(() => server.server.counts.connections === 1, bob);
    assertEquals(server.log, [["refused", { address, reason }]]);
  }
});

Deno.test("the connections of each address behind a proxy have their own limit", async () => {
  await using server = proxiedServer({ limits: { connectionsPerAddress: 2 } });
  const { port } = server;
  const probe = await server.connect();
  const counted = (count: number) =>
    server.until(() => server.server.counts.connections === count, probe);
  await using ada = await tls(port, proxyV1("192.0.2.1"));
  // CountingListener before it has said anything but whom it is for.
  await using stalled = await tcp(port, proxyV2());
  await counted(3);
  await using late = await tcp(port, proxyV1("192.0.2.1"));
  assertEquals(await late.untilEnd(), ["ERROR :Too many connections from your address"]);
  assertEquals(server.log.at(-1), ["refused", {
    address: "192.0.2.1",
    reason: "Too many connections from your address",
  }]);
  await using page = await web(port, NOTHING, [FOR, HTTPS]);
  assertEquals(await page.untilEnd(), ["ERROR :Too many connections from your address"]);
  await using other = await tls(port, proxyV1("192.0.2.2"));
  await other.heard();
  await stalled.close();
  await counted(3);
  await using next = await web(port, NOTHING, [FOR, HTTPS]);
  await next.heard();
  await ada.heard();
  // All that while, the proxy had nothing but the probe to its own name.
  await (await server.connect()).heard();
  const last = await server.connect();
  await last.send("NICK eve");
  assertEquals(await last.untilEnd(), ["ERROR :Too many connections from your address"]);
});

/** The server's end of a connection on which nothing comes, until it is closed or ends. */
class Silent implements TcpSocket {
  readonly localAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const;
  readonly remoteAddr = this.localAddr;
  readonly #end = Promise.withResolvers<null>();
  readonly close = (): void => this.#end.resolve(null);

  read(): Promise<null> {
    return this.#end.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  setKeepAlive(): void {}
  setNoDelay(): void {}
}

Deno.test("a proxy has not more connections than the limit of which it has not said whom for", async () => {
  const silent = Array.from({ length: SILENT_PROXY_LIMIT }, () => new Silent());
  const coming = [...silent];
  const listen = (options: Deno.TcpListenOptions): Listener => {
    const listener = Deno.listen(options);
    const accept = async () => coming.shift() ?? await listener.accept();
    return { addr: listener.addr, accept, close: () => listener.close() };
  };
  await using server = new TestServer({ trustedProxies: HERE }, { listen });
  await using late = await tcp(server.port, NOTHING);
  const [error = ""] = await late.untilEnd();
  assertEquals(error, "ERROR :Too many connections of a proxy that has not said whom they are for");
  assertEquals(server.log, [["refused", { address: "127.0.0.1", reason: error.slice(7) }]]);
  silent[0]?.close();
  // As soon as it has said so, there is room for the next.
  await using ada = await tcp(server.port, proxyV1("192.0.2.1"));
  await ada.heard();
  await using bob = await tcp(server.port, proxyV1("192.0.2.1"));
  await bob.heard();
  for (const each of silent) each.close();
});

Deno.test("an address that is banned is kept out behind a proxy, and nobody else there", async () => {
  await using server = proxiedServer({ operators: [{ name: "root", password: "secret" }] });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  await using ada = await tls(server.port, proxyV1("192.0.2.1"));
  await ada.introduce({ nick: "ada" });
  await using bob = await tls(server.port, proxyV1("192.0.2.2"));
  await bob.introduce({ nick: "bob" });
  await root.ask("DLINE 192.0.2.1 :spam");
  assertMatch((await ada.untilEnd()).at(-1) ?? "", /^ERROR :Banned: spam/);
  for (const comes of [tcp, web]) {
    await using again = await comes(
      server.port,
      comes === web ? NOTHING : proxyV1("192.0.2.1"),
      [FOR, HTTPS],
    );
    assertEquals(await again.untilEnd(), [
      ":chat.test 465 * :You are banned from this server: spam",
      "ERROR :Banned: spam",
    ]);
  }
  await bob.heard();
});

Deno.test("a certificate that a proxy shows for itself is not its clients'", async () => {
  const { key, cert, fingerprint } = await makeCertificate({ names: [], days: 1 });
  await using server = proxiedServer();
  const shown = async (header: Uint8Array, fields?: readonly string[]): Promise<boolean> => {
    const socket = await SecureSocket.connect(server.port, { key, cert }, header);
    const below = fields ? await WebClient.open(socket, { headers: fields }) : socket;
    await using ada = new IrcClient(below);
    ada.read();
    await ada.introduce({ nick: "ada" });
    return (await ada.ask("WHOIS ada")).some((line) => line.includes(fingerprint));
  };
  assert(
    await shown(proxyV1("192.0.2.1")),
    "it is the client's, as the proxy does not look inside",
  );
  assert(!await shown(proxyV2({ fields: BY_TLS })));
  assert(!await shown(NOTHING, [FOR, HTTPS]));
});
