/**
 * The send queue of one client. Its contract:
 *
 * 1. `push` never waits and never throws.
 * 2. At most one write is in flight; lines pushed meanwhile wait for the next turn.
 * 3. When the queue exceeds its limit, the client is closed; all other clients are unaffected.
 * 4. Bytes are written in the order in which they were pushed, or not at all.
 *
 * It handles bytes, and does not know their meaning.
 *
 * @module
 */

/** The destination of an outbox. One write may take only some of the bytes, as with `Deno.Conn`. */
export interface ByteSink {
  /** Writes some of `bytes`; resolves to their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** The interface that an outbox needs from its owner. */
export interface OutboxOwner {
  /**
   * Notes that `outbox` has lines to write at the end of this turn. If they are urgent, `outbox` is
   * written before other outboxes.
   */
  dirty(outbox: Outbox, isUrgent: boolean): void;
  /** Notes the end of a write that {@linkcode Outbox.flush} started. */
  written(): void;
  /**
   * The empty queue to which each outbox appends its first line of a turn. Outboxes that start from
   * the same empty queue, and then get the same lines, share one {@linkcode Queue}.
   */
  readonly empty: Queue;
}

/**
 * A queue keeps at most this many of its last lines as separate arrays. It joins earlier lines into
 * pieces, because an array that holds one short line needs many times the memory of the line's
 * bytes.
 */
const LOOSE_LINES = 64;

/**
 * Lines to be written, as an immutable linked list from the last line to the first. Clients in the
 * same channels get the same lines in the same order. Appending the same line to a queue returns
 * the same next queue. So all these clients share one object, whose lines are joined into bytes
 * once.
 */
export class Queue {
  /** The number of bytes. */
  readonly length: number;
  readonly #before: Queue | undefined;
  /** A line, or a piece of joined lines. */
  readonly #line: Uint8Array;
  /**
   * If `#line` is one line, the number of separate lines since the last piece, including this line.
   * If `#line` is a piece, 0.
   */
  readonly #loose: number;
  #next: Queue | undefined;
  #joined: Uint8Array | undefined;

  private constructor(before: Queue | undefined, line: Uint8Array, loose: number) {
    this.#before = before;
    this.#line = line;
    this.#loose = loose;
    this.length = (before?.length ?? 0) + line.length;
  }

  /** Returns an empty queue. */
  static empty(): Queue {
    return new Queue(undefined, new Uint8Array(0), 0);
  }

  /** Returns this queue with `line` added at its end. The same array gives the same queue. */
  append(line: Uint8Array): Queue {
    const next = this.#next;
    return next !== undefined && next.#line === line ? next : this.#appendNew(line);
  }

  #appendNew(line: Uint8Array): Queue {
    const before = this.#loose < LOOSE_LINES ? this : this.#packed();
    return (this.#next = new Queue(before, line, before.#loose + 1));
  }

