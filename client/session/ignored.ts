/**
 * The people whose messages the user does not want to see. A person whose account is known is
 * recognized by the account, even under another nick; any other person, by the nick. Performs no
 * I/O: a store keeps the list.
 *
 * @module
 */

import { type ClientEvent, isSpeech } from "./events.ts";

/** The place where the list is kept. Each person is one word: the nick, or `nick,account`. */
export interface IgnoredStore {
  /** Returns the kept list. */
  read(): Iterable<string>;
  /** Keeps these words in place of all others. */
  keep(words: readonly string[]): void;
}

/** A person who is ignored. */
interface Person {
  readonly nick: string;
  readonly account?: string;
}

type NickChange = Pick<Extract<ClientEvent, { type: "nick" }>, "nick" | "to" | "account">;

/** The largest number of nicks whose accounts are remembered. */
const MAX_ACCOUNTS = 1000;

/** The people who are ignored at a server. */
export class Ignored {
  readonly #isSame: (one: string, other: string) => boolean;
  readonly #store: IgnoredStore | undefined;
  #people: readonly Person[] = [];
  /**
   * The accounts of users that have sent a message or an invitation, by nick in lower case. The
   * latest sender comes last.
   */
  readonly #accounts = new Map<string, string>();

  /**
   * Reads the list from `store`. `isSame` returns true if the server treats two names as the same.
   */
  constructor(isSame: (one: string, other: string) => boolean, store?: IgnoredStore) {
    this.#isSame = isSame;
    this.#store = store;
    this.#people = this.#read();
  }

  /** The nicks of the people, in the order in which they were added or last changed their nick. */
  get nicks(): string[] {
    return this.#people.map(({ nick }) => nick);
  }

  /**
   * Returns true if `event` is a message or an invitation of an ignored person. Must get every new
   * event, because it also notes the accounts of users, and changes the list if an ignored person
   * changes their nick.
   */
  hides(event: ClientEvent): boolean {
    if (event.type === "nick" && !event.own) this.#renamed(event);
    if (!isSpeech(event) && event.type !== "invite") return false;
    if (event.own) return false;
    const { nick, account } = event;
    this.#remember(nick, account, isSpeech(event) && event.isPast === true);
    return this.#people.some((person) =>
      person.account !== undefined && account !== undefined
        ? this.#isSame(person.account, account)
        : this.#isSame(person.nick, nick)
    );
  }

  /** Ignores a person from now on: by nick, and by account if it is known. */
  add(nick: string): void {
    const account = this.#accounts.get(nick.toLowerCase());
    this.#change((people) => [
      ...this.#others(people, nick),
      { nick, ...(account !== undefined && { account }) },
    ]);
  }

  /** Stops ignoring a person; returns false if they were not ignored. */
  remove(nick: string): boolean {
    const all = [...this.#people, ...this.#read()];
    if (this.#others(all, nick).length === all.length) return false;
    this.#change((people) => this.#others(people, nick));
    return true;
  }

  #renamed({ nick, to, account = this.#accounts.get(nick.toLowerCase()) }: NickChange): void {
    if (this.#accounts.delete(nick.toLowerCase())) this.#remember(to, account);
    const isThem = (person: Person) =>
      this.#isSame(person.nick, nick) &&
      (person.account === undefined || account === undefined ||
        this.#isSame(person.account, account));
    const person = this.#people.find(isThem);
    if (!person) return;
    this.#change((people) => {
      const others = people.filter((each) => !isThem(each));
      if (others.length === people.length) return people;
      return [...this.#others(others, to), { ...person, nick: to }];
    });
  }

  /**
   * Notes the account of the user with this nick, or that this user has none. A message of the
   * history does not change what is known, since another user may have had the nick then.
   */
  #remember(nick: string, account: string | undefined, isPast = false): void {
    const key = nick.toLowerCase();
    if (isPast && this.#accounts.has(key)) return;
    this.#accounts.delete(key);
    if (account === undefined) return;
    this.#accounts.set(key, account);
    if (this.#accounts.size <= MAX_ACCOUNTS) return;
    const [first] = this.#accounts.keys();
    if (first !== undefined) this.#accounts.delete(first);
  }

  #others(people: readonly Person[], nick: string): Person[] {
    return people.filter((person) => !this.#isSame(person.nick, nick));
  }

  /** Returns the kept list. */
  #read(): readonly Person[] {
    return [...this.#store?.read() ?? []].map((word) => {
      const [nick = "", account] = word.split(",");
      return { nick, ...(account && { account }) };
    });
  }

  /**
   * Changes the list here, and the kept list. Each gets the same change, because another client of
   * the user may have changed the kept list meanwhile.
   */
  #change(edit: (people: readonly Person[]) => readonly Person[]): void {
    this.#people = edit(this.#people);
    this.#store?.keep(
      edit(this.#read()).map(({ nick, account }) =>
        account === undefined ? nick : `${nick},${account}`
      ),
    );
  }
}
