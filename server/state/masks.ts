/**
 * Masks such as `*!*@192.0.2.*`: how they are written in full, and what they match.
 *
 * Source: Modern IRC, "Wildcard Expressions".
 *
 * @module
 */

import { casefold } from "../../protocol.ts";

/** Before a mask, with a colon: it mutes, so that a ban keeps nobody out, and an exception lets nobody in. */
export const MUTE_MASK = "m";
/** Before a mask, with a colon: it is one of accounts (https://ircv3.net/specs/extensions/account-extban). */
export const ACCOUNT_MASK = "a";

/** What changes the meaning of a mask that it stands before (Modern IRC, "EXTBAN Parameter"). */
export const EXTENDED_MASKS: string = ACCOUNT_MASK + MUTE_MASK;

const EXTENDED = new RegExp(`^((?:[${EXTENDED_MASKS}]:)*)(.*)$`, "s");

/** A mask taken apart. */
export interface SplitMask {
  /** It only mutes. */
  readonly mutes: boolean;
  /** It matches the names of accounts. */
  readonly ofAccounts: boolean;
  /** What it matches. */
  readonly mask: string;
}

/** Takes the letters off an extended mask, of which there may be several. */
export function splitMask(extended: string): SplitMask {
  const [, letters = "", mask = ""] = EXTENDED.exec(extended) ?? [];
  return { mutes: letters.includes(MUTE_MASK), ofAccounts: letters.includes(ACCOUNT_MASK), mask };
}

/** A mask in its full form: `nick` becomes `nick!*@*`, `user@host` becomes `*!user@host`. */
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
 * Whether `text` matches `mask`, in which `*` stands for any run of characters and `?` for one;
 * letters of either case match. Takes time proportional to the two lengths' product at worst,
 * whatever the mask.
 */
export function matchesMask(mask: string, text: string): boolean {
  // By code points, so that `?` stands for a letter of any script.
  const pattern = [...casefold(mask)];
  const subject = [...casefold(text)];
  let p = 0;
  let s = 0;
  // Where to go back to: the last star, and the first character it does not cover yet.
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
