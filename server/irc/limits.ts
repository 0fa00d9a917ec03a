/**
 * Limits that several commands share, and that `RPL_ISUPPORT` advertises.
 *
 * @module
 */

/** Messages in a page of history, so that the longest ones fit into a send queue. */
export const HISTORY_LIMIT = 100;
/** Entries that each list of a channel may have. */
export const LIST_LIMIT = 100;
/** Targets that each command may name; commands that are not here take one. */
export const TARGET_LIMITS = {
  PRIVMSG: 8,
  NOTICE: 8,
  TAGMSG: 8,
  JOIN: 100,
  PART: 100,
  NAMES: 100,
  LIST: 100,
  KICK: 8,
  ACCEPT: 100,
  WHOIS: 8,
};
