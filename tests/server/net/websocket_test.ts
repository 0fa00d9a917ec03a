import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { Identity } from "../../../server/net/identity.ts";
import { MESSAGE_BYTES } from "../../../server/net/websocket.ts";
import { CountingListener } from "../../support/counting_listener.ts";
import { IrcClient } from "../../support/irc_client.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import { SecureSocket } from "../../support/secure_socket.ts";
import { TestServer } from "../../support/server.ts";
import * as web from "../../support/web_socket.ts";

const { WebClient } = web;
const text = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload);

/** Returns the status code of a close frame. */
function closeCode(frame: web.Frame | undefined): number {
  assertEquals(frame?.opcode, web.CLOSE);
  return new DataView(frame?.payload.buffer ?? new ArrayBuffer()).getUint16(0);
}

/** Skips frames until one with that opcode; resolves to it. */
async function until(client: web.WebClient, opcode: number): Promise<web.Frame | undefined> {
  for (let frame = await client.next(); frame; frame = await client.next()) {
    if (frame.opcode === opcode) return frame;
  }
  return undefined;
}

Deno.test("WebSocket clients and plain TCP clients share one port", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  for (
    const [nick, protocol] of [["ada", "text.ircv3.net"], ["zoë", "binary.ircv3.net"]] as const
  ) {
    const ada = await server.web({ protocols: [protocol] });
    await ada.introduce({ nick, join: "#a" });
    await ada.send("PRIVMSG #a :tea? ☕");
    assertEquals((await bob.until("PRIVMSG")).params, ["#a", "tea? ☕"]);
    await bob.send("PRIVMSG #a :yes", "PRIVMSG #a :now");
    assertEquals((await ada.until("PRIVMSG")).params, ["#a", "yes"]);
    assertEquals((await ada.until("PRIVMSG")).params, ["#a", "now"]);
  }
});

