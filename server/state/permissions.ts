/**
 * Decides from the state alone what users may do. A function whose name begins with `assert` throws
 * an error with the reason if the user may not.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import { admittedSince } from "./admitted.ts";
import { casefold, isForPrograms } from "../../protocol.ts";
import { Candidate, matches, preparedMask, type SplitMask } from "./masks.ts";
import { changedFrom, hasRank } from "./modes.ts";
import type { Channel, User } from "./state.ts";
import { IrcError } from "../irc/replies.ts";
import { PERMISSION_TEXTS } from "../texts/permissions.ts";

/** The largest number of channels that one user may be in. */
export const CHANNEL_LIMIT = 100;

/**
 * Returns the reason why `user` may not join `channel` at `now` with the channel key `key`;
 * `undefined` if the user may (Modern IRC, "JOIN message").
 */
export function joinRefusal(
  user: User,
  channel: Channel,
  now: number,
  key?: string,
): IrcError | undefined {
  const { name, flags, settings } = channel;
  if (hasOperatorRank(user, channel) || mayTakeOver(user, channel)) return undefined;
  const invited = isInvited(user, channel, now);
  const isAdmitted = admittedSince(user, channel) !== undefined;
  if (!invited && !isAdmitted && needsInvitation(user, channel)) {
    return new IrcError("ERR_INVITEONLYCHAN", name);
  }
  if (isBanned(user, channel)) return new IrcError("ERR_BANNEDFROMCHAN", name);
  if (flags.has("R") && !invited && user.actor.account === undefined) {
    return new IrcError("ERR_NEEDREGGEDNICK", name, PERMISSION_TEXTS.joinNeedsLogin);
  }
  if (settings.has("k") && settings.get("k") !== key) {
    return new IrcError("ERR_BADCHANNELKEY", name);
  }
  if (isFull(channel) && !invited) return new IrcError("ERR_CHANNELISFULL", name);
  return undefined;
}

/** Returns true if `channel` has as many members as it may have. */
export function isFull({ members, settings }: Channel): boolean {
  return members.size >= Number(settings.get("l") ?? Infinity);
}

/**
 * Returns true if `user` can join `channel` only by invitation: the channel has mode `i`, the
 * account of `user` has no operator's rank there, and no mask of the list `I` matches `user`.
 */
export function needsInvitation(user: User, channel: Channel): boolean {
  return channel.flags.has("i") && !hasOperatorRank(user, channel) && !isListed(user, channel, "I");
}

/**
 * Returns true if the account of `user` has an operator's rank in `channel`, even while the user is
 * not a member. Modes that keep users out do not apply to operators, who could lift them anyway.
 */
function hasOperatorRank({ actor: { account } }: User, { ranks }: Channel): boolean {
  return account !== undefined && hasRank(ranks.get(casefold(account)) ?? "", "@");
}

/**
 * Returns true if `user` is an operator of the server, and neither a member nor an account is an
 * operator of `channel`. The operator of the server can then join it and give a member a rank.
 */
function mayTakeOver(user: User, { members, ranks }: Channel): boolean {
  if (!user.modes.has("o")) return false;
  return ![...members.values(), ...ranks.values()].some((modes) => hasRank(modes, "@"));
}

/** Returns true if `user` has an invitation to `channel` that has not expired at `now`. */
export function isInvited(user: User, channel: Channel, now: number): boolean {
  return now < (user.invitations.get(channel) ?? 0);
}

/**
 * Throws if `user` may not ask for an invitation to `channel`, because they do not need one or are
 * muted there.
 */
export function assertMayKnock(user: User, channel: Channel, now: number): void {
  const { name, flags, members } = channel;
  if (members.has(user)) throw new IrcError("ERR_KNOCKONCHAN", name);
  const needsNone = isInvited(user, channel, now) || isListed(user, channel, "I");
  if (!flags.has("i") || needsNone) throw new IrcError("ERR_CHANOPEN", name);
  if (isMuted(user, channel)) {
    throw new IrcError("ERR_CANNOTSENDTOCHAN", name, PERMISSION_TEXTS.speakingWhileMuted);
  }
}

/**
 * Throws unless `user` may send messages to `channel` (Modern IRC, "PRIVMSG message" and "Channel
 * Modes").
 */
export function assertMaySpeak(user: User, channel: Channel): void {
  const refusal = speakingRefusal(user, channel);
  if (refusal) throw refusal;
}

