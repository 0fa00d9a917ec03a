/**
 * The nicks in use, and the comparison of nicks that look alike. Part of the network's state.
 *
 * @module
 */

import confusables from "unhomoglyph/data.json" with { type: "json" };
import { casefold } from "../../protocol.ts";
import type { User } from "./state.ts";

/**
 * Returns the skeleton of a nick, a text that all nicks that look alike have in common. Upper and
 * lower case, or full and normal width, make no difference. Unlike in the specification, `m` and
 * `rn` do not look alike, since too many nicks would be refused otherwise.
 *
 * Source: Unicode Technical Standard #39 (https://www.unicode.org/reports/tr39/, "Confusable
 * Detection").
 */
export function skeleton(nick: string): string {
  let prototypes = "";
  for (const character of nick.normalize("NFKD")) prototypes += prototypeOf(character);
  return prototypes.normalize("NFKD").toLowerCase();
}

/** The characters that look like other text, each with that text, its prototype. */
const PROTOTYPES: Readonly<Record<string, string>> = confusables;

function prototypeOf(character: string): string {
  const prototype = PROTOTYPES[character] ?? character;
  return prototype === "rn" ? "m" : prototype;
}

/** Returns the first of `guest1`, `guest2`, … for which `isFree` returns true. */
export function guestNick(isFree: (nick: string) => boolean): string {
  let number = 1;
  while (!isFree(`guest${number}`)) number++;
  return `guest${number}`;
}

/** The nicks in use. */
export class Nicks {
  readonly #users = new Map<string, User>();
  readonly #bySkeleton = new Map<string, User>();

  /** Returns the user whose nick is `nick`. */
  get(nick: string): User | undefined {
    return this.#users.get(casefold(nick));
  }

  /** Returns the users who have the nick `nick`, or one that looks like it. */
  holdersOf(nick: string): User[] {
    const holders = [this.get(nick), this.#bySkeleton.get(skeleton(nick))];
    return [...new Set(holders.filter((holder) => holder !== undefined))];
  }

  /** Returns true if a user other than `user` has the nick `nick`, or one that looks like it. */
  isTaken(nick: string, user?: User): boolean {
    const holders = [this.get(nick), this.#bySkeleton.get(skeleton(nick))];
    return holders.some((holder) => holder !== undefined && holder !== user);
  }

  /** Gives `nick` to `user`. */
  add(nick: string, user: User): void {
    this.#users.set(casefold(nick), user);
    this.#bySkeleton.set(skeleton(nick), user);
  }

  /** Takes `nick` from `user`. */
  delete(nick: string, user: User): void {
    const like = skeleton(nick);
    this.#users.delete(casefold(nick));
    if (this.#bySkeleton.get(like) === user) this.#bySkeleton.delete(like);
  }
}
