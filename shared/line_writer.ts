/**
 * Writes lines to a file, a terminal or a pipe without ever waiting for it: a pipe that nobody
 * reads must not stop the program. Lines that do not fit into the queue are dropped. Once half of
 * the queue is free again, a line in the output reports their number. Does not know what the lines
 * say.
 *
 * @module
 */

/** The destination. As with `Deno.stderr`, one call may write only a part. */
export interface Sink {
  /** Writes some of `bytes`; resolves to their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** The parts of a {@linkcode LineWriter}. */
export interface LineWriterParts {
  /** The destination. */
  readonly sink: Sink;
  /** Returns the line, without its end, that reports `count` dropped lines. */
  readonly droppedLine: (count: number) => string;
  /** The most bytes that wait; by default {@linkcode WAITING_BYTES}. */
  readonly limit?: number;
}

/** The most bytes of lines that wait for their destination: about ten thousand lines. */
const WAITING_BYTES = 1024 * 1024;
/**
 * The most bytes of one write, unless a single line is longer. A write of this size to a pipe is
 * never mixed with the writes of another process
 * (https://man7.org/linux/man-pages/man7/pipe.7.html, "PIPE_BUF").
 */
const WRITE_BYTES = 4096;

const encoder = new TextEncoder();

/** A writer of lines that never waits. */
export class LineWriter {
  readonly #sink: Sink;
  readonly #droppedLine: LineWriterParts["droppedLine"];
  readonly #limit: number;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #isWriting = false;
  /** The number of dropped lines that no line has reported yet. */
  #unreported = 0;
  #drained: PromiseWithResolvers<void> | undefined;
  /** The number of dropped lines. */
  dropped = 0;

  /** Makes a writer whose lines go to the sink of `parts`. */
  constructor({ sink, droppedLine, limit = WAITING_BYTES }: LineWriterParts) {
    this.#sink = sink;
    this.#droppedLine = droppedLine;
    this.#limit = limit;
  }

  /**
   * Queues a line, given without its end. Drops it if the queue is full, or if earlier lines were
   * dropped and could not be reported yet.
   */
  write(line: string): void {
    this.#reportDropped();
    if (this.#unreported > 0 || !this.#push(line)) this.#drop(1);
    this.#start();
  }

  /** Resolves when nothing waits. */
  drained(): Promise<void> {
    if (!this.#isWriting) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  /** Queues a line; returns false if the queue is full. */
  #push(line: string): boolean {
    const bytes = encoder.encode(`${line}\n`);
    if (this.#bytes + bytes.length > this.#limit) return false;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    return true;
  }

  #drop(count: number): void {
    this.#unreported += count;
    this.dropped += count;
  }

  /**
   * Once half of the queue is free again, reports the dropped lines, at the place in the output
   * where they are missing.
   */
  #reportDropped(): void {
    if (this.#unreported === 0 || this.#bytes > this.#limit / 2) return;
    if (this.#push(this.#droppedLine(this.#unreported))) this.#unreported = 0;
  }

  #start(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    this.#writeAll();
  }

  /** Writes all that waits. Never rejects. */
  async #writeAll(): Promise<void> {
    for (let lines = this.#take(); lines.length > 0; lines = this.#take()) {
      const bytes = joined(lines);
      try {
        for (let at = 0; at < bytes.length;) at += await this.#sink.write(bytes.subarray(at));
      } catch {
        // The reader of the log is gone, or the disk is full. The program must go on for its users.
        this.#drop(lines.length);
      }
      this.#bytes -= bytes.length;
      if (this.#waiting.length > 0) this.#reportDropped();
    }
    // Set without an `await` after the last check: a line that is queued later must start another
    // write.
    this.#isWriting = false;
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  /** Takes as many lines as fit into one write, and at least one if there are any. */
  #take(): Uint8Array[] {
    let size = 0;
    let count = 0;
    for (const { length } of this.#waiting) {
      size += length;
      if (count > 0 && size > WRITE_BYTES) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

function joined(lines: readonly Uint8Array[]): Uint8Array {
  const [only] = lines;
  if (only && lines.length === 1) return only;
  const bytes = new Uint8Array(lines.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
  }
  return bytes;
}
