import { assert, assertEquals } from "@std/assert";
import { makeCertificate } from "../../../shared/certificate.ts";
import { concat } from "../../../lines.ts";
import { LIMITS } from "../../../protocol.ts";
import { HELLO_MS } from "../../../server/net/layers.ts";
import { HEAD_BYTES } from "../../../server/net/http.ts";
import { Identity } from "../../../server/net/identity.ts";
import { parseRange } from "../../../shared/ip.ts";
import { MESSAGE_BYTES } from "../../../server/net/websocket.ts";
import { CountingListener, type CountingSocket } from "../../support/counting_listener.ts";
import { proxyV1, proxyV2 } from "../../support/proxy_header.ts";
import { clientHello, SecureSocket } from "../../support/secure_socket.ts";
import { Talk } from "../../support/talk.ts";
import { Relay } from "../../support/relay.ts";
import { BINARY, clientFrame, TEXT, WebClient } from "../../support/web_socket.ts";

const IDENTITY = new Identity(await makeCertificate({ names: ["localhost"], days: 1 }));
const KIB = 1024;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The client's end of a connection that can send any bytes. */
interface Client {
  /** Sends bytes, inside TLS but not in frames. */
  send(bytes: Uint8Array): Promise<void>;
  /** Sends a line. */
  say(line: string): Promise<void>;
  /** Resolves when the server has sent something. */
  hears?(): Promise<unknown>;
  close(): void;
}

/** The transports, each of which connects to a port. */
const TRANSPORTS = {
  async tcp(port: number): Promise<Client> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    const send = (bytes: Uint8Array) => sendAll(socket, bytes);
    const hears = () => socket.read(new Uint8Array(1));
    return { send, say: (line) => send(encode(`${line}\r\n`)), hears, close: once(socket) };
  },
  async tls(port: number): Promise<Client> {
    const socket = await SecureSocket.connect(port);
    const send = (bytes: Uint8Array) => sendAll(socket, bytes);
    return { send, say: (line) => send(encode(`${line}\r\n`)), close: () => socket.close() };
  },
  async web(port: number): Promise<Client> {
    const socket = await WebClient.open(await Deno.connect({ hostname: "127.0.0.1", port }));
    return {
      send: (bytes) => socket.sendBytes(bytes),
      say: (line) => socket.send(TEXT, line),
      close: once(socket),
    };
  },
} as const;

/** Returns a function that closes `socket` once, however often it is called. */
function once(socket: { close(): void }): () => void {
  let closed = false;
  return () => {
    if (!closed) socket.close();
    closed = true;
  };
}

