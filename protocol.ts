/**
 * The wire: what a line of IRC is, how it is read from bytes and written to them, and what its names
 * and limits are. Server and client share this module. It is pure: it knows no sockets, no clocks
 * and nothing of who is in which channel.
 *
 * Sources: the Modern IRC Client Protocol (https://modern.ircdocs.horse) and the IRCv3
 * specifications (https://ircv3.net/irc/), cited by section below.
 *
 * @module
 */

import { byteLength, splitText } from "./text.ts";

/** What a line may be, in bytes, and names may be, in bytes of UTF-8. */
export const LIMITS = {
  /** A line without its tags, CR LF included (Modern IRC, "Message Format"). */
  line: 512,
  /** The same for the few commands whose line may be longer, as what they say is secret and as long. */
  longLine: 1024,
  /** All tags of a line, `@` and the space behind them included (message-tags, "Size limit"). */
  tags: 8191,
  /** What a client may send of tags, without the `@` and the space (message-tags, "Size limit"). */
  clientTagData: 4094,
  nick: 32,
  user: 16,
  host: 63,
  channel: 64,
  topic: 390,
  away: 300,
  kick: 300,
  realname: 150,
} as const;

/** Where people meet when nobody says where: the port of the tutorial that this began as. */
export const DEFAULT_PORT = 7342;

/**
 * The token of `RPL_ISUPPORT` (005) in which a server names the room newcomers are meant to join,
 * as in `LOBBY=#lobby`. Clients that do not know it ignore it (Modern IRC, "RPL_ISUPPORT").
 */
export const LOBBY_TOKEN = "LOBBY";

/** Message tags, unescaped. A tag without a value has the value `""`, which means the same. */
export type Tags = ReadonlyMap<string, string>;

/** One message, taken apart (Modern IRC, "Message Format"). */
export interface Message {
  /** Its tags, if it has any. */
  readonly tags?: Tags;
  /** Who sent it: `nick!user@host` or a server's name, without the colon. */
  readonly source?: string;
  /** In upper case; or a numeric of three digits. */
  readonly command: string;
  /** What follows the command. */
  readonly params: readonly string[];
}

/** Thrown by {@linkcode format} for a message that could not be read back as what it is. */
export class FormatError extends Error {
  /** The error's type, as in its text. */
  override name = "FormatError";
}

/**
 * Takes a line, without its line end, apart. Runs of spaces count as one. Returns `undefined` for a
 * line that has no command; any other text is a message of some sort.
 */
export function parse(line: string): Message | undefined {
  let at = 0;
  const word = (): string => {
    const end = line.indexOf(" ", at);
    const found = end < 0 ? line.slice(at) : line.slice(at, end);
    at = end < 0 ? line.length : end;
    skipSpaces();
    return found;
  };
  const skipSpaces = (): void => {
    while (line.charCodeAt(at) === SPACE) at++;
  };

  skipSpaces();
  const tags = line.charCodeAt(at) === AT ? parseTags(word().slice(1)) : undefined;
  const source = line.charCodeAt(at) === COLON ? word().slice(1) : undefined;
  const command = word().toUpperCase();
  if (command === "") return undefined;
  const params: string[] = [];
  while (at < line.length) {
    if (line.charCodeAt(at) === COLON) {
      params.push(line.slice(at + 1));
      break;
    }
    params.push(word());
  }
  return {
    ...(tags && { tags }),
    ...(source !== undefined && { source }),
    command,
    params,
  };
}

/**
 * Writes a message as a line, without its line end. The last parameter gets a colon where it needs
 * one, and always where it is {@linkcode TEXT_LAST text}.
 *
 * @throws {FormatError} if any part holds CR, LF or NUL (so that nothing anybody says can become a
 * second line), if a tag's or the source's form would run into what follows, or if a parameter other
 * than the last is empty, holds a space or begins with a colon.
 */
export function format(message: Message): string {
  const { tags, source, command, params } = message;
  let line = "";
  if (tags && tags.size > 0) line += `@${formatTags(tags)} `;
  if (source !== undefined) {
    if (source === "" || source.includes(" ")) throw new FormatError("a source has no spaces");
    line += `:${source} `;
  }
  if (!COMMAND.test(command)) throw new FormatError("a command is letters or three digits");
  line += command;
  const last = params.length - 1;
  for (let i = 0; i < last; i++) {
    const param = params[i] ?? "";
    if (needsColon(param)) throw new FormatError("only the last parameter may hold spaces");
    line += ` ${param}`;
  }
  const trailing = params[last];
  if (trailing !== undefined) {
    line += needsColon(trailing) || TEXT_LAST.has(command) ? ` :${trailing}` : ` ${trailing}`;
  }
  if (BREAKS_LINE.test(line)) throw new FormatError("a message cannot hold CR, LF or NUL");
  return line;
}

