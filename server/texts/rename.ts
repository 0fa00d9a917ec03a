/**
 * Texts about the renaming of channels.
 *
 * @module
 */

/** Texts of RENAME. */
export const RENAME_TEXTS = {
  invalidName: "That is not a valid channel name",
  sameName: "The channel already has that name",
  nameInUse: "The channel name is already taken",
  isLobby: "The default channel cannot be renamed",
  renamed: (before: string, name: string) => `${before} is called ${name} now`,
  tooSoon: "The channel was renamed a moment ago; try again in a minute",
} as const;
