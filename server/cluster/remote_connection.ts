/**
 * The connection of a client as its session at the leader sees it. The real connection is at the
 * client's edge. What the session sends goes there as answers.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import type { Socket } from "../../shared/socket.ts";
import type { Limits } from "../config/options.ts";
import { Outbox } from "../delivery/outbox.ts";
import { Tick } from "../delivery/tick.ts";
import type { Budget } from "../net/budget.ts";
import { Connection } from "../net/connection.ts";
import type { Inflow } from "../net/inflow.ts";
import type { Origin } from "./messages.ts";

const NOTHING = new Uint8Array(0);
const NO_SOCKET: Socket = {
  read: () => Promise.resolve(null),
  write: (bytes) => Promise.resolve(bytes.length),
  close() {},
  closeWrite: () => Promise.resolve(),
};
/** The tick of outboxes that write nothing themselves. */
const NO_TICK = new Tick();

/** The functions that are called when a session acts on its connection. */
export interface ConnectionTaker {
  /** Takes lines that are sent; returns the number of the answer that has them. */
  sent(lines: Uint8Array): number;
  /** Called when the session ends the connection. */
  ended(reason: string): void;
  /** Called when lines must wait. They wait until the returned function is called. */
  paused(): () => void;
}

/** The send queue of a session at the leader. Its bytes wait until the edge shows them. */
export class AnswerOutbox extends Outbox {
  readonly #sent: ConnectionTaker["sent"];
  readonly #limit: number;
  /** The answers that are not shown, each with the number of its bytes. */
  readonly #unshown: { readonly number: number; readonly bytes: number }[] = [];
  #length = 0;
  #taken = 0;
  #isFull = false;
  #isCut = false;
  #drained: PromiseWithResolvers<void> | undefined;

  /** Makes a queue with a `limit` in bytes. `sent` takes its lines. */
  constructor(limit: number, sent: ConnectionTaker["sent"]) {
    super(NO_SOCKET, NO_TICK, limit, () => {});
    this.#limit = limit;
    this.#sent = sent;
  }

  /** Sends a line as an answer. */
  override push(line: Uint8Array): void {
    if (this.isClosed) return;
    const number = this.#sent(line);
    this.#length += line.length;
    this.#unshown.push({ number, bytes: line.length });
  }

  /** Calls `make` at once, and sends the line that it returns. */
  override pushLater(make: () => Uint8Array): void {
    if (!this.isClosed) this.push(make());
  }

  /** Notes that the edge has shown the answers up to `number`. */
  confirm(number: number): void {
    for (let first = this.#unshown[0]; first; first = this.#unshown[0]) {
      if (first.number > number) break;
      this.#unshown.shift();
      this.#length -= first.bytes;
      if (!this.#isCut) this.#taken += first.bytes;
    }
    this.#noteDrained();
  }

  /** Notes if the client reads so slowly that much waits for it at its edge. */
  set isFull(isFull: boolean) {
    this.#isFull = isFull;
    this.#noteDrained();
  }

  /** The number of bytes that the edge has not shown. */
  override get length(): number {
    return this.#length;
  }

  /** The number of bytes that the edge has shown, except those after {@linkcode cut}. */
  override get taken(): number {
    return this.#taken;
  }

  /** Returns true if more than half of the limit waits, here or at the edge. */
  override isHalfFull(): boolean {
    return this.#isFull || this.#length > this.#limit / 2;
  }

  /** Resolves once the edge has shown everything, or never will. */
  override drained(): Promise<void> {
    if (this.isClosed || this.#isDrained) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  /**
   * Notes that the client sends no more. If the client may still read, the answers to its earlier
   * lines are sent. They do not count as {@linkcode taken}, because nobody learns if the client
   * reads them.
   */
  cut(mayRead: boolean): void {
    if (mayRead) this.#isCut = true;
    else this.close();
  }

  /** Takes no more lines. */
  override close(): void {
    super.close();
    this.#noteDrained();
  }

  get #isDrained(): boolean {
    return this.#length === 0 && !this.#isFull;
  }

  #noteDrained(): void {
    if (!this.isClosed && !this.#isDrained) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}

/** The parts of a {@linkcode RemoteConnection}. */
export interface RemoteParts {
  /** The clock. */
  readonly clock: Clock;
  /** The input of this server. */
  readonly inflow: Inflow;
  /** The limits of one client. */
  readonly limits: Limits;
  /** The budget of the time that the client may use. */
  readonly budget: Budget;
}

/** A connection whose socket is at another process. */
export class RemoteConnection extends Connection {
  /** The queue of its answers. */
  readonly answers: AnswerOutbox;
  readonly #taker: ConnectionTaker;

  /** Makes the connection of a client with this `origin`. */
  constructor(origin: Origin, parts: RemoteParts, taker: ConnectionTaker) {
    const { clock, limits } = parts;
    const answers = new AnswerOutbox(limits.sendQueueBytes, (lines) => taker.sent(lines));
    const { local, encrypted, isWebSocket, certificate, gateway, pageOrigin } = origin;
    super({
      ...{ local, encrypted, isWebSocket, certificate, gateway, pageOrigin },
      socket: NO_SOCKET,
      takeUnread: () => NOTHING,
      arrivedAt: clock.moment(),
    }, { ...parts, tick: NO_TICK, outbox: answers });
    this.answers = answers;
    this.#taker = taker;
  }

  /** Makes further lines of the client wait. */
  override pause(): () => void {
    return this.#taker.paused();
  }

  /** Ends the connection at the edge. */
  override end(reason: string): void {
    this.#taker.ended(reason);
    this.answers.close();
  }

  /** Ends the connection at the edge. */
  override destroy(reason: string): void {
    this.end(reason);
  }
}
