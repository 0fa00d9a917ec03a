/**
 * The rooms and private conversations that the user has silenced: they are there and can be read,
 * but do not ask for attention. Performs no I/O: a store keeps the list.
 *
 * @module
 */

/** The place where the names are kept. */
export interface SilencedStore {
  /** Returns the kept names. */
  read(): Iterable<string>;
  /** Keeps these names in place of all others. */
  keep(names: readonly string[]): void;
}

/** The silenced conversations at a server. */
export class Silenced {
  readonly #fold: (name: string) => string;
  readonly #store: SilencedStore | undefined;
  #names: readonly string[];

  /** Reads the list from `store`. `fold` returns the form in which names are compared. */
  constructor(fold: (name: string) => string, store?: SilencedStore) {
    this.#fold = fold;
    this.#store = store;
    this.#names = [...store?.read() ?? []];
  }

  /** The names, in the order in which they were added or last changed. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Returns true for a silenced room or person. */
  has(name: string): boolean {
    return this.#names.length > 0 && this.#others(name).length < this.#names.length;
  }

  /** Silences a room or a person, or ends the silence. */
  set(name: string, isSilenced: boolean): void {
    this.#names = [...this.#others(name), ...isSilenced ? [name] : []];
    this.#store?.keep(this.#names);
  }

  /** Follows a room or a person to its new name; returns false if it is not silenced. */
  rename(name: string, to: string): boolean {
    if (!this.has(name)) return false;
    const folded = this.#fold(to);
    const others = this.#others(name).filter((each) => this.#fold(each) !== folded);
    this.#names = [...others, to];
    this.#store?.keep(this.#names);
    return true;
  }

  #others(name: string): string[] {
    const folded = this.#fold(name);
    return this.#names.filter((each) => this.#fold(each) !== folded);
  }
}
