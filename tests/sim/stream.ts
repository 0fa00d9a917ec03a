/**
 * A model of the log: a stream of NATS JetStream with these features: expected last sequence,
 * message ids (against duplicates), republish and direct get. It never loses what it has
 * acknowledged.
 *
 * @module
 */

import type { Entry, Reply, Request } from "../../server/cluster/messages.ts";

/** The log. */
export class Stream {
  /** All entries that were ever stored, including those that have been purged. */
  readonly entries: Entry[] = [];
  /** The number of the first entry that was not purged. */
  first = 1;
  readonly #seqs = new Map<string, number>();
  readonly #republish: (seq: number, entry: Entry) => void;

  /** Creates an empty log, which passes each committed entry to `republish`. */
  constructor(republish: (seq: number, entry: Entry) => void) {
    this.#republish = republish;
  }

  /** The number of the last entry; 0 if there is none. */
  get last(): number {
    return this.entries.length;
  }

  /** Performs a request; checks the number that an append expects only if `isFenced`. */
  perform(request: Request, isFenced: boolean): Reply {
    if (request.type === "get") return this.#get(request.seq);
    const { id, expected, entry } = request;
    // An append that is already stored is acknowledged again, even if its expected entry is no
    // longer the last.
    const stored = this.#seqs.get(id);
    if (stored !== undefined) return { type: "stored", id, seq: stored };
    const { last } = this;
    if (isFenced && expected !== last) return { type: "refused", id, last };
    const seq = this.entries.push(entry);
    this.#seqs.set(id, seq);
    this.#republish(seq, entry);
    return { type: "stored", id, seq };
  }

  /** Removes the entries before `first`. */
  purge(first: number): void {
    this.first = Math.max(this.first, first);
  }

  #get(seq: number): Reply {
    const entry = seq < this.first ? undefined : this.entries[seq - 1];
    if (entry === undefined) return { type: "none", seq, first: this.first };
    return { type: "entry", seq, entry };
  }
}
