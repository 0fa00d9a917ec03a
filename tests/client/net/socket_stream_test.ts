import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Socket, SocketStream } from "../../../client/net/socket_stream.ts";
import { FormatError, type Message } from "../../../protocol.ts";

const encoder = new TextEncoder();

/** A socket whose peer is the test. */
class FakeSocket implements Socket {
  written = "";
  isClosed = false;
  /** The largest number of bytes that one write takes. */
  writeLimit = Infinity;
  reads = 0;
  /** True once the peer takes no more data. */
  isReset = false;
  /** No write ends before this promise resolves. */
  stalled: Promise<void> | undefined;
  readonly #chunks: Uint8Array[] = [];
  #wake: () => void = () => {};

  arrive(text: string): void {
    this.#chunks.push(encoder.encode(text));
    this.#wake();
  }

  async read(into: Uint8Array): Promise<number | null> {
    this.reads++;
    while (this.#chunks.length === 0) {
      if (this.isClosed) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const bytes = this.#chunks.shift() ?? new Uint8Array();
    into.set(bytes);
    return bytes.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.isReset) throw new Deno.errors.BrokenPipe("Broken pipe");
    await this.stalled;
    const part = bytes.subarray(0, this.writeLimit);
    this.written += new TextDecoder().decode(part);
    return part.length;
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }
}

/** Records the messages and garbage that a stream delivers. */
class Receiver {
  readonly messages: Message[] = [];
  readonly garbled: string[] = [];
  alerts = 0;
  hold: Promise<void> | undefined;

  message(message: Message): void {
    this.messages.push(message);
  }

  tlsAlert(): void {
    this.alerts++;
  }

  invalidLine(line: string): void {
    this.garbled.push(line);
  }

  ready(): Promise<void> | undefined {
    return this.hold;
  }
}

/** Lets pending promises resolve. */
async function turn(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

Deno.test("messages sent in one turn, or during a write, are written in order", async () => {
  const socket = new FakeSocket();
  socket.writeLimit = 3;
  const stream = new SocketStream(socket);
  for (const text of ["one", "two"]) stream.send({ command: "PING", params: [text] });
  await turn();
  stream.send({ command: "PING", params: ["three"] });
  await turn();
  assertEquals(socket.written, "PING one\r\nPING two\r\nPING three\r\n");
});

Deno.test("a server that does not read is disconnected once too much is queued", async () => {
  const socket = new FakeSocket();
  socket.stalled = new Promise(() => {});
  const stream = new SocketStream(socket);
  const ended = stream.receive(new Receiver());
  for (let i = 0; i < 700; i++) stream.send({ command: "PING", params: ["x".repeat(400)] });
  assertEquals(await ended, "the server stopped reading");
});

Deno.test("the last messages of a server are received even if it reads no more", async () => {
  const socket = new FakeSocket();
  const receiver = new Receiver();
  socket.isReset = true;
  const stream = new SocketStream(socket);
  const ended = stream.receive(receiver);
  stream.send({ command: "PING", params: ["one"] });
  await turn();
  socket.arrive("ERROR :You are banned\r\n");
  await turn();
  assertEquals(receiver.messages, [{ command: "ERROR", params: ["You are banned"] }]);
  socket.close();
  assertEquals(await ended, "the server closed the connection");
});

Deno.test("the stream reads no more until the receiver is ready", async () => {
  const socket = new FakeSocket();
  const receiver = new Receiver();
  const hold = Promise.withResolvers<void>();
  receiver.hold = hold.promise;
  const ended = new SocketStream(socket).receive(receiver);
  socket.arrive("ONE\r\n");
  socket.arrive("TWO\r\n");
  await turn();
  assertEquals([socket.reads, receiver.messages.length], [1, 1]);
  hold.resolve();
  await turn();
  assertEquals(receiver.messages.map(({ command }) => command), ["ONE", "TWO"]);
  socket.close();
  assertEquals(await ended, "the server closed the connection");
});

Deno.test("many messages in one chunk let timers and keys take their turn", async () => {
  const socket = new FakeSocket();
  const receiver = new Receiver();
  let isFirst = true;
  let before = 0;
  receiver.message = (message) => {
    if (isFirst) setTimeout(() => before = receiver.messages.length, 0);
    isFirst = false;
    receiver.messages.push(message);
    for (const start = performance.now(); performance.now() - start < 1;);
  };
  const ended = new SocketStream(socket).receive(receiver);
  socket.arrive("ONE\r\n".repeat(100));
  socket.close();
  await ended;
  assertEquals(receiver.messages.length, 100);
  assert(before > 0 && before < 60, `${before} messages before a timer`);
});

Deno.test("lines that are not messages are reported as garbage, in printable form", async () => {
  const socket = new FakeSocket();
  const receiver = new Receiver();
  const ended = new SocketStream(socket).receive(receiver);
  socket.arrive(`HTTP/1.1 400\x1b[31m\r\nPING x\0y\r\n${"z".repeat(9000)}`);
  socket.arrive(`\r\nPING fine\r\nSSH-2.0`);
  await turn();
  socket.close();
  await ended;
  assertEquals(receiver.messages, [{ command: "PING", params: ["fine"] }]);
  assertEquals(receiver.garbled, [
    "HTTP/1.1 400[31m",
    "",
    "",
    "SSH-2.0",
  ]);
});

Deno.test("a message with a line break is refused", () => {
  const stream = new SocketStream(new FakeSocket());
  assertThrows(() => stream.send({ command: "PRIVMSG", params: ["#a", "x\r\nQUIT"] }), FormatError);
});