async function sendAll(
  socket: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** A server on which two users talk, and Eve stalls. */
class Stalling implements AsyncDisposable {
  readonly talk: Talk;
  readonly socket: CountingSocket;
  readonly eve: Client;
  readonly #before: number;

  private constructor(talk: Talk, socket: CountingSocket, eve: Client, before: number) {
    this.talk = talk;
    this.socket = socket;
    this.eve = eve;
    this.#before = before;
  }

  /** Connects Eve, who sends the beginning; resolves once the server has read it. */
  static async begin({ by, registered, begins, isAnswered }: Stall): Promise<Stalling> {
    const listener = new CountingListener();
    const talk = await Talk.begin(
      { trustedProxies: [parseRange("127.0.0.1") ?? { bits: "", text: "" }] },
      { identity: IDENTITY, listen: listener.listen },
    );
    const eve = await TRANSPORTS[by](talk.server.port);
    await talk.waitForConnections(3);
    const socket = listener.sockets[2];
    assert(socket);
    if (registered) {
      await eve.say("NICK eve");
      await eve.say("USER eve 0 * eve");
      await talk.waitForUsers(3);
    }
    // TLS adds bytes to each message.
    const before = socket.bytesRead;
    await eve.send(begins);
    await talk.until(() => socket.bytesRead >= before + begins.length);
    if (isAnswered) await eve.hears?.();
    await talk.exchange();
    talk.server.log.splice(0);
    return new Stalling(talk, socket, eve, before);
  }

  /** The number of excess bytes from Eve that the server read before it reacted. */
  get taken(): number {
    return (this.socket.bytesReadBeforeReply ?? this.socket.bytesRead) - this.#before;
  }

  /** The logged reason of Eve's disconnect; `undefined` while she is connected. */
  get reason(): unknown {
    const entries = this.talk.server.log.filter(([message]) =>
      /^(?:refused|disconnected)$/.test(message)
    );
    return entries[0]?.[1].reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.eve.close();
    await this.talk[Symbol.asyncDispose]();
  }
}

interface Stall {
  readonly what: string;
  readonly by: keyof typeof TRANSPORTS;
  readonly registered?: true;
  /** The bytes sent before the stall. */
  readonly begins: Uint8Array;
  /** The timeout of the server, in milliseconds. */
  readonly deadlineMs: number;
  /** The reason that the server then logs. */
  readonly reason: string;
  /** True if the server answers these bytes. */
  readonly isAnswered?: true;
  /** Bytes to repeat forever instead of stalling. */
  readonly endless?: Uint8Array;
  /**
   * The largest number of bytes that the server reads before it sends an error, closes or stops
   * reading.
   */
  readonly most?: number;
}

/** The size of one read before the first line. */
const READ = 512;
/** The size of the largest read within WebSockets. */
const STREAM_READ = 64 * KIB;
const NOTHING = new Uint8Array(0);

const UNREGISTERED = { deadlineMs: 30_000, reason: "Registration timed out" } as const;
const REGISTERED = {
  registered: true,
  deadlineMs: 240_000,
  reason: "Ping timeout: 240 seconds",
} as const;
const HANDSHAKE = {
  by: "tcp",
  deadlineMs: HELLO_MS,
  reason: "TLS handshake failed: it took too long",
} as const;

/** Returns a TLS record with 16 KiB of a handshake message. */
const record = (...begins: number[]): Uint8Array =>
  Uint8Array.of(0x16, 3, 1, 0x40, 0, ...begins, ...Array(16 * KIB - begins.length).fill(0));
/** Half a line; `tests/abuse_test.ts` has the cost of a line without an end. */
const HALF_LINE = encode("@a=b PRIVMSG #lobby :half a line");
const FILLER = encode("x".repeat(1000));
/** Half of a message of the maximum length. */
const HALF_FRAME = clientFrame(BINARY, new Uint8Array(MESSAGE_BYTES)).subarray(
  0,
  MESSAGE_BYTES / 2,
);
const FRAGMENT = clientFrame(0, FILLER, false);

const STALLS: readonly Stall[] = [
  { what: "sends nothing", by: "tcp", begins: NOTHING, ...UNREGISTERED, deadlineMs: 15_000 },
  // Before the first line.
  {
    what: "is in the middle of a PROXY header, version 1",
    by: "tcp",
    begins: proxyV1("192.0.2.1").subarray(0, 20),
    ...UNREGISTERED,
    endless: FILLER,
    most: 107 + READ,
  },
  {
    what: "is in the middle of a PROXY header, version 2",
    by: "tcp",
    begins: proxyV2({ length: 2000 }),
    ...UNREGISTERED,
  },
  {
    what: "is in the middle of WEBIRC",
    by: "tcp",
    begins: encode("WEBIRC hunter2 "),
    ...UNREGISTERED,
    endless: FILLER,
    most: LIMITS.longLine + READ,
  },
  {
    what: "is in the middle of the first record of TLS",
    begins: (await clientHello()).subarray(0, -1),
    ...HANDSHAKE,
  },
  {
    what: "is in the middle of the first message of TLS",
    begins: record(1, 0, 0xff, 0xff),
    ...HANDSHAKE,
    endless: record(),
    most: 64 * KIB + READ,
  },
  {
    what: "stops after the first message of TLS",
    by: "tcp",
    begins: await clientHello(),
    isAnswered: true,
    ...UNREGISTERED,
  },
  { what: "sends nothing after the TLS handshake", by: "tls", begins: NOTHING, ...UNREGISTERED },
  {
    what: "is in the middle of an HTTP request",
    by: "tcp",
    begins: encode("GET / HTTP/1.1\r\nHost: loc"),
    ...UNREGISTERED,
    endless: FILLER,
    most: HEAD_BYTES + READ,
  },
  { what: "sends nothing by WebSocket", by: "web", begins: NOTHING, ...UNREGISTERED },
  // The client stalls in the middle of something, before or after registration.
  ...[UNREGISTERED, REGISTERED].flatMap((stage): Stall[] => {
    const state = stage === REGISTERED ? "is registered and" : "is not registered and";
    return [
      {
        what: `${state} in the middle of a line`,
        by: "tcp",
        begins: HALF_LINE,
        ...stage,
      },
      {
        what: `${state} in the middle of a line by TLS`,
        by: "tls",
        begins: HALF_LINE,
        ...stage,
      },
      {
        what: `${state} in the middle of the head of a frame`,
        by: "web",
        begins: Uint8Array.of(0x81),
        ...stage,
        // A mask and a length of 64 bits, repeated.
        endless: Uint8Array.of(0xff),
        most: STREAM_READ + 1,
      },
      {
        what: `${state} in the middle of a frame`,
        by: "web",
        begins: HALF_FRAME,
        ...stage,
        endless: FILLER,
        most: MESSAGE_BYTES + STREAM_READ,
      },
      {
        what: `${state} in the middle of a message of several frames`,
        by: "web",
        begins: clientFrame(TEXT, FILLER, false),
        ...stage,
        endless: FRAGMENT,
        most: MESSAGE_BYTES + STREAM_READ,
      },
    ];
  }),
];

for (const stall of STALLS) {
  Deno.test(`a client that ${stall.what} and stalls is closed at the deadline, and disturbs no one`, async () => {
    await using stalling = await Stalling.begin(stall);
    const { talk } = stalling;
    const { clock } = talk.server;
    const isThere = async () => {
      await talk.exchange();
      assertEquals([stalling.reason, talk.server.server.counts.connections], [undefined, 3]);
    };
    const start = clock.now();
    const last = stall.deadlineMs - 1;
    // Clients that talk stay connected.
    for (let passed = 0; passed < last; passed = clock.now() - start) {
      clock.advance(Math.min(60_000, last - passed));
      await isThere();
    }
    clock.advance(1);
    await talk.until(() => stalling.reason !== undefined);
    assertEquals(stalling.reason, stall.reason);
    // A client that gets the reason has a moment to read it.
    clock.advance(500);
    await talk.waitUntilAlone();
  });
}

for (const stall of STALLS) {
  const { what, endless, most } = stall;
  if (!endless || most === undefined) continue;
  Deno.test(`a client that ${what} and never ends it costs at most ${most} bytes, and disturbs no one`, async () => {
    await using stalling = await Stalling.begin(stall);
    const { talk, socket, eve } = stalling;
    socket.bytesReadBeforeReply = undefined;
    const many = Array.from({ length: Math.ceil(4 * KIB / endless.length) }, () => endless);
    const much = concat(many);
    let sent = 0;
    const flood = (async () => {
      for (;; sent += much.length) await eve.send(much);
    })().catch(() => {}); // Closed, by the server or below.
    // This is often enough for the server to have read everything, if it reads.
    for (let i = 0; i < 100 && socket.bytesReadBeforeReply === undefined; i++) {
      await talk.exchange();
    }
    assert(sent > most, `only ${sent} bytes were sent`);
    assert(stalling.taken <= most, `${stalling.taken} bytes were taken`);
    eve.close();
    await flood;
    talk.server.clock.advance(HELLO_MS);
    await talk.waitUntilAlone();
  });
}

const MIB = 1024 * KIB;
const SEND_QUEUE = 64 * KIB;

for (const by of ["tcp", "tls", "web"] as const) {
  Deno.test(`a client by ${by} that stops reading is closed at the limit of its send queue`, async () => {
    await using talk = await Talk.begin(
      { limits: { sendQueueBytes: SEND_QUEUE }, metrics: { hostname: "127.0.0.1", port: 0 } },
      { identity: IDENTITY },
    );
    using relay = new Relay(talk.server.port, 64 * KIB);
    const eve = await TRANSPORTS[by](relay.port);
    for (const line of ["NICK eve", "USER eve 0 * eve", "JOIN #lobby"]) await eve.say(line);
    await talk.waitForUsers(3);
    relay.flows = false;
    const closing = () => talk.server.log.find(([message]) => message === "disconnected");
    let said = 0;
    while (!closing() && said < 64 * MIB) {
      await talk.exchange("x".repeat(300), 100);
      said += 100 * 300;
      const waiting = await longestQueue(talk);
      assert(waiting <= SEND_QUEUE, `${waiting} bytes wait`);
    }
    assertEquals(closing()?.[1].reason, "Send queue exceeded");
    await talk.waitUntilAlone();
    eve.close();
  });
}

for (const by of ["tcp", "tls", "web"] as const) {
  Deno.test(`a client by ${by} that stops reading is closed at the deadline if no message is sent`, async () => {
    await using talk = await Talk.begin({}, { identity: IDENTITY });
    using relay = new Relay(talk.server.port, 64 * KIB);
    const eve = await TRANSPORTS[by](relay.port);
    for (const line of ["NICK eve", "USER eve 0 * eve"]) await eve.say(line);
    await talk.waitForUsers(3);
    relay.flows = false;
    for (let minute = 0; minute < 4; minute++) {
      await talk.waitForConnections(3);
      talk.server.clock.advance(60_000);
      await talk.exchange();
    }
    await talk.until(() => talk.server.log.some(([message]) => message === "disconnected"));
    talk.server.clock.advance(500);
    await talk.waitUntilAlone();
    eve.close();
  });
}

/** Returns the length of the longest send queue, in bytes. */
async function longestQueue(
  { server: { server: { metricsServer: page } } }: Talk,
): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${page?.port}/metrics`);
  const [, bytes] = /^chat_send_queue_longest_bytes (\d+)$/m.exec(await response.text()) ?? [];
  return Number(bytes);
}
