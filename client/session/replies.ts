/**
 * Classifies the numerics of a server, in tables: those that are not shown, and those that refuse a
 * command. Turns the others into sentences. Pure.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { REPLY_TEXTS } from "../texts/replies.ts";

/** Numerics that are not shown: they say nothing to a user, or the session keeps their content. */
export const HIDDEN_REPLIES: ReadonlySet<string> = new Set(
  // The greeting, statistics, beginnings and ends of lists, the author and date of a topic.
  ("001 002 003 004 005 042 250 251 252 253 254 255 265 266 221 " +
    "315 318 321 323 329 333 347 349 353 365 366 369 374 375 376 396 422 706 903").split(" "),
);

/** Returns a numeric or a standard reply as a sentence for the user. */
export function replyText({ command, params }: Message): string {
  const toText = REPLY_TEXTS[command];
  // The first parameter of a numeric is the user's own nick.
  if (toText) return toText(...params.slice(1));
  const text = params.at(-1) ?? "";
  if (STANDARD_REPLIES.has(command)) return text;
  const about = params.slice(1, -1).join(" ");
  return about === "" ? text : `${about}: ${text}`;
}

/**
 * The standard replies, whose last parameter is a text for users
 * (https://ircv3.net/specs/extensions/standard-replies).
 */
const STANDARD_REPLIES: ReadonlySet<string> = new Set(["FAIL", "WARN", "NOTE"]);

/** Returns true if the message refuses something: an error numeric, or FAIL. */
export function isRefusal({ command }: Message): boolean {
  return command === "FAIL" || /^[45][0-9][0-9]$/.test(command);
}

/** Numerics that refuse a JOIN (Modern IRC, "JOIN message"; 437, 477, 489 and 520 elsewhere). */
export const JOIN_REFUSALS: ReadonlySet<string> = new Set(
  "403 405 407 437 470 471 473 474 475 476 477 479 480 485 489 520".split(" "),
);

/** Numerics that refuse a PRIVMSG and name its target. */
export const SPEECH_REFUSALS: ReadonlySet<string> = new Set(
  "401 402 403 404 407 408 413 414 415 442 477 486 487 488 489 492 494 531 716".split(" "),
);

/** Numerics that refuse a PRIVMSG and do not name its target: no recipient, no text, too long. */
export const NAMELESS_SPEECH_REFUSALS: ReadonlySet<string> = new Set("411 412 417".split(" "));

/** Numerics that refuse a NICK (Modern IRC, "NICK message"; 437 elsewhere). */
export const NICK_REFUSALS: ReadonlySet<string> = new Set("431 432 433 436 437".split(" "));
