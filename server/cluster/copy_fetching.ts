/**
 * Gets a copy of a file from another process of a cluster. If that process dies, NATS says so, and
 * the copying begins again with another. Does not know the content of the file.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { createInbox } from "@nats-io/nats-core";
import { pause } from "../../shared/clock.ts";
import { removeFile } from "../../shared/files.ts";
import { concat } from "../../lines.ts";
import {
  type Answer,
  type CopyParts,
  isAnswer,
  type Question,
  type Wanted,
} from "./copy_questions.ts";
import { encode, tryDecode } from "./encoding.ts";

/** The number of pieces that are asked for at a time. */
const IN_FLIGHT = 4;

/** The time in which somebody must offer a copy, in milliseconds. */
const OFFER_MS = 2000;

/** The time between two questions for offers, in milliseconds. */
const ASK_AGAIN_MS = 500;

/** The time after which a process that does not answer is given up, in milliseconds. */
const SILENCE_MS = 5000;

/**
 * The pause between the first two questions whether a copy is ready, in milliseconds. Each further
 * pause is twice as long, up to {@linkcode POLL_MS}: an uploaded file is ready at once, but a copy
 * of a database takes seconds.
 */
const FIRST_POLL_MS = 5;
const POLL_MS = 100;

/** The error of a process that does not give the copy that it has offered. */
class SourceError extends Error {
  override name = "SourceError";
}

/** The database of another process. */
const DATABASE: Wanted = { kind: "copies", name: "" };

/**
 * Gets a copy from another process, by default of that process's database. Writes the file to the
 * path `into`, and resolves to the state that belongs to the file. Resolves to `undefined` if
 * nobody offers a copy within two seconds. A process whose copy has failed is not asked again.
 *
 * @throws {Error} if the file cannot be written.
 */
export async function fetchCopy(
  parts: CopyParts,
  into: string,
  wanted: Wanted = DATABASE,
): Promise<{ readonly state: Uint8Array } | undefined> {
  const failed = new Set<string>();
  for (;;) {
    const source = await findSource(parts, wanted, failed);
    if (source === undefined) return undefined;
    try {
      return { state: await fetchFrom(new Asking(parts, wanted, source), into) };
    } catch (error) {
      removeFile(into);
      if (!(error instanceof SourceError)) throw error;
      parts.log.warn("another server has not completed a copy", { reason: error.message });
      failed.add(source);
    }
  }
}

/** Returns the identity of the first process that offers a copy, except those in `failed`. */
async function findSource(
  { bus: { connection, subjects }, clock }: CopyParts,
  { kind, name }: Wanted,
  failed: ReadonlySet<string>,
): Promise<string | undefined> {
  const found = Promise.withResolvers<string | undefined>();
  const inbox = createInbox();
  const subscription = connection.subscribe(inbox, {
    callback: (_, { data }) => {
      const source = tryDecode(data);
      if (typeof source === "string" && !failed.has(source)) found.resolve(source);
    },
  });
  const ask = () => connection.publish(subjects[kind], encode(name), { reply: inbox });
  ask();
  // A process that has a copy may connect while this one waits.
  const stopAsking = clock.every(ASK_AGAIN_MS, ask);
  const stopWaiting = clock.after(OFFER_MS, () => found.resolve(undefined));
  try {
    return await found.promise;
  } finally {
    stopAsking();
    stopWaiting();
    subscription.unsubscribe();
  }
}

/** Gets the copy of one process; resolves to its state. */
async function fetchFrom(asking: Asking, into: string): Promise<Uint8Array> {
  const { state, file, piece } = await asking.open();
  const ofState = Math.ceil(state / piece);
  const pieces: Uint8Array[] = [];
  let [number, size, checksum] = [0, 0, 0];
  using target = await Deno.open(into, { write: true, create: true, truncate: true, mode: 0o600 });
  for await (const bytes of asking.pieces(ofState + Math.ceil(file / piece))) {
    checksum = crc32(bytes, checksum);
    size += bytes.length;
    // If the other process sends more than it has announced, nothing more is written.
    if (size > state + file) break;
    if (number++ < ofState) pieces.push(bytes);
    else for (let at = 0; at < bytes.length;) at += await target.write(bytes.subarray(at));
  }
  const end = await asking.ask("end");
  if (end.type !== "ended" || end.checksum !== checksum || size !== state + file) {
    throw new SourceError("the copy is damaged");
  }
  await target.syncData();
  return concat(pieces);
}

/** The questions of one copying. */
class Asking {
  readonly #parts: CopyParts;
  readonly #wanted: Wanted;
  readonly #subject: string;
  readonly #copying = crypto.randomUUID();

  constructor(parts: CopyParts, wanted: Wanted, source: string) {
    this.#parts = parts;
    this.#wanted = wanted;
    this.#subject = `${parts.bus.subjects[wanted.kind]}.${source}`;
  }

  /** Waits until the copy is ready; returns its sizes. */
  async open(): Promise<Extract<Answer, { type: "ready" }>> {
    for (let pollMs = FIRST_POLL_MS;; pollMs = Math.min(2 * pollMs, POLL_MS)) {
      const answer = await this.ask("open");
      if (answer.type === "ready") return this.#checked(answer);
      if (answer.type !== "opening") throw new SourceError(answer.type);
      await pause(this.#parts.clock, pollMs);
    }
  }

  #checked(sizes: Extract<Answer, { type: "ready" }>): typeof sizes {
    const { bytes } = this.#wanted;
    if (bytes === undefined || (bytes === sizes.file && sizes.state === 0)) return sizes;
    throw new SourceError("the file has another size");
  }

  /** Yields the pieces in order; always requests some of the next ones in advance. */
  async *pieces(count: number): AsyncIterableIterator<Uint8Array> {
    const coming: Promise<Uint8Array>[] = [];
    for (let left = count; left > 0 || coming.length > 0;) {
      for (; left > 0 && coming.length < IN_FLIGHT; left--) {
        const piece = this.#request("piece");
        // If an earlier piece fails, nobody waits for this one, and nothing else catches its error.
        piece.catch(() => {});
        coming.push(piece);
      }
      const next = await coming.shift();
      if (next) yield next;
    }
  }

  /** Returns the answer to a question. */
  async ask(type: "open" | "end"): Promise<Answer> {
    const answer = tryDecode(await this.#request(type));
    if (isAnswer(answer)) return answer;
    throw new SourceError("it is no answer");
  }

  async #request(type: Question["type"]): Promise<Uint8Array> {
    const bytes = encode({ type, copying: this.#copying, name: this.#wanted.name });
    const { connection } = this.#parts.bus;
    try {
      return (await connection.request(this.#subject, bytes, { timeout: SILENCE_MS })).data;
    } catch (error) {
      throw new SourceError(error instanceof Error ? error.message : String(error));
    }
  }
}