  /** Returns all lines, joined. */
  bytes(): Uint8Array {
    if (this.#joined) return this.#joined;
    if (this.#before?.length === 0) return (this.#joined = this.#line);
    return (this.#joined = this.#since(undefined));
  }

  /**
   * Returns the lines after `base`, an earlier element of this list, joined; all lines if `base` is
   * `undefined`.
   */
  #since(base: Queue | undefined): Uint8Array {
    const joined = new Uint8Array(this.length - (base?.length ?? 0));
    let start = joined.length - this.#line.length;
    joined.set(this.#line, start);
    for (let at = this.#before; at !== base && at !== undefined; at = at.#before) {
      start -= at.#line.length;
      joined.set(at.#line, start);
    }
    return joined;
  }

  /**
   * Returns a queue with the same bytes, in which the lines after the last piece are joined into a
   * piece.
   */
  #packed(): Queue {
    let base = this.#before;
    // Drop the references to the separate lines, so that their memory can be freed.
    for (; base !== undefined && base.#loose > 0; base = base.#before) base.#next = undefined;
    if (base) base.#next = undefined;
    return new Queue(base, this.#since(base), 0);
  }
}

/** Lines that several outboxes share: a line that is added here is in all of them. */
export class SharedQueue {
  #queue: Queue;
  /** The number of outboxes. */
  #size = 0;
  /**
   * A number of bytes that each of the outboxes can still take. It does not grow when an outbox
   * leaves, so the outboxes that stay may have more room than this.
   */
  #room = Infinity;

  /** Starts with `queue`, which the outboxes already have. */
  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** The lines. */
  get queue(): Queue {
    return this.#queue;
  }

  /** Returns true if `line` surely fits into all the outboxes, or there is no line. */
  hasRoomFor(line: Uint8Array | undefined): boolean {
    return line === undefined || line.length <= this.#room;
  }

  /** Adds `line`, if there is one; returns the number of outboxes that got it. */
  append(line: Uint8Array | undefined): number {
    if (line === undefined) return 0;
    this.#queue = this.#queue.append(line);
    this.#room -= line.length;
    return this.#size;
  }

  /** Notes that one more outbox shares this queue; the outbox can take `room` more bytes. */
  enter(room: number): void {
    this.#size++;
    this.#room = Math.min(this.#room, room);
  }

  /** Notes that an outbox no longer shares this queue. */
  leave(): void {
    this.#size--;
  }
}

/** The membership of an outbox in a {@linkcode SharedQueue}. */
export interface Following {
  /** The queue. */
  readonly shared: SharedQueue;
  /** Called when the outbox has left the shared queue and has taken over its lines. */
  left(): void;
}

/** A bounded send queue, with the guarantees that the module comment lists. */
export class Outbox {
  readonly #sink: ByteSink;
  readonly #owner: OutboxOwner;
  readonly #limit: number;
  readonly #onFull: () => void;
  #queue: Queue | undefined;
  /** The membership in a shared queue. If it is set, the lines are there and `#queue` is unset. */
  #following: Following | undefined;
  /** The functions of {@linkcode pushLater}: they make lines that follow those of the queue. */
  #unmade: (() => Uint8Array)[] | undefined;
  #inFlight = 0;
  #taken = 0;
  /** True if `dirty` was called since the last flush. */
  #isNoted = false;
  #isNotedUrgent = false;
  #isUrgent = false;
  #closed = false;
  #drained: PromiseWithResolvers<void> | undefined;

  /**
   * Creates an empty send queue. Its `limit`, in bytes, also applies to bytes in flight. `onFull`
   * is called once, when the limit is exceeded.
   */
  constructor(sink: ByteSink, owner: OutboxOwner, limit: number, onFull: () => void) {
    this.#sink = sink;
    this.#owner = owner;
    this.#limit = limit;
    this.#onFull = onFull;
  }

  /**
   * Queues `line`, a whole encoded line or several, whose bytes must not change afterwards. If it
   * is urgent, this queue is written before the queues of other clients.
   */
  push(line: Uint8Array, isUrgent = false): void {
    if (this.#following !== undefined) this.leaveShared();
    if (this.#unmade !== undefined) this.#make();
    if (isUrgent) this.#isUrgent = true;
    if (this.#closed) return;
    const queue = (this.#queue ?? this.#owner.empty).append(line);
    if (queue.length + this.#inFlight > this.#limit) return this.#overflow();
    this.#queue = queue;
    // The same as `#wantFlush`, repeated here because a call for each line of each client takes
    // time.
    if (this.#inFlight === 0 && (!this.#isNoted || this.#isUrgent)) this.#note();
  }

  /**
   * Queues the lines that `make` returns. `make` is called only when this queue is written or gets
   * further lines. So in a short time, thousands of clients can each be sent a different line. If
   * `make` throws, its lines are left out.
   */
  pushLater(make: () => Uint8Array): void {
    if (this.#closed) return;
    this.leaveShared();
    (this.#unmade ??= []).push(make);
    this.#wantFlush();
  }

  /**
   * The queue, if it can be shared with other outboxes that have the same queue; otherwise
   * `undefined`.
   */
  get shareable(): Queue | undefined {
    return this.#unmade === undefined && this.#following === undefined ? this.#queue : undefined;
  }

  /** Uses the shared queue of `following`, which must have the same lines as this outbox. */
  share(following: Following): void {
    following.shared.enter(this.#limit - this.length);
    this.#queue = undefined;
    this.#following = following;
  }

  /** Stops sharing a queue, and keeps its lines; does nothing if no queue is shared. */
  leaveShared(): void {
    const following = this.#following;
    if (following === undefined) return;
    this.#following = undefined;
    this.#queue = following.shared.queue;
    following.shared.leave();
    following.left();
  }

  #make(): void {
    const unmade = this.#unmade ?? [];
    this.#unmade = undefined;
    for (const make of unmade) {
      try {
        this.push(make());
      } catch (error) {
        // The other clients must get their lines all the same. The server reports the error.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #overflow(): void {
    this.close();
    this.#onFull();
  }

  /**
   * The number of bytes that are queued or in flight. A write counts in full until all its bytes
   * are written. Lines of {@linkcode pushLater} count once they are made.
   */
  get length(): number {
    const queue = this.#following?.shared.queue ?? this.#queue;
    return (queue?.length ?? 0) + this.#inFlight;
  }

  /** True once the outbox takes no more lines. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Returns true if more than half of the limit is used. */
  isHalfFull(): boolean {
    return this.length > this.#limit / 2;
  }

  /** The number of bytes that the operating system has taken so far. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Writes the lines that were pushed. Returns false if there are no lines, a write is in flight,
   * or the outbox is closed. The owner calls this for each dirty outbox.
   */
  flush(): boolean {
    if (this.#closed || this.#inFlight > 0) return false;
    this.leaveShared();
    if (this.#unmade) this.#make();
    const queue = this.#queue;
    this.#queue = undefined;
    this.#isNoted = false;
    this.#isNotedUrgent = false;
    this.#isUrgent = false;
    if (queue === undefined) {
      // Each function of `pushLater` threw, so there is nothing to wait for.
      this.#noteDrained();
      return false;
    }
    this.#inFlight = queue.length;
    this.#write(queue.bytes());
    return true;
  }

  /** Resolves when no lines are left to write: all are written, or the outbox is closed. */
  drained(): Promise<void> {
    if (this.#closed || (this.length === 0 && !this.#unmade)) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  /** Drops all lines and takes no more. A write in flight ends when its socket is closed. */
  close(): void {
    this.leaveShared();
    this.#closed = true;
    this.#queue = undefined;
    this.#unmade = undefined;
    this.#noteDrained();
  }

  /** Resolves {@linkcode drained}; lines that are pushed from now on get another promise. */
  #noteDrained(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #wantFlush(): void {
    if (this.#inFlight === 0 && (!this.#isNoted || this.#isUrgent)) this.#note();
  }

  #note(): void {
    if (this.#isNotedUrgent) return;
    this.#isNoted = true;
    this.#isNotedUrgent = this.#isUrgent;
    this.#owner.dirty(this, this.#isUrgent);
  }

  #write(bytes: Uint8Array): void {
    let written: Promise<number>;
    try {
      written = this.#sink.write(bytes);
    } catch (error) {
      // The other clients of this turn must still get their lines.
      written = Promise.reject(error);
    }
    written.then(
      (count) => {
        this.#taken += count;
        if (count < bytes.length) this.#write(bytes.subarray(count));
        else this.#written();
      },
      () => {
        // The code that reads from this socket also notices that it is broken, and closes the
        // connection.
        this.close();
        this.#owner.written();
      },
    );
  }

  #written(): void {
    this.#inFlight = 0;
    if (this.#queue !== undefined || this.#following || this.#unmade) this.#wantFlush();
    else this.#noteDrained();
    this.#owner.written();
  }
}
