/**
 * The sentences in which the numerics of a server are shown to the user.
 *
 * @module
 */

import { maskInWords } from "./modes.ts";

/** Turns the parameters of a numeric, without the client's own nick, into a sentence. */
export type ReplyText = (...params: string[]) => string;

const NOBODY_ONLINE = "none of these users is online";

/** Our own sentences for some numerics. All other numerics are shown in the server's words. */
export const REPLY_TEXTS: Readonly<Record<string, ReplyText>> = {
  "221": (modes = "") => /[A-Za-z]/.test(modes) ? `your modes are ${modes}` : "you have no modes",
  "252": aboutNick,
  "253": aboutNick,
  "254": aboutNick,
  "265": lastOf,
  "266": lastOf,
  "276": aboutNick,
  "301": (nick = "", text = "") => `${nick} is away: ${text}`,
  "302": (users = "") => users.trim() === "" ? NOBODY_ONLINE : users.trim(),
  "303": (nicks = "") => nicks.trim() === "" ? NOBODY_ONLINE : `online: ${nicks.trim()}`,
  "305": () => "you are no longer marked as away",
  "306": () => "you are marked as away",
  "311": (nick = "", user = "", host = "", _star = "", name = "") =>
    `${nick} is ${user}@${host} (${name})`,
  "312": (nick = "", server = "", about = "") => `${nick} is on ${server} (${about})`,
  "313": aboutNick,
  "314": (nick = "", user = "", host = "", _star = "", name = "") =>
    `${nick} was ${user}@${host} (${name})`,
  "317": (nick = "", idle = "", signon = "") =>
    `${nick} has been idle for ${duration(Number(idle))}${since(Number(signon))}`,
  "319": (nick = "", rooms = "") => `${nick} is in ${rooms.trim()}`,
  "320": aboutNick,
  "322": (room = "", count = "", topic = "") =>
    `${room} (${count})${topic.trim() === "" ? "" : `: ${topic.trim()}`}`,
  "330": (nick = "", account = "") => `${nick} is logged in as ${account}`,
  "331": (room = "") => `${room} has no topic`,
  "332": (room = "", topic = "") => `the topic of ${room} is: ${topic}`,
  "335": aboutNick,
  "338": (nick = "", ...rest) => `${nick} ${rest.toReversed().join(" ")}`,
  "341": (nick = "", room = "") => `${nick} is invited to ${room}`,
  "346": (room = "", mask = "") => `${maskInWords(mask)} may join ${room} without an invitation`,
  "348": (room = "", mask = "") => `${maskInWords(mask)} is exempt from bans in ${room}`,
  "352": (room = "", user = "", host = "", _server = "", nick = "") =>
    `${nick} (${user}@${host}) in ${room}`,
  "364": (server = "", _from = "", about = "") => `${server} (${about.replace(/^\d+ /, "")})`,
  "367": (room = "", mask = "", by = "") =>
    `${maskInWords(mask)} is banned from ${room}${by === "" ? "" : `, by ${nickOf(by)}`}`,
  "368": (room = "") => `end of the bans in ${room}`,
  "372": (text = "") => text,
  "378": aboutNick,
  "379": aboutNick,
  "396": (host = "") => `your visible host is now ${host}`,
  "401": (name = "") => `there is no ${/^[#&]/.test(name) ? "room" : "user"} ${name}`,
  "403": (room = "") => `there is no room ${room}`,
  "404": (room = "", text = "") => MUTES[modeIn(text)]?.(room) ?? text,
  "421": (command = "") => OTHERS_LACK.get(command) ?? `this server has no command ${command}`,
  "432": (nick = "", text = "") => `this server does not allow the nick ${nick} (${text})`,
  "433": (nick = "", text = "") =>
    ABOUT_A_NICK.test(text)
      ? `the nick ${nick} ${text.replace(ABOUT_A_NICK, "").replace(/\.$/, "")}`
      : `the nick ${nick} is taken (${text.replace(/\.$/, "")})`,
  "443": (nick = "", room = "") => `${nick} is in ${room} already`,
  "470": (room = "", to = "", text = "") => `${room} forwards to ${to} (${text})`,
  "471": (room = "") => `${room} is full`,
  "473": (room = "") => `${room} can only be joined with an invitation`,
  "474": (room = "") => `you are banned from ${room}`,
  "475": (room = "") => `${room} needs a key: /join ${room} KEY`,
  "482": (room = "") => `only operators of ${room} may do that`,
  "671": (nick = "") => `${nick} is on an encrypted connection`,
  "704": (_about = "", text = "") => text,
  "705": (_about = "", text = "") => text,
  "710": (room = "", mask = "", text = "") => `${nickOf(mask)} knocks on ${room} and ${text}`,
  "900": (_mask = "", account = "") => `you are logged in as ${account}`,
  "901": () => "you are logged out",
};

