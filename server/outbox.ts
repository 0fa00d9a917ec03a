/**
 * What waits to be written to one client. Its contract:
 *
 * 1. `push` never waits and never throws.
 * 2. At most one write is in flight; what is pushed meanwhile waits for the next turn.
 * 3. Past its limit it gives the client up: everybody else goes on as if nothing had happened.
 * 4. Bytes are written in the order in which they were pushed, or not at all.
 *
 * It knows bytes and nothing of what they say.
 *
 * @module
 */

/** Where an outbox writes. As in `Deno.Conn`, one call may take only a part. */
export interface ByteSink {
  /** Takes some of `bytes`; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** What an outbox needs of the one it works for. */
export interface OutboxOwner {
  /** There is something to write at the end of this turn. */
  dirty(outbox: Outbox): void;
  /** A write has ended that {@linkcode Outbox.flush} began. */
  written(): void;
  /** A queue that is still empty, shared by all that start this turn with nothing to write. */
  readonly empty: Queue;
}

/**
 * Lines to be written, as an immutable list from the last to the first. Clients in the same rooms
 * are sent the same lines one after another; asked for the same next line, a queue gives the same
 * next queue, so they all end up holding one and the same object, joined into bytes once.
 */
export class Queue {
  /** How many bytes it holds. */
  readonly length: number;
  readonly #before: Queue | undefined;
  readonly #line: Uint8Array;
  #next: Queue | undefined;
  #joined: Uint8Array | undefined;

  private constructor(before: Queue | undefined, line: Uint8Array) {
    this.#before = before;
    this.#line = line;
    this.length = (before?.length ?? 0) + line.length;
  }

  /** A queue with nothing in it. */
  static empty(): Queue {
    return new Queue(undefined, new Uint8Array(0));
  }

  /** The queue with `line` behind it. The same array gives the same queue. */
  append(line: Uint8Array): Queue {
    const next = this.#next;
    if (next !== undefined && next.#line === line) return next;
    return (this.#next = new Queue(this, line));
  }

  /** All its lines as one piece. */
  bytes(): Uint8Array {
    if (this.#joined) return this.#joined;
    if (this.#before?.length === 0) return (this.#joined = this.#line);
    const joined = new Uint8Array(this.length);
    let start = this.length - this.#line.length;
    joined.set(this.#line, start);
    for (let at = this.#before; at !== undefined; at = at.#before) {
      start -= at.#line.length;
      joined.set(at.#line, start);
    }
    return (this.#joined = joined);
  }
}

/** A bounded send queue; see the module for its contract. */
export class Outbox {
  readonly #sink: ByteSink;
  readonly #owner: OutboxOwner;
  readonly #limit: number;
  readonly #onFull: () => void;
  #queue: Queue | undefined;
  #inFlight = 0;
  #dirty = false;
  #closed = false;
  #drained: PromiseWithResolvers<void> | undefined;

  /** `limit` is in bytes, those in flight included; `onFull` is called once, when it is passed. */
  constructor(sink: ByteSink, owner: OutboxOwner, limit: number, onFull: () => void) {
    this.#sink = sink;
    this.#owner = owner;
    this.#limit = limit;
    this.#onFull = onFull;
  }

  /** Queues `line`, which must not change afterwards. */
  push(line: Uint8Array): void {
    if (this.#closed) return;
    const queue = (this.#queue ?? this.#owner.empty).append(line);
    if (queue.length + this.#inFlight > this.#limit) {
      this.close();
      this.#onFull();
      return;
    }
    this.#queue = queue;
    this.#wantFlush();
  }

  /** Bytes not yet taken by the operating system. */
  get length(): number {
    return (this.#queue?.length ?? 0) + this.#inFlight;
  }

  /**
   * Writes what has been pushed; returns whether there was anything. Called by its owner, once a turn,
   * for each outbox that is dirty.
   */
  flush(): boolean {
    this.#dirty = false;
    const queue = this.#queue;
    if (queue === undefined || this.#closed) return false;
    this.#queue = undefined;
    this.#inFlight = queue.length;
    this.#write(queue.bytes());
    return true;
  }

  /** Resolves when everything pushed so far is written, or never will be. */
  drained(): Promise<void> {
    if (this.length === 0 || this.#closed) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  /** Forgets what is queued and takes no more. A write in flight ends when its socket is closed. */
  close(): void {
    this.#closed = true;
    this.#queue = undefined;
    this.#drained?.resolve();
  }

  #wantFlush(): void {
    if (this.#dirty || this.#inFlight > 0) return;
    this.#dirty = true;
    this.#owner.dirty(this);
  }

  #write(bytes: Uint8Array): void {
    this.#sink.write(bytes).then(
      (count) => count < bytes.length ? this.#write(bytes.subarray(count)) : this.#written(),
      () => {
        // Whoever reads from the socket hears of its end as well, and closes this.
        this.close();
        this.#owner.written();
      },
    );
  }

  #written(): void {
    this.#inFlight = 0;
    if (this.#queue !== undefined) this.#wantFlush();
    else this.#drained?.resolve();
    this.#owner.written();
  }
}