/**
 * Returns the reason why `user` may not send messages to `channel`; `undefined` if the user may.
 */
function speakingRefusal(user: User, channel: Channel): IrcError | undefined {
  const memberModes = channel.members.get(user);
  if (memberModes !== undefined && memberModes !== "") return undefined;
  const refusal = (text: string) => new IrcError("ERR_CANNOTSENDTOCHAN", channel.name, text);
  if (memberModes === undefined && channel.flags.has("n")) {
    return refusal(PERMISSION_TEXTS.speakingNeedsMembership);
  }
  for (const letter of ["M", "R"]) {
    if (channel.flags.has(letter) && user.actor.account === undefined) {
      return refusal(PERMISSION_TEXTS.speakingNeedsLogin(letter));
    }
  }
  if (channel.flags.has("m")) return refusal(PERMISSION_TEXTS.speakingNeedsVoice);
  return isMuted(user, channel) ? refusal(PERMISSION_TEXTS.speakingWhileMuted) : undefined;
}

/** Returns true if each user without a prefix must wait between two messages to `channel`. */
export function isSlow({ settings }: Channel): boolean {
  return settings.size > 0 && settings.has("W");
}

/**
 * Throws if `channel` is slow (mode `W`), and not enough time has passed from the last message of
 * `user` there until `now`. Members with a prefix need not wait.
 */
export function assertHasWaited(user: User, channel: Channel, now: number): void {
  if (channel.members.get(user)) return;
  const last = channel.speakers.lastTime(user.actor) ?? -Infinity;
  const passed = now - last;
  const waitMs = Number(channel.settings.get("W") ?? 0) * 1000;
  // After the clock has been set back, the time of the last message says nothing.
  if (passed < 0 || passed >= waitMs) return;
  const text = PERMISSION_TEXTS.speakingTooSoon(Math.ceil((waitMs - passed) / 1000));
  throw new IrcError("ERR_CANNOTSENDTOCHAN", channel.name, text);
}

/**
 * Throws if `user` is banned or muted in a channel where the user is a member: under another nick
 * or account, the ban might no longer match. Channels in which the user has a rank do not count,
 * because the user may speak there despite bans.
 */
export function assertMayChangeIdentity(user: User): void {
  const channel = silencingChannel(user);
  if (channel) throw new IrcError("ERR_BANNICKCHANGE", channel.name);
}

/** Returns true if {@linkcode assertMayChangeIdentity} does not throw. */
export function mayChangeIdentity(user: User): boolean {
  return silencingChannel(user) === undefined;
}

/**
 * Returns a channel that {@linkcode assertMayChangeIdentity} throws for. While there is one, the
 * user cannot change what its members are shown of the user.
 */
export function silencingChannel(user: User): Channel | undefined {
  return user.channels.values().find((channel) =>
    channel.members.get(user) === "" && isMuted(user, channel)
  );
}

/**
 * Throws as {@linkcode assertMayChangeIdentity} does, if `user` is logged in to another account
 * than the one called `account`. A user without an account may log in.
 */
export function assertMayLogInTo(account: string, user: User | undefined): void {
  const present = user?.actor.account;
  if (user && present !== undefined && present !== account) assertMayChangeIdentity(user);
}

/**
 * Throws unless `recipient` accepts private messages from `user`: a recipient with user mode R
 * accepts only users who have an account, or were named in ACCEPT.
 */
export function assertMayMessage(user: User, recipient: User): void {
  if (!recipient.modes.has("R") || user.actor.account !== undefined || user === recipient) return;
  if (recipient.accepted.has(user.actor.id)) return;
  const { nick } = recipient.actor;
  throw new IrcError("ERR_NEEDREGGEDNICK", nick, PERMISSION_TEXTS.privateNeedsLogin);
}

/**
 * The control characters for colors (https://modern.ircdocs.horse/formatting, "Color", "Hex
 * Color").
 */
const COLORS = ["\x03", "\x04"];

/**
 * The channel modes that forbid a kind of text, even to operators, each with the text of the
 * refusal.
 */
const FORBIDDEN: readonly {
  readonly letter: string;
  readonly refusal: string;
  isIn(text: string): boolean;
}[] = [
  {
    letter: "C",
    refusal: PERMISSION_TEXTS.noCtcp,
    isIn: isForPrograms,
  },
  {
    letter: "c",
    refusal: PERMISSION_TEXTS.noColors,
    isIn: (text) => COLORS.some((sign) => text.includes(sign)),
  },
];

