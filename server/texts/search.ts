/**
 * Texts about finding messages, channels and the targets of commands.
 *
 * @module
 */

/** Texts of SEARCH. */
export const SEARCH_TEXTS = {
  missingColon: "If a search contains a space, put a colon before it",
  unknownAttribute: (names: readonly string[]) =>
    `The attribute is unknown: it must be one of ${names.join(", ")}`,
  invalidTarget: "There is no such channel or nick, or you are not in that channel",
  invalidTime: "A time must look like 2019-01-04T14:33:26.123Z",
  cut: (rest: string) =>
    `The search did not look at all messages; for the others, search again with ${rest}`,
  invalidLimit: "The limit must be a number above 0",
} as const;

/** Texts about the targets of commands, and about channels that users join or invite others to. */
export const TARGET_TEXTS = {
  invitedBeyondLimit: (count: number, nick: string) =>
    `The limit of the channel is reached (${count}); ${nick} can join all the same`,
  tooMany: (command: string, limit: number) =>
    `Too many targets: ${command} takes at most ${limit}; nothing was done`,
  tooManyOwned: (channel: string) =>
    `${channel} ends with its last member, because your account owns as many channels as it can, ` +
    `or the server has too many. To own it, drop another channel (/msg ChanServ DROP #channel), then ` +
    `say /msg ChanServ REGISTER ${channel}`,
  tooManyConditions: (limit: number) => `Too many conditions: LIST takes at most ${limit}`,
} as const;
