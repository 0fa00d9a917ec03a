/**
 * The wire format of IRC: reads and writes lines, tags and the names in them, and sets their
 * limits. Server and client share this module. Performs no I/O; it does not know sockets, clocks or
 * state.
 *
 * Sources, cited by section below: Modern IRC (https://modern.ircdocs.horse) and message-tags
 * (https://ircv3.net/specs/extensions/message-tags).
 *
 * @module
 */

import { byteLength, splitText } from "./shared/text.ts";

/** The limits of lines, in bytes, and of names and texts, in bytes of UTF-8. */
export const LIMITS = {
  /** A line without its tags, CR LF included (Modern IRC, "Message Format"). */
  line: 512,
  /** The same limit for the few commands whose secret needs a longer line. */
  longLine: 1024,
  /** All tags of a line, `@` and the space after them included (message-tags, "Size limit"). */
  tags: 8191,
  /** The tags of a client's line, without the `@` and the space (message-tags, "Size limit"). */
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

/** The default port, which comes from the tutorial with which the project began. */
export const DEFAULT_PORT = 7342;

/**
 * The token of `RPL_ISUPPORT` (005) that names the default channel, as in `LOBBY=#lobby`. Clients
 * ignore tokens that they do not know (Modern IRC, "RPL_ISUPPORT").
 */
export const LOBBY_TOKEN = "LOBBY";

/** The path of the URL to which files are uploaded. Below it are the files. */
export const UPLOAD_PATH = "/-/files";
/** The path of a file, `/-/files/ID/NAME`. The id is a secret of 144 bits that grants access. */
const UPLOAD = /\/-\/files\/([\w-]{24})(?![\w-])/g;
/** The largest number of files that one message can name. */
const UPLOADS_LIMIT = 20;

/** Returns the ids of the uploaded files that `text` names by their URLs, each once. */
export function uploadsIn(text: string): string[] {
  if (!text.includes(UPLOAD_PATH)) return [];
  const ids = new Set(Array.from(text.matchAll(UPLOAD), ([, id = ""]) => id));
  return [...ids].slice(0, UPLOADS_LIMIT);
}

/** Message tags, unescaped. A tag without a value has the value `""`; both mean the same. */
export type Tags = ReadonlyMap<string, string>;

/** A parsed message (Modern IRC, "Message Format"). */
export interface Message {
  /** The tags; absent if it has none. */
  readonly tags?: Tags;
  /** True if a tag without a value is written as `key=` in place of `key`; both mean the same. */
  readonly equals?: true;
  /** The sender, without the colon: `nick!user@host` or a server's name. */
  readonly source?: string;
  /** The command in upper case, or a numeric of three digits. */
  readonly command: string;
  /** The parameters. */
  readonly params: readonly string[];
}

/** The error of {@linkcode format} for a message that `parse` would read back differently. */
export class FormatError extends Error {
  /** The error's name, as stack traces show it. */
  override name = "FormatError";
}

/**
 * Parses a line without its line end. Runs of spaces count as one. Returns `undefined` for a line
 * without a command; any other line is a message.
 */
export function parse(line: string): Message | undefined {
  let at = skipSpaces(line, 0);
  let tags: Tags | undefined;
  let source: string | undefined;
  if (line.charCodeAt(at) === AT) {
    const end = wordEnd(line, at);
    tags = parseTags(line.slice(at + 1, end));
    at = skipSpaces(line, end);
  }
  if (line.charCodeAt(at) === COLON) {
    const end = wordEnd(line, at);
    source = line.slice(at + 1, end);
    at = skipSpaces(line, end);
  }
  const end = wordEnd(line, at);
  const command = line.slice(at, end).toUpperCase();
  if (command === "") return undefined;
  const params = parseParams(line, skipSpaces(line, end));
  if (source === undefined) return tags ? { tags, command, params } : { command, params };
  return tags ? { tags, source, command, params } : { source, command, params };
}

function parseParams(line: string, start: number): string[] {
  const params: string[] = [];
  for (let at = start; at < line.length;) {
    const isText = line.charCodeAt(at) === COLON;
    const end = isText ? line.length : wordEnd(line, at);
    params.push(line.slice(isText ? at + 1 : at, end));
    at = skipSpaces(line, end);
  }
  return params;
}

function wordEnd(line: string, at: number): number {
  const end = line.indexOf(" ", at);
  return end < 0 ? line.length : end;
}

function skipSpaces(line: string, at: number): number {
  while (line.charCodeAt(at) === SPACE) at++;
  return at;
}

/**
 * Writes a message as a line without its line end. The last parameter gets a colon if it needs one;
 * after the commands in {@linkcode TEXT_LAST}, it always gets one.
 *
 * @throws {FormatError} if a part contains CR, LF or NUL, so that no text can become a second line;
 * if the command, a tag's name or the source is malformed; or if a parameter other than the last is
 * empty, contains a space or begins with a colon.
 */
export function format(message: Message): string {
  const { tags, equals, source, command, params } = message;
  let line = "";
  if (tags && tags.size > 0) line += `@${formatTags(tags, equals)} `;
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
 * Encodes a message for the wire, its line end included. If the line, without its tags, exceeds
 * {@linkcode LIMITS.line}, its source is shortened: the source of a user to the nick; the source of
 * a server is left out. A line that is still too long is cut between characters.
 *
 * @throws {FormatError} as {@linkcode format} does.
 */
export function encodeLine(message: Message): Uint8Array {
  const line = format(message);
  const bytes = encode(`${line}\r\n`);
  if (bytes.length <= LIMITS.line) return bytes;
  const tagsEnd = line.startsWith("@") ? line.indexOf(" ") + 1 : 0;
  const untagged = line.slice(tagsEnd);
  // `bytes` may lack the end of the line, because `encode` cuts a line that is longer than a page.
  if (byteLength(untagged) + 2 <= LIMITS.line) return encoder.encode(`${line}\r\n`);
  const { source, ...unsigned } = message;
  if (source !== undefined) {
    const { nick } = parseSource(source);
    return encodeLine(nick === source ? unsigned : { ...message, source: nick });
  }
  const [content = ""] = splitText(untagged, LIMITS.line - 2);
  return encoder.encode(`${line.slice(0, tagsEnd)}${content}\r\n`);
}

const encoder = new TextEncoder();
/**
 * The size of the pages into which lines are encoded. Lines share a page, since an array for each
 * line takes twice as long. A page is small, since a line that waits to be sent keeps its whole
 * page in memory.
 */
const PAGE_BYTES = 16 * 1024;
let page = new Uint8Array(PAGE_BYTES);
let used = 0;

/** Encodes a line into the current page; cuts a line that is longer than a page. */
function encode(line: string): Uint8Array {
  // A UTF-16 unit has at most three bytes in UTF-8.
  if (used + 3 * line.length > PAGE_BYTES) {
    page = new Uint8Array(PAGE_BYTES);
    used = 0;
  }
  const start = used;
  used += encoder.encodeInto(line, page.subarray(start)).written;
  return page.subarray(start, used);
}

/**
 * The commands whose last parameter always gets a colon: it is text, or the colon is traditional,
 * and bots that match lines with regular expressions rely on it.
 */
const TEXT_LAST: ReadonlySet<string> = new Set(
  "PRIVMSG NOTICE TOPIC QUIT PART KICK ERROR WALLOPS 301 311 314 319 332 353 372".split(" "),
);

const SPACE = 0x20;
const AT = 0x40;
const COLON = 0x3a;
const COMMAND = /^(?:[A-Za-z]+|[0-9]{3})$/;
const BREAKS_LINE = /[\0\r\n]/;

/** Returns true if `text` can be a command or a numeric (Modern IRC, "Message Format"). */
export function isCommand(text: string): boolean {
  return COMMAND.test(text);
}

/** Returns true if `param` can be a parameter of a message other than its last one. */
export function isMiddle(param: string): boolean {
  return !needsColon(param) && !BREAKS_LINE.test(param);
}

function needsColon(param: string): boolean {
  return param === "" || param.charCodeAt(0) === COLON || param.includes(" ");
}

// Tags: https://ircv3.net/specs/extensions/message-tags

/** A tag's name, with an optional `+` (client-only) and an optional vendor ("Format"). */
const TAG_KEY = /^\+?(?:[A-Za-z0-9.-]+\/)?[A-Za-z0-9-]+$/;

/**
 * Parses the tags between the `@` and the space of a message: `key=value;key=value`. If several
 * tags have the same name, the last counts ("Rules for naming message tags").
 */
export function parseTags(text: string): Tags {
  const tags = new Map<string, string>();
  for (const tag of text.split(";")) {
    if (tag === "") continue;
    const equals = tag.indexOf("=");
    if (equals < 0) tags.set(tag, "");
    else tags.set(tag.slice(0, equals), unescapeTag(tag.slice(equals + 1)));
  }
  return tags;
}

/**
 * Writes tags as `key=value;key=value`, with their values escaped. With `equals`, a tag without a
 * value also gets a `=`.
 */
export function formatTags(tags: Tags, equals = false): string {
  const parts: string[] = [];
  for (const [key, value] of tags) {
    if (!TAG_KEY.test(key)) throw new FormatError("a tag's name is letters, digits and hyphens");
    parts.push(value === "" && !equals ? key : `${key}=${escapeTag(value)}`);
  }
  return parts.join(";");
}

/** Returns true if `key` can be the name of a tag. */
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

/** Unescapes a tag's value ("Escaping values"); drops backslashes that begin no known escape. */
function unescapeTag(value: string): string {
  if (!value.includes("\\")) return value;
  return value.replace(/\\(.?)/gs, (_, character: string) => UNESCAPES[character] ?? character);
}

// Names.

/**
 * Returns the folded form of a name, in which names are compared: A to Z become lower case, and all
 * other letters stay as they are (`CASEMAPPING=ascii`; Modern IRC, "CASEMAPPING Parameter").
 */
export function casefold(name: string): string {
  // Most names are folded already; this test takes a third of the time of folding.
  if (!/[A-Z]/.test(name)) return name;
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * The form of a nick: letters, digits and marks of any script, and the traditional signs. It
 * excludes the characters that have a meaning elsewhere in the protocol (spaces, `,*?!@.:$`, the
 * prefixes of channels and of their members; Modern IRC, "Clients"), and all invisible ones.
 */
const NICK = /^[\p{L}\p{Nl}[\]\\^_`{|}][\p{L}\p{M}\p{N}[\]\\^_`{|}-]*$/u;
const NICK_SIGNS = "[]\\^_`{|}";
const NICK_START = /^[\p{L}\p{Nl}[\]\\^_`{|}]/u;
const USER = /^[\p{L}\p{M}\p{N}[\]\\^_`{|}.~+-]+$/u;
/** A name, an address, or a cloak like `user/ada`. No colon is first, so it can be a parameter. */
const HOST = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}.:/_-]*$/u;
// Modern IRC, "Channels": no spaces, no BEL, no commas. No other invisible characters either.
const CHANNEL = /^#[^\s,\p{C}]*$/u;

/** Returns true if `name` is a valid nick: visible, in normal form C, at most 32 bytes. */
export function isNick(name: string): boolean {
  return nickFault(name) === undefined;
}

/** Returns a human-readable reason why `name` is not a valid nick; `undefined` if it is. */
export function nickFault(name: string): string | undefined {
  if (byteLength(name) > LIMITS.nick) return `A nick can be at most ${LIMITS.nick} bytes long`;
  if (!NICK_START.test(name)) return `A nick must begin with a letter or one of ${NICK_SIGNS}`;
  if (!NICK.test(name)) return `A nick can contain only letters, digits and ${NICK_SIGNS}-`;
  if (name === name.normalize("NFC")) return undefined;
  return "A nick must be written with composed letters (Unicode normal form C)";
}

/** Returns true if `name` is a valid user name, as in `nick!user@host`: at most 16 bytes. */
export function isUser(name: string): boolean {
  return USER.test(name) && byteLength(name) <= LIMITS.user;
}

/** Returns true if `name` is a valid host to show: at most 63 bytes. */
export function isHost(name: string): boolean {
  return HOST.test(name) && byteLength(name) <= LIMITS.host;
}

/** Returns true if `name` is a valid channel name: `#` and visible characters, at most 64 bytes. */
export function isChannel(name: string): boolean {
  return name.length > 1 && CHANNEL.test(name) && name === name.normalize("NFC") &&
    byteLength(name) <= LIMITS.channel;
}

/** The parts of a message's source. A server has only a name, in `nick`; the rest is empty. */
export interface Source {
  /** The nick. */
  readonly nick: string;
  /** The user name. */
  readonly user: string;
  /** The host. */
  readonly host: string;
}

/** Returns the nick in `nick!user@host`, or the name of a server. */
export function nickOf(source: string): string {
  const end = source.search(/[!@]/);
  return end < 0 ? source : source.slice(0, end);
}

/** Parses `nick!user@host`; missing parts are empty. */
export function parseSource(source: string): Source {
  const at = source.indexOf("@");
  const host = at < 0 ? "" : source.slice(at + 1);
  const rest = at < 0 ? source : source.slice(0, at);
  const bang = rest.indexOf("!");
  if (bang < 0) return { nick: rest, user: "", host };
  return { nick: rest.slice(0, bang), user: rest.slice(bang + 1), host };
}

/** A CTCP message, which stands between two \x01, like `ACTION` (`/me`). */
export interface Ctcp {
  /** The command, in upper case. */
  readonly command: string;
  /** The text after the command. */
  readonly text: string;
}

/**
 * Parses a message's text as CTCP; returns `undefined` if it is not in that form
 * (https://modern.ircdocs.horse/ctcp, "Message Syntax"; the closing \x01 may be missing).
 */
export function parseCtcp(text: string): Ctcp | undefined {
  if (!text.startsWith("\x01")) return undefined;
  const inner = text.slice(1, text.endsWith("\x01") && text.length > 1 ? -1 : undefined);
  const space = inner.indexOf(" ");
  if (space < 0) return { command: inner.toUpperCase(), text: "" };
  return { command: inner.slice(0, space).toUpperCase(), text: inner.slice(space + 1) };
}

/** Returns true for a CTCP message other than ACTION: programs read its text, people do not. */
export function isForPrograms(text: string): boolean {
  return (parseCtcp(text)?.command ?? "ACTION") !== "ACTION";
}

/** Writes a CTCP message as the text of a message. */
export function formatCtcp({ command, text }: Ctcp): string {
  return text === "" ? `\x01${command}\x01` : `\x01${command} ${text}\x01`;
}
