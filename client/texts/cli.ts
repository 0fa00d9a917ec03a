/**
 * The texts of the command line of `chat connect`, besides the help in the table of its flags.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";

/** The errors about the target: the host, port and room, or the URL. */
export const TARGET_TEXTS = {
  noHost: "the host is missing: write HOST[:PORT][/ROOM]",
  badAddress: (address: string) =>
    `${address} is not a valid address: write HOST[:PORT][/ROOM], with a port from 1 to 65535`,
  bareIpv6: (address: string) =>
    `${address} is not a valid address: write an IPv6 address in brackets, such as [::1]:7342`,
  badRoom: (room: string) =>
    `${room} is not a valid room: the name of a room has no spaces or commas, and at most ` +
    `${LIMITS.channel} bytes`,
  badEscape: (room: string) => `${room} is not a valid room: in a URL, write % as %25`,
  urlNeeded: "a fingerprint or a token needs a URL: write chat://HOST[:PORT][/ROOM]?fp=FINGERPRINT",
  unknownScheme: (scheme: string, known: string) =>
    `chat does not support ${scheme}://: use one of ${known}`,
  plainTextFingerprint: (scheme: string) =>
    `${scheme}:// is plain text, which has no fingerprint: use ircs://`,
  tokenNotAllowed: (scheme: string) =>
    `a token works only with chat://: use chat://, not ${scheme}://`,
  badQuery: (name: string) =>
    `${name} cannot be in the URL: only fp=FINGERPRINT and token=TOKEN can, once each`,
  badFingerprint: (fingerprint: string) =>
    `the fingerprint ${fingerprint} is not valid: it must have 64 hexadecimal digits; ` +
    "copy the whole URL again",
  badToken: "the token in the URL is not valid: copy the whole URL again",
} as const;

/** The errors about other arguments. */
export const OPTION_TEXTS = {
  noServer: "the server is missing: write HOST[:PORT][/ROOM] or a URL",
  roomsApart: "several rooms need a terminal, or --json: name one room",
  portApart: (host: string, port: string) =>
    `write the port after a colon: chat connect ${host}:${port}`,
  oneServerOnly: (surplus: string) => `several servers need a terminal: remove ${surplus}`,
  badNick: (nick: string, maxBytes: number) =>
    `${nick} is not a valid nick: a nick begins with a letter, contains only letters, digits, dashes ` +
    `and underscores, and is at most ${maxBytes} bytes long`,
  badMechanism: (known: string) => `--sasl must be one of ${known}`,
  badEncoding: (name: string) =>
    `--encoding must be the name of an encoding that differs from UTF-8 in all but ASCII, such as ` +
    `windows-1252, koi8-r, shift_jis or gbk, not ${name}`,
  badWait: (time: string) => `--wait must be a time such as 30s, 5m or 1h30m, not ${time}`,
  loginMissing: "--sasl needs an account: add --login ACCOUNT",
  badAccount: "--login needs the name of an account",
} as const;

/** The errors about the arguments of the modes for the shell. */
export const SHELL_TEXTS = {
  roomApart: (mode: string, room: string) =>
    `${mode} takes the room after the server and a slash: chat ${mode} SERVER/${room}`,
  roomMissing: (room: string) =>
    `send needs a room, after the server and a slash: chat send SERVER/${room} TEXT`,
  oneRoomOnly: (mode: string) =>
    `${mode} takes one room${mode === "tail" ? " without --json" : ""}: run it once for each room`,
  typeLines: "Type the lines to send; Ctrl-D on an empty line ends.\n",
  surplus: (mode: string, surplus: string) =>
    `${mode} takes one server and room: remove ${surplus}`,
  badNumber: (flag: string, range: string) => `--${flag} must be a whole number from ${range}`,
  badSince: (text: string) => `--since must be a time such as 1h, 2d or 2026-11-20, not ${text}`,
} as const;

/** The texts about the password of an account. */
export const PASSWORD_TEXTS = {
  question: (account: string, host: string) => `password of ${account} at ${host}: `,
  noTerminal: (account: string) =>
    `cannot ask for the password of ${account}, because the input is not a terminal: ` +
    "set CHAT_LOGIN_PASSWORD",
} as const;

/** The question for the password of a server. */
export const SERVER_PASSWORD_TEXTS = {
  refused: (refusal: string) => `chat: ${refusal}\r\n`,
  question: (host: string) => `password of the server ${host}: `,
} as const;

/** The question for a nick. */
export const NICK_QUESTION_TEXTS = {
  question: (nick: string) => `your nick (Enter for ${nick}): `,
  invalid: "that is not a nick: it begins with a letter, and has no spaces",
} as const;

/** The texts of `chat forget`. */
export const FORGET_TEXTS = {
  usage: "forget needs one server: chat forget HOST[:PORT]",
  forgotten: (address: string) =>
    `the fingerprint of ${address} is forgotten: chat connect trusts the server anew at the next visit`,
  unknown: (address: string) => `no fingerprint of ${address} is known, so there is none to forget`,
} as const;
