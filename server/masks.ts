/**
 * Masks such as `*!*@192.0.2.*`: how they are written in full, and what they match.
 *
 * Source: Modern IRC, "Wildcard Expressions".
 *
 * @module
 */

import { casefold } from "../protocol.ts";

/** A mask in its full form: `nick` becomes `nick!*@*`, `user@host` becomes `*!user@host`. */
export function fullMask(mask: string): string {
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
