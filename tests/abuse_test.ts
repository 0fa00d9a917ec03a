import { assert, assertEquals, assertMatch } from "@std/assert";
import { Random } from "./support/random.ts";
import { Talk } from "./support/talk.ts";

const MIB = 1024 * 1024;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Sends bytes; resolves to everything that the server sends until it closes. */
async function exchange(port: number, bytes: Uint8Array): Promise<Uint8Array> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const answer = readAll(socket);
  try {
    for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
  } catch {
    // The server may close before it has read all of them.
  }
  return await answer;
}

async function readAll(socket: Deno.TcpConn): Promise<Uint8Array> {
  const answer: number[] = [];
  const buffer = new Uint8Array(4096);
  try {
    for (let n = await socket.read(buffer); n !== null; n = await socket.read(buffer)) {
      answer.push(...buffer.subarray(0, n));
    }
  } catch {
    // The server resets the connection, because it has not read everything.
  }
  socket.close();
  return Uint8Array.from(answer);
}

Deno.test("random bytes are answered or refused, and disturb no other client", async () => {
  await using talk = await Talk.begin();
  const random = new Random(13);
  for (const port of talk.ports) {
    for (let i = 0; i < 20; i++) {
      const client = await talk.server.connect(port);
      // The plain port treats any text as a message, so the bytes must not be valid text by chance.
      const high = port === talk.server.plainPort ? 0x80 : 0;
      await client.sendBytes(random.bytes(4000).map((byte) => byte | high)).catch(() => {});
      await client.close();
      await talk.exchange();
    }
    await talk.waitUntilAlone();
  }
  assertEquals(talk.server.log.filter(([message]) => message === "a command failed"), []);
});

Deno.test("a line without an end gets one error and uses no memory", async () => {
  await using talk = await Talk.begin();
  const eve = await talk.server.register("eve");
  const flood = new Uint8Array(MIB).fill(0x78);
  await eve.sendBytes(flood);
  await eve.expect("417");
  const flow = async () => {
    const before = Deno.memoryUsage().rss;
    for (let i = 0; i < 64; i++) await eve.sendBytes(flood);
    await talk.exchange();
    return (Deno.memoryUsage().rss - before) / MIB;
  };
  // From time to time, the runtime frees the buffers of what it has read. If the server kept lines,
  // each flow would grow.
  const kept: number[] = [];
  while (kept.length < 5 && !kept.some((growth) => growth < 32)) kept.push(await flow());
  assert(kept.some((growth) => growth < 32), `each of these floods of 64 MiB kept MiB: ${kept}`);
  await eve.send("");
  assertEquals(await eve.heard(), [], "the next line is read again");
});

/** Matches what a client of a plain port gets if it is closed before its input is answered. */
const IS_GREETING = /^(?:You are .*\n)?$/;

Deno.test("a connection that begins with a line that is too long is closed", async () => {
  await using talk = await Talk.begin();
  for (const port of talk.ports) {
    const answer = decode(await exchange(port, new Uint8Array(16 * MIB).fill(0x78)));
    if (!IS_GREETING.test(answer)) {
      assertMatch(answer, /^(?:You are .*\n)?ERROR :The first line is too long/);
    }
    await talk.exchange();
    // The server does not wait for the rest.
    talk.server.clock.advance(1000);
    await talk.waitUntilAlone();
    assertEquals(talk.refused(), ["The client speaks an unknown protocol"]);
  }
});

const SPAM = "NICK eve\r\nUSER e 0 * e\r\nJOIN #lobby\r\nPRIVMSG #lobby :spam\r\n";

