/**
 * The texts of the client in a terminal and in a pipe, except those about events.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";

/** The texts of the window: the prompt, and notes to the user. */
export const WINDOW_TEXTS = {
  connecting: (host: string) => `connecting to ${host} …`,
  helpHint: "/help lists the commands",
  prompt: (place: readonly string[]) => `[${place.join(", ")}] `,
  lagging: (seconds: number) => `lag ${seconds} s`,
  offline: "offline",
  searchPrompt: (words: string) => `(search: ${words}) `,
  starting: "connecting",
  noRoom: "no room",
  tooLong: (maxLength: number) =>
    `a line can be at most ${maxLength} characters long: the rest was cut off`,
  sendMany: (count: number) => `send ${count} lines? Enter again sends, Ctrl-C cancels`,
  noRoomForCode: (columns: number, rows: number) =>
    `this window is too small for the QR code: make it ${columns}x${rows} or larger, and type ` +
    "/link again, or use the link",
  cannotSuspend: "chat cannot be suspended here: Ctrl-Z works only if a shell started chat itself",
} as const;

/**
 * The texts of the row that lists the buffers, and of the lines that are shown when another buffer
 * is chosen.
 */
export const ROW_TEXTS = {
  buffer: (number: number, name: string, unread: number, isForUser: boolean) =>
    `${number} ${name}${unread === 0 ? "" : ` ${unread}${isForUser ? "!" : ""}`}`,
  heading: (name: string, unread: number) =>
    unread === 0 ? `── ${name} ──` : `── ${name} ── ${unread} new ──`,
  topic: (start: string, isCut: boolean) => `   ${start}${isCut ? "…" : ""}`,
  newHere: "── new ──",
  notShown: (count: number, isCut: boolean) =>
    `${isCut ? "more than " : ""}${count.toLocaleString("en-US")} more: /history`,
  wroteToYou: (nick: string, number: number) =>
    `${nick} wrote to you: read and answer with Alt-${number} or /query ${nick}`,
  wroteElsewhere: (nick: string, server: string, number: number) =>
    `${nick} wrote to you at ${server}: read and answer with ` +
    `${number < 10 ? `Alt-${number} or ` : ""}/win ${number}`,
} as const;

/** The texts of slash commands, besides the help in their table. */
export const COMMAND_TEXTS = {
  notInRoom: "you are not in a room: use /join ROOM first",
  needsRoom: (usage: string) =>
    `this conversation is not a room, so name one: ${usage}; nothing was sent`,
  notConnected: "not connected: try again once you are",
  noPerson: (name: string) => `${name} is a room, and /query is for a person: /join ${name}`,
  noBuffer: (name: string) => `there is no room or person like ${name} here: /win lists them`,
  notInThatRoom: (room: string) =>
    `you are not in ${room}, so you left no room: to give a reason, type /part ROOM REASON`,
  noRoomName: (name: string) => `${name} is only the start of a room's name: /join ROOM`,
  oneRoomOnly: "join one room at a time: /join ROOM",
  leavesOneRoom: "leave one room at a time: /part ROOM",
  roomFirst: (usage: string) => `the room comes first: ${usage}; nothing was sent`,
  joinsWithKey: (room: string, key: string) =>
    `joining ${room} with the key ${key}, if there is such a room (names of rooms have no spaces)`,
  bannedOnly: (masks: readonly string[]) =>
    `banned: ${masks.join(" ")}. No member has that nick, so nobody was removed ` +
    "(use /kick NICK for that)",
  bannedFor: (mask: string, time: string) => `the server ends the ban of ${mask} after ${time}`,
  noTimedBan: (mask: string) =>
    `this server cannot end a ban after a time, so ${mask} is banned until /unban ${mask}`,
  cannotMute: "this server cannot mute",
  cannotRead: "this server keeps no history that can be read",
  cannotClear: "there is no screen to clear here",
  cannotSearch: "this server cannot search messages",
  notIrc: "that is not an IRC command: use /quote COMMAND PARAMETERS",
  noModes: "modes begin with + or -, as in /mode +i: nothing was sent",
  colon: "a parameter cannot begin with a colon: nothing was sent",
  tooFewWords: (name: string, usage: string) => `/${name} needs more parameters: ${usage}`,
  tooManyWords: (name: string, usage: string) =>
    `/${name} got too many parameters: ${usage}; nothing was sent`,
  oneLineOnly:
    "a command is one line, and nothing was sent: press Up to see the text again; in a " +
    "message, type // for a / at the beginning of a line",
  unknown: (name: string, closest: string | undefined) =>
    `there is no command /${name}, and nothing was sent` +
    (closest === undefined ? ": /help all lists them" : `; did you mean /${closest}?`),
} as const;

