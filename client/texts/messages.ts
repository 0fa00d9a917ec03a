/**
 * The texts about choosing a message and acting on it.
 *
 * @module
 */

/** The texts of the commands that act on a message. */
export const MESSAGE_COMMAND_TEXTS = {
  none: "there is no such message here: nothing was sent",
  notReactedWith: (reaction: string) =>
    `no message here has a ${reaction} of yours: nothing was taken back`,
  noOwn: "there is no message of yours here: nothing was sent",
  notYours: (nick: string) => `that message is ${nick}'s: you can only edit your own`,
  missing: "the message that you chose is not here any more: nothing was sent",
  gone: "that message is deleted: nothing was sent",
  noIds: "this server gives messages no ids, so that nothing can be done with them",
  noReason: "say what to react with: /react 👍",
  addressed: (nick: string, text: string) => `${nick}: ${text}`,
  cannotEdit: "this server deletes no messages, and so edits none",
  notEdited: (reason: string) => `not edited: ${reason}`,
  notDeleted: (reason: string) => `not deleted: ${reason}`,
  notReacted: (reason: string) => `not sent: ${reason}`,
} as const;

/** The texts of the row that shows the chosen message. */
export const SELECTION_TEXTS = {
  number: (number: number) => `-${number}`,
  missing: "the chosen message is not here any more",
  hint: "r reply  e edit  d delete  + react  Esc",
  shortHint: "r e d + Esc",
} as const;

/** The texts of notifications of the desktop. They begin with a letter. */
export const NOTIFICATION_TEXTS = {
  title: (nick: string, room: string | undefined) =>
    room === undefined ? `chat: ${nick}` : `chat: ${nick} in ${room}`,
  line: (title: string, body: string) => `${title}: ${body}`,
} as const;

/** The number of typing users that are named. */
const MAX_TYPISTS = 3;

/** The text about the users that are typing. */
export const TYPING_TEXT = (nicks: readonly string[]): string => {
  if (nicks.length > MAX_TYPISTS) return `${nicks.length} are typing…`;
  return `${nicks.join(", ")} ${nicks.length === 1 ? "is" : "are"} typing…`;
};
