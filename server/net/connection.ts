/**
 * Reads lines of limited length from a socket, at a limited rate, and writes to the socket through
 * an outbox. Does not know IRC commands, users or channels.
 *
 * @module
 */

import type { Cancel, Clock, Moment } from "../../shared/clock.ts";
import { LineReader, type Received } from "../../lines.ts";
import type { Limits, ListenAddress } from "../config/options.ts";
import type { Arrival } from "./arrival.ts";
import type { Budget } from "./budget.ts";
import type { Inflow } from "./inflow.ts";
import { type OtherProtocol, protocolOfBytes, protocolOfLine } from "./foreign.ts";
import { Outbox } from "../delivery/outbox.ts";
import { TokenBucket } from "../../shared/rate.ts";
import type { Tick } from "../delivery/tick.ts";
import type { Socket } from "../../shared/socket.ts";
import type { LineRules } from "./line_rules.ts";
import { NET_TEXTS } from "../texts/net.ts";

/** The handler of a connection's lines. */
export interface LineHandler {
  /** Handles a line, or a result in place of a line, such as that a line is too long. */
  received(found: Received): void;
  /**
   * Handles a peer that speaks another protocol. The peer has got an answer, and its connection is
   * being closed.
   */
  refused(protocol: OtherProtocol["protocol"]): void;
  /**
   * Handles the end of the connection; called once, last. `reason` is human-readable text. If there
   * are answers still to come, returns a promise that resolves after the last of them.
   */
  closed(reason: string): void | Promise<void>;
}

/** The settings and services that a connection needs. */
export interface ConnectionParts {
  /** The clock. */
  readonly clock: Clock;
  /** The input from the connections. */
  readonly inflow: Inflow;
  /** The tick, which decides when to write. */
  readonly tick: Tick;
  /** The limits of one client. */
  readonly limits: Limits;
  /** The budget of the server's time for its lines. */
  readonly budget: Budget;
  /** The queue of bytes to write; by default one that writes to the socket. */
  readonly outbox?: Outbox;
  /** Returns the refusal that answers the first line. If absent, clients are accepted. */
  readonly refuse?: ((first: Received) => OtherProtocol) | undefined;
}

/**
 * The sizes of read buffers. A pending read holds its buffer, and most connections are silent most
 * of the time. So they wait with a small buffer, and get a large one while they are busy.
 */
const SMALL_BUFFER = 512;
const LARGE_BUFFER = 16 * 1024;
/** The milliseconds that the peer has to read the last bytes before the connection is closed. */
const LINGER_MS = 500;
const NOTHING = new Uint8Array(0);
/**
 * The largest number of reads ahead, of {@linkcode SMALL_BUFFER} bytes each, while earlier lines
 * wait.
 */
const READS_AHEAD = 128;

/** A connection. */
export class Connection {
  /** The address that the peer connected to: an address of this machine, or of the peer's proxy. */
  readonly local: ListenAddress;
  /** The moment when the connection began or, with TLS, when the handshake was done. */
  readonly arrivedAt: Moment;
  /** True if the connection is encrypted. */
  readonly encrypted: boolean;
  /** The transport of the lines. A WebSocket may be encrypted or not. */
  readonly transport: "plain" | "tls" | "websocket";
  /**
   * The fingerprint of the peer's certificate, by which the peer can be recognized when it connects
   * again. The peer has proved that it has the certificate's key.
   */
  readonly certificate: string | undefined;
  /** The origin of the server's own page; see {@linkcode Arrival.pageOrigin}. */
  readonly pageOrigin: string | undefined;
  /** The name of the gateway that passes the connection on, if there is one. */
  readonly gateway: string | undefined;
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #reader: LineReader;
  /** The queue of bytes to write. */
  readonly outbox: Outbox;
  /** The budget of the server's time. */
  readonly budget: Budget;
  readonly #rate: TokenBucket;
  readonly #pauseMs: number | undefined;
  #begun: Uint8Array;
  #hasFirstLine = false;
  #state: "open" | "ending" | "closed" = "open";
  #reason: string = NET_TEXTS.connectionClosed;
  #wake: (() => void) | undefined;
  /** The number of pauses that have not ended, and a promise for the end of all of them. */
  #pauses = 0;
  #paused: PromiseWithResolvers<void> | undefined;
  /** True while lines of the last read are being delivered, or wait. */
  #isTaking = false;
  #isThrottled = false;
  #isLookingAhead = false;
  /** The time, in milliseconds, for which the server made lines wait, without the present wait. */
  #heldMs = 0;
  /** The beginning of the present wait, if lines wait for the server. */
  #heldSince: Moment | undefined;
  /** The reads ahead whose bytes were not taken yet, in order. */
  readonly #ahead: { readonly buffer: Uint8Array; readonly count: Promise<number | null> }[] = [];
  /** Ends the wait for the last answers. */
  #endWait: () => void = () => {};
  #cancelSilence: Cancel | undefined;
  #cancelDeadline: Cancel | undefined;
  /** The moment when bytes last came. */
  lastHeard: Moment;

