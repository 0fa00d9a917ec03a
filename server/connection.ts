/**
 * One socket: bytes in, cut into lines under a limit and at a bounded rate; bytes out, through an
 * outbox. Knows nothing of IRC commands, users or rooms.
 *
 * @module
 */

import type { Cancel, Clock } from "../clock.ts";
import { type LineLimits, LineReader, type Received } from "../lines.ts";
import type { Limits, ListenAddress } from "./config/options.ts";
import type { Arrival } from "./net/arrival.ts";
import { type Foreign, foreignBytes, foreignLine } from "./net/foreign.ts";
import { Outbox } from "./outbox.ts";
import { TokenBucket } from "./net/rate.ts";
import type { Tick } from "./tick.ts";

/** The part of a `Deno.TcpConn` in use. */
export type Socket = Pick<Deno.TcpConn, "read" | "write" | "close" | "closeWrite">;

/** Who acts on what a connection brings. */
export interface Visitor {
  /** A line came, or something that is not one. */
  received(found: Received): void;
  /** The other side speaks another protocol; it has been answered and is being closed. */
  refused(protocol: Foreign["protocol"]): void;
  /** It is over; called once, last. `reason` is for people. */
  closed(reason: string): void;
}

/** What connections need of their server. */
export interface ConnectionParts {
  /** The time. */
  readonly clock: Clock;
  /** What says when to write. */
  readonly tick: Tick;
  /** How much one client may ask. */
  readonly limits: Limits;
  /** What to answer to the first line, whatever it says, instead of taking it; absent, it is welcome. */
  readonly refuse?: ((first: Received) => Foreign) | undefined;
}

/** How lines come on a connection. */
export interface LineRules {
  /** How long they may be; absent, as long as in IRC. */
  readonly limits?: LineLimits;
  /** Milliseconds of silence that end a line as a line end would; absent, nothing else does. */
  readonly pauseMs?: number;
}

/**
 * A pending read pins its buffer, and most connections are silent most of the time: they wait with
 * a small one, and get a larger one while they are busy.
 */
const SMALL_BUFFER = 512;
const LARGE_BUFFER = 16 * 1024;
/** How long a connection that is being closed may take to read what was sent to it. */
const LINGER_MS = 500;
const NOTHING = new Uint8Array(0);

/** One socket; see the module. */
export class Connection {
  /** Which address of this machine it came to. */
  readonly local: ListenAddress;
  /** When it came, in milliseconds of the clock. */
  readonly arrivedAt: number;
  /** Whether nobody on the way can read along. */
  readonly encrypted: boolean;
  /** What lines come by: a WebSocket, encrypted or not, or TLS, or neither. */
  readonly transport: "plain" | "tls" | "websocket";
  /**
   * The fingerprint of the certificate of whoever is at the other end, who has shown to have its key:
   * by it they can be recognised when they come again.
   */
  readonly certificate: string | undefined;
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #reader: LineReader;
  /** What waits to be written to it. */
  readonly outbox: Outbox;
  readonly #rate: TokenBucket;
  readonly #pauseMs: number | undefined;
  #begun: Uint8Array;
  #greeted = false;
  #state: "open" | "ending" | "closed" = "open";
  #reason = "Connection closed";
  #wake: (() => void) | undefined;
  #paused: Promise<void> | undefined;
  #cancelPause: Cancel | undefined;
  #cancelDeadline: Cancel | undefined;
  /** When bytes last came, in milliseconds of the clock. */
  lastHeard: number;

  /** A connection of somebody who has arrived; nothing more is read before {@linkcode run}. */
  constructor(
    arrival: Pick<
      Arrival,
      "socket" | "begun" | "encrypted" | "certificate" | "isWebSocket" | "local" | "at"
    >,
    parts: ConnectionParts,
    rules: LineRules = {},
  ) {
    const { clock, tick, limits } = parts;
    this.local = arrival.local;
    this.arrivedAt = arrival.at;
    this.encrypted = arrival.encrypted;
    this.certificate = arrival.certificate;
    this.transport = arrival.isWebSocket ? "websocket" : arrival.encrypted ? "tls" : "plain";
    this.#socket = arrival.socket;
    this.#begun = arrival.begun;
    this.#parts = parts;
    this.#reader = new LineReader(rules.limits);
    this.#pauseMs = rules.pauseMs;
    this.outbox = new Outbox(
      arrival.socket,
      tick,
      limits.sendQueueBytes,
      () => this.destroy("Send queue exceeded"),
    );
    this.#rate = new TokenBucket(limits.commandsPerSecond, limits.commandBurst, clock.now());
    this.lastHeard = clock.now();
  }

