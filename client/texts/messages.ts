/**
 * The texts about choosing a message and acting on it.
 *
 * @module
 */

/** The texts of the commands that act on a message. */
export const MESSAGE_COMMAND_TEXTS = {
  none: "there is no such message here: nothing was sent",
  noOwn: "there is no message of yours here: nothing was sent",
  notYours: (nick: string) => `that message is ${nick}'s: you can only edit your own`,
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
  hint: "r reply  e edit  d delete  + react  Esc",
  shortHint: "r e d + Esc",
} as const;
