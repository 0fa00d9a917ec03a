/**
 * Texts of CHATHISTORY.
 *
 * @module
 */

/** Texts about requests for history. */
export const HISTORY_TEXTS = {
  unknownSubcommand: "Unknown subcommand; use LATEST, BEFORE, AFTER, AROUND, BETWEEN or TARGETS",
  tooFewParams: "Not enough parameters",
  tooManyParams: "Too many parameters",
  noSuchTarget: "There is no such channel or nick, or you are not in that channel",
  targetsNeedTimes: "TARGETS needs two times, as in timestamp=2019-01-04T14:33:26.123Z",
  invalidLimit: "The limit must be a number above 0",
  invalidMsgid: "That is not a valid message ID",
  invalidTime: "A time must look like 2019-01-04T14:33:26.123Z",
  invalidReference: "Refer to a message with msgid= or timestamp=",
} as const;
