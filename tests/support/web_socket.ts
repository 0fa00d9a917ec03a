import { assert, assertEquals } from "@std/assert";
import { concat } from "../../lines.ts";
import type { Socket } from "../../shared/socket.ts";
import { inTime } from "./patience.ts";

/** The parts of the handshake that a test sets. */
export interface WebOptions {
  /** The subprotocols to offer, in order of preference. */
  readonly protocols?: readonly string[];
  /** The host in the request. */
  readonly host?: string;
  /** Further header lines of the request. */
  readonly headers?: readonly string[];
}

/** A frame (RFC 6455, section 5.2). */
export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Returns the request of a WebSocket handshake, as a browser sends it. */
export function webRequest(
  { protocols = ["text.ircv3.net"], headers = [], host = "localhost" }: WebOptions,
): string {
  return [
    "GET / HTTP/1.1",
    `Host: ${host}`,
    "Connection: keep-alive, Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(", ")}`] : [],
    ...headers,
    "\r\n",
  ].join("\r\n");
}

/** Returns the bytes of a client's frame, which is masked. */
export function clientFrame(opcode: number, payload: Uint8Array, isLast = true): Uint8Array {
  const length = payload.length < 126
    ? [payload.length]
    : [126, payload.length >> 8, payload.length & 0xff];
  const [first = 0, ...rest] = length;
  const mask = [1, 2, 3, 4];
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Uint8Array.of((isLast ? 0x80 : 0) | opcode, 0x80 | first, ...rest, ...mask, ...masked);
}

/**
 * The client's end of a WebSocket. To a reader and writer of lines it is a socket like any other.
 */
export class WebClient implements Socket {
  /** The head of the server's response. */
  readonly head: string;
  readonly #below: Socket;
  readonly #opcode: number;
  #bytes: Uint8Array;
  #rest: Uint8Array = new Uint8Array(0);

  private constructor(below: Socket, head: string, rest: Uint8Array) {
    this.#below = below;
    this.head = head;
    this.#bytes = rest;
    this.#opcode = head.includes("binary.ircv3.net") ? BINARY : TEXT;
  }

  /** Makes the handshake on a socket; resolves when the server has accepted it. */
  static async open(below: Socket, options: WebOptions = {}): Promise<WebClient> {
    await below.write(encoder.encode(webRequest(options)));
    let bytes: Uint8Array = new Uint8Array(0);
    let text = "";
    const buffer = new Uint8Array(1024);
    while (!text.includes("\r\n\r\n")) {
      const count = await inTime(below.read(buffer), "the server's handshake");
      assert(count !== null, `the server closed the connection after: ${text}`);
      bytes = concat([bytes, buffer.subarray(0, count)]);
      text = decoder.decode(bytes);
    }
    const length = text.indexOf("\r\n\r\n") + 4;
    const head = text.slice(0, length);
    assert(head.startsWith("HTTP/1.1 101 "), text);
    // The value that RFC 6455, section 1.3, gives for this key.
    assert(head.includes("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), head);
    return new WebClient(below, head, bytes.slice(length));
  }

  /** Sends a frame. */
  async send(opcode: number, payload: Uint8Array | string, isLast = true): Promise<void> {
    const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
    await this.sendBytes(clientFrame(opcode, bytes, isLast));
  }

  /** Sends bytes, which may be a part of a frame or more than one. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#below.write(bytes.subarray(at));
  }

  /** Returns the next frame, or `undefined` at the end. A server's frame must not be masked. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const [first = 0, second = 0, high = 0, low = 0] = this.#bytes;
      const start = second === 126 ? 4 : 2;
      const length = second === 126 ? high << 8 | low : second;
      if (this.#bytes.length >= start && this.#bytes.length >= start + length) {
        assertEquals(
          [first & 0xf0, second & 0x80],
          [0x80, 0],
          "the first byte and mask bit of a server's frame",
        );
        const payload = this.#bytes.slice(start, start + length);
        this.#bytes = this.#bytes.slice(start + length);
        return { opcode: first & 0x0f, payload };
      }
      const buffer = new Uint8Array(4096);
      const count = await inTime(this.#below.read(buffer), "a frame");
      if (count === null) return undefined;
      this.#bytes = concat([this.#bytes, buffer.subarray(0, count)]);
    }
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const frame = await this.next();
      if (!frame || frame.opcode === CLOSE) return null;
      assertEquals(frame.opcode, this.#opcode, "the opcode of a message");
      this.#rest = concat([frame.payload, encoder.encode("\r\n")]);
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const lines = decoder.decode(bytes).split("\r\n");
    for (const line of lines.slice(0, -1)) await this.send(this.#opcode, line);
    return bytes.length;
  }

  async closeWrite(): Promise<void> {
    await this.send(CLOSE, Uint8Array.of(3, 232));
  }

  close(): void {
    this.#below.close();
  }
}
