/**
 * Masks such as `*!*@192.0.2.*`: how they are written in full, and what they match.
 *
 * Source: Modern IRC, "Wildcard Expressions".
 *
 * @module
 */

import { casefold } from "../protocol.ts";

/**
 * What narrows a mask when it stands before it, with a colon (Modern IRC, "EXTBAN Parameter"): `m`
 * mutes, so that a ban keeps nobody out, and an exception lets nobody in.
 */
export const EXTENDED_MASKS = "m";

const EXTENDED = new RegExp(`^([${EXTENDED_MASKS}]):(.*)$`, "s");

/** Takes the letter off an extended mask; it is empty for any other. */
export function splitMask(mask: string): { readonly extension: string; readonly mask: string } {
  const [, extension = "", rest = mask] = EXTENDED.exec(mask) ?? [];
  return { extension, mask: rest };
}

/** A mask in its full form: `nick` becomes `nick!*@*`, `user@host` becomes `*!user@host`. */
export function fullMask(given: string): string {
  const { extension, mask } = splitMask(given);
  return extension === "" ? fullPlainMask(mask) : `${extension}:${fullPlainMask(mask)}`;
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