Deno.test("the WebSocket of a browser works", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob");
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`, ["text.ircv3.net"]);
  const heard: unknown[] = [];
  const welcomed = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<CloseEvent>();
  socket.onopen = () => ["NICK ada", "USER u 0 * r"].forEach((line) => socket.send(line));
  socket.onclose = closed.resolve;
  socket.onmessage = ({ data }) => {
    heard.push(data);
    if (String(data).includes(" 422 ")) welcomed.resolve();
  };
  await welcomed.promise;
  assertEquals(socket.protocol, "text.ircv3.net");
  assertMatch(String(heard[0]), /^:chat\.test 001 ada :[^\r\n]+$/);
  socket.send("PRIVMSG bob :hello");
  assertEquals((await bob.until("PRIVMSG")).params, ["bob", "hello"]);
  socket.close(1000, "done");
  assertEquals((await closed.promise).code, 1000);
});

Deno.test("a WebSocket over TLS is secure, and has the client's certificate", async () => {
  const { key, cert, fingerprint } = await makeCertificate({ names: ["ada"], days: 1 });
  const identity = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
  await using server = await TestServer.start({}, { identity });
  const socket = await SecureSocket.connect(server.port, { key, cert });
  await using ada = new IrcClient(await WebClient.open(socket));
  ada.read();
  await ada.introduce({ nick: "ada" });
  const whois = await ada.ask("WHOIS ada");
  assert(whois.includes(":chat.test 671 ada ada :is using a secure connection"), whois.join("\n"));
  assert(whois.some((line) => line.includes(` 276 `) && line.includes(fingerprint)));
});

Deno.test("a TLS client that offers HTTP is asked for no certificate", async () => {
  const { key, cert } = await makeCertificate({ names: [], days: 1 });
  const identity = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
  await using server = await TestServer.start({}, { identity });
  const isAsked = async (...ALPNProtocols: string[]): Promise<boolean> => {
    const socket = await SecureSocket.connect(server.port, { key, cert, ALPNProtocols });
    await using ada = new IrcClient(await WebClient.open(socket));
    ada.read();
    await ada.introduce({ nick: "ada" });
    return (await ada.ask("WHOIS ada")).some((line) => line.includes(" 276 "));
  };
  assertEquals(await isAsked("http/1.1"), false);
  assertEquals(await isAsked("h2", "http/1.1"), false);
  assertEquals(await isAsked("irc"), true);
});

Deno.test("the client's first known subprotocol is chosen, and the default is text", async () => {
  await using server = await TestServer.start();
  const [isText, isBinary] = ["text.ircv3.net", "binary.ircv3.net"];
  for (
    const [protocols, chosen, opcode] of [
      [[isText], isText, web.TEXT],
      [[isBinary], isBinary, web.BINARY],
      [[isText, isBinary], isText, web.TEXT],
      [[isBinary, isText], isBinary, web.BINARY],
      [["chat", isBinary], isBinary, web.BINARY],
      [["chat"], undefined, web.TEXT],
      [[], undefined, web.TEXT],
    ] as const
  ) {
    const ada = await server.webClient({ protocols });
    const header = /\r\nSec-WebSocket-Protocol: ([^\r]*)\r\n/.exec(ada.head)?.[1];
    assertEquals(header, chosen, `of ${protocols}`);
    await ada.send(web.TEXT, "PING 1");
    await ada.send(web.BINARY, "PING 2");
    for (const token of ["1", "2"]) {
      const frame = await ada.next();
      assertEquals([frame?.opcode, text(frame?.payload)], [
        opcode,
        `:chat.test PONG chat.test ${token}`,
      ]);
    }
    ada.close();
  }
});

Deno.test("a message can arrive in fragments with a ping in between, and can contain its line end", async () => {
  await using server = await TestServer.start();
  const ada = await server.webClient();
  await ada.send(web.TEXT, "PI", false);
  await ada.send(web.PING, "are you there?");
  await ada.send(0, "NG ", false);
  await ada.send(0, "1\r\n");
  const pong = await ada.next();
  assertEquals([pong?.opcode, text(pong?.payload)], [web.PONG, "are you there?"]);
  assertEquals(text((await ada.next())?.payload), ":chat.test PONG chat.test 1");
  await ada.send(web.TEXT, "PING 2");
  assertEquals(text((await ada.next())?.payload), ":chat.test PONG chat.test 2");
  ada.close();
});

Deno.test("many messages at once are answered in order", async () => {
  await using server = await TestServer.start();
  const ada = await server.web();
  await ada.introduce({ nick: "ada" });
  const long = "x".repeat(400);
  await ada.send(...Array.from({ length: 500 }, (_, i) => `PING ${i}${long}`));
  for (let i = 0; i < 500; i++) {
    assertEquals((await ada.expect("PONG")).params[1], `${i}${long}`);
  }
});

Deno.test("a line at the limit is accepted, and a longer one gets an error only", async () => {
  await using server = await TestServer.start();
  const ada = await server.web();
  await ada.introduce({ nick: "ada" });
  const longest = `PING ${"x".repeat(505)}`;
  assertEquals((await ada.ask(longest)).length, 1);
  for (const line of [`${longest}x`, `@a=${"y".repeat(4000)} ${longest}x`]) {
    const [answer = "", ...more] = await ada.ask(line);
    assertMatch(answer, /^:chat\.test 417 ada :/);
    assertEquals(more, []);
  }
});

/** Frames, and the status code that they close the connection with (RFC 6455, section 7.4.1). */
const VIOLATIONS: readonly (readonly [string, readonly Uint8Array[], number])[] = [
  ["a message over the limit", [
    web.clientFrame(web.TEXT, new Uint8Array(MESSAGE_BYTES + 1).fill(0x78)),
  ], 1009],
  ["a message in too many fragments", [
    web.clientFrame(web.TEXT, Uint8Array.of(0x78), false),
    ...Array.from({ length: 100 }, () => web.clientFrame(0, Uint8Array.of(0x78), false)),
  ], 1008],
  ["text that is not UTF-8", [web.clientFrame(web.TEXT, Uint8Array.of(0xe9))], 1007],
  ["a frame without a mask", [Uint8Array.of(0x81, 1, 0x78)], 1002],
  ["a frame of an unknown kind", [web.clientFrame(3, Uint8Array.of(0x78))], 1002],
  ["a frame that claims to be compressed", [Uint8Array.of(0xc1, 0x81, 0, 0, 0, 0, 0x78)], 1002],
];

for (const [violation, frames, code] of VIOLATIONS) {
  Deno.test(`${violation} ends the connection, with the reason`, async () => {
    await using server = await TestServer.start();
    const bob = await server.register("bob", { join: "#a" });
    const ada = await server.webClient();
    for (const line of ["NICK ada", "USER u 0 * r", "JOIN #a"]) await ada.send(web.TEXT, line);
    await bob.until("JOIN");
    for (const frame of frames) await ada.sendBytes(frame);
    assertEquals(closeCode(await until(ada, web.CLOSE)), code);
    ada.close();
    assertEquals((await bob.until("QUIT")).source, "ada!~u@127.0.0.1");
  });
}

Deno.test("invalid UTF-8 in a binary message is refused as in any line", async () => {
  await using server = await TestServer.start();
  const ada = await server.webClient();
  await ada.send(web.BINARY, Uint8Array.of(0x50, 0x49, 0x4e, 0x47, 0x20, 0xe9));
  assertMatch(text((await ada.next())?.payload), /^:chat\.test FAIL PING INVALID_UTF8 :/);
  ada.close();
});

Deno.test("a client that closes gets a close frame, and its earlier lines are processed", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  const ada = await server.webClient();
  for (const line of ["NICK ada", "USER u 0 * r", "JOIN #a", "PRIVMSG #a :bye"]) {
    await ada.send(web.TEXT, line);
  }
  await ada.send(web.CLOSE, Uint8Array.of(3, 233));
  assertEquals(closeCode(await until(ada, web.CLOSE)), 1001);
  assertEquals(await ada.next(), undefined);
  assertEquals((await bob.until("PRIVMSG")).params[1], "bye");
  await bob.expect("QUIT");
  ada.close();
});

Deno.test("a client that disconnects without a close frame quits", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  const ada = await server.web();
  await ada.introduce({ nick: "ada", join: "#a" });
  await ada.close();
  await bob.until("QUIT");
});

Deno.test("a client that quits gets the last line and then a close frame", async () => {
  await using server = await TestServer.start();
  const ada = await server.webClient();
  for (const line of ["NICK ada", "USER u 0 * r", "QUIT"]) await ada.send(web.TEXT, line);
  let last = await ada.next();
  let frame = last;
  for (; frame?.opcode === web.TEXT; frame = await ada.next()) last = frame;
  assertMatch(text(last?.payload), /^ERROR :/);
  assertEquals(closeCode(frame), 1000);
  await ada.send(web.CLOSE, Uint8Array.of(3, 232));
  assertEquals(await ada.next(), undefined);
  ada.close();
});

Deno.test("a client that sends endless pings and does not read is closed", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob");
  const ada = await server.webClient();
  const pings = web.clientFrame(web.PING, new Uint8Array(125));
  const flood = new Uint8Array(500 * pings.length);
  for (let at = 0; at < flood.length; at += pings.length) flood.set(pings, at);
  const sending = (async () => {
    for (;;) await ada.sendBytes(flood);
  })();
  await sending.catch(() => {});
  await server.until(() => server.server.counts.connections === 1, bob);
  ada.close();
});

// Origins and requests.

/** The allowed origins, the origin of a request, and the status of the response. */
const ORIGINS: readonly (readonly [readonly string[], string | undefined, number])[] = [
  [[], undefined, 101],
  [[], "https://web.example.org", 403],
  [["https://web.example.org"], "https://web.example.org", 101],
  [["https://web.example.org"], undefined, 101],
  [["https://web.example.org"], "http://web.example.org", 403],
  [["https://web.example.org"], "https://web.example.org:8443", 403],
  [["https://web.example.org"], "https://web.example.org.evil.example", 403],
  [["https://web.example.org"], "null", 403],
  [["https://a.example", "https://b.example"], "https://b.example", 101],
  [["*"], "https://evil.example", 101],
  [["*"], "null", 101],
];

Deno.test("web pages are admitted by their origin, and other clients always", async () => {
  for (const [origins, origin, status] of ORIGINS) {
    await using server = await TestServer.start({ origins });
    using socket = await RawSocket.connect(`127.0.0.1:${server.port}`);
    const headers = origin === undefined ? [] : [`Origin: ${origin}`];
    await socket.write(web.webRequest({ headers }));
    const answer = await socket.readUntil(/\r\n\r\n/);
    assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} `), `${origins} and ${origin}`);
    const refused = server.log.filter(([message]) => message === "refused");
    assertEquals(refused.length, status === 101 ? 0 : 1);
  }
});

