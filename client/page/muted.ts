/**
 * The conversations that the user has muted: they cause no notifications, and are not counted in the title.
 * Performs no I/O: a store keeps the list.
 *
 * @module
 */

/** The place where the names are kept. */
export interface MutedStore {
  /** Returns the kept names. */
  read(): Iterable<string>;
  /** Keeps these names in place of all others. */
  keep(names: readonly string[]): void;
}

/** The muted conversations. */
export class Muted {
  readonly #store: MutedStore;
  readonly #isSame: (one: string, other: string) => boolean;
  #names: readonly string[];

  /** Reads the names from `store`. `isSame` returns true if the server treats two names as the same. */
  constructor(isSame: (one: string, other: string) => boolean, store: MutedStore) {
    this.#isSame = isSame;
    this.#store = store;
    this.#names = [...store.read()];
  }

  /** Returns true if the conversation is muted. */
  has(name: string): boolean {
    return this.#names.some((each) => this.#isSame(each, name));
  }

  /** Mutes a conversation, or no longer. */
  toggle(name: string): void {
    const others = this.#names.filter((each) => !this.#isSame(each, name));
    this.#names = others.length < this.#names.length ? others : [...others, name];
    this.#store.keep(this.#names);
  }
}
