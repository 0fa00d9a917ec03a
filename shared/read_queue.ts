/**
 * Queues received data until it is read. Does not know the content or the source of the data.
 *
 * @module
 */

/** The number of received, unread bytes at which the source is paused. */
const UNREAD_BYTES = 16 * 1024;

/** The source of the data. */
interface Source {
  pause(): unknown;
  resume(): unknown;
}

/** A read that waits for data. */
interface Reader {
  readonly into: Uint8Array;
  readonly resolve: (count: number | null) => void;
  readonly reject: (error: Error) => void;
}

/** The data that was received and not yet read. One read at a time is in progress. */
export class ReadQueue {
  readonly #source: Source;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #reader: Reader | undefined;
  #end: Error | null | undefined;

  /** Creates an empty queue. While the queue is full, it pauses `source`. */
  constructor(source: Source) {
    this.#source = source;
  }

  /** Adds received data. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const reader = this.#reader;
    this.#reader = undefined;
    if (this.#length >= UNREAD_BYTES) this.#source.pause();
    reader?.resolve(this.#take(reader.into));
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
    if (this.#length > 0) return Promise.resolve(this.#take(into));
    const end = this.#end;
    if (end === null) return Promise.resolve(null);
    if (end) return Promise.reject(end);
    return new Promise((resolve, reject) => this.#reader = { into, resolve, reject });
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
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    const wasFull = this.#length >= UNREAD_BYTES;
    this.#length -= count;
    if (wasFull && this.#length < UNREAD_BYTES) this.#source.resume();
    return count;
  }
}
