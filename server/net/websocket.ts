/**
 * Turns a connection into a WebSocket whose messages are lines, and gives it the interface of a
 * socket. Does not know the rules of access.
 *
 * Source: https://ircv3.net/specs/extensions/websocket.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { concat } from "../../lines.ts";
import { LIMITS } from "../../protocol.ts";
import { ReadQueue } from "../../shared/read_queue.ts";
import type { Socket } from "../../shared/socket.ts";
import { Refused } from "./foreign.ts";
import { httpAnswer, type HttpRequest } from "./http.ts";
import { NET_TEXTS, PROTOCOL_TEXTS } from "../texts/net.ts";

/**
 * The largest message, in bytes; a larger one closes the connection. It is twice the longest line,
 * so that a client with a line that is only a little too long gets an error and stays connected.
 */
export const MESSAGE_BYTES = 2 * (LIMITS.tags + LIMITS.line);
/** The largest number of fragments of a message. */
const FRAGMENTS = 64;
/** The time that the peer has to answer a close frame, in milliseconds. */
const CLOSE_MS = 500;
/** The status code of a close without an error (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

const LF = 0x0a;
const CR = 0x0d;
const LINE_END = Uint8Array.of(LF);

/**
 * A kind of frame, and the frames of this kind that were made already: they can be sent to further
 * clients.
 */
interface Framing {
  /** The opcode (RFC 6455, section 5.2). */
  readonly opcode: number;
  /**
   * The frames, by the array with the lines that they contain. Many clients get the same array of
   * lines.
   */
  readonly frames: WeakMap<Uint8Array, Uint8Array>;
}

const TEXT: Framing = { opcode: 1, frames: new WeakMap() };
const BINARY: Framing = { opcode: 2, frames: new WeakMap() };

const SUBPROTOCOLS: ReadonlyMap<string, Framing> = new Map([
  ["text.ircv3.net", TEXT],
  ["binary.ircv3.net", BINARY],
]);

/**
 * Accepts `request` for a WebSocket on `stream`, and returns the server's end of it. Takes the
 * first subprotocol that both sides know. Without a subprotocol, messages are text.
 *
 * @throws {Refused} if the request is malformed.
 */
export function webSocket(stream: Duplex, request: HttpRequest): Socket {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES,
    maxFragments: FRAGMENTS,
    closeTimeout: CLOSE_MS,
    handleProtocols: (offered) => [...offered].find((name) => SUBPROTOCOLS.has(name)) ?? false,
  });
  let problem: string = PROTOCOL_TEXTS.webSocketClosed;
  server.on("wsClientError", (error) => problem = error.message);
  let upgraded: Socket | undefined;
  server.handleUpgrade(request, stream, new Uint8Array(0), (webSocket) => {
    upgraded = new MessageSocket(stream, webSocket);
  });
  if (upgraded) {
    // The stream was paused when it was handed over.
    stream.resume();
    return upgraded;
  }
  const answer = httpAnswer(400, PROTOCOL_TEXTS.invalidWebSocket(problem));
  throw new Refused(NET_TEXTS.speaks("HTTP"), answer);
}

class MessageSocket implements Socket {
  readonly #stream: Duplex;
  readonly #webSocket: WebSocket;
  readonly #queue: ReadQueue;
  readonly #framing: Framing;

  constructor(stream: Duplex, webSocket: WebSocket) {
    this.#stream = stream;
    this.#webSocket = webSocket;
    const queue = this.#queue = new ReadQueue(webSocket);
    this.#framing = SUBPROTOCOLS.get(webSocket.protocol) ?? TEXT;
    webSocket.on("message", (data) => queue.push(concat([data, LINE_END])));
    webSocket.on("close", () => queue.end(null));
    // `ws` has already sent a close frame with the reason. The event "close" follows.
    webSocket.on("error", () => {});
    // Both sides have sent a close frame.
    stream.on("finish", () => queue.end(null));
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#queue.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#webSocket.readyState !== WebSocket.OPEN) {
        throw new Error("the WebSocket is closing");
      }
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
 * Returns the lines in `bytes` as messages, each an unmasked frame (RFC 6455, section 5.2). Makes
 * them once for all clients; `ws` would make them for each client.
 */
function framed(bytes: Uint8Array, { opcode, frames }: Framing): Uint8Array {
  const earlier = frames.get(bytes);
  if (earlier) return earlier;
  const ends: number[] = [];
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) ends.push(at);
  // Each line end, of at least 1 byte, is replaced by a head of 2 or 4 bytes.
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