/** First bytes that a browser or a web page may send here, and the protocol the log names. */
const REQUESTS: readonly [request: string, protocol: string][] = [
  ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"],
  [`POST / HTTP/1.1\r\nHost: x\r\n\r\n${SPAM}`, "HTTP"],
  ["GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "HTTP"],
  [`CONNECT x:25 HTTP/1.1\r\n\r\n${SPAM}`, "HTTP"],
  [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SPAM}`, "HTTP"],
  // The first line exceeds the limit of a line.
  [`POST /${"x".repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n${SPAM}`, "an unknown protocol"],
];

Deno.test("a web page that sends IRC lines is refused, and none of them is executed", async () => {
  await using talk = await Talk.begin();
  for (const port of talk.ports) {
    for (const [request, protocol] of REQUESTS) {
      const answer = decode(await exchange(port, encode(request)));
      assertMatch(
        answer,
        /^(?:You are .*\n)?(HTTP\/1\.1 400 Bad Request\r\n|ERROR :The first line is too long)/,
      );
      await talk.waitUntilAlone();
      assertEquals(talk.refused(), [`The client speaks ${protocol}`], request.slice(0, 40));
    }
  }
});

Deno.test("an HTTP request that arrives in pieces is refused too", async () => {
  await using talk = await Talk.begin();
  for (const port of talk.ports) {
    const client = await talk.server.connect(port);
    for (const piece of ["PO", "ST / HT", `TP/1.1\r\n${SPAM}`]) {
      await client.sendBytes(encode(piece));
      await talk.exchange();
    }
    assert((await client.untilEnd()).includes("HTTP/1.1 400 Bad Request"));
    await talk.waitUntilAlone();
  }
});

Deno.test("a TLS handshake on a plaintext port gets an alert", async () => {
  await using talk = await Talk.begin();
  // The beginning of a ClientHello (RFC 8446, section 4.1.2), with a line end in it.
  const hello = Uint8Array.of(0x16, 3, 1, 0, 0x0a, 1, 0, 0, 6, 3, 3, 0x0a, ...encode(SPAM));
  for (const port of talk.ports) {
    const answer = await exchange(port, hello);
    // A plain port greets at once.
    const isPlain = port === talk.server.plainPort;
    assertEquals(isPlain ? answer.slice(-7) : answer, Uint8Array.of(21, 3, 1, 0, 2, 2, 70));
    await talk.waitUntilAlone();
    assertEquals(talk.refused(), ["The client speaks TLS"]);
  }
});

const TOO_MANY = "Too many connections from your address";

Deno.test("the limit per address counts open connections: a closed one makes room", async () => {
  await using talk = await Talk.begin({ limits: { connectionsPerAddress: 4 } });
  const inside = [await talk.server.connect(), await talk.server.connect(talk.server.plainPort)];
  for (const leaving of inside) {
    for (const port of talk.ports) {
      const refused = await talk.server.connect(port);
      assertEquals(await refused.untilEnd(), [`ERROR :${TOO_MANY}`]);
      await talk.exchange();
    }
    assertEquals(talk.refused(), [TOO_MANY, TOO_MANY]);
    await leaving.close();
    await talk.waitForConnections(3);
    const next = await talk.server.connect();
    assertEquals(await next.heard(), []);
  }
});

Deno.test("silent connections count towards the limit of their address, and time out", async () => {
  await using talk = await Talk.begin({ limits: { connectionsPerAddress: 50 } });
  const silent = await Promise.all(Array.from({ length: 200 }, () => talk.server.connect()));
  await talk.waitForConnections(50);
  await talk.exchange();
  talk.server.clock.advance(30_000);
  const received = await Promise.all(silent.map((client) => client.untilEnd()));
  const count = (error: string) => received.filter(([line]) => line === `ERROR :${error}`).length;
  assertEquals([count(TOO_MANY), count("Registration timed out")], [152, 48]);
  await talk.waitUntilAlone();
});

Deno.test("a client that stops reading is closed at the limit, and other clients miss nothing", async () => {
  await using talk = await Talk.begin({ limits: { sendQueueBytes: 64 * 1024 } });
  const eve = await talk.server.stalled();
  await eve.send("NICK eve", "USER e 0 * e", "JOIN #lobby");
  await talk.waitForUsers(3);
  const { log } = talk.server;
  const isClosed = () =>
    log.some(([message, { nick }]) => message === "disconnected" && nick === "eve");
  // The operating system buffers some megabytes before the server has to queue anything.
  while (!isClosed()) await talk.exchange("x".repeat(300), 100);
  assertEquals(log.at(-1)?.[1], {
    nick: "eve",
    address: "127.0.0.1",
    reason: "Send queue exceeded",
  });
  await talk.waitUntilAlone();
});