  /** Hands on no more lines until what this returns is called. */
  pause(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#paused = promise;
    this.#wake = resolve;
    return resolve;
  }

  /** Reads until it is over and what was queued by then is written. Never rejects. */
  async run(visitor: Visitor): Promise<void> {
    try {
      await this.#read(visitor);
    } catch (error) {
      // Reset by the other side, or closed by this one while reading.
      const isReset = error instanceof Deno.errors.ConnectionReset;
      this.destroy(isReset ? "Connection reset" : "Read error");
    }
    // Who sends no more may still be reading.
    this.#stopTaking(this.#reason);
    visitor.closed(this.#reason);
    await this.outbox.drained();
    this.destroy(this.#reason);
  }

  /** Takes no more lines, writes what is queued, and closes. */
  end(reason: string): void {
    if (!this.#stopTaking(reason)) return;
    // What is still said in this turn goes out too. Then closing only this direction lets the other
    // side read the last words before it closes its own.
    Promise.resolve().then(() => this.outbox.drained())
      .then(() => this.#state === "closed" ? undefined : this.#socket.closeWrite())
      .catch(() => {}); // Reset by the other side: there is nothing left to close.
  }

  #stopTaking(reason: string): boolean {
    if (this.#state !== "open") return false;
    this.#reason = reason;
    this.#state = "ending";
    this.#wake?.();
    this.#cancelPause?.();
    this.#cancelDeadline = this.#parts.clock.after(LINGER_MS, () => this.destroy(reason));
    return true;
  }

  /** Closes at once; a write or read under way ends. */
  destroy(reason: string): void {
    if (this.#state === "closed") return;
    if (this.#state === "open") this.#reason = reason;
    this.#state = "closed";
    this.#wake?.();
    this.#cancelPause?.();
    this.#cancelDeadline?.();
    this.outbox.close();
    this.#socket.close();
  }

  async #read(visitor: Visitor): Promise<void> {
    const begun = this.#begun;
    this.#begun = NOTHING;
    if (begun.length > 0) await this.#take(begun, visitor);
    let buffer = new Uint8Array(SMALL_BUFFER);
    for (;;) {
      const count = await this.#socket.read(buffer);
      if (count === null) break;
      this.lastHeard = this.#parts.clock.now();
      if (this.#state === "open") await this.#take(buffer.subarray(0, count), visitor);
      if (count === SMALL_BUFFER && buffer.length === SMALL_BUFFER) {
        buffer = new Uint8Array(LARGE_BUFFER);
      } else if (count <= SMALL_BUFFER / 2 && buffer.length > SMALL_BUFFER) {
        buffer = new Uint8Array(SMALL_BUFFER);
      }
    }
    this.#takePartial(visitor);
  }

  /** Hands on the lines in `chunk`, no faster than allowed: until then, nothing more is read. */
  async #take(chunk: Uint8Array, visitor: Visitor): Promise<void> {
    this.#cancelPause?.();
    const first = !this.#greeted && !this.#reader.hasPartial;
    if (first && this.#turnAway(foreignBytes(chunk), visitor)) return;
    this.#reader.feed(chunk);
    for (let found = this.#reader.next(); found; found = this.#reader.next()) {
      const wait = this.#rate.take(this.#parts.clock.now());
      if (wait > 0) await this.#sleep(wait);
      if (this.#state !== "open") return;
      this.#hand(found, visitor);
      while (this.#paused) {
        const paused = this.#paused;
        await paused;
        // What it waited for may have begun something else that takes its time.
        if (this.#paused === paused) this.#paused = undefined;
      }
    }
    if (this.#pauseMs !== undefined && this.#reader.hasPartial) {
      this.#cancelPause = this.#parts.clock.after(this.#pauseMs, () => this.#takePartial(visitor));
    }
  }

  #takePartial(visitor: Visitor): void {
    if (this.#pauseMs === undefined || this.#state !== "open") return;
    const found = this.#reader.takePartial();
    if (found) this.#hand(found, visitor);
  }

  #hand(found: Received, visitor: Visitor): void {
    if (!this.#greeted) {
      this.#greeted = true;
      if (this.#turnAway(foreignLine(found) ?? this.#parts.refuse?.(found), visitor)) return;
    }
    visitor.received(found);
  }

  #turnAway(foreign: Foreign | undefined, visitor: Visitor): boolean {
    if (foreign === undefined) return false;
    this.outbox.push(foreign.answer);
    this.end(`Speaks ${foreign.protocol}`);
    visitor.refused(foreign.protocol);
    return true;
  }

  /** Waits `ms`, or until the connection is ending. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
