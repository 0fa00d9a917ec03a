/**
 * The private conversations that the user has closed. One comes back in a later session only if it
 * has a newer message. Performs no I/O: a store keeps the list.
 *
 * @module
 */

/** The place where the list is kept: a nick and a time in turns. */
export interface ClosedStore {
  /** Returns the kept words. */
  read(): Iterable<string>;
  /** Keeps these words in place of all others. */
  keep(words: readonly string[]): void;
}

/** The largest number of conversations to keep; those closed last remain. */
const MAX_KEPT = 500;

/** The closed conversations at a server. The list is read each time: other clients change it. */
export class Closed {
  readonly #fold: (name: string) => string;
  readonly #store: ClosedStore | undefined;

  /** Uses the list in `store`. `fold` returns the form in which nicks are compared. */
  constructor(fold: (name: string) => string, store?: ClosedStore) {
    this.#fold = fold;
    this.#store = store;
  }

  /** Returns true if the conversation with `nick`, whose last message is of `time`, was closed. */
  has(nick: string, time: number): boolean {
    const closed = this.#read().find(([name]) => this.#fold(name) === this.#fold(nick))?.[1] ?? "";
    return Date.parse(closed) >= time;
  }

  /** Records that the conversation with `nick` was closed at `time`. */
  add(nick: string, time: number): void {
    const others = this.#read().filter(([name]) => this.#fold(name) !== this.#fold(nick));
    const kept: typeof others = [...others, [nick, new Date(time).toISOString()]];
    this.#store?.keep(kept.slice(-MAX_KEPT).flat());
  }

  /** Follows a person to their new nick. */
  rename(nick: string, to: string): void {
    const closed = this.#read().find(([name]) => this.#fold(name) === this.#fold(nick));
    if (!closed) return;
    const gone = [nick, to].map(this.#fold);
    const others = this.#read().filter(([name]) => !gone.includes(this.#fold(name)));
    this.#store?.keep([...others, [to, closed[1]]].flat());
  }

  #read(): [name: string, time: string][] {
    const words = [...this.#store?.read() ?? []];
    return words.flatMap((name, i) => i % 2 === 0 ? [[name, words[i + 1] ?? ""]] : []);
  }
}
