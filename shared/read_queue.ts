/**
 * Queues received data until it is read. Does not know the content or the source of the data.
 *
 * @module
 */

/** The number of received, unread bytes at which the source is paused. */
const UNREAD_BYTES = 16 * 1024;

/** The source of the data. */
export interface Source {
  /** Stops reading. */
  pause(): unknown;
  /** Reads again. */
  resume(): unknown;
  /** Frees a chunk that was read. By default, the garbage collection frees it. */
  free?(chunk: Uint8Array): void;
}

/** A read that waits for data. */
interface Reader {
  readonly into: Uint8Array;
  readonly resolve: (count: number | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The data that was received and not yet read. At most one read is in progress at a time. The
 * source is paused while the queue is full or, if nothing is read ahead, while no read waits.
 */
export class ReadQueue {
  readonly #source: Source;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  /** The number of unread bytes at which the source is paused. */
  #limit = UNREAD_BYTES;
  #isPaused = false;
  #reader: Reader | undefined;
  #end: Error | null | undefined;

  /** Creates an empty queue, which reads ahead. */
  constructor(source: Source) {
    this.#source = source;
  }

  /** Sets whether the source is also read while no read waits. */
  readAhead(isWanted: boolean): void {
    this.#limit = isWanted ? UNREAD_BYTES : 0;
    this.#adjust();
  }

  /** Adds received data. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.resolve(this.#take(reader.into));
    this.#adjust();
  }

  /**
   * Notes the end of the data: `null` if the peer has ended the data, or an error. Only the first
   * end counts.
   */
  end(end: Error | null): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const reader = this.#reader;
    this.#reader = undefined;
    if (end === null) reader?.resolve(null);
    else reader?.reject(end);
  }

  /** Reads into `into`; resolves to the number of bytes, or to `null` if the peer has ended. */
  read(into: Uint8Array): Promise<number | null> {
    const end = this.#end;
    if (this.#length > 0) {
      const count = this.#take(into);
      this.#adjust();
      return Promise.resolve(count);
    }
    if (end === null) return Promise.resolve(null);
    if (end) return Promise.reject(end);
    return new Promise((resolve, reject) => {
      this.#reader = { into, resolve, reject };
      this.#adjust();
    });
  }

  /**
   * Returns the data for another reader: `begun`, bytes that were read already, and then all data
   * that was not read. Returns `undefined` if the data has ended.
   */
  rest(begun: Uint8Array): Uint8Array | undefined {
    if (this.#end !== undefined) return undefined;
    const all = new Uint8Array(begun.length + this.#length);
    all.set(begun);
    this.#take(all.subarray(begun.length));
    return all;
  }

  #take(into: Uint8Array): number {
    let count = 0;
    for (let chunk = this.#chunks[0]; chunk && count < into.length; chunk = this.#chunks[0]) {
      const part = chunk.subarray(0, into.length - count);
      into.set(part, count);
      count += part.length;
      if (part.length < chunk.length) {
        this.#chunks[0] = chunk.subarray(part.length);
      } else {
        this.#chunks.shift();
        this.#source.free?.(chunk);
      }
    }
    this.#length -= count;
    return count;
  }

  /** Pauses or resumes the source. */
  #adjust(): void {
    const isPaused = this.#reader === undefined && this.#length >= this.#limit;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#source.pause();
    else this.#source.resume();
  }
}