Deno.test("a refused web page is logged with the flag that would admit it", async () => {
  await using server = await TestServer.start();
  using socket = await RawSocket.connect(`127.0.0.1:${server.port}`);
  await socket.write(web.webRequest({ headers: ["Origin: https://web.example.org"] }));
  assertMatch(
    await socket.readAll(),
    /\r\n\r\nWeb pages from this origin may not connect.*\n$/,
  );
  assertEquals(server.log, [["refused", {
    address: "127.0.0.1",
    reason:
      "Web pages from https://web.example.org may not connect: pass --origin https://web.example.org to allow them",
  }]]);
});

/** Requests that are not for a WebSocket, and their answers. */
const REQUESTS: readonly (readonly [string, RegExp])[] = [
  ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", /This is a chat server, not a web server/],
  ["GET /\r\n\r\n", /This is a chat server, not a web server/],
  ["GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", /This is a chat server, not a web server/],
  [
    web.webRequest({}).replace("Key: dGhl", "Key: "),
    /This is not a valid WebSocket request: .*Key/,
  ],
  [
    web.webRequest({}).replace("Version: 13", "Version: 7"),
    /This is not a valid WebSocket request: .*Version/,
  ],
  [web.webRequest({ protocols: [",,"] }), /This is not a valid WebSocket request: .*Protocol/],
  [`GET / HTTP/1.1\r\nA: ${"x".repeat(9000)}`, /This is a chat server, not a web server/],
];

