/**
 * Finds the words that a user watches for in messages, besides their nick. Performs no I/O.
 *
 * @module
 */

import type { ClientEvent, Speech } from "./events.ts";
import { isSpeech } from "./events.ts";

/**
 * Returns `event`. If it is a message of another user with one of the `keywords`, marks it as a
 * message for this user.
 */
export function withKeywords(event: ClientEvent, keywords: readonly string[]): ClientEvent {
  if (!isSpeech(event) || event.forMe || event.isPast) return event;
  return hasKeyword(event, keywords) ? { ...event, forMe: true } : event;
}

/** Returns true for a message of another user with one of the `keywords`. */
export function hasKeyword({ own, text }: Speech, keywords: readonly string[]): boolean {
  return !own && keywords.some((keyword) => hasWord(text, keyword));
}

/** Characters of words. */
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/** Returns true if `text` has `word` as a whole word, in upper or lower case. */
function hasWord(text: string, word: string): boolean {
  const all = text.toLowerCase();
  const wanted = word.toLowerCase();
  if (wanted === "") return false;
  for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) {
    const before = [...all.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
    const after = String.fromCodePoint(all.codePointAt(at + wanted.length) ?? 32);
    if (!WORD.test(before) && !WORD.test(after)) return true;
  }
  return false;
}
