/**
 * Masks such as `*!*@192.0.2.*`: their full form, and matching them.
 *
 * Source: Modern IRC, "Wildcard Expressions".
 *
 * @module
 */

import { casefold } from "../../protocol.ts";

/** The prefix, before a colon, of a mask that only mutes: as a ban it does not stop users from joining. */
export const MUTE_MASK = "m";
/** The prefix, before a colon, of a mask for accounts (https://ircv3.net/specs/extensions/account-extban). */
export const ACCOUNT_MASK = "a";

/** The prefixes that change the meaning of a mask (Modern IRC, "EXTBAN Parameter"). */
export const EXTENDED_MASKS: string = ACCOUNT_MASK + MUTE_MASK;

const EXTENDED = new RegExp(`^((?:[${EXTENDED_MASKS}]:)*)(.*)$`, "s");

/** A mask and its prefixes. */
export interface SplitMask {
  /** True if it only mutes. */
  readonly mutes: boolean;
  /** True if it matches the names of accounts. */
  readonly ofAccounts: boolean;
  /** The mask without its prefixes. */
  readonly mask: string;
}

/** Splits the prefixes, of which there may be several, from a mask. */
export function splitMask(extended: string): SplitMask {
  const [, letters = "", mask = ""] = EXTENDED.exec(extended) ?? [];
  return { mutes: letters.includes(MUTE_MASK), ofAccounts: letters.includes(ACCOUNT_MASK), mask };
}

/** Returns a mask in its full form: `nick` becomes `nick!*@*`, `user@host` becomes `*!user@host`. */
export function fullMask(given: string): string {
  const { mutes, ofAccounts, mask } = splitMask(given);
  return (mutes ? `${MUTE_MASK}:` : "") +
    (ofAccounts ? `${ACCOUNT_MASK}:${mask || "*"}` : fullPlainMask(mask));
}

function fullPlainMask(mask: string): string {
  const at = mask.lastIndexOf("@");
  const host = at < 0 ? "*" : mask.slice(at + 1) || "*";
  const rest = at < 0 ? mask : mask.slice(0, at);
  const bang = rest.indexOf("!");
  if (bang >= 0) return `${rest.slice(0, bang) || "*"}!${rest.slice(bang + 1) || "*"}@${host}`;
  return at < 0 ? `${rest || "*"}!*@${host}` : `*!${rest || "*"}@${host}`;
}

/**
 * Returns true if `text` matches `mask`, in which `*` stands for any characters and `?` for one. Case
 * does not matter. Takes time proportional to the product of the two lengths at worst.
 */
export function matchesMask(mask: string, text: string): boolean {
  // By code points, so that `?` matches a letter of any script.
  const pattern = [...casefold(mask)];
  const subject = [...casefold(text)];
  let p = 0;
  let s = 0;
  // The position to go back to: the last star, and the first character that it does not cover yet.
  let star = -1;
  let resume = 0;
  while (s < subject.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = s;
    } else if (pattern[p] === "?" || pattern[p] === subject[s]) {
      p++;
      s++;
    } else if (star >= 0) {
      p = star + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
