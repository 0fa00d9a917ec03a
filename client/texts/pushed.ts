/**
 * The sentences of pushed notifications. The worker of the page has no other sentences, so that it
 * stays small.
 *
 * @module
 */

/** The texts of notifications. */
export const PUSHED_TEXTS = {
  newMessage: "New message",
  saidIn: (nick: string, room: string) => `${nick} in ${room}`,
} as const;