  /** Takes over the socket of `arrival`; reads nothing more before {@linkcode run}. */
  constructor(
    arrival: Pick<
      Arrival,
      | "socket"
      | "takeUnread"
      | "encrypted"
      | "certificate"
      | "pageOrigin"
      | "gateway"
      | "isWebSocket"
      | "local"
      | "arrivedAt"
    >,
    parts: ConnectionParts,
    rules: LineRules = {},
  ) {
    const { clock, tick, limits } = parts;
    this.local = arrival.local;
    this.arrivedAt = arrival.arrivedAt;
    this.encrypted = arrival.encrypted;
    this.certificate = arrival.certificate;
    this.pageOrigin = arrival.pageOrigin;
    this.gateway = arrival.gateway;
    this.transport = arrival.isWebSocket ? "websocket" : arrival.encrypted ? "tls" : "plain";
    this.#socket = arrival.socket;
    // Lines are short, and each stop and start of reading costs time.
    arrival.socket.readAhead?.(true);
    this.#begun = arrival.takeUnread();
    this.#parts = parts;
    this.#reader = new LineReader(rules.limits);
    this.#pauseMs = rules.pauseMs;
    const overflowed = () => this.destroy(NET_TEXTS.sendQueueExceeded);
    this.outbox = parts.outbox ??
      new Outbox(arrival.socket, tick, limits.sendQueueBytes, overflowed);
    this.budget = parts.budget;
    this.#rate = new TokenBucket(limits.commandsPerSecond, limits.commandBurst, clock.moment());
    this.lastHeard = clock.moment();
  }

