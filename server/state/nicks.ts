/**
 * Who goes by which nick, and which nicks look like one another. Part of the network's state, and
 * changed by it alone.
 *
 * @module
 */

import confusables from "unhomoglyph/data.json" with { type: "json" };
import { casefold } from "../../protocol.ts";
import type { User } from "./state.ts";

/**
 * What is left of a nick when all that looks alike is taken for the same: two nicks can be told
 * apart if these differ. Letters of either case and of full width count as one; and unlike in the
 * source, `m` and `rn` do not look alike, since too many names would then be refused.
 *
 * Source: Unicode Technical Standard #39, "Confusable Detection"
 */
export function skeleton(nick: string): string {
  let prototypes = "";
  for (const character of nick.normalize("NFKD")) prototypes += prototypeOf(character);
  return prototypes.normalize("NFKD").toLowerCase();
}

/** What each character looks like, where that is another. */
const PROTOTYPES: Readonly<Record<string, string>> = confusables;

function prototypeOf(character: string): string {
  const prototype = PROTOTYPES[character] ?? character;
  return prototype === "rn" ? "m" : prototype;
}

/** The first of `guest1`, `guest2` and so on that `isFree`. */
export function guestNick(isFree: (nick: string) => boolean): string {
  let number = 1;
  while (!isFree(`guest${number}`)) number++;
  return `guest${number}`;
}

/** Who goes by which nick; see the module. */
export class Nicks {
  readonly #users = new Map<string, User>();
  readonly #bySkeleton = new Map<string, User>();

  /** Who goes by `nick`. */
  get(nick: string): User | undefined {
    return this.#users.get(casefold(nick));
  }

  /** Whether somebody, other than `user`, goes by `nick` or by one that looks like it. */
  isTaken(nick: string, user?: User): boolean {
    const holders = [this.get(nick), this.#bySkeleton.get(skeleton(nick))];
    return holders.some((holder) => holder !== undefined && holder !== user);
  }

  /** From now on, `user` goes by `nick`. */
  add(nick: string, user: User): void {
    this.#users.set(casefold(nick), user);
    this.#bySkeleton.set(skeleton(nick), user);
  }

  /** `user` goes by `nick` no more. */
  delete(nick: string, user: User): void {
    const like = skeleton(nick);
    this.#users.delete(casefold(nick));
    if (this.#bySkeleton.get(like) === user) this.#bySkeleton.delete(like);
  }
}