/** The answers of `/ignore` and `/unignore`. */
export const IGNORE_TEXTS = {
  ignored: (nick: string) => `messages of ${nick} are not shown any more (undo: /unignore ${nick})`,
  insteadOfMute: (reason: string, nick: string) =>
    `${reason}; to hide the messages of ${nick} for yourself, type /ignore ${nick}`,
  shown: (nick: string) => `messages of ${nick} are shown again`,
  notIgnored: (nick: string) => `${nick} is not ignored: /ignore lists those who are`,
  yourself: "you cannot ignore yourself",
  room: (room: string) => `/ignore is for people: to hear less of ${room}, type /silence ${room}`,
  list: (nicks: readonly string[]) =>
    nicks.length === 0 ? "nobody is ignored" : `ignored: ${nicks.join(" ")}`,
} as const;

/** The answers of `/silence` and `/unsilence`. */
export const SILENCE_TEXTS = {
  silenced: (name: string) => `${name} makes no noise any more (undo: /unsilence ${name})`,
  already: (name: string) => `${name} is silenced already (undo: /unsilence ${name})`,
  heard: (name: string) => `the messages of ${name} are counted again`,
  notSilenced: (name: string, names: readonly string[]) =>
    `${name} is not silenced${names.length === 0 ? "" : ` (only ${names.join(", ")})`}`,
  meantForYou: (room: string) =>
    `/mute is for people: to hear less of ${room} yourself, type /silence ${room}`,
} as const;

/** The errors of `/room`. */
export const ROOM_TEXTS = {
  unknown: (word: string, words: readonly string[]) =>
    `a room has no setting ${word}, and nothing was sent; the settings are ${words.join(", ")}`,
  badValue: (word: string, needsValue: boolean) =>
    needsValue
      ? `/room ${word} needs a value, as in ${ROOM_EXAMPLES[word] ?? `/room ${word} VALUE`}`
      : `/room ${word} takes no value; nothing was sent`,
  notHere: (word: string) =>
    word === "slow"
      ? "this server cannot slow a room down: /mute NICK silences one user, /room quiet all"
      : `this server has no mode for /room ${word}`,
} as const;

const ROOM_EXAMPLES: Readonly<Record<string, string>> = {
  key: "/room key sesame",
  limit: "/room limit 20",
  slow: "/room slow 10s (or /room slow off)",
};

/** The words about the members of each rank, by the prefix of the rank. */
const RANK_WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  "~": ["owns it", "own it"],
  "&": ["cannot be removed", "cannot be removed"],
  "@": ["runs it", "run it"],
  "%": ["moderates it", "moderate it"],
  "+": ["may always speak", "may always speak"],
  "": ["is a member", "are members"],
};

/** The lines of the lists of members and rooms. */
export const LIST_TEXTS = {
  members: (room: string, count: number) => `${room} has ${count} member${count === 1 ? "" : "s"}:`,
  rank: (prefix: string, count: number) =>
    `${count} ${RANK_WORDS[prefix]?.[count === 1 ? 0 : 1] ?? `with ${prefix}`}`,
  away: (nick: string) => `(${nick})`,
  rooms: (count: number) => `${count} room${count === 1 ? "" : "s"}, with member counts:`,
  room: (room: string, count: number, topic: string) =>
    `${String(count).padStart(5)}  ${room}${topic === "" ? "" : `  ${topic}`}`.trimEnd(),
  noRooms: (word: string) =>
    word === "" ? "the server lists no rooms" : `the server lists no room with ${word}`,
} as const;

/** The texts of the client in a pipe. */
export const PIPE_TEXTS = {
  cannotWrite: (reason: string) => `cannot write the output: ${reason}`,
  notText: "the input is not text, so nothing more was sent",
  /** Says that the client has ended before the end of its input. */
  inputLeft: (lines: number) => `the input after line ${lines} was not sent`,
  noRoom: "this server has no default room: name one, as in HOST:PORT/ROOM",
  nothingSaid: (room: string, isPart: boolean) =>
    isPart
      ? `nothing was said in ${room} in that time: try an earlier time with --since`
      : `nothing was said in ${room} yet: see whether that is the room's name`,
} as const;

/** The reasons why a command of a program is refused before it is sent. */
export const SCRIPT_TEXTS = {
  notAnObject: "a command is one JSON object on one line",
  badRef: "ref must be a string or a number",
  unknownCommand: (known: string) => `do must be one of ${known}`,
  unknownKey: (key: string, command: string) => `${command} has no key ${key}`,
  missingKey: (key: string, command: string) => `${command} needs the key ${key}`,
  notText: (key: string) => `${key} must be a string that is not empty`,
  notANumber: (key: string) => `${key} must be a whole number above 0`,
  noText: "the text is empty",
  badRoom: (room: string) =>
    `the name of a room has no spaces or commas, and at most ${LIMITS.channel} bytes: ${room}`,
  badSince: (text: string) => `since must be a time such as 1h, 2d or 2026-11-20, not ${text}`,
  notIrc: "line must be an IRC command with its parameters",
} as const;
