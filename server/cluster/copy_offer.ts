/**
 * Gives copies of a file to other processes of a cluster. Does not know the content of the file.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { Msg } from "@nats-io/nats-core";
import type { Cancel } from "../../shared/clock.ts";
import { Guard } from "../../shared/guard.ts";
import { type Copy, type CopyParts, isQuestion, type Question } from "./copy_questions.ts";
import { encode, tryDecode } from "./encoding.ts";

/** The largest size of a piece, in bytes. */
const PIECE = 128 * 1024;

/** The time after which a copy that nobody asks for any more is removed, in milliseconds. */
const IDLE_MS = 10_000;

/**
 * Offers copies to other processes, one at a time. `open` makes a copy when it is asked for.
 * Dispose of the result to end the offer.
 */
export function offerCopies(parts: CopyParts, open: () => Promise<Copy>): AsyncDisposable {
  return new Offer(parts, open);
}

/** A copy on its way to another process. */
class Handover {
  readonly copy: Copy;
  /** The sizes, as the other process gets them. */
  readonly sizes: { readonly state: number; readonly file: number; readonly piece: number };
  readonly #file: Deno.FsFile;
  #pieces = 0;
  #checksum = 0;

  private constructor(copy: Copy, file: Deno.FsFile, size: number, piece: number) {
    this.copy = copy;
    this.#file = file;
    this.sizes = { state: copy.state.length, file: size, piece };
  }

  static async begin(copy: Copy, piece: number): Promise<Handover> {
    try {
      const file = await Deno.open(copy.path);
      return new Handover(copy, file, (await file.stat()).size, piece);
    } catch (error) {
      copy.done();
      throw error;
    }
  }

  get checksum(): number {
    return this.#checksum;
  }

  /** Returns the next piece. */
  async next(): Promise<Uint8Array> {
    const { piece } = this.sizes;
    const { state } = this.copy;
    const at = this.#pieces++ * piece;
    const bytes = at < state.length ? state.subarray(at, at + piece) : await this.#read(piece);
    this.#checksum = crc32(bytes, this.#checksum);
    return bytes;
  }

  end(): void {
    this.#file.close();
    this.copy.done();
  }

  async #read(size: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(size);
    let length = 0;
    while (length < size) {
      const read = await this.#file.read(bytes.subarray(length));
      if (read === null) break;
      length += read;
    }
    return bytes.subarray(0, length);
  }
}

/** The offer of copies. */
class Offer implements AsyncDisposable {
  readonly #parts: CopyParts;
  readonly #open: () => Promise<Copy>;
  readonly #guard: Guard;
  readonly #id = crypto.randomUUID();
  readonly #subscriptions;
  /** The copying that has begun, if there is one. */
  #copying: string | undefined;
  /** True while a copy is made, perhaps for a process that no longer asks for it. */
  #isOpening = false;
  /** The last copying whose copy could not be made. */
  #failed: string | undefined;
  #handover: Handover | undefined;
  /** Settles once all earlier questions are answered. */
  #answered: Promise<void> = Promise.resolve();
  #forgets: Cancel = () => {};

  constructor(parts: CopyParts, open: () => Promise<Copy>) {
    this.#parts = parts;
    this.#open = open;
    this.#guard = new Guard(parts);
    const { connection, subjects: { copies } } = parts.bus;
    const listen = (subject: string, take: (msg: Msg) => void) =>
      connection.subscribe(subject, {
        // An error of the callback would end the reading of all messages.
        callback: (_, msg) => void this.#guard.run("a copy failed", {}, () => take(msg)),
      });
    this.#subscriptions = [
      listen(copies, (msg) => {
        if (this.#isFree) msg.respond(encode(this.#id));
      }),
      listen(`${copies}.${this.#id}`, (msg) => {
        this.#answered = this.#answered.then(() => this.#answer(msg));
      }),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#answered;
    this.#end();
  }

  get #isFree(): boolean {
    return this.#copying === undefined && !this.#isOpening;
  }

  async #answer(msg: Msg): Promise<void> {
    const question = tryDecode(msg.data);
    if (!isQuestion(question)) return;
    let answer: Uint8Array = encode({ type: "refused" });
    try {
      answer = await this.#answerTo(question);
    } catch (error) {
      this.#guard.report("a copy failed", {}, error);
      this.#end();
    }
    if (!this.#parts.bus.connection.isClosed()) msg.respond(answer);
  }

  async #answerTo(question: Question): Promise<Uint8Array> {
    const { copying } = question;
    const isNew = this.#isFree && this.#failed !== copying;
    if (question.type === "open" && isNew) void this.#begin(copying);
    if (copying !== this.#copying) return encode({ type: "refused" });
    this.#expectMore();
    const handover = this.#handover;
    if (!handover) return encode({ type: "opening" });
    switch (question.type) {
      case "open":
        return encode({ type: "ready", ...handover.sizes });
      case "piece":
        return await handover.next();
      case "end":
        this.#end();
        return encode({ type: "ended", checksum: handover.checksum });
    }
  }

  async #begin(copying: string): Promise<void> {
    this.#copying = copying;
    this.#isOpening = true;
    try {
      const piece = Math.min(PIECE, this.#parts.bus.maxBytes);
      const handover = await Handover.begin(await this.#open(), piece);
      if (this.#copying === copying) this.#handover = handover;
      else handover.end();
    } catch (error) {
      this.#guard.report("a copy failed", {}, error);
      this.#failed = copying;
      if (this.#copying === copying) this.#end();
    } finally {
      this.#isOpening = false;
    }
  }

  /** Ends the copying if the other process is silent for a while. */
  #expectMore(): void {
    this.#forgets();
    this.#forgets = this.#guard.clock.after(IDLE_MS, () => this.#end());
  }

  #end(): void {
    this.#forgets();
    const handover = this.#handover;
    this.#copying = undefined;
    this.#handover = undefined;
    this.#guard.run("a copy failed", {}, () => handover?.end());
  }
}