/**
 * A message as it goes over the wire, its line end included. What {@linkcode LIMITS.line} has no room
 * for is cut off between characters.
 *
 * @throws {FormatError} as {@linkcode format} does.
 */
export function encodeLine(message: Message): Uint8Array {
  const line = format(message);
  const bytes = encode(`${line}\r\n`);
  if (bytes.length <= LIMITS.line) return bytes;
  const tagsEnd = line.startsWith("@") ? line.indexOf(" ") + 1 : 0;
  const [content = ""] = splitText(line.slice(tagsEnd), LIMITS.line - 2);
  return encoder.encode(`${line.slice(0, tagsEnd)}${content}\r\n`);
}

const encoder = new TextEncoder();
/**
 * Lines are encoded into pages that many of them share: to make an array for each takes twice as long.
 * A page is small, since whoever waits to send one of its lines keeps it.
 */
const PAGE_BYTES = 16 * 1024;
let page = new Uint8Array(PAGE_BYTES);
let used = 0;

/** The bytes of a line; of one that is longer than a page, and so over the limit, as many as fit. */
function encode(line: string): Uint8Array {
  // No letter has more than three bytes.
  if (used + 3 * line.length > PAGE_BYTES) {
    page = new Uint8Array(PAGE_BYTES);
    used = 0;
  }
  const start = used;
  used += encoder.encodeInto(line, page.subarray(start)).written;
  return page.subarray(start, used);
}

/**
 * Commands whose last parameter is text, or has always been written with a colon: bots in the wild
 * look for it with expressions instead of parsing.
 */
const TEXT_LAST: ReadonlySet<string> = new Set(
  "PRIVMSG NOTICE TOPIC QUIT PART KICK ERROR WALLOPS 301 311 314 319 332 353 372".split(" "),
);

const SPACE = 0x20;
const AT = 0x40;
const COLON = 0x3a;
const COMMAND = /^(?:[A-Za-z]+|[0-9]{3})$/;
const BREAKS_LINE = /[\0\r\n]/;

/** Whether `text` can be a command: letters, or three digits (Modern IRC, "Message Format"). */
export function isCommand(text: string): boolean {
  return COMMAND.test(text);
}

function needsColon(param: string): boolean {
  return param === "" || param.charCodeAt(0) === COLON || param.includes(" ");
}

// Tags: https://ircv3.net/specs/extensions/message-tags

/** A tag's name: `+` for client-only, a vendor, then letters, digits and hyphens ("Format"). */
const TAG_KEY = /^\+?(?:[A-Za-z0-9.-]+\/)?[A-Za-z0-9-]+$/;

/**
 * Tags as they stand between the `@` and the space of a message: `key=value;key=value`. Of several
 * with one name, the last counts.
 */
export function parseTags(text: string): Tags {
  const tags = new Map<string, string>();
  for (const tag of text.split(";")) {
    if (tag === "") continue;
    const equals = tag.indexOf("=");
    // "Rules for naming message tags": of several with one name, the last counts.
    if (equals < 0) tags.set(tag, "");
    else tags.set(tag.slice(0, equals), unescapeTag(tag.slice(equals + 1)));
  }
  return tags;
}

/** Tags as {@linkcode parseTags} reads them. */
export function formatTags(tags: Tags): string {
  const parts: string[] = [];
  for (const [key, value] of tags) {
    if (!TAG_KEY.test(key)) throw new FormatError("a tag's name is letters, digits and hyphens");
    parts.push(value === "" ? key : `${key}=${escapeTag(value)}`);
  }
  return parts.join(";");
}

/** Whether `key` can be the name of a tag. */
export function isTagKey(key: string): boolean {
  return TAG_KEY.test(key);
}

const ESCAPES: Readonly<Record<string, string>> = {
  ";": "\\:",
  " ": "\\s",
  "\\": "\\\\",
  "\r": "\\r",
  "\n": "\\n",
};
const UNESCAPES: Readonly<Record<string, string>> = { ":": ";", s: " ", r: "\r", n: "\n" };

function escapeTag(value: string): string {
  return value.replace(/[; \\\r\n]/g, (character) => ESCAPES[character] ?? character);
}

/** "Escaping values": an escape nobody knows is its character; a lone backslash at the end goes. */
function unescapeTag(value: string): string {
  if (!value.includes("\\")) return value;
  return value.replace(/\\(.?)/gs, (_, character: string) => UNESCAPES[character] ?? character);
}

