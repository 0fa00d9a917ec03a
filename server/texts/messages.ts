/**
 * Texts about messages: sending them, redacting them and marking them as read.
 *
 * @module
 */

/** Texts of PRIVMSG, NOTICE and TAGMSG. */
export const MESSAGE_TEXTS = {
  noRecipient: (command: string) => `No recipient given (${command})`,
  cut: (target: string, bytes: number) =>
    `Only the first ${bytes} bytes of your message reached ${target}: no more fit; send shorter lines`,
  keptUntilReturn: "The user is offline; the message will be delivered when they return",
  tooManyWaiting: (account: string, limit: number) =>
    `${account} is offline and already has ${limit} messages waiting; try again later`,
} as const;

/** Texts of REDACT. */
export const REDACTION_TEXTS = {
  invalidTarget: "There is no such channel or nick, or you are not in that channel",
  unknownMessage: "There is no such message, or it is too old",
  forbidden: "Only the author of a message and the operators of its channel can delete it",
} as const;

/** Texts of MARKREAD. */
export const MARKER_TEXTS = {
  missingTarget: "Missing parameters",
  invalidTarget: "The target must be a channel or a nick",
  invalidTime: "A time must look like timestamp=2019-01-04T14:33:26.123Z",
  tooMany: (limit: number) => `You already have ${limit} read markers, which is the maximum`,
} as const;
