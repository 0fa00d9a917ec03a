/**
 * Who may do what, decided from the state alone. Each check throws the error that says why not.
 *
 * @module
 */

import { casefold, parseCtcp } from "../../protocol.ts";
import { matchesMask, type SplitMask, splitMask } from "./masks.ts";
import { changedFrom, hasRank } from "./modes.ts";
import type { Channel, User } from "./state.ts";
import { IrcError } from "../irc/replies.ts";

/** How many channels one user may be in. */
export const CHANNEL_LIMIT = 100;

/**
 * Why `user` may not join `channel` now with that key, if they may not (Modern IRC, "JOIN message").
 * A channel that does not exist yet may be joined by anybody.
 */
export function joinRefusal(
  user: User,
  channel: Channel,
  now: number,
  key?: string,
): IrcError | undefined {
  const { name, flags, settings, members } = channel;
  if (runsWhenBack(user, channel)) return undefined;
  const invited = isInvited(user, channel, now);
  if (!invited && needsInvitation(user, channel)) {
    return new IrcError("ERR_INVITEONLYCHAN", name);
  }
  if (isBanned(user, channel)) return new IrcError("ERR_BANNEDFROMCHAN", name);
  if (flags.has("R") && !invited && user.actor.account === undefined) {
    return new IrcError("ERR_NEEDREGGEDNICK", name, "Cannot join channel (+R) - log in first");
  }
  if (settings.has("k") && settings.get("k") !== key) {
    return new IrcError("ERR_BADCHANNELKEY", name);
  }
  const full = members.size >= Number(settings.get("l") ?? Infinity);
  if (full && !invited) return new IrcError("ERR_CHANNELISFULL", name);
  return undefined;
}

/**
 * Whether `user` comes into `channel` only when invited. Who runs it does not, nor does who is
 * excepted by its list `I`: they come and go as they like, and it is theirs also while they are away.
 */
export function needsInvitation(user: User, channel: Channel): boolean {
  return channel.flags.has("i") && !runsWhenBack(user, channel) && !isListed(user, channel, "I");
}

/** Whether `user` is one who runs `channel`, and could undo whatever keeps them out of it. */
function runsWhenBack({ actor: { account } }: User, { ranks }: Channel): boolean {
  return account !== undefined && hasRank(ranks.get(casefold(account)) ?? "", "@");
}

/** Whether `user` has an invitation to `channel` at the time `now`. */
export function isInvited(user: User, channel: Channel, now: number): boolean {
  return now < (user.invitations.get(channel) ?? 0);
}

/** To be invited is for those to ask who could not join without, and who might speak there. */
export function assertMayKnock(user: User, channel: Channel, now: number): void {
  const { name, flags, members } = channel;
  if (members.has(user)) throw new IrcError("ERR_KNOCKONCHAN", name);
  const needsNone = isInvited(user, channel, now) || isListed(user, channel, "I");
  if (!flags.has("i") || needsNone) throw new IrcError("ERR_CHANOPEN", name);
  if (isMuted(user, channel)) {
    throw new IrcError("ERR_CANNOTSENDTOCHAN", name, "You are banned or muted there (+b)");
  }
}

/** Modern IRC, "PRIVMSG message" and "Channel Modes". */
export function assertMaySpeak(user: User, channel: Channel): void {
  const memberModes = channel.members.get(user);
  if (memberModes !== undefined && memberModes !== "") return;
  const refuse = (why: string) => new IrcError("ERR_CANNOTSENDTOCHAN", channel.name, why);
  if (memberModes === undefined && channel.flags.has("n")) {
    throw refuse("You're not on that channel (+n)");
  }
  for (const letter of ["M", "R"]) {
    if (channel.flags.has(letter) && user.actor.account === undefined) {
      throw refuse(`Only who is logged in may speak there (+${letter})`);
    }
  }
  if (channel.flags.has("m")) throw refuse("Only members with voice may speak there (+m)");
  if (isMuted(user, channel)) throw refuse("You are banned or muted there (+b)");
}

/** What a user says in private has to be something that `hearer` wants to hear. */
export function assertMayTell(user: User, hearer: User): void {
  if (!hearer.modes.has("R") || user.actor.account !== undefined || user === hearer) return;
  if (hearer.accepted.has(user.actor.id)) return;
  const { nick } = hearer.actor;
  throw new IrcError("ERR_NEEDREGGEDNICK", nick, "They hear only who is logged in (+R)");
}

/** https://modern.ircdocs.horse/formatting, "Color" and "Hex Color" */
const COLOURS = ["\x03", "\x04"];

