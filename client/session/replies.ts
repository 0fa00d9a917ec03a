/**
 * The numerics that a client is sent, as tables: how each is told to a person, which are left out,
 * and which mean that something was refused. Pure.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** Turns the parameters of a numeric, without the client's own nick, into a text for people. */
type Telling = (...params: string[]) => string;

/** Numerics not worth a line of anybody's screen, or whose content the session keeps instead. */
export const HIDDEN_REPLIES: ReadonlySet<string> = new Set(
  // The greeting; statistics; ends of lists; heads of lists; who set a topic and when.
  ("001 002 003 004 005 042 250 251 252 253 254 255 265 266 221 " +
    "315 318 321 323 329 333 347 349 353 365 366 369 374 375 376 396 422 706 903").split(" "),
);

/** Numerics with a wording of our own; any other is told in the server's words. */
const TELLINGS: Readonly<Record<string, Telling>> = {
  "276": said,
  "301": (nick = "", text = "") => `${nick} is away: ${text}`,
  "305": () => "you are no longer marked as away",
  "306": () => "you are marked as away",
  "311": (nick = "", user = "", host = "", _star = "", name = "") =>
    `${nick} is ${user}@${host} (${name})`,
  "312": (nick = "", server = "", about = "") => `${nick} is on ${server} (${about})`,
  "313": said,
  "314": (nick = "", user = "", host = "", _star = "", name = "") =>
    `${nick} was ${user}@${host} (${name})`,
  "317": (nick = "", idle = "", signon = "") =>
    `${nick} has been quiet for ${duration(Number(idle))}${since(Number(signon))}`,
  "319": (nick = "", rooms = "") => `${nick} is in ${rooms.trim()}`,
  "320": said,
  "322": (room = "", count = "", topic = "") =>
    `${room} (${count})${topic.trim() === "" ? "" : `: ${topic.trim()}`}`,
  "324": (room = "", ...modes) => `${room} has modes ${modes.join(" ")}`,
  "330": (nick = "", account = "") => `${nick} is logged in as ${account}`,
  "331": (room = "") => `${room} has no topic`,
  "332": (room = "", topic = "") => `the topic of ${room} is: ${topic}`,
  "335": said,
  "338": (nick = "", ...rest) => `${nick} ${rest.toReversed().join(" ")}`,
  "341": (nick = "", room = "") => `${nick} is invited to ${room}`,
  "346": (room = "", mask = "") => `${mask} may join ${room} without being invited`,
  "348": (room = "", mask = "") => `${mask} is never banned from ${room}`,
  "352": (room = "", user = "", host = "", _server = "", nick = "") =>
    `${nick} (${user}@${host}) in ${room}`,
  "367": (room = "", mask = "", by = "") =>
    `${mask} is banned from ${room}${by === "" ? "" : `, by ${nickOf(by)}`}`,
  "368": (room = "") => `that is everybody who is banned from ${room}`,
  "372": (text = "") => text,
  "378": said,
  "379": said,
  "401": (nick = "") => `nobody here is called ${nick}`,
  "403": (room = "") => `there is no room ${room}`,
  "421": (command = "") => `this server does not know ${command}`,
  "432": (nick = "", text = "") => `${nick} is not a nick that this server allows (${text})`,
  "433": (nick = "", text = "") => `the nick ${nick} is taken (${text.replace(/\.$/, "")})`,
  "471": (room = "") => `${room} is full`,
  "473": (room = "") => `${room} can only be joined when invited`,
  "474": (room = "") => `you are banned from ${room}`,
  "475": (room = "") => `${room} wants its key: /join ${room} KEY`,
  "482": (room = "") => `only operators of ${room} may do that`,
  "671": (nick = "") => `${nick} is on an encrypted connection`,
  "704": (_about = "", text = "") => text,
  "705": (_about = "", text = "") => text,
  "710": (room = "", mask = "", text = "") => `${nickOf(mask)} knocks at ${room} and ${text}`,
  "900": (_mask = "", account = "") => `you are logged in as ${account}`,
  "901": () => "you are logged out",
};

/** What the server's text says of somebody, whose nick stands before it. */
function said(nick = "", text = ""): string {
  return `${nick} ${text}`;
}

/** What a numeric or a standard reply says, for people. */
export function replyText({ command, params }: Message): string {
  const telling = TELLINGS[command];
  // The first parameter of a numeric is one's own nick.
  if (telling) return telling(...params.slice(1));
  const text = params.at(-1) ?? "";
  if (STANDARD_REPLIES.has(command)) return text;
  const about = params.slice(1, -1).join(" ");
  return about === "" ? text : `${about}: ${text}`;
}

/** Their last parameter is for people (https://ircv3.net/specs/extensions/standard-replies). */
const STANDARD_REPLIES: ReadonlySet<string> = new Set(["FAIL", "WARN", "NOTE"]);

/** Whether `command` says no: an error numeric, or a standard reply that fails. */
export function isRefusal({ command }: Message): boolean {
  return command === "FAIL" || /^[45][0-9][0-9]$/.test(command);
}

/** Answers to a JOIN that did not join (Modern IRC, "JOIN message"; 437, 477, 489 and 520 elsewhere). */
export const JOIN_REFUSALS: ReadonlySet<string> = new Set(
  "403 405 407 437 470 471 473 474 475 476 477 479 480 485 489 520".split(" "),
);

/** Answers to a PRIVMSG that was not delivered and that name whom it was for. */
export const SPEECH_REFUSALS: ReadonlySet<string> = new Set(
  "401 402 403 404 407 408 413 414 415 442 477 486 487 488 489 492 494 531 716".split(" "),
);

/** Answers to a PRIVMSG that do not name it: no recipient, no text, too many or too long. */
export const NAMELESS_SPEECH_REFUSALS: ReadonlySet<string> = new Set("411 412 417".split(" "));

/** Answers to a NICK that was not taken (Modern IRC, "NICK message"; 437 elsewhere). */
export const NICK_REFUSALS: ReadonlySet<string> = new Set("431 432 433 436 437".split(" "));

/** `seconds` as people say it: its largest unit. */
function duration(seconds: number): string {
  const [size, name] = UNITS.find(([size]) => seconds >= size) ?? [1, "second"];
  const count = Math.max(0, Math.floor(seconds / size) || 0);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Units of time above a second, in seconds, the largest first. */
const UNITS: readonly [size: number, name: string][] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
];

/** Who a mask is of: `nick!user@host`. */
function nickOf(mask: string): string {
  return mask.split("!")[0] ?? mask;
}

function since(signon: number): string {
  if (!(signon > 0 && signon < 8.64e12)) return "";
  return `, here since ${new Date(signon * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
