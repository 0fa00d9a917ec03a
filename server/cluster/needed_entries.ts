/**
 * Knows which entries of the log this server needs: those after the state that it has kept, and
 * those after each copy that another server is getting. Performs no I/O.
 *
 * @module
 */

/** The entries of the log that a server needs. */
export class NeededEntries {
  #kept: number;
  /** The numbers of the last entries that the copies have. */
  readonly #copies = new Set<{ readonly seq: number }>();

  /** Begins with a state that has the entries up to `kept`. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** The number of the last entry that the kept state has. */
  get kept(): number {
    return this.#kept;
  }

  /** The number of the last entry that this server does not need any more. */
  get after(): number {
    return Math.min(this.#kept, ...Array.from(this.#copies, ({ seq }) => seq));
  }

  /** Notes that the state after the entry `seq` is kept. */
  keep(seq: number): void {
    this.#kept = seq;
  }

  /**
   * Notes a copy with the entries up to `seq`. Call the result once the server that gets the copy
   * no longer needs the log to keep the entries after `seq`.
   */
  copy(seq: number): () => void {
    const copy = { seq };
    this.#copies.add(copy);
    return () => void this.#copies.delete(copy);
  }
}
