/**
 * The nicks in use, and the comparison of nicks that look alike. Part of the network's state.
 *
 * @module
 */

import confusables from "unhomoglyph/data.json" with { type: "json" };
import { casefold } from "../../protocol.ts";
import type { User } from "./state.ts";

/**
 * Returns the skeletons of a nick: that of the nick as it is written and, if it differs, that of
 * the nick in lower case. Two nicks look alike if they have a skeleton in common. So `paypaI` looks
 * like `paypal`, and `Ian` like both `lan` and `ian`, but `ian` does not look like `lan`. Full and
 * normal width make no difference. Unlike the specification, this does not treat `m` and `rn` as
 * alike, because too many nicks would be refused.
 *
 * Source: Unicode Technical Standard #39 (https://www.unicode.org/reports/tr39/, "Confusable
 * Detection").
 */
export function skeletons(nick: string): string[] {
  const written = nick.normalize("NFKD");
  return [...new Set([written, written.toLowerCase()].map(skeleton))];
}

/** Returns true if the two nicks look alike, or differ only in case. */
export function lookAlike(one: string, other: string): boolean {
  const ofOther = skeletons(other);
  return skeletons(one).some((each) => ofOther.includes(each));
}

function skeleton(decomposed: string): string {
  let prototypes = "";
  for (const character of decomposed) prototypes += prototypeOf(character);
  return prototypes.normalize("NFKD").toLowerCase();
}

/** Maps each character that looks like another text to that text, which is called its prototype. */
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
  /** The user of each nick, by each of the nick's skeletons. */
  readonly #bySkeleton = new Map<string, User>();

  /** Returns the user whose nick is `nick`. */
  get(nick: string): User | undefined {
    return this.#users.get(casefold(nick));
  }

  /** Returns the users who have the nick `nick`, or one that looks like it. */
  holdersOf(nick: string): User[] {
    const alike = skeletons(nick).map((each) => this.#bySkeleton.get(each));
    return [...new Set([this.get(nick), ...alike].filter((holder) => holder !== undefined))];
  }

  /** Returns true if a user other than `user` has the nick `nick`, or one that looks like it. */
  isTaken(nick: string, user?: User): boolean {
    return this.holdersOf(nick).some((holder) => holder !== user);
  }

  /** Gives `nick` to `user`. */
  add(nick: string, user: User): void {
    this.#users.set(casefold(nick), user);
    for (const each of skeletons(nick)) this.#bySkeleton.set(each, user);
  }

  /** Takes `nick` from `user`. */
  delete(nick: string, user: User): void {
    this.#users.delete(casefold(nick));
    for (const each of skeletons(nick)) {
      if (this.#bySkeleton.get(each) === user) this.#bySkeleton.delete(each);
    }
  }
}
