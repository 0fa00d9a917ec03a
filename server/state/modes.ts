/**
 * Tables of all modes: the meaning of each letter, the way in which it takes a parameter, and the
 * group in which the numeric 005 lists it.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse, "Channel Modes", "Channel Membership Prefixes"
 * and "User Modes").
 *
 * @module
 */

/** The way in which a channel mode takes its parameter (Modern IRC, "CHANMODES Parameter"). */
export type ChannelModeKind =
  /** Type A: a list of masks; without a parameter, MODE shows the list. */
  | "list"
  /** Type B: a parameter to set and to unset. */
  | "setting"
  /** Type C: a parameter to set only. */
  | "limit"
  /** Type D: no parameter. */
  | "flag";

/** The modes of channels, by letter, without the modes of members. */
export const CHANNEL_MODES: ReadonlyMap<string, ChannelModeKind> = new Map([
  ["b", "list"], // masks of users who can neither join nor speak
  ["e", "list"], // exceptions from bans
  ["I", "list"], // exceptions from `i`
  ["k", "setting"], // key: the password for joining
  ["f", "limit"], // forward: the channel that users join if they cannot join this one
  ["l", "limit"], // the largest number of members
  ["H", "limit"], // the most messages shown to users who join; 0 for none
  ["W", "limit"], // wait: the seconds between two messages of a member without a prefix
  ["C", "flag"], // no CTCP except ACTION
  ["M", "flag"], // only users with an account or a prefix can speak
  ["R", "flag"], // only users with an account can join and speak
  ["c", "flag"], // no colors
  ["i", "flag"], // by invitation only
  ["m", "flag"], // moderated: only members with a prefix can speak
  ["n", "flag"], // no messages from users who are not members
  ["p", "flag"], // private: not listed to users who are not members
  ["s", "flag"], // secret: hidden from users who are not members
  ["t", "flag"], // only operators set the topic
]);

/** The longest time between two messages that mode `W` can demand, in seconds. */
export const LONGEST_WAIT = 21_600;

/** The modes of a new channel. */
export const NEW_CHANNEL_MODES = "nt";

/** A rank of channel members. */
export interface MemberMode {
  /** The letter of the mode that gives it. */
  readonly letter: string;
  /** The prefix that shows it before a nick. */
  readonly prefix: string;
  /**
   * The prefix of the lowest rank whose members can give and take this rank, and kick a member
   * whose highest rank it is.
   */
  readonly changedFrom: string;
}

/** Ranks of members, highest first (Modern IRC, "Channel Membership Prefixes"). */
export const MEMBER_MODES: readonly MemberMode[] = [
  { letter: "q", prefix: "~", changedFrom: "~" }, // founder
  { letter: "a", prefix: "&", changedFrom: "~" }, // protected: cannot be kicked by operators
  { letter: "o", prefix: "@", changedFrom: "@" }, // operator: runs the channel
  { letter: "h", prefix: "%", changedFrom: "@" }, // half-operator: moderates the channel
  { letter: "v", prefix: "+", changedFrom: "%" }, // voice: can always speak
];

/**
 * Returns the prefix of the lowest rank that can change the mode `letter`: a mode of the channel,
 * or of a member.
 */
export function changedFrom(letter: string): string {
  const memberMode = MEMBER_MODES.find((mode) => mode.letter === letter);
  if (memberMode) return memberMode.changedFrom;
  return CHANNEL_MODES.get(letter) === "list" ? "%" : "@";
}

/** Returns the prefix of the lowest rank that can kick a member with these modes. */
export function kickedFrom(memberModes: string): string {
  const highest = MEMBER_MODES.find(({ letter }) => memberModes.includes(letter));
  return highest?.changedFrom ?? "%";
}

/** A user mode. */
export interface UserMode {
  /** True if users can set it themselves. */
  readonly selfSet: boolean;
  /** True if only operators can have the mode; a user who stops being an operator loses it. */
  readonly operatorsOnly?: boolean;
}

