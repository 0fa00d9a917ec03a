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
    return this.#names.length > 0 && this.#others(this.#names, name).length < this.#names.length;
  }

  /** Silences a room or a person, or ends the silence. */
  set(name: string, isSilenced: boolean): void {
    this.#change((names) => [...this.#others(names, name), ...isSilenced ? [name] : []]);
  }

  /** Follows a room or a person to its new name; returns false if it is not silenced. */
  rename(name: string, to: string): boolean {
    if (!this.has(name)) return false;
    this.#change((names) => {
      const others = this.#others(names, name);
      return others.length === names.length ? names : [...this.#others(others, to), to];
    });
    return true;
  }

  /**
   * Changes the names here, and the kept names. Both get the same change, because another client of
   * the user may have changed the kept names meanwhile.
   */
  #change(edit: (names: readonly string[]) => readonly string[]): void {
    this.#names = edit(this.#names);
    this.#store?.keep(edit([...this.#store.read()]));
  }

  #others(names: readonly string[], name: string): string[] {
    const folded = this.#fold(name);
    return names.filter((each) => this.#fold(each) !== folded);
  }
}