/** What a mode keeps everybody from saying in a channel, and how they are told. */
const UNSAID: readonly {
  readonly letter: string;
  readonly why: string;
  isIn(text: string): boolean;
}[] = [
  {
    letter: "C",
    why: "Only ACTION can be sent there by CTCP (+C)",
    isIn: (text) => (parseCtcp(text)?.command ?? "ACTION") !== "ACTION",
  },
  {
    letter: "c",
    why: "No colours there (+c)",
    isIn: (text) => COLOURS.some((sign) => text.includes(sign)),
  },
];

/** `text` must be something that can be said in `channel`, by whomever. */
export function assertMayBeSaid(text: string, channel: Channel): void {
  for (const { letter, why, isIn } of UNSAID) {
    if (channel.flags.has(letter) && isIn(text)) {
      throw new IrcError("ERR_CANNOTSENDTOCHAN", channel.name, why);
    }
  }
}

/** The channel called `name`, which `user` must be on. */
export function assertMember(channel: Channel, user: User): void {
  if (!channel.members.has(user)) throw new IrcError("ERR_NOTONCHANNEL", channel.name);
}

/** Modern IRC, "INVITE message". */
export function assertMayInvite(channel: Channel, user: User): void {
  assertMember(channel, user);
  if (channel.flags.has("i")) assertRank(channel, user, "%");
}

/** Whether `user` may invite to `channel` also while it needs an invitation. */
export function mayOpen(channel: Channel, user: User): boolean {
  return hasRank(channel.members.get(user) ?? "", "%");
}

/** Whether `user` runs `channel`. */
export function isChannelOperator(channel: Channel, user: User): boolean {
  return hasRank(channel.members.get(user) ?? "", "@");
}

/** `user` must run `channel`. */
export function assertChannelOperator(channel: Channel, user: User): void {
  assertRank(channel, user, "@");
}

/** `user` must stand at the prefix `rank`, or above it, in `channel`. */
export function assertRank(channel: Channel, user: User, rank: string): void {
  if (hasRank(channel.members.get(user) ?? "", rank)) return;
  throw new IrcError("ERR_CHANOPRIVSNEEDED", channel.name);
}

/**
 * `user` must be one who may change the mode `letter` of `channel`; or, if that is a rank, of its
 * `member`. Operators of the server can give any rank: nobody else could make the first founder, or
 * help a channel that lost all who ran it. Everybody can drop a rank of their own.
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

/** Whether `channel` is not for everybody: by key, by invitation, or not told of to those outside. */
export function isRestricted({ flags, settings }: Channel): boolean {
  return ["i", "p", "s"].some((letter) => flags.has(letter)) || settings.has("k");
}

/** Whether `viewer` may know that `channel` exists (Modern IRC, "Secret Channel Mode"). */
export function isKnown(channel: Channel, viewer: User): boolean {
  return !channel.flags.has("s") || channel.members.has(viewer) || viewer.modes.has("o");
}

/**
 * Whether `viewer` may be told of `channel` without naming it: a private one is there for who knows
 * its name (RFC 2811, section 4.2.6).
 */
export function isShown(channel: Channel, viewer: User): boolean {
  return isKnown(channel, viewer) &&
    (!channel.flags.has("p") || channel.members.has(viewer) || viewer.modes.has("o"));
}

/** Whether `viewer` is to see that `user` exists without naming them (Modern IRC, "User Modes"). */
export function isVisible(user: User, viewer: User): boolean {
  if (user === viewer || !user.modes.has("i") || viewer.modes.has("o")) return true;
  return shareChannel(user, viewer);
}

/** Whether there is a channel that both are in. */
export function shareChannel(one: User, other: User): boolean {
  for (const channel of one.channels) if (channel.members.has(other)) return true;
  return false;
}

/** Which masks of a list count. */
type Counts = (mask: SplitMask) => boolean;

const DOES_NOT_MUTE: Counts = ({ mutes }) => !mutes;
const ANY: Counts = () => true;

/** Modern IRC, "Ban Channel Mode" and "Exception Channel Mode". */
function isBanned(user: User, channel: Channel): boolean {
  return isListed(user, channel, "b") && !isListed(user, channel, "e");
}

/** Whether `user` may not speak in `channel`: masks that mute count like those that keep out. */
function isMuted(user: User, channel: Channel): boolean {
  return isListed(user, channel, "b", ANY) && !isListed(user, channel, "e", ANY);
}

/** Whether a mask of the channel's list `letter` matches `user`. */
function isListed(user: User, channel: Channel, letter: string, counts = DOES_NOT_MUTE): boolean {
  const list = channel.lists.get(letter);
  if (list === undefined || list.size === 0) return false;
  const subject = casefold(user.actor.mask);
  const { account } = user.actor;
  for (const entry of list.values()) {
    const split = splitMask(entry.mask);
    const matched = split.ofAccounts ? account : subject;
    if (counts(split) && matched !== undefined && matchesMask(split.mask, matched)) return true;
  }
  return false;
}