Deno.test("a request that is not for a WebSocket gets an answer that a browser shows", async () => {
  await using server = await TestServer.start();
  for (const [request, sentence] of REQUESTS) {
    using socket = await RawSocket.connect(`127.0.0.1:${server.port}`);
    await socket.write(request);
    const answer = await socket.readAll();
    assertMatch(answer, /^HTTP\/1\.1 400 Bad Request\r\n/, request);
    assertMatch(answer, sentence);
  }
});

Deno.test("a WebSocket client whose lines wait costs only a little memory", async () => {
  const { listen, sockets } = new CountingListener();
  await using server = await TestServer.start({ limits: { commandBurst: 1000 } }, { listen });
  const ada = await server.webClient();
  for (const line of ["NICK ada", "USER ada 0 * ada"]) await ada.send(web.TEXT, line);
  const bob = await server.register("bob");
  const [socket] = sockets;
  assert(socket);
  // The clock stands still, so no line is taken after the first ones.
  const frame = web.clientFrame(web.TEXT, new TextEncoder().encode("PONG x"));
  const frames = new Uint8Array(frame.length * 100_000);
  for (let at = 0; at < frames.length; at += frame.length) frames.set(frame, at);
  const flood = (async () => {
    for (let i = 0; i < 5; i++) await ada.sendBytes(frames);
  })().catch(() => {});
  // This is often enough for the server to have read everything, if it reads.
  for (let i = 0; i < 100; i++) await bob.heard();
  assert(socket.bytesRead < 256 * 1024, `${socket.bytesRead} bytes were taken`);
  ada.close();
  await flood;
});
