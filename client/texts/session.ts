/**
 * The sentences that a session shows to its user: about servers that refuse the user, failed
 * logins, rooms, messages and history.
 *
 * @module
 */

import type { Failure } from "./failure.ts";

/** Reasons for the end of a connection. */
export const END_TEXTS = {
  left: "you left",
  timeout: "the server no longer answers",
  needsTls: "the server requires TLS",
} as const;

/** Reasons for taking a server for something other than a chat server. */
export const NOT_CHAT_TEXTS = {
  error: (address: string, reason: string): Failure => [
    `${address} is not a chat server (${reason})`,
    "check the port",
  ],
  tlsPort: (address: string) =>
    `${address} expects TLS on this port, and irc:// is plain text: use ircs://${address}`,
  perhapsTls: (address: string, reason: string): Failure => [
    `${address} is not a chat server (${reason})`,
    `check the port, or use ircs://${address} if it is for TLS`,
  ],
  closed: "it closed the connection without an answer",
  silent: "it does not answer",
  noLines: "it does not send lines of text",
  sent: (text: string) => `it sent: ${text}`,
} as const;

/** Advice about the server password; bouncers want a name in it. */
export const PASSWORD_ADVICE = {
  missing: "Set CHAT_PASSWORD to the server's password; a bouncer takes NAME:PASSWORD or " +
    "NAME/NETWORK:PASSWORD",
  wrong: "Check CHAT_PASSWORD; a bouncer takes NAME:PASSWORD or NAME/NETWORK:PASSWORD",
} as const;

/** Errors of the registration at a server. */
export const REGISTRATION_TEXTS = {
  refused: (server: string, reason: string) => `${server} did not accept the connection: ${reason}`,
  timeout: (server: string) =>
    `${server} did not accept the connection within a minute: try again later`,
  noFreeNick: (server: string) =>
    `${server} rejected every nick that was tried: choose another with --nick`,
  otherNick: (reason: string) => `choose another name, or log in: ${reason}`,
  passwordWithLineEnd: "the server password contains a line end: check CHAT_PASSWORD",
  loginSkipped: (server: string) => `${server} does not support logins (SASL): leave out --login`,
  /** Advice for each numeric that refuses a registration. */
  advice: {
    "463": "Ask its operator to allow your address",
    "465": "Its operator has banned you",
    "466": "Its operator has banned you",
  },
} as const;

/** Errors of a login with SASL. */
export const LOGIN_TEXTS = {
  needsTls: (server: string) =>
    `${server} wants the plain password, which others could read in transit: ` +
    "connect with TLS (ircs://)",
  impossible: (server: string, reasons: readonly string[]) =>
    `${server} cannot log you in${inParentheses(reasons)}: leave out --login, or try again later`,
  impossibleWith: (mechanism: string, server: string, reasons: readonly string[]) =>
    `${server} cannot log you in with ${mechanism}${inParentheses(reasons)}: ` +
    "leave out --login, or try again later, or choose another mechanism with --sasl",
  offers: (mechanisms: string) => `it offers ${mechanisms}`,
  refused: (server: string, account: string, reason: string, advice: string) =>
    `${server} did not log you in as ${account} (${reason}): ${advice}`,
  checkPassword: "check the name and the password",
  checkPasswordOrUsePlain:
    "check the name and the password, or try --sasl plain, which sends the " +
    "password itself to the server",
  registerKey: "log in with the password, and register your key with the server",
  deceptive: (server: string, what: string) =>
    `${server} ${what}: it may not be the server that you expect, so no message was sent. ` +
    "Ask its operator, by some other means",
} as const;

/** Faults of a server during a login, each as the end of a sentence about the server. */
export const MECHANISM_TEXTS = {
  malformed: (why: string) => `sent a malformed login message (${why})`,
  notBase64: "that is not base64",
  notAnAnswer: "sent a login message that does not answer the client's",
  iterations: (count: number) => `asked for ${count} iterations of the password's hash`,
  noProof: "did not prove that it knows the password",
  afterEnd: "continued the login after its end",
} as const;

/** Sentences about rooms, messages and history. */
export const SESSION_TEXTS = {
  notATarget: (target: string) => `${target} is not a room or a nick`,
  notEchoed: "the server did not confirm it",
  someUnsaid: (count: number, of: number, reason: string) =>
    `the server did not take ${count} of ${of} messages, and does not say which: ${reason}`,
  noAnswer: "the server did not answer",
  connectionLost: "the connection was lost",
  notConnected: "not connected: try again once you are",
  commandUnfit: "the command cannot be written as one line",
  calledElse: (asked: string, name: string) => `the server calls ${asked} ${name}`,
  removedBy: (nick: string) => `${nick} removed you from the room`,
  leftRoom: "you left the room",
  closed: "the connection is closed",
  neverConnected: (host: string) => `there was no connection to ${host}`,
  noRoom: "you are not in a room",
  noHistory: "this server keeps no history that can be read",
  cannotReact: "this server takes no reactions",
  cannotDelete: "this server deletes no messages",
  nothingFound: "no messages found",
  historyRefused: (reason: string) => `earlier messages are not available: ${reason}`,
  historyTimeout: "the server did not send earlier messages: some may be missing here",
  tokenRefused: (reason: string) =>
    `${reason}. You are connected without the token. If you have already used it, nothing is ` +
    "wrong, and you can leave out token=…",
  notLoggedIn: (account: string) =>
    `the server does not log you in as ${account} any more: log in again, or type /link on a ` +
    "machine that is logged in",
  otherAccount: (now: string, before: string) =>
    `you are logged in as ${now} now, not as ${before}`,
  otherNick: (now: string, wanted: string) => `you are ${now} here now, not ${wanted}`,
  ctcpRequest: (nick: string, request: string) => `${nick} requests CTCP ${request}`,
  ctcpReply: (nick: string, reply: string) => `${nick} replies to CTCP ${reply}`,
  toOperators: (nick: string, text: string) => `${nick} to all operators: ${text}`,
} as const;

function inParentheses(reasons: readonly string[]): string {
  return reasons.length === 0 ? "" : ` (${reasons.join("; ")})`;
}
