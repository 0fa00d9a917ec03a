/**
 * The modes there are, as tables: what a letter means, what parameter it takes, and how it is told
 * to clients in `005`. Knows nothing of who has which.
 *
 * Source: Modern IRC, "Channel Modes", "Channel Membership Prefixes" and "User Modes".
 *
 * @module
 */

/** How a channel's mode takes its parameter (Modern IRC, "CHANMODES Parameter"). */
export type ChannelModeKind =
  /** Type A: a list of masks; without a parameter, it is shown. */
  | "list"
  /** Type B: a parameter both to set and to unset. */
  | "setting"
  /** Type C: a parameter only to set. */
  | "limit"
  /** Type D: no parameter. */
  | "flag";

/** A channel's modes, except those of its members. */
export const CHANNEL_MODES: ReadonlyMap<string, ChannelModeKind> = new Map([
  ["b", "list"], // banned masks: may not join, nor speak
  ["e", "list"], // exceptions from bans
  ["I", "list"], // exceptions from the need of an invitation
  ["k", "setting"], // key: the password for joining
  ["f", "limit"], // forward: where who may not join is sent on to
  ["l", "limit"], // at most this many members
  ["C", "flag"], // no CTCP but ACTION
  ["M", "flag"], // only who has an account, or a prefix, may speak
  ["R", "flag"], // only who has an account may join, and may speak there
  ["c", "flag"], // no colours
  ["i", "flag"], // by invitation only
  ["m", "flag"], // moderated: only members with a prefix may speak
  ["n", "flag"], // no messages from outside
  ["p", "flag"], // private: told of to nobody outside
  ["s", "flag"], // secret: unknown to those outside
  ["t", "flag"], // only operators set the topic
]);

/** What a channel has when it begins to exist. */
export const NEW_CHANNEL_MODES = "nt";

/** A rank of members: the mode that gives it, the sign that shows it. */
export interface MemberMode {
  /** The mode's letter. */
  readonly letter: string;
  /** What stands before the nick of who has it. */
  readonly prefix: string;
  /** The rank from which on one gives it and takes it away, and puts out who has no higher one. */
  readonly changedFrom: string;
}

/** Ranks of members, highest first (Modern IRC, "Channel Membership Prefixes"). */
export const MEMBER_MODES: readonly MemberMode[] = [
  { letter: "q", prefix: "~", changedFrom: "~" }, // founder
  { letter: "a", prefix: "&", changedFrom: "~" }, // protected: not put out by operators
  { letter: "o", prefix: "@", changedFrom: "@" }, // operator: runs the channel
  { letter: "h", prefix: "%", changedFrom: "@" }, // half-operator: keeps order in it
  { letter: "v", prefix: "+", changedFrom: "%" }, // voice: may always speak
];

/** The rank from which on the letter of `CHANNEL_MODES` or `MEMBER_MODES` is changed. */
export function changedFrom(letter: string): string {
  const memberMode = MEMBER_MODES.find((mode) => mode.letter === letter);
  if (memberMode) return memberMode.changedFrom;
  return CHANNEL_MODES.get(letter) === "list" ? "%" : "@";
}

/** The rank from which on one puts out a member with these modes. */
export function kickedFrom(memberModes: string): string {
  const highest = MEMBER_MODES.find(({ letter }) => memberModes.includes(letter));
  return highest?.changedFrom ?? "%";
}

/** What there is to know of a user's mode. */
export interface UserMode {
  /** Whether users may set it on themselves. */
  readonly selfSet: boolean;
  /** Whether only operators have it; who steps back loses it. */
  readonly operatorsOnly?: boolean;
}

/** A user's modes. */
export const USER_MODES: ReadonlyMap<string, UserMode> = new Map<string, UserMode>([
  ["B", { selfSet: true }], // a bot (https://ircv3.net/specs/extensions/bot-mode)
  ["R", { selfSet: true }], // hears, in private, only those who have an account
  ["i", { selfSet: true }], // invisible to those who share no channel
  ["o", { selfSet: false }], // server operator; OPER sets it, anybody may drop it
  ["s", { selfSet: true, operatorsOnly: true }], // is told who comes, is killed, refused, banned
  ["w", { selfSet: true }], // hears WALLOPS
]);

/** Letters of one kind, in the order of the table. */
export function channelModes(kind: ChannelModeKind): string {
  return [...CHANNEL_MODES].filter(([, is]) => is === kind).map(([letter]) => letter).join("");
}

/** Whether `letter` is a mode of a channel's members. */
export function isMemberMode(letter: string): boolean {
  return MEMBER_MODES.some((mode) => mode.letter === letter);
}

/** The signs that go with member modes, highest first: `"ov"` gives `"@+"`. */
export function prefixesOf(memberModes: string): string {
  if (memberModes === "") return "";
  return MEMBER_MODES.filter(({ letter }) => memberModes.includes(letter))
    .map(({ prefix }) => prefix).join("");
}

/** `memberModes` with `letter` added or removed, highest first. */
export function changeMemberModes(memberModes: string, letter: string, add: boolean): string {
  return MEMBER_MODES.map((mode) => mode.letter)
    .filter((each) => each === letter ? add : memberModes.includes(each)).join("");
}

/** The member modes of who makes a channel: with an account, they own it. */
export function foundersModes(account: string | undefined): string {
  return account === undefined ? "o" : "qo";
}

/** Whether who has these member modes owns the channel. */
export function isOwner(memberModes: string): boolean {
  return memberModes.includes("q");
}

/** Whether a channel belongs to somebody who can be recognized, and so outlasts its last member. */
export function isOwned({ ranks }: { readonly ranks: ReadonlyMap<string, string> }): boolean {
  return ranks.values().some(isOwner);
}

/** Whether somebody with these member modes stands at `prefix` or above it. */
export function hasRank(memberModes: string, prefix: string): boolean {
  for (const mode of MEMBER_MODES) {
    if (memberModes.includes(mode.letter)) return true;
    if (mode.prefix === prefix) return false;
  }
  return false;
}
