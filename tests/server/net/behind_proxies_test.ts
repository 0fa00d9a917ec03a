import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { SILENT_PROXY_LIMIT } from "../../../server/doors/admitting.ts";
import type { Listen, TcpSocket } from "../../../server/net/accepting.ts";
import { listen as openPort } from "../../../server/net/ports.ts";
import { Identity } from "../../../server/net/identity.ts";
import { parseRange } from "../../../shared/ip.ts";
import { IrcClient } from "../../support/irc_client.ts";
import { BY_TLS, NOT_BY_TLS, proxyV1, proxyV2 } from "../../support/proxy_header.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import { SecureSocket } from "../../support/secure_socket.ts";
import { type Overrides, TestServer } from "../../support/server.ts";
import { WebClient, webRequest } from "../../support/web_socket.ts";

const IDENTITY = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
const PROXIES = ["127.0.0.1", "10.0.0.0/8"].flatMap((each) => parseRange(each) ?? []);
const NOTHING = new Uint8Array();
const encoder = new TextEncoder();

/** Returns a server that trusts proxies on this machine. */
function proxiedServer(changes: Overrides = {}): Promise<TestServer> {
  return TestServer.start({ trustedProxies: PROXIES, ...changes }, { identity: IDENTITY });
}

/** Connects like a proxy that first sends `header`. */
type ConnectBy = (
  port: number,
  header: Uint8Array,
  fields?: readonly string[],
) => Promise<IrcClient>;

const tcp: ConnectBy = async (port, header) => {
  const client = await IrcClient.connect(port);
  await client.sendBytes(header);
  return client;
};

const tls: ConnectBy = async (port, header) => {
  const client = new IrcClient(await SecureSocket.connect(port, {}, header));
  client.read();
  return client;
};

const web: ConnectBy = async (port, header, headers = []) => {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  await socket.write(header);
  const client = new IrcClient(await WebClient.open(socket, { headers }));
  client.read();
  return client;
};

const webByTls: ConnectBy = async (port, header, headers = []) => {
  const socket = await SecureSocket.connect(port, {}, header);
  const client = new IrcClient(await WebClient.open(socket, { headers }));
  client.read();
  return client;
};

const FOR = "X-Forwarded-For: 198.51.100.7, 192.0.2.1";
const HTTPS = "X-Forwarded-Proto: https";
const LOCAL = proxyV2({ command: 0x20 });

/** Connections through proxies, and the address and security that other users see. */
const CLIENTS: readonly {
  connectBy: ConnectBy;
  header?: Uint8Array;
  fields?: readonly string[];
  changes?: Overrides;
  address: string;
  secure: boolean;
}[] = [
  // TLS end to end, through a proxy that passes it on.
  { connectBy: tls, header: proxyV1("192.0.2.1"), address: "192.0.2.1", secure: true },
  { connectBy: tls, header: proxyV1("2001:db8::1"), address: "2001:db8::1", secure: true },
  { connectBy: tls, header: proxyV1("::1"), address: "0::1", secure: true },
  { connectBy: tls, header: proxyV2(), address: "192.0.2.1", secure: true },
  { connectBy: webByTls, header: proxyV2(), address: "192.0.2.1", secure: true },
  // TLS up to the proxy.
  { connectBy: tcp, header: proxyV2({ fields: BY_TLS }), address: "192.0.2.1", secure: true },
  { connectBy: tls, header: proxyV2({ fields: BY_TLS }), address: "192.0.2.1", secure: true },
  { connectBy: web, fields: [FOR, HTTPS], address: "192.0.2.1", secure: true },
  { connectBy: webByTls, fields: [FOR, HTTPS], address: "192.0.2.1", secure: true },
  // TLS between proxy and server only.
  {
    connectBy: webByTls,
    fields: [FOR],
    changes: { allowPlaintext: true },
    address: "192.0.2.1",
    secure: false,
  },
  // Two proxies, one behind the other.
  {
    connectBy: web,
    header: proxyV2({ source: [10, 0, 0, 5] }),
    fields: [FOR, HTTPS],
    address: "192.0.2.1",
    secure: true,
  },
  // No TLS.
  {
    connectBy: tcp,
    header: proxyV1("192.0.2.1"),
    changes: { allowPlaintext: true },
    address: "192.0.2.1",
    secure: false,
  },
  { connectBy: tcp, header: proxyV1("127.0.0.2"), address: "127.0.0.2", secure: false },
  { connectBy: web, fields: ["X-Forwarded-For: ::1"], address: "0::1", secure: false },
  // The client that the header names is not a proxy, so its X-Forwarded-For is not trusted.
  {
    connectBy: web,
    header: proxyV2({ fields: BY_TLS }),
    fields: ["X-Forwarded-For: 203.0.113.9"],
    address: "192.0.2.1",
    secure: true,
  },
  // The proxy connects on its own behalf, or does not know the client.
  { connectBy: tcp, header: LOCAL, address: "127.0.0.1", secure: false },
  {
    connectBy: tcp,
    header: encoder.encode("PROXY UNKNOWN\r\n"),
    address: "127.0.0.1",
    secure: false,
  },
  { connectBy: tcp, address: "127.0.0.1", secure: false },
  { connectBy: tls, address: "127.0.0.1", secure: true },
  // Other addresses are not trusted.
  {
    connectBy: web,
    fields: [FOR, HTTPS],
    changes: { trustedProxies: [] },
    address: "127.0.0.1",
    secure: false,
  },
];