/** Throws if a mode of `channel` forbids `text`. */
export function assertTextAllowed(text: string, channel: Channel): void {
  const found = forbidden(text, channel);
  if (found) throw new IrcError("ERR_CANNOTSENDTOCHAN", channel.name, found.refusal);
}

function forbidden(text: string, { flags }: Channel) {
  return FORBIDDEN.find(({ letter, isIn }) => flags.has(letter) && isIn(text));
}

/**
 * Returns `reason`, which `user` gives for leaving `channel` or for deleting a message there. The
 * members would read it, so returns `undefined` if the user could not send it as a message. In a
 * slow channel, only members with a prefix can give reasons, because reasons do not count as
 * messages.
 */
export function shownReason(
  user: User,
  channel: Channel,
  reason: string | undefined,
): string | undefined {
  if (reason === undefined || forbidden(reason, channel)) return undefined;
  if (isSlow(channel) && !channel.members.get(user)) return undefined;
  return speakingRefusal(user, channel) ? undefined : reason;
}

/** Throws unless `user` is a member of `channel`. */
export function assertMember(channel: Channel, user: User): void {
  if (!channel.members.has(user)) throw new IrcError("ERR_NOTONCHANNEL", channel.name);
}

/** Throws unless `user` may invite others to `channel` (Modern IRC, "INVITE message"). */
export function assertMayInvite(channel: Channel, user: User): void {
  assertMember(channel, user);
  if (channel.flags.has("i")) assertRank(channel, user, "%");
}

/**
 * Returns true if `user` may invite others to `channel` even while it is invitation-only (mode
 * `i`).
 */
export function mayInviteAlways(channel: Channel, user: User): boolean {
  return hasRank(channel.members.get(user) ?? "", "%");
}

/** Returns true if `user` is an operator of `channel`. */
export function isChannelOperator(channel: Channel, user: User): boolean {
  return hasRank(channel.members.get(user) ?? "", "@");
}

/** Throws unless `user` is an operator of `channel`. */
export function assertChannelOperator(channel: Channel, user: User): void {
  assertRank(channel, user, "@");
}

/** Throws unless `user` has the rank of the prefix `rank`, or a higher one, in `channel`. */
export function assertRank(channel: Channel, user: User, rank: string): void {
  if (hasRank(channel.members.get(user) ?? "", rank)) return;
  throw new IrcError("ERR_CHANOPRIVSNEEDED", channel.name);
}

/**
 * Throws unless `user` may change the mode `letter` of `channel` or, if the mode is a rank, of
 * `member`. Operators of the server can give and take any rank, because otherwise no user could
 * make the first founder, or help a channel without operators. Every user can drop a rank of their
 * own.
 */
export function assertMayChange(
  channel: Channel,
  user: User,
  letter: string,
  member?: { readonly user: User | undefined; readonly add: boolean },
): void {
  if (member && (user.modes.has("o") || (member.user === user && !member.add))) return;
  assertRank(channel, user, changedFrom(letter));
}

/** A function that returns true for the masks that {@linkcode isListed} must consider. */
type Counts = (mask: SplitMask) => boolean;

const DOES_NOT_MUTE: Counts = ({ mutes }) => !mutes;
const ANY: Counts = () => true;

/**
 * Returns true if `user` is banned from `channel` by a mask that does not only mute (Modern IRC,
 * "Ban Channel Mode" and "Exception Channel Mode").
 */
function isBanned(user: User, channel: Channel): boolean {
  return isListed(user, channel, "b") && !isListed(user, channel, "e");
}

/**
 * Returns true if `user` may not speak in `channel`: a ban matches the user, even if it only mutes,
 * and no exception matches.
 */
export function isMuted(user: User, channel: Channel): boolean {
  return isListed(user, channel, "b", ANY) && !isListed(user, channel, "e", ANY);
}

/**
 * Returns true if a mask of the channel's list `letter` matches `user`. Considers only masks for
 * which `counts` returns true; by default, all except those that only mute.
 */
function isListed(user: User, channel: Channel, letter: string, counts = DOES_NOT_MUTE): boolean {
  const list = channel.lists.get(letter);
  if (list === undefined || list.size === 0) return false;
  const { actor: { mask, account }, address } = user;
  const found = new Candidate({ mask, account, address });
  for (const entry of list.values()) {
    const ready = preparedMask(entry, entry.mask);
    if (counts(ready) && matches(ready, found)) return true;
  }
  return false;
}
