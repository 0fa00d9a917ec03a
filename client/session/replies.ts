/**
 * Tells which numerics of a server are not shown, and which refuse a command, and turns numerics
 * into sentences. Performs no I/O.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { EMPTY_LIST_TEXTS, REPLY_TEXTS, USUAL_WORDS } from "../texts/replies.ts";

/**
 * The stage of a connection: the greeting of the session's first connection, the greeting of a later
 * one, or the time after the greeting.
 */
export type Greeting = "first" | "repeated" | "over";

/**
 * Numerics that are not shown as such: they say nothing to a user, or the session keeps their
 * content. The end of an empty list is shown nevertheless, by {@linkcode Lists}.
 */
const HIDDEN_REPLIES: ReadonlySet<string> = new Set(
  // The greeting, beginnings and ends of lists, members, the dates of a channel and its topic, and
  // the success of SASL.
  ("001 002 003 004 005 042 " +
    "315 318 321 323 329 333 347 349 353 365 366 369 374 375 376 706 903").split(" "),
);

/**
 * Numerics that are hidden in a greeting: statistics, the user's modes and host, a missing MOTD.
 */
const GREETING_REPLIES: ReadonlySet<string> = new Set(
  "221 250 251 252 253 254 255 265 266 396 422".split(" "),
);

/** A line of the message of the day (RPL_MOTD). */
const MOTD = "372";

/**
 * Returns true if a numeric is not shown. Those that are hidden only in a greeting are shown after
 * it, because then the user has asked for them.
 */
export function isHidden(command: string, greeting: Greeting): boolean {
  return HIDDEN_REPLIES.has(command) ||
    (greeting !== "over" && GREETING_REPLIES.has(command)) ||
    (greeting === "repeated" && command === MOTD);
}

/** The numerics that end a list, with the numerics of its items. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  "315": ["352", "354"],
  "323": ["322"],
  "347": ["346"],
  "349": ["348"],
  "365": ["364"],
  "366": ["353"],
  "374": ["371"],
};

/** The lists that a server is sending. */
export class Lists {
  /** The numerics of the items that have come since the last end of their list. */
  readonly #items = new Set<string>();

  /** Takes a numeric; returns a sentence for the user if it ends a list without items. */
  take({ command, params }: Message): string | undefined {
    if (LIST_ITEMS.has(command)) this.#items.add(command);
    const items = LISTS[command] ?? [];
    const isEmpty = items.every((item) => !this.#items.has(item));
    for (const item of items) this.#items.delete(item);
    return isEmpty ? EMPTY_LIST_TEXTS[command]?.(...params.slice(1)) : undefined;
  }
}

const LIST_ITEMS: ReadonlySet<string> = new Set(Object.values(LISTS).flat());

/**
 * Commands that the session does not handle, and that are not shown: they say nothing to a user, or
 * need a capability that the client does not request.
 */
const HIDDEN_COMMANDS: ReadonlySet<string> = new Set(
  "ACCOUNT ACK BATCH SETNAME".split(" "),
);

/** Returns a text for a command that this client does not know; undefined if it is not shown. */
export function unknownText({ command, params }: Message): string | undefined {
  return HIDDEN_COMMANDS.has(command) ? undefined : [command, ...params].join(" ");
}

/** Returns a numeric or a standard reply as a sentence for the user. */
export function replyText({ command, params }: Message): string {
  const toText = REPLY_TEXTS[command];
  const text = params.at(-1) ?? "";
  // The first parameter of a numeric is the user's own nick.
  if (toText && (USUAL_WORDS[command]?.test(text) ?? true)) return toText(...params.slice(1));
  const words = isRefusal({ command, params }) ? text.replace(MODE_LETTER, "") : text;
  if (STANDARD_REPLIES.has(command)) return words;
  const about = params.slice(1, -1).join(" ");
  return about === "" ? words : `${about}: ${words}`;
}

/**
 * Matches a mode in parentheses, which servers add to the words of a refusal. Does not match it at
 * the end of a text such as "Cannot join channel (+i)", which gives no other reason.
 */
const MODE_LETTER = / \(\+[A-Za-z]\)(?=:? \S)|(?<!^cannot .*) \(\+[A-Za-z]\)$/i;

/**
 * The standard replies, whose last parameter is a text for users
 * (https://ircv3.net/specs/extensions/standard-replies).
 */
const STANDARD_REPLIES: ReadonlySet<string> = new Set(["FAIL", "WARN", "NOTE"]);

/** Returns true if the message refuses something: an error numeric, or FAIL. */
export function isRefusal({ command }: Message): boolean {
  return command === "FAIL" || /^[45][0-9][0-9]$/.test(command);
}

/**
 * Returns true if `message` may refuse a JOIN; the caller checks that it names a room that the
 * client has asked to join. Some servers use numerics of their own (InspIRCd: 926), or say that the
 * room does not exist (ngIRCd: 401). Two errors about rooms never refuse a JOIN.
 */
export function mayRefuseJoin({ command, params }: Message): boolean {
  if (command === "FAIL") return params[0] === "JOIN";
  return /^[459][0-9][0-9]$/.test(command) && !NO_JOIN_REFUSALS.has(command);
}

/** Errors that refuse other commands in a room: the user is not a member, or not an operator. */
const NO_JOIN_REFUSALS: ReadonlySet<string> = new Set("442 482".split(" "));

/** Numerics that refuse a PRIVMSG and name its target. */
export const SPEECH_REFUSALS: ReadonlySet<string> = new Set(
  "401 402 403 404 407 408 413 414 415 439 442 477 486 487 488 489 492 494 531 716".split(" "),
);

/**
 * Returns the text of a message in which a server, or a bouncer's `*status`, says without a numeric
 * that it dropped a message of the user. Returns undefined for any other message.
 */
export function dropText({ command, source = "", params }: Message): string | undefined {
  const isFromServer = !source.includes("!") || source.startsWith("*");
  const text = params.at(-1) ?? "";
  const isSpeech = command === "NOTICE" || command === "PRIVMSG";
  return isSpeech && isFromServer && DROPPED.test(text) ? text : undefined;
}

/**
 * Matches notices of ircd-hybrid, Solanum and their kin ("throttled due to flooding") and of ZNC.
 */
const DROPPED = /throttl|flood|got lost|too (?:fast|quickly)|not (?:been )?(?:sent|delivered)/i;

/** Matches the reasons for which a message is refused only because the client was too fast. */
export const TOO_FAST = /throttl|flood|recvq|too (?:fast|quickly)/i;

/** Numerics that refuse a PRIVMSG and do not name its target: no recipient, no text, too long. */
export const NAMELESS_SPEECH_REFUSALS: ReadonlySet<string> = new Set("411 412 417".split(" "));

/**
 * Numerics that refuse a NICK (https://modern.ircdocs.horse, "NICK message"; 437: RFC 2812, section
 * 3.1.2).
 */
export const NICK_REFUSALS: ReadonlySet<string> = new Set("431 432 433 436 437".split(" "));