Deno.test("a trusted proxy reports the client's address and its security", async () => {
  for (const { connectBy, header = NOTHING, fields = [], changes, address, secure } of CLIENTS) {
    await using server = await proxiedServer(changes);
    await using ada = await connectBy(server.port, header, fields);
    await ada.introduce({ nick: "ada" });
    const bob = await server.register("bob");
    const whois = await bob.askMessages("WHOIS ada");
    const userip = await ada.askMessages("USERIP ada");
    const description = `${connectBy.name} ${fields} ${new TextDecoder().decode(header)}`;
    assertEquals(whois.find(({ command }) => command === "311")?.params[3], address, description);
    assertEquals(whois.some(({ command }) => command === "671"), secure, description);
    assertEquals(userip[0]?.params[1], `ada=+~ada@${address}`);
    const connected = server.log.find(([message]) => message === "connected");
    assertEquals(connected?.[1].address, address);
  }
});

const PLAIN_WEB = "The client speaks plain text: its proxy does not send X-Forwarded-Proto: https";
const NO_LIST = "X-Forwarded-For is not a list of IP addresses; check the proxy's configuration";

/** Refused input, with the answer and the log entry. */
const REFUSED: readonly (readonly [
  sent: Uint8Array | string,
  answer: RegExp,
  address: string,
  reason: string,
  changes?: Overrides,
])[] = [
  ...[proxyV1("192.0.2.1"), proxyV2(), LOCAL].map((header) =>
    [
      header,
      /^ERROR :PROXY header refused: it is not from a --trusted-proxy; ask /,
      "127.0.0.1",
      "PROXY header refused: it is not from a --trusted-proxy; add this address if it is your proxy's",
      { trustedProxies: PROXIES.slice(1) },
    ] as const
  ),
  // The client that the proxy names is not a proxy itself.
  [
    Uint8Array.of(...proxyV2(), ...proxyV1("192.0.2.2")),
    /^ERROR :PROXY header refused: it is not from/,
    "192.0.2.1",
    "PROXY header refused: it is not from a --trusted-proxy; add this address if it is your proxy's",
  ],
  [
    "PROXY TCP4 me you 1 2\r\n",
    /^ERROR :PROXY header refused: it does not follow version 1\r\n$/,
    "127.0.0.1",
    "PROXY header refused: it does not follow version 1; check the proxy's configuration",
  ],
  [
    proxyV2({ length: 2033 }),
    /^ERROR :PROXY header refused: it is longer than 2048 bytes\r\n$/,
    "127.0.0.1",
    "PROXY header refused: it is longer than 2048 bytes; check the proxy's configuration",
  ],
  [
    "PROXY TCP4 192.0.2.1 1",
    /^$/,
    "127.0.0.1",
    "PROXY header refused: the connection ended before the header did",
  ],
  // A remote client must encrypt, wherever the proxy is.
  ...[proxyV1("192.0.2.1"), proxyV2(), proxyV2({ fields: NOT_BY_TLS })].map((header) =>
    [
      Uint8Array.of(...header, ...encoder.encode("NICK ada\r\n")),
      /^ERROR :Remote clients must use TLS \(SSL\), on the same port, 7342\r\n$/,
      "192.0.2.1",
      "The client speaks plain text",
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

Deno.test("invalid and untrusted headers are refused with a message, and logged", async () => {
  for (const [sent, answer, address, reason, changes] of REFUSED) {
    await using server = await proxiedServer(changes);
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
  await using server = await proxiedServer({ limits: { connectionsPerAddress: 2 } });
  const { port } = server;
  const probe = await server.connect();
  const waitForConnections = (count: number) =>
    server.until(() => server.server.counts.connections === count, probe);
  await using ada = await tls(port, proxyV1("192.0.2.1"));
  // The connection counts for the client as soon as its header has named the client.
  await using stalled = await tcp(port, proxyV2());
  await waitForConnections(3);
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
  await waitForConnections(3);
  await using next = await web(port, NOTHING, [FOR, HTTPS]);
  await next.heard();
  await ada.heard();
  // The proxy's own address has had no connection but the probe's.
  await (await server.connect()).heard();
  const last = await server.connect();
  await last.send("NICK eve");
  assertEquals(await last.untilEnd(), ["ERROR :Too many connections from your address"]);
});

/** The server's end of a connection on which nothing arrives until it is closed. */
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

Deno.test("the connections of a proxy that have not named a client are limited", async () => {
  const silent = Array.from({ length: SILENT_PROXY_LIMIT }, () => new Silent());
  const coming = [...silent];
  const listen: Listen = async (purpose, address) => {
    const listener = await openPort(purpose, address);
    const accept = async () => coming.shift() ?? await listener.accept();
    return { addr: listener.addr, accept, close: () => listener.close() };
  };
  await using server = await TestServer.start({ trustedProxies: PROXIES }, { listen });
  await using late = await tcp(server.port, NOTHING);
  const [error = ""] = await late.untilEnd();
  assertEquals(
    error,
    "ERROR :Too many connections from a proxy without a client address yet",
  );
  assertEquals(server.log, [["refused", { address: "127.0.0.1", reason: error.slice(7) }]]);
  silent[0]?.close();
  // A connection that has named its client makes room for the next.
  await using ada = await tcp(server.port, proxyV1("192.0.2.1"));
  await ada.heard();
  await using bob = await tcp(server.port, proxyV1("192.0.2.1"));
  await bob.heard();
  for (const each of silent) each.close();
});

Deno.test("a banned address is refused behind a proxy, and other addresses are not", async () => {
  await using server = await proxiedServer({ operators: [{ name: "root", password: "secret" }] });
  const root = await server.register("root");
  await root.ask("OPER root secret");
  await using ada = await tls(server.port, proxyV1("192.0.2.1"));
  await ada.introduce({ nick: "ada" });
  await using bob = await tls(server.port, proxyV1("192.0.2.2"));
  await bob.introduce({ nick: "bob" });
  await root.ask("DLINE 192.0.2.1 :spam");
  assertMatch((await ada.untilEnd()).at(-1) ?? "", /^ERROR :Banned: spam/);
  for (const connectBy of [tcp, web]) {
    await using again = await connectBy(
      server.port,
      connectBy === web ? NOTHING : proxyV1("192.0.2.1"),
      [FOR, HTTPS],
    );
    assertEquals(await again.untilEnd(), [
      ":chat.test 465 * :You are banned from this server: spam",
      "ERROR :Banned: spam",
    ]);
  }
  await bob.heard();
});

Deno.test("a proxy's own certificate does not count as its clients'", async () => {
  const { key, cert, fingerprint } = await makeCertificate({ names: [], days: 1 });
  await using server = await proxiedServer();
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
    "TLS that the proxy passes on has the client's certificate",
  );
  assert(!await shown(proxyV2({ fields: BY_TLS })));
  assert(!await shown(NOTHING, [FOR, HTTPS]));
});

Deno.test("a remote authority gets its proof without encryption, and nothing else", async () => {
  const identity = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
  const withdraw = identity.proofs.offer("token", "token.key");
  await using server = await TestServer.start({ trustedProxies: PROXIES }, { identity });
  const ask = async (path: string) => {
    using socket = await RawSocket.connect(`127.0.0.1:${server.port}`);
    await socket.write("PROXY TCP4 198.51.100.7 192.0.2.1 49152 80\r\n");
    await socket.write(`GET /.well-known/acme-challenge/${path} HTTP/1.1\r\nHost: a.b\r\n\r\n`);
    return await socket.readUntil(/until its end/);
  };
  const proof = await ask("token");
  assertMatch(proof, /^HTTP\/1\.1 200 .*\r\n\r\ntoken\.key$/s);
  assertMatch(await ask("other"), /^(?!HTTP\/1\.1 200)/);
  withdraw();
  assertMatch(await ask("token"), /^(?!HTTP\/1\.1 200)/);
});
