/**
 * A stream of messages over a socket. It knows what a line is, but not what any command means, and
 * nothing of reconnecting.
 *
 * @module
 */

import { byteLength, printable } from "../../shared/text.ts";
import { LineReader } from "../../lines.ts";
import { format, LIMITS, type Message, parse } from "../../protocol.ts";
import type { MessageStream, StreamReceiver } from "../session/message_stream.ts";

/** The socket under a {@linkcode SocketStream}; a `Deno.Conn` is one. */
export interface Socket
  extends Pick<MessageStream, "newFingerprint" | "keyProblem" | "isEncrypted" | "applySts"> {
  /** Resolves to how many bytes came, or `null` when the other side has ended. */
  read(into: Uint8Array): Promise<number | null>;
  /** May write only a part; resolves to how much. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends reads and writes under way. */
  close(): void;
}

/** Opens a socket to a server; rejects with what the system said, or when `signal` is aborted. */
export type DialSocket = (host: string, port: number, signal: AbortSignal) => Promise<Socket>;

/** Bytes that may wait to be written before the server counts as stalled. */
const BACKLOG = 256 * 1024;

/** Servers of other makes send lines beyond 512 bytes; these are read as long as this, in bytes. */
const LINE_LIMITS = { content: 8 * LIMITS.line, tags: LIMITS.tags };

/** Other networks may send text in older encodings: it is shown as well as can be, not refused. */
const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

const encoder = new TextEncoder();

/** A letter command or a numeric; anything else did not come from a chat server. */
const COMMAND = /^(?:[A-Z]+|[0-9]{3})$/;

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
  #waiting = "";
  #waitingBytes = 0;
  #writing = false;
  #ended: string | undefined;

  /** Takes over `socket`, and closes it in the end. */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.newFingerprint = socket.newFingerprint;
    this.keyProblem = socket.keyProblem;
    this.isEncrypted = socket.isEncrypted;
    this.applySts = socket.applySts?.bind(socket);
  }

  /** Part of {@linkcode MessageStream}. */
  send(message: Message): void {
    const line = format(message) + "\r\n";
    if (this.#ended !== undefined) return;
    this.#waiting += line;
    this.#waitingBytes += byteLength(line);
    if (this.#waitingBytes > BACKLOG) return this.close("the server stopped reading");
    if (!this.#writing) void this.#write();
  }

  /** Part of {@linkcode MessageStream}. */
  close(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#waiting = "";
    this.#socket.close();
  }

  /** Part of {@linkcode MessageStream}. */
  async receive(receiver: StreamReceiver): Promise<string> {
    const reader = new LineReader(LINE_LIMITS, lossy);
    const buffer = new Uint8Array(16 * 1024);
    try {
      while (this.#ended === undefined) {
        const count = await this.#socket.read(buffer);
        if (count === null) break;
        reader.feed(buffer.subarray(0, count));
        this.#deliver(reader, receiver);
        await receiver.ready();
      }
      const rest = reader.takePartial();
      if (rest?.type === "line") receiver.invalidLine(printable(rest.text));
      this.close("the server closed the connection");
    } catch (error) {
      this.close(error instanceof Error ? printable(error.message) : "the connection broke");
    }
    return this.#ended ?? "the connection ended";
  }

  #deliver(reader: LineReader, receiver: StreamReceiver): void {
    for (let found = reader.next(); found; found = reader.next()) {
      if (this.#ended !== undefined) return;
      const text = found.type === "line" ? found.text : "";
      const message = parse(text);
      if (message && COMMAND.test(message.command)) receiver.message(message);
      else receiver.invalidLine(printable(text));
    }
  }

  /** Keeps one write under way until nothing waits. */
  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting !== "" && this.#ended === undefined) {
        let bytes = encoder.encode(this.#waiting);
        this.#waiting = "";
        while (bytes.length > 0) bytes = bytes.subarray(await this.#socket.write(bytes));
        this.#waitingBytes = byteLength(this.#waiting);
      }
      this.#writing = false;
    } catch {
      // The server takes nothing any more, so nothing more is written. But it may have said why, and
      // that can still be read; then the reader finds the end.
    }
  }
}
