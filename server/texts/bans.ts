/**
 * Texts about masks, and about bans from the server: replies to DLINE, KLINE, UNDLINE, UNKLINE and
 * STATS.
 *
 * @module
 */

/** Reasons for refusing a mask. */
export const MASK_TEXTS = {
  matchesEveryone: (instead: string) =>
    `This would match everyone; if you mean it, write ${instead}`,
  matchesNobody: "No user can match this mask, because it contains characters that no nick, user " +
    "name or host has",
  noAddress: "The host of this mask is neither an address, such as 192.0.2.7, nor a range, such " +
    "as 192.0.2.0/24",
  unknownPrefix:
    "The masks with a prefix are a:ACCOUNT (or $a:, ~account:) and m:MASK, which mutes",
} as const;

/** Texts about bans from the server; `terms` are a ban's remaining time and its reason. */
export const BAN_TEXTS = {
  invalidAddress: "Give an address or a range, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
  invalidMask: (bytes: number) =>
    `Give a mask of at most ${bytes} bytes, such as spammer, *!*@192.0.2.* or a!b@c`,
  noPrefix: (command: string) =>
    `${command} takes no masks with a prefix, such as a: and m:; ban a nick, user name, host or ` +
    "address",
  matchesEveryone: (command: string) =>
    `This ban matches everyone; to set it anyway, use ${command} MYSELF`,
  durationNeedsUnit: "A duration needs a unit, as in 30m, 12h or 1d12h",
  matchesYourself: (command: string) =>
    `This ban matches you, too; to set it anyway, use ${command} MYSELF`,
  tooMany: (limit: number) => `There are ${limit} bans already; remove one first`,
  notBanned: "There is no such ban; STATS d and STATS k list them all",

  closeReason: (terms: string) => `Banned${terms}`,
  banned: (target: string, terms: string, closed: number) =>
    `Banned: ${target}${terms}; connections closed: ${closed}`,
  removed: (target: string) => `Ban removed: ${target}`,
  bannedBy: (nick: string, target: string, terms: string) => `Banned by ${nick}: ${target}${terms}`,
  removedBy: (nick: string, target: string) => `Ban removed by ${nick}: ${target}`,
  setBy: (nick: string, terms: string) => `Set by ${nick}${terms}`,
} as const;