/** The user modes, by letter. */
export const USER_MODES: ReadonlyMap<string, UserMode> = new Map<string, UserMode>([
  ["B", { selfSet: true }], // a bot (https://ircv3.net/specs/extensions/bot-mode)
  ["R", { selfSet: true }], // accepts private messages only from users with an account
  ["i", { selfSet: true }], // invisible to users who share no channel
  ["o", { selfSet: false }], // server operator; OPER sets it, every user can drop it
  ["s", { selfSet: true, operatorsOnly: true }], // gets notices: connections, kills, refusals, bans
  ["w", { selfSet: true }], // gets WALLOPS
]);

/** Returns the letters of the channel modes of one kind, in the order of the table. */
export function channelModes(kind: ChannelModeKind): string {
  return [...CHANNEL_MODES].filter(([, is]) => is === kind).map(([letter]) => letter).join("");
}

/** Returns true if `letter` is a mode of members. */
export function isMemberMode(letter: string): boolean {
  return MEMBER_MODES.some((mode) => mode.letter === letter);
}

/** Returns the prefixes of member modes, highest first: `"ov"` gives `"@+"`. */
export function prefixesOf(memberModes: string): string {
  if (memberModes === "") return "";
  return MEMBER_MODES.filter(({ letter }) => memberModes.includes(letter))
    .map(({ prefix }) => prefix).join("");
}

/** Returns `memberModes` with `letter` added or removed, highest first. */
export function changeMemberModes(memberModes: string, letter: string, add: boolean): string {
  return MEMBER_MODES.map((mode) => mode.letter)
    .filter((each) => each === letter ? add : memberModes.includes(each)).join("");
}

/**
 * Returns the letters of the member modes of a user who creates a channel. A user with an account
 * becomes its owner (`q`).
 */
export function foundersModes(account: string | undefined): string {
  return account === undefined ? "o" : "qo";
}

/** Returns true if a member with these modes owns the channel. */
export function isOwner(memberModes: string): boolean {
  return memberModes.includes("q");
}

/**
 * Returns true if some account owns the channel. `ranks` are the ranks that accounts keep in it.
 */
export function isOwned({ ranks }: { readonly ranks: ReadonlyMap<string, string> }): boolean {
  return ranks.values().some(isOwner);
}

/** Returns true if a member with these modes has the rank of `prefix` or a higher one. */
export function hasRank(memberModes: string, prefix: string): boolean {
  for (const mode of MEMBER_MODES) {
    if (memberModes.includes(mode.letter)) return true;
    if (mode.prefix === prefix) return false;
  }
  return false;
}

/** The target of a message: a whole channel, or only its members of one rank and higher ones. */
export interface RankedName {
  /** The prefix of the rank; `undefined` if the name has no prefix. */
  readonly rank: string | undefined;
  /** The name without prefixes. */
  readonly channel: string;
}

/**
 * Splits the prefixes from a name such as `@#room` (Modern IRC, "STATUSMSG Parameter"). If there
 * are several prefixes, the lowest rank counts, because it includes the higher ones. Returns
 * `undefined` if `name` is not the name of a channel.
 */
export function splitRank(name: string): RankedName | undefined {
  const start = name.indexOf("#");
  if (start === 0) return { rank: undefined, channel: name };
  const given = name.slice(0, start);
  if (start < 0 || ![...given].every((sign) => PREFIXES.includes(sign))) return undefined;
  const rank = PREFIXES.findLast((prefix) => given.includes(prefix));
  return { rank, channel: name.slice(start) };
}

/** The prefixes of all ranks, highest first. */
const PREFIXES: readonly string[] = MEMBER_MODES.map(({ prefix }) => prefix);

/**
 * Returns the prefixes of all ranks that a member with these modes has. A rank includes all lower
 * ones: an operator, `"o"`, has `@`, `%` and `+`.
 */
export function ranksOf(memberModes: string): string[] {
  return PREFIXES.filter((prefix) => hasRank(memberModes, prefix));
}

/** Returns the modes of a user as in RPL_UMODEIS: a plus and the letters, in order. */
export function shownUserModes(modes: ReadonlySet<string>): string {
  return `+${[...modes].sort().join("")}`;
}
