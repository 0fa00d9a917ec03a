/**
 * Texts about the operators of the server, and replies to the commands that only they can use.
 *
 * @module
 */

/** Texts of OPER. */
export const OPER_TEXTS = {
  wrong: "Wrong operator name or password",
} as const;

/** Texts of KILL. */
export const KILL_TEXTS = {
  /** For operators. */
  notice: (mask: string, by: string, reason: string) =>
    `Killed: ${mask} by ${by}${reason === "" ? "" : `: ${reason}`}`,
  /** For all other users: the reason why the user quit. */
  quitReason: (by: string, reason: string) =>
    `Killed (${by}${reason === "" ? "" : ` (${reason})`})`,
} as const;

/** Texts of CHGHOST. */
export const CHGHOST_TEXTS = {
  invalidUser: (bytes: number) =>
    `A user name can be at most ${bytes} bytes and contain only letters, digits and []\\^_\`{|}.~+-`,
  invalidHost: (bytes: number) =>
    `A host can be at most ${bytes} bytes and contain only letters, digits and .:/_-, and must ` +
    "begin with a letter or digit",
  notice: (mask: string, username: string, host: string, by: string) =>
    `Host changed: ${mask} is now ${username}@${host}, by ${by}`,
} as const;

/** Texts of REHASH. */
export const REHASH_TEXTS = {
  notice: (by: string) => `Rehash: ${by} reloaded the configuration file`,
  failed: (reason: string) => `Nothing has changed: ${reason}`,
  changed: (settings: string) => `Changed: ${settings}`,
  needRestart: (settings: string) => `Not changed until the server is restarted: ${settings}`,
  unchanged: "Nothing has changed",
} as const;
