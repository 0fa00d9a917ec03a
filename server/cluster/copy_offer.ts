/**
 * Gives copies of a file to other processes of a cluster. Does not know the content of the file.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { Msg } from "@nats-io/nats-core";
import type { Cancel } from "../../shared/clock.ts";
import { Guard } from "../../shared/guard.ts";
import {
  type Copy,
  type CopyParts,
  isQuestion,
  type Offered,
  type Question,
} from "./copy_questions.ts";
import { encode, tryDecode } from "./encoding.ts";

/** The largest size of a piece, in bytes. */
const PIECE = 128 * 1024;

/** The time after which a copy that nobody asks for any more is removed, in milliseconds. */
const IDLE_MS = 10_000;

/** Offers copies to other processes. Dispose of the result to end the offer. */
export function offerCopies(parts: CopyParts, offered: Offered): AsyncDisposable {
  return new Offer(parts, offered);
}

/** Returns the offer of the database of this process. `open` makes a copy of the database. */
export function databaseOffer(open: () => Promise<Copy>): Offered {
  return { kind: "copies", atOnce: 1, has: () => true, open };
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

/** A copying that has begun. */
interface Copying {
  /** The copy; absent while it is made. */
  handover?: Handover;
  /** Cancels the timer that ends the copying if the other process is silent. */
  forgets: Cancel;
}

/** The offer of copies. */
class Offer implements AsyncDisposable {
  readonly #parts: CopyParts;
  readonly #offered: Offered;
  readonly #guard: Guard;
  readonly #id = crypto.randomUUID();
  readonly #subscriptions;
  /** The copyings that have begun, by their identities. */
  readonly #copyings = new Map<string, Copying>();
  /** The number of copies that exist or are being made, even for processes that no longer ask. */
  #count = 0;
  /** The last copying whose copy could not be made. */
  #failed: string | undefined;
  /** Settles once all earlier questions are answered. */
  #answered: Promise<void> = Promise.resolve();

  constructor(parts: CopyParts, offered: Offered) {
    this.#parts = parts;
    this.#offered = offered;
    this.#guard = new Guard(parts);
    const { connection, subjects } = parts.bus;
    const subject = subjects[offered.kind];
    const listen = (subject: string, take: (msg: Msg) => void) =>
      connection.subscribe(subject, {
        // An error of the callback would end the reading of all messages.
        callback: (_, msg) => void this.#guard.run("a copy failed", {}, () => take(msg)),
      });
    this.#subscriptions = [
      listen(subject, (msg) => {
        const name = tryDecode(msg.data);
        const isHere = offered.has(typeof name === "string" ? name : "");
        if (isHere && this.#isFree) msg.respond(encode(this.#id));
      }),
      listen(`${subject}.${this.#id}`, (msg) => {
        this.#answered = this.#answered.then(() => this.#answer(msg));
      }),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#answered;
    for (const copying of [...this.#copyings.keys()]) this.#end(copying);
  }

  get #isFree(): boolean {
    return this.#count < this.#offered.atOnce;
  }

  async #answer(msg: Msg): Promise<void> {
    const question = tryDecode(msg.data);
    if (!isQuestion(question)) return;
    let answer: Uint8Array = encode({ type: "refused" });
    try {
      answer = await this.#answerTo(question);
    } catch (error) {
      this.#guard.report("a copy failed", {}, error);
      this.#end(question.copying);
    }
    if (!this.#parts.bus.connection.isClosed()) msg.respond(answer);
  }

  async #answerTo({ type, copying, name = "" }: Question): Promise<Uint8Array> {
    const isNew = !this.#copyings.has(copying) && this.#failed !== copying;
    if (type === "open" && isNew && this.#isFree) void this.#begin(copying, name);
    const begun = this.#copyings.get(copying);
    if (!begun) return encode({ type: "refused" });
    this.#expectMore(copying, begun);
    const { handover } = begun;
    if (!handover) return encode({ type: "opening" });
    switch (type) {
      case "open":
        return encode({ type: "ready", ...handover.sizes });
      case "piece":
        return await handover.next();
      case "end":
        this.#end(copying);
        return encode({ type: "ended", checksum: handover.checksum });
    }
  }

  async #begin(copying: string, name: string): Promise<void> {
    const begun: Copying = { forgets: () => {} };
    this.#copyings.set(copying, begun);
    this.#count++;
    try {
      const piece = Math.min(PIECE, this.#parts.bus.maxBytes);
      begun.handover = await Handover.begin(await this.#offered.open(name), piece);
      if (this.#copyings.get(copying) !== begun) this.#done(begun);
    } catch (error) {
      this.#guard.report("a copy failed", {}, error);
      this.#failed = copying;
      this.#count--;
      this.#end(copying);
    }
  }

  /** Ends a copying if the other process is silent for a while. */
  #expectMore(copying: string, begun: Copying): void {
    begun.forgets();
    begun.forgets = this.#guard.clock.after(IDLE_MS, () => this.#end(copying));
  }

  #end(copying: string): void {
    const begun = this.#copyings.get(copying);
    this.#copyings.delete(copying);
    begun?.forgets();
    // If the copy is still being made, `#begin` ends it later.
    if (begun?.handover) this.#done(begun);
  }

  #done({ handover }: Copying): void {
    this.#count--;
    this.#guard.run("a copy failed", {}, () => handover?.end());
  }
}
