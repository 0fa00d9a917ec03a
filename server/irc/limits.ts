/**
 * Limits that several commands share, and that `RPL_ISUPPORT` advertises.
 *
 * @module
 */

/** The messages in a page of history: few enough that the longest ones fit into a send queue. */
export const HISTORY_LIMIT = 100;
/** The largest number of entries in each list of a channel. */
export const LIST_LIMIT = 100;
/** The largest number of targets of each command. Commands that are not listed take one target. */
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
