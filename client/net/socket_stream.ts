/**
 * A stream of messages over a socket. It splits bytes into lines; it does not know the meaning of
 * commands, and does not reconnect.
 *
 * @module
 */

import { byteLength, printable } from "../../shared/text.ts";
import { LineReader } from "../../lines.ts";
import { format, LIMITS, type Message, parse } from "../../protocol.ts";
import { SOCKET_TEXTS } from "../texts/net.ts";
import { messageDecoder } from "./encoding.ts";
import type { MessageStream, StreamReceiver } from "../session/message_stream.ts";

/** The socket under a {@linkcode SocketStream}, for example a `Deno.Conn`. */
export interface Socket
  extends Pick<MessageStream, "newFingerprint" | "keyProblem" | "isEncrypted" | "applySts"> {
  /**
   * Reads bytes; resolves to their number, or to `null` after the server has ended the connection.
   */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes bytes, perhaps only a part of them; resolves to the number written. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes the socket, and ends its reads and writes. */
  close(): void;
}

/**
 * Connects to a server. Rejects with a `UserError` or an error of the system, also if `signal`
 * aborts.
 */
export type DialSocket = (host: string, port: number, signal: AbortSignal) => Promise<Socket>;

/** The limit of the send queue in bytes; a server that lets it fill up is disconnected. */
const MAX_QUEUE = 256 * 1024;

/** The longest line to read, in bytes: other servers send lines of more than 512 bytes. */
const LINE_LIMITS = { content: 8 * LIMITS.line, tags: LIMITS.tags };

/**
 * The time for which a flood of messages may hold up the keyboard, timers and all else in the event
 * loop, in milliseconds.
 */
const SLICE_MS = 10;

const encoder = new TextEncoder();

/** Matches a command of letters or a numeric; a chat server sends no others. */
const COMMAND = /^(?:[A-Z]+|[0-9]{3})$/;

/** Returns true if `bytes` begin as an alert of any version of TLS (RFC 8446, section 5.1). */
function isTlsAlert([type, major]: Uint8Array): boolean {
  return type === 0x15 && major === 0x03;
}

/** A connection that carries messages as lines. */
export class SocketStream implements MessageStream {
  /** Part of {@linkcode MessageStream}. */
  readonly newFingerprint: string | undefined;
  /** Part of {@linkcode MessageStream}. */
  readonly keyProblem: string | undefined;
  /** Part of {@linkcode MessageStream}. */
  readonly isEncrypted: boolean | undefined;
  /** Part of {@linkcode MessageStream}. */
  readonly applySts: ((sts: string) => boolean) | undefined;
  readonly #socket: Socket;
  readonly #encoding: string | undefined;
  #queue = "";
  #queueBytes = 0;
  #isWriting = false;
  /** The reason for the end of the connection. */
  #endReason: string | undefined;
  /** The beginning of this slice of work, as a value of `performance.now()`. */
  #sliceBegan = 0;
  #sliceEnded = 0;

  /**
   * Takes over `socket`, and closes it at the end.
   *
   * @param encoding - The encoding of lines that are not UTF-8.
   */
  constructor(socket: Socket, encoding?: string) {
    this.#socket = socket;
    this.#encoding = encoding;
    this.newFingerprint = socket.newFingerprint;
    this.keyProblem = socket.keyProblem;
    this.isEncrypted = socket.isEncrypted;
    this.applySts = socket.applySts?.bind(socket);
  }

  /** Part of {@linkcode MessageStream}. */
  send(message: Message): void {
    const line = format(message) + "\r\n";
    if (this.#endReason !== undefined) return;
    this.#queue += line;
    this.#queueBytes += byteLength(line);
    if (this.#queueBytes > MAX_QUEUE) return this.close(SOCKET_TEXTS.stalled);
    if (!this.#isWriting) void this.#write();
  }

  /** Part of {@linkcode MessageStream}. */
  close(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#queue = "";
    this.#socket.close();
  }

  /** Part of {@linkcode MessageStream}. */
  async receive(receiver: StreamReceiver): Promise<string> {
    const reader = new LineReader(LINE_LIMITS, messageDecoder(this.#encoding));
    const buffer = new Uint8Array(16 * 1024);
    let isFirst = true;
    try {
      while (this.#endReason === undefined) {
        const count = await this.#socket.read(buffer);
        if (count === null) break;
        if (isFirst && isTlsAlert(buffer.subarray(0, count))) receiver.tlsAlert();
        isFirst = false;
        reader.feed(buffer.subarray(0, count));
        await this.#deliver(reader, receiver);
        await receiver.ready();
      }
      const rest = reader.takePartial();
      if (rest?.type === "line") receiver.invalidLine(printable(rest.text));
      this.close(SOCKET_TEXTS.closed);
    } catch (error) {
      this.close(error instanceof Error ? printable(error.message) : SOCKET_TEXTS.broke);
    }
    return this.#endReason ?? SOCKET_TEXTS.ended;
  }

  /**
   * Delivers the lines that have arrived, in slices of about 10 ms. While data keeps arriving,
   * the reads themselves let no timers and other I/O run, so each slice ends with a pause for
   * these.
   */
  async #deliver(reader: LineReader, receiver: StreamReceiver): Promise<void> {
    const now = performance.now();
    // Other work had its turn while this stream waited for data.
    if (now - this.#sliceEnded > 1) this.#sliceBegan = now;
    for (let found = reader.next(); found; found = reader.next()) {
      if (this.#endReason !== undefined) return;
      const text = found.type === "line" ? found.text : "";
      const message = parse(text);
      if (message && COMMAND.test(message.command)) receiver.message(message);
      else receiver.invalidLine(printable(text));
      if (performance.now() - this.#sliceBegan > SLICE_MS) await this.#endSlice();
    }
    this.#sliceEnded = performance.now();
  }

  async #endSlice(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#sliceBegan = performance.now();
  }

  /** Writes until the queue is empty. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#queue !== "" && this.#endReason === undefined) {
        let bytes = encoder.encode(this.#queue);
        this.#queue = "";
        while (bytes.length > 0) bytes = bytes.subarray(await this.#socket.write(bytes));
        this.#queueBytes = byteLength(this.#queue);
      }
      this.#isWriting = false;
    } catch {
      // The server accepts no more data, so nothing more is written. It may have sent its reason,
      // which `receive` can still read before it ends.
    }
  }
}