  /**
   * Pauses delivery of lines until the result is called; after several pauses, until all are ended.
   */
  pause(): () => void {
    this.#pauses++;
    this.#paused ??= Promise.withResolvers<void>();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#pauses === 0) this.#resume();
    };
  }

  #resume(): void {
    const paused = this.#paused;
    this.#paused = undefined;
    paused?.resolve();
  }

  /** Reads until the peer ends, waits until the queue is written, and closes. Never rejects. */
  async run(handler: LineHandler): Promise<void> {
    try {
      await this.#read(handler);
    } catch (error) {
      // The peer has reset the connection, or this server has closed it during the read.
      const isReset = error instanceof Deno.errors.ConnectionReset;
      this.destroy(isReset ? NET_TEXTS.connectionReset : NET_TEXTS.readError);
    }
    // A peer that sends no more may still be reading.
    this.#stopTaking(this.#reason);
    const destroyed = new Promise<void>((resolve) => this.#endWait = resolve);
    await Promise.race([handler.closed(this.#reason), destroyed]);
    await this.outbox.drained();
    this.destroy(this.#reason);
  }

  /** Stops handling lines, writes the queue, and closes. */
  end(reason: string): void {
    if (!this.#stopTaking(reason)) return;
    // Lines that are queued later in this turn are written, too. Then only this direction is
    // closed, so that the peer can read the last lines before it closes the other direction.
    Promise.resolve().then(() => this.outbox.drained())
      .then(() => this.#state === "closed" ? undefined : this.#socket.closeWrite())
      .catch(() => {}); // Reset by the peer: there is nothing left to close.
  }

  #stopTaking(reason: string): boolean {
    if (this.#state !== "open") return false;
    this.#reason = reason;
    this.#state = "ending";
    this.#wake?.();
    this.#resume();
    this.#cancelSilence?.();
    this.#cancelDeadline = this.#parts.clock.after(LINGER_MS, () => this.destroy(reason));
    return true;
  }

  /** Closes at once; a read or write in progress ends. */
  destroy(reason: string): void {
    if (this.#state === "closed") return;
    if (this.#state === "open") this.#reason = reason;
    this.#state = "closed";
    this.#wake?.();
    this.#resume();
    this.#cancelSilence?.();
    this.#cancelDeadline?.();
    this.outbox.close();
    this.#socket.close();
    this.#endWait();
  }

  async #read(handler: LineHandler): Promise<void> {
    const begun = this.#begun;
    this.#begun = NOTHING;
    if (begun.length > 0) await this.#takeInTurn(begun, handler);
    let buffer = new Uint8Array(SMALL_BUFFER);
    for (;;) {
      const ahead = this.#ahead.shift();
      const count = await (ahead ? ahead.count : this.#socket.read(buffer));
      if (!ahead) this.#parts.inflow.count();
      if (count === null) break;
      this.lastHeard = this.#parts.clock.moment();
      if (this.#state === "open") {
        await this.#takeInTurn((ahead?.buffer ?? buffer).subarray(0, count), handler);
      }
      if (count === SMALL_BUFFER && buffer.length === SMALL_BUFFER) {
        buffer = new Uint8Array(LARGE_BUFFER);
      } else if (count <= SMALL_BUFFER / 2 && buffer.length > SMALL_BUFFER) {
        buffer = new Uint8Array(SMALL_BUFFER);
      }
    }
    this.#takePartial(handler);
  }

  /** True while lines that have come wait for their turn, so that nothing more is read. */
  get hasWaitingLines(): boolean {
    return this.#isTaking;
  }

  /**
   * True while lines wait for the rate limit or the budget, rather than for the end of a command.
   */
  get isDelayed(): boolean {
    return this.#isThrottled || (this.#heldSince !== undefined && this.#paused === undefined);
  }

  /**
   * Returns the time up to `now` for which the server has made lines wait, in milliseconds. Waits
   * for the rate limit do not count, because the client has caused them.
   */
  heldMs(now: Moment): number {
    return this.#heldMs + (this.#heldSince ? now.since(this.#heldSince) : 0);
  }

  /**
   * Reads ahead while lines wait for their turn. The end of the connection takes effect at once.
   * Calls `found` when `text` comes, or when so much has come that it reads no further. Does
   * nothing if no lines wait, because then the connection is being read anyway.
   */
  async lookAhead(text: string, found: () => void): Promise<void> {
    if (!this.#isTaking || this.#isLookingAhead) return;
    this.#isLookingAhead = true;
    let before = "";
    while (this.#isTaking && this.#state === "open" && this.#ahead.length < READS_AHEAD) {
      const buffer = new Uint8Array(SMALL_BUFFER);
      const count = this.#socket.read(buffer);
      this.#ahead.push({ buffer, count });
      // The code that takes the bytes gets the error, too.
      const read = await count.catch(() => null);
      this.#parts.inflow.count();
      if (read === null) {
        this.#stopTaking(this.#reason);
        break;
      }
      const come = before + String.fromCharCode(...buffer.subarray(0, read));
      if (come.includes(text)) found();
      before = come.slice(-text.length);
    }
    if (this.#ahead.length >= READS_AHEAD) found();
    this.#isLookingAhead = false;
  }

  async #takeInTurn(chunk: Uint8Array, handler: LineHandler): Promise<void> {
    this.#isTaking = true;
    await this.#take(chunk, handler);
    this.#isTaking = false;
  }

  /** Delivers the lines in `chunk` at the rate that is allowed. */
  async #take(chunk: Uint8Array, handler: LineHandler): Promise<void> {
    this.#cancelSilence?.();
    const first = !this.#hasFirstLine && !this.#reader.hasPartial;
    if (first && this.#refuse(protocolOfBytes(chunk), handler)) return;
    this.#reader.feed(chunk);
    // Without a wait, the lines of one read count as received at one moment.
    let now: Moment | undefined = this.lastHeard;
    for (let found = this.#reader.next(); found; found = this.#reader.next()) {
      now ??= this.#parts.clock.moment();
      const wait = this.#rate.take(now);
      if (wait > 0) {
        await this.#throttle(wait);
        now = undefined;
      }
      // Delivery may have been paused by now: a command of another client may also start a long
      // answer to this client.
      if (this.#paused) {
        await this.#resumed();
        now = undefined;
      }
      if (this.#state !== "open") return;
      const line = found;
      const waiting = this.budget.run(() => this.#deliver(line, handler));
      if (!waiting && !this.#paused) continue;
      if (waiting) await this.#hold(waiting);
      if (this.#paused) await this.#resumed();
      now = undefined;
    }
    if (this.#pauseMs !== undefined && this.#reader.hasPartial) {
      const act = () => this.#takePartial(handler);
      this.#cancelSilence = this.#parts.inflow.deadline(this.#pauseMs, { act });
    }
  }

  /** Resolves once lines are delivered again. */
  async #resumed(): Promise<void> {
    while (this.#paused && this.#state === "open") await this.#hold(this.#paused.promise);
  }

  /** Waits for `work` of the server, and counts that time. */
  async #hold(work: Promise<void>): Promise<void> {
    const since = this.#parts.clock.moment();
    this.#heldSince = since;
    await work;
    this.#heldMs += this.#parts.clock.moment().since(since);
    this.#heldSince = undefined;
  }

  #takePartial(handler: LineHandler): void {
    if (this.#pauseMs === undefined || this.#state !== "open") return;
    const found = this.#reader.takePartial();
    if (found) this.#deliver(found, handler);
  }

  #deliver(found: Received, handler: LineHandler): void {
    // The connection may have been closed while the line waited for its turn.
    if (this.#state !== "open") return;
    if (!this.#hasFirstLine) {
      this.#hasFirstLine = true;
      if (this.#refuse(protocolOfLine(found) ?? this.#parts.refuse?.(found), handler)) return;
    }
    handler.received(found);
  }

  #refuse(foreign: OtherProtocol | undefined, handler: LineHandler): boolean {
    if (foreign === undefined) return false;
    this.outbox.push(foreign.answer);
    this.end(NET_TEXTS.speaks(foreign.protocol));
    handler.refused(foreign.protocol);
    return true;
  }

  /** Waits `ms`, or until the connection is ending; does not wait if it is ending already. */
  async #throttle(ms: number): Promise<void> {
    if (this.#state !== "open") return;
    this.#isThrottled = true;
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#isThrottled = false;
  }
}
