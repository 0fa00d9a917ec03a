/**
 * Texts about the modes of channels.
 *
 * @module
 */

/** Texts of MODE. */
export const MODE_TEXTS = {
  invalidMask: (bytes: number) =>
    `A mask has at most ${bytes} bytes, without spaces and without a colon at its start`,
  invalidForward: "Users can be forwarded only to another channel that exists",
  invalidKey: (bytes: number) =>
    `A key has at most ${bytes} bytes, without spaces, without commas and without a colon at its ` +
    "start",
  invalidLimit: "The limit must be a number from 1 to 999999999",
} as const;