// Names.

/**
 * The form under which names are compared: `CASEMAPPING=ascii`, so only A to Z fold (Modern IRC,
 * "CASEMAPPING Parameter").
 */
export function casefold(name: string): string {
  // Most are as they should be: to see that takes a third of the time.
  if (!/[A-Z]/.test(name)) return name;
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Letters, digits and marks of any script, and the signs nicknames have always had. This leaves out
 * what the protocol gives a meaning elsewhere: spaces, `,*?!@.:$`, the prefixes of channels and
 * their members (Modern IRC, "Clients"), and every character that cannot be seen.
 */
const NICK = /^[\p{L}\p{Nl}[\]\\^_`{|}][\p{L}\p{M}\p{N}[\]\\^_`{|}-]*$/u;
const NICK_SIGNS = "[]\\^_`{|}";
const NICK_START = /^[\p{L}\p{Nl}[\]\\^_`{|}]/u;
const USER = /^[\p{L}\p{M}\p{N}[\]\\^_`{|}.~+-]+$/u;
/** Names and addresses, and cloaks such as `user/ada`; a parameter cannot begin with a colon. */
const HOST = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}.:/_-]*$/u;
// Modern IRC, "Channels": no spaces, no BEL, no commas; nor anything else that cannot be seen.
const CHANNEL = /^#[^\s,\p{C}]*$/u;

/** Whether `name` can be a nickname here: visible, in normal form C, at most 32 bytes. */
export function isNick(name: string): boolean {
  return nickFault(name) === undefined;
}

/** Why `name` cannot be a nickname here, for people; `undefined` if it can. */
export function nickFault(name: string): string | undefined {
  if (byteLength(name) > LIMITS.nick) return `A nickname is at most ${LIMITS.nick} bytes long`;
  if (!NICK_START.test(name)) return `A nickname begins with a letter or one of ${NICK_SIGNS}`;
  if (!NICK.test(name)) return `A nickname has only letters, digits and ${NICK_SIGNS}-`;
  if (name === name.normalize("NFC")) return undefined;
  return "A nickname is written with composed letters (Unicode normal form C)";
}

/** Whether `name` can be a user name (the middle of `nick!user@host`), at most 16 bytes. */
export function isUser(name: string): boolean {
  return USER.test(name) && byteLength(name) <= LIMITS.user;
}

/** Whether `name` can be shown as a host, at most 63 bytes. */
export function isHost(name: string): boolean {
  return HOST.test(name) && byteLength(name) <= LIMITS.host;
}

/** Whether `name` can be a channel's: `#` and something visible, at most 64 bytes. */
export function isChannel(name: string): boolean {
  return name.length > 1 && CHANNEL.test(name) && name === name.normalize("NFC") &&
    byteLength(name) <= LIMITS.channel;
}

/** The parts of a message's source; a server's name is all `nick`. */
export interface Source {
  /** The nick. */
  readonly nick: string;
  /** The user name. */
  readonly user: string;
  /** The host. */
  readonly host: string;
}

/** Takes `nick!user@host` apart; parts that are missing are empty. */
export function parseSource(source: string): Source {
  const at = source.indexOf("@");
  const host = at < 0 ? "" : source.slice(at + 1);
  const rest = at < 0 ? source : source.slice(0, at);
  const bang = rest.indexOf("!");
  if (bang < 0) return { nick: rest, user: "", host };
  return { nick: rest.slice(0, bang), user: rest.slice(bang + 1), host };
}

/** What a message carries between two \x01 besides plain text, such as `ACTION` (`/me`). */
export interface Ctcp {
  /** In upper case. */
  readonly command: string;
  /** What follows the command. */
  readonly text: string;
}

/**
 * Takes the client-to-client form out of a message's text, if it has it
 * (https://modern.ircdocs.horse/ctcp, "Message Syntax"; the closing \x01 may be missing).
 */
export function parseCtcp(text: string): Ctcp | undefined {
  if (!text.startsWith("\x01")) return undefined;
  const inner = text.slice(1, text.endsWith("\x01") && text.length > 1 ? -1 : undefined);
  const space = inner.indexOf(" ");
  if (space < 0) return { command: inner.toUpperCase(), text: "" };
  return { command: inner.slice(0, space).toUpperCase(), text: inner.slice(space + 1) };
}

/** A message's text with `text` in the client-to-client form. */
export function formatCtcp({ command, text }: Ctcp): string {
  return text === "" ? `\x01${command}\x01` : `\x01${command} ${text}\x01`;
}
