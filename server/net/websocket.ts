/**
 * One connection as a WebSocket, each message a line: to whoever reads and writes lines it looks as the
 * socket below did. Knows nothing of who may come this way.
 *
 * Source: https://ircv3.net/specs/extensions/websocket.
 *
 * @module
 */

import { WebSocket, WebSocketServer } from "ws";
import { concat } from "../../lines.ts";
import { LIMITS } from "../../protocol.ts";
import type { Socket } from "../connection.ts";
import { Refused } from "./foreign.ts";
import { httpAnswer, type HttpRequest } from "./http.ts";
import { type SocketStream, streamOf } from "./socket_stream.ts";

/**
 * The most that a message may have, in bytes: twice the longest line, so that who is a little over
 * that is told so and can go on. More closes the connection.
 */
export const MESSAGE_BYTES = 2 * (LIMITS.tags + LIMITS.line);
/** In how many pieces a message may come. */
const FRAGMENTS = 64;
/** With so much come that nobody has read, no more is taken from the other side. */
const UNREAD_BYTES = 16 * 1024;
/** How long the other side has to answer a close frame. */
const CLOSE_MS = 500;
/** Nothing more is to be said (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

const LF = 0x0a;
const CR = 0x0d;
const LINE_END = Uint8Array.of(LF);

/** A kind of frame, with all that has been put into such frames and may be sent to more. */
interface Framing {
  /** RFC 6455, section 5.2. */
  readonly opcode: number;
  /** By the lines that they hold. Many members are sent the same lines in one array. */
  readonly frames: WeakMap<Uint8Array, Uint8Array>;
}

const TEXT: Framing = { opcode: 1, frames: new WeakMap() };
const BINARY: Framing = { opcode: 2, frames: new WeakMap() };

const SUBPROTOCOLS: ReadonlyMap<string, Framing> = new Map([
  ["text.ircv3.net", TEXT],
  ["binary.ircv3.net", BINARY],
]);

/**
 * The server's end of a WebSocket, asked for by `request` on `socket`; `begun` was read from there
 * behind the request. The first subprotocol that both know is taken; without any, messages are text.
 *
 * @throws {Refused} if the request is not one that can be granted.
 */
export function webSocket(socket: Socket, request: HttpRequest, begun: Uint8Array): Socket {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES,
    maxFragments: FRAGMENTS,
    closeTimeout: CLOSE_MS,
    handleProtocols: (offered) => [...offered].find((name) => SUBPROTOCOLS.has(name)) ?? false,
  });
  let problem = "the connection is closed";
  server.on("wsClientError", (error) => problem = error.message);
  let upgraded: Socket | undefined;
  const stream = streamOf(socket, begun, () => waiting.isFull);
  const waiting = new Waiting(() => stream.proceed());
  server.handleUpgrade(request, stream, new Uint8Array(0), (webSocket) => {
    upgraded = new MessageSocket(stream, webSocket, waiting);
  });
  if (upgraded) return upgraded;
  throw new Refused("speaks HTTP", httpAnswer(400, `This is no WebSocket: ${problem}`));
}

/** What has come and nobody has read. */
class Waiting {
  readonly #chunks: Uint8Array[] = [];
  readonly #onRead: () => void;
  #length = 0;
  #ended = false;
  #wake: () => void = () => {};

  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  get isFull(): boolean {
    return this.#length >= UNREAD_BYTES;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    let count = 0;
    for (let chunk = this.#chunks[0]; chunk && count < into.length; chunk = this.#chunks[0]) {
      const part = chunk.subarray(0, into.length - count);
      into.set(part, count);
      count += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    this.#length -= count;
    this.#onRead();
    return count;
  }
}

class MessageSocket implements Socket {
  readonly #stream: SocketStream;
  readonly #webSocket: WebSocket;
  readonly #waiting: Waiting;
  readonly #framing: Framing;

  constructor(stream: SocketStream, webSocket: WebSocket, waiting: Waiting) {
    this.#stream = stream;
    this.#webSocket = webSocket;
    this.#waiting = waiting;
    this.#framing = SUBPROTOCOLS.get(webSocket.protocol) ?? TEXT;
    webSocket.on("message", (data) => waiting.push(concat(data, LINE_END)));
    webSocket.on("close", () => waiting.end());
    // It has sent a close frame that says what is wrong, and what comes behind it.
    webSocket.on("error", () => {});
    // Close frames have gone both ways.
    stream.on("finish", () => waiting.end());
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#waiting.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#webSocket.readyState !== WebSocket.OPEN) throw new Error("it is being closed");
      this.#stream.write(
        framed(bytes, this.#framing),
        (error) => error ? reject(error) : resolve(bytes.length),
      );
    });
  }

  closeWrite(): Promise<void> {
    this.#webSocket.close(NORMAL_CLOSURE);
    return Promise.resolve();
  }

  close(): void {
    this.#webSocket.terminate();
  }
}

/**
 * The lines in `bytes` as messages, each a frame without a mask (RFC 6455, section 5.2): written here,
 * once for all who are sent them, where `ws` would do it for each.
 */
function framed(bytes: Uint8Array, { opcode, frames }: Framing): Uint8Array {
  const known = frames.get(bytes);
  if (known) return known;
  const ends: number[] = [];
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) ends.push(at);
  // A head is 2 or 4 bytes long, and takes the place of a line end.
  const buffer = new Uint8Array(bytes.length + 3 * ends.length);
  let size = 0;
  let start = 0;
  for (const end of ends) {
    const line = bytes.subarray(start, bytes[end - 1] === CR ? end - 1 : end);
    start = end + 1;
    buffer[size++] = 0x80 | opcode;
    if (line.length < 126) {
      buffer[size++] = line.length;
    } else {
      buffer[size++] = 126;
      buffer[size++] = line.length >> 8;
      buffer[size++] = line.length & 0xff;
    }
    buffer.set(line, size);
    size += line.length;
  }
  const made = buffer.subarray(0, size);
  frames.set(bytes, made);
  return made;
}
