/**
 * Texts about the modes of channels.
 *
 * @module
 */

/** Texts of MODE and TBAN. */
export const MODE_TEXTS = {
  invalidMask: (bytes: number) =>
    `A mask can be at most ${bytes} bytes long, and cannot contain spaces or begin with a colon`,
  invalidDuration: "Give a duration with a unit, such as 30m, 12h or 1d12h",
  invalidForward: "Users can be forwarded only to another channel that exists",
  invalidKey: (bytes: number) =>
    `A key can be at most ${bytes} bytes long, and cannot contain spaces or commas or begin with ` +
    "a colon",
  invalidReplay: "The number of messages to show must be from 0 to 999",
  invalidWait: (most: number) => `The time must be a number of seconds from 1 to ${most}`,
  invalidLimit: "The limit must be a number from 1 to 999999999",
} as const;