/** The reasons why the user cannot speak in a room, by the letter of the mode. */
const MUTES: Readonly<Record<string, (room: string) => string>> = {
  b: (room) => `you are banned or muted in ${room}`,
  m: (room) => `only people with a voice can speak in ${room}`,
  n: (room) => `only members can write to ${room}: /join ${room}`,
};

/** Returns the letter of the mode that `text` names as the reason for a refusal; empty for none. */
function modeIn(text: string): string {
  return /(?<!\S)\(?\+([a-zA-Z])\b/.exec(text)?.[1] ?? "";
}

/** Matches the beginning of a text that is about a nick, but does not name it. */
const ABOUT_A_NICK = /^(?:that |this )?nick(?:name)? (?=is |belongs )/i;

/**
 * The sentences about commands that only servers of chat have, by their names. An object would have
 * a value also for `constructor`, a name that a server may send.
 */
const OTHERS_LACK: ReadonlyMap<string, string> = new Map([
  [
    "INVITATION",
    "this server makes no invitations to pass on: /invite NICK invites a user to the room",
  ],
  ["LINK", "this server cannot link two machines to one account"],
  ["OWN", "this server cannot make a nick yours; its service for nicks may: /ns HELP"],
]);

/** The sentences about lists without items, by the numeric that ends the list. */
export const EMPTY_LIST_TEXTS: Readonly<Record<string, ReplyText>> = {
  "315": (mask = "") => `no users match ${mask}`,
  "323": () => "the server lists no rooms",
  "347": (room = "") => `there are no exceptions to invitations in ${room}`,
  "349": (room = "") => `there are no exceptions to bans in ${room}`,
  "365": () => "the server lists no servers",
  "366": (room = "") => `no members of ${room} are visible`,
  "374": () => "the server has no information",
};

/**
 * Patterns of the usual texts of numerics that some servers also send for other reasons. Only a
 * reply with a usual text gets a sentence of our own. Any other text is shown as it is, since it
 * says the true reason.
 */
export const USUAL_WORDS: Readonly<Record<string, RegExp>> = {
  "401": /^(?:no such|there is no such|unknown|$)/i,
  "403": /^(?:no such|there is no such|$)/i,
  "404": /(?<!\S)\(?\+[bmn]\b/,
  "421": /^(?:unknown command|$)/i,
  "471": /\+l\b|\bfull\b|\blimit|^(?:cannot join channel)?\.?$/i,
  "473": /\+i\b|invit|^(?:cannot join channel)?\.?$/i,
  "474": /\+b\b|banned|^(?:cannot join channel)?\.?$/i,
  "475": /\+k\b|\bkey\b|password|^(?:cannot join channel)?\.?$/i,
  "482": /^(?:you(?:'| a)re not (?:an? )?channel operator\.?|)$/i,
};

/**
 * Returns a sentence that begins with the nick or number in the first parameter, and goes on with
 * the server's text.
 */
function aboutNick(nick = "", text = ""): string {
  return `${nick} ${text}`;
}

/** Returns the last parameter: a sentence that repeats the numbers in the other parameters. */
function lastOf(...params: string[]): string {
  return params.at(-1) ?? "";
}

/** Returns `seconds` in the largest unit that fits. */
export function duration(seconds: number): string {
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

/** Returns the nick of a mask, `nick!user@host`. */
function nickOf(mask: string): string {
  return mask.split("!")[0] ?? mask;
}

function since(signon: number): string {
  const time = utcTime(signon);
  return time === "" ? "" : `, here since ${time}`;
}

/**
 * Returns a time in seconds since 1970 as a date and a time of day; the empty text if it is not a
 * time.
 */
export function utcTime(seconds: number): string {
  if (!(seconds > 0 && seconds < 8.64e12)) return "";
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
