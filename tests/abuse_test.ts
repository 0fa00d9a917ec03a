import { assert, assertEquals, assertMatch } from "@std/assert";
import { Random } from "./support/random.ts";
import { Talk } from "./support/talk.ts";

const MIB = 1024 * 1024;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Sends bytes; returns all that is answered until the server closes. */
async function exchange(port: number, bytes: Uint8Array): Promise<Uint8Array> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const answer = readAll(socket);
  try {
    for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
  } catch {
    // They may be more than the server is ready to hear.
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
    // Reset, since not all that was sent was read.
  }
  socket.close();
  return Uint8Array.from(answer);
}

Deno.test("bytes at random are answered or refused, and disturb nobody", async () => {
  await using talk = await Talk.begin();
  const random = new Random(13);
  for (const port of talk.ports) {
    for (let i = 0; i < 20; i++) {
      const client = await talk.server.connect(port);
      // On the plain port text is said: what comes there must not be text by chance.
      const high = port === talk.server.plainPort ? 0x80 : 0;
      await client.sendBytes(random.bytes(4000).map((byte) => byte | high)).catch(() => {});
      await client.close();
      await talk.exchange();
    }
    await talk.waitUntilAlone();
  }
  assertEquals(talk.server.log.filter(([message]) => message === "a command failed"), []);
});

Deno.test("a line without an end is answered once and costs no memory", async () => {
  await using talk = await Talk.begin();
  const eve = await talk.server.register("eve");
  const flood = new Uint8Array(MIB).fill(0x78);
  await eve.sendBytes(flood);
  await eve.expect("417");
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < 64; i++) await eve.sendBytes(flood);
  await talk.exchange();
  const kept = (Deno.memoryUsage().rss - before) / MIB;
  assert(kept < 32, `64 MiB came, and ${Math.round(kept)} MiB were kept`);
  await eve.send("");
  assertEquals(await eve.heard(), [], "and another line is heard again");
});

Deno.test("who begins with a line that is too long is turned away", async () => {
  await using talk = await Talk.begin();
  for (const port of talk.ports) {
    const answer = decode(await exchange(port, new Uint8Array(16 * MIB).fill(0x78)));
    if (answer !== "") assertMatch(answer, /^ERROR :The first line is too long/);
    await talk.exchange();
    // What still comes is not waited for.
    talk.server.clock.advance(1000);
    await talk.waitUntilAlone();
    assertEquals(talk.refused(), ["speaks no known protocol"]);
  }
});

const SPAM = "NICK eve\r\nUSER e 0 * e\r\nJOIN #lobby\r\nPRIVMSG #lobby :spam\r\n";

/** What browsers, and pages in them, say first at the wrong door; and what they are. */
const REQUESTS: readonly [request: string, protocol: string][] = [
  ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"],
  [`POST / HTTP/1.1\r\nHost: x\r\n\r\n${SPAM}`, "HTTP"],
  ["GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "HTTP"],
  [`CONNECT x:25 HTTP/1.1\r\n\r\n${SPAM}`, "HTTP"],
  [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SPAM}`, "HTTP"],
  // So long that no line of it can be read.
  [`POST /${"x".repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n${SPAM}`, "no known protocol"],
];

Deno.test("a web page that sends lines of IRC is refused, and says nothing", async () => {
  await using talk = await Talk.begin();
  for (const port of talk.ports) {
    for (const [request, protocol] of REQUESTS) {
      const answer = decode(await exchange(port, encode(request)));
      assertMatch(answer, /^(HTTP\/1\.1 400 Bad Request\r\n|ERROR :The first line is too long)/);
      await talk.waitUntilAlone();
      assertEquals(talk.refused(), [`speaks ${protocol}`], request.slice(0, 40));
    }
  }
});

Deno.test("a request that comes in pieces is refused as well", async () => {
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

Deno.test("who speaks TLS is told so by an alert", async () => {
  await using talk = await Talk.begin();
  // The beginning of a ClientHello (RFC 8446, section 4.1.2), with a line end in it.
  const hello = Uint8Array.of(0x16, 3, 1, 0, 0x0a, 1, 0, 0, 6, 3, 3, 0x0a, ...encode(SPAM));
  for (const port of talk.ports) {
    assertEquals(await exchange(port, hello), Uint8Array.of(21, 3, 1, 0, 2, 2, 70));
    await talk.waitUntilAlone();
    assertEquals(talk.refused(), ["speaks TLS"]);
  }
});

const TOO_MANY = "Too many connections from your address";

Deno.test("an address has its limit, and there is room again for whoever leaves", async () => {
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

Deno.test("connections that say nothing reach the limit of their address, and time out", async () => {
  await using talk = await Talk.begin({ limits: { connectionsPerAddress: 50 } });
  const silent = await Promise.all(Array.from({ length: 200 }, () => talk.server.connect()));
  await talk.waitForConnections(50);
  await talk.exchange();
  talk.server.clock.advance(30_000);
  const words = await Promise.all(silent.map((client) => client.untilEnd()));
  const count = (word: string) => words.filter(([line]) => line === `ERROR :${word}`).length;
  assertEquals([count(TOO_MANY), count("Registration timed out")], [152, 48]);
  await talk.waitUntilAlone();
});

Deno.test("who stops reading is closed at the limit, and everybody else hears all", async () => {
  await using talk = await Talk.begin({ limits: { sendQueueBytes: 64 * 1024 } });
  const eve = await talk.server.stalled();
  await eve.send("NICK eve", "USER e 0 * e", "JOIN #lobby");
  await talk.waitForUsers(3);
  const { log } = talk.server;
  const isCut = () => log.some(([message, { nick }]) => message === "went" && nick === "eve");
  // The operating system takes some megabytes before the server has to keep anything.
  while (!isCut()) await talk.exchange("x".repeat(300), 100);
  assertEquals(log.at(-1)?.[1], {
    nick: "eve",
    address: "127.0.0.1",
    reason: "Send queue exceeded",
  });
  await talk.waitUntilAlone();
});
