/**
 * Users and channels that can be changed, and the functions that create and change them. They are
 * for the rows in `server/kinds/`, which apply events. Other code sees the users and channels of
 * the state only by the types in `state.ts`, which do not allow changes.
 *
 * @module
 */

import type { EventId } from "../events/ids.ts";
import { changeAdmitted } from "./admitted.ts";
import { casefold } from "../../protocol.ts";
import type {
  AcceptChanged,
  Connected,
  HostChanged,
  Invited,
  ModeChange,
  TopicChanged,
} from "../events/events.ts";
import type { Actor, EventBase, UserId } from "../events/actor.ts";
import type { Begun } from "../events/ids.ts";
import type { ChannelState } from "../events/restoring.ts";
import { changeMemberModes, CHANNEL_MODES, isOwned, isOwner, NEW_CHANNEL_MODES } from "./modes.ts";
import { type Recipient, Recipients } from "./recipient.ts";
import { Members } from "./members.ts";
import { Ranks } from "./ranks.ts";
import { Speakers } from "./speakers.ts";
import type { Channel, User } from "./state.ts";
import type { FormerName, ListEntry, Topic } from "../events/records.ts";

/** A {@linkcode User} that can be changed. */
export type MutableUser = Omit<User, "invitations"> & {
  actor: Actor;
  username: string;
  host: string;
  realname: string;
  isOperatorByPassword: boolean;
  away: string | undefined;
  isOffline: boolean;
  only: Recipient | undefined;
  readonly metadata: Map<string, string>;
  readonly modes: Set<string>;
  readonly accepted: Set<UserId>;
  readonly channels: Set<MutableChannel>;
  readonly invitations: Map<MutableChannel, number>;
};

/** A {@linkcode Channel} that can be changed. */
export type MutableChannel = Omit<Channel, "invited" | "lists"> & {
  name: string;
  renamedAt: number;
  formerNames: readonly FormerName[];
  knockedAt: number;
  used: boolean;
  topic: Topic | undefined;
  readonly metadata: Map<string, string>;
  readonly settings: Map<string, string>;
  readonly flags: Set<string>;
  readonly lists: Map<string, Map<string, ListEntry>>;
  readonly members: Members;
  readonly ranks: Ranks;
  readonly arrivals: Map<User, EventId>;
  readonly speakers: Speakers;
  readonly admitted: Map<string, EventId>;
  readonly invited: Map<MutableUser, boolean>;
};

/** The largest number of invitations of a user; a new one replaces the oldest. */
export const INVITATION_LIMIT = 100;

/**
 * The largest number of users from whom one user accepts private messages (ACCEPT); a new one
 * replaces the oldest.
 */
export const ACCEPT_LIMIT = 100;

/** The largest number of accounts that keep their rank in one channel. */
const RANK_LIMIT = 100;

/** Returns a user who has just connected. */
export function newUser(event: Connected): MutableUser {
  const { by, username, host, address = host, realname, plain, time } = event;
  const user: MutableUser = {
    actor: by,
    username,
    host,
    address,
    realname,
    connectedAt: time,
    plain: plain === true,
    metadata: new Map(),
    modes: new Set(),
    isOperatorByPassword: false,
    accepted: new Set(),
    away: undefined,
    isOffline: false,
    channels: new Set(),
    invitations: new Map(),
    recipients: new Recipients((only) => user.only = only),
    only: undefined,
  };
  return user;
}

/** Returns a new channel without members. */
export function newChannel(
  name: string,
  { createdAt, startId }: Begun,
): MutableChannel {
  return {
    name,
    createdAt,
    startId,
    renamedAt: 0,
    formerNames: [],
    knockedAt: 0,
    used: false,
    topic: undefined,
    metadata: new Map(),
    flags: new Set(NEW_CHANNEL_MODES),
    settings: new Map(),
    lists: new Map(),
    members: new Members(),
    ranks: new Ranks(),
    arrivals: new Map(),
    speakers: new Speakers(),
    admitted: new Map(),
    invited: new Map(),
  };
}

/** Returns a restored channel, without members. */
export function restoredChannel(state: ChannelState): MutableChannel {
  const { members: _, metadata, flags, settings, lists, ranks, admitted, speakers, ...rest } =
    state;
  return {
    ...newChannel(state.name, state),
    ...rest,
    metadata: new Map(metadata),
    flags: new Set(flags),
    settings: new Map(settings),
    lists: new Map(lists.map(([letter, list]) => [letter, byMask(list)])),
    ranks: new Ranks(ranks),
    admitted: new Map(admitted),
    speakers: new Speakers(speakers),
  };
}

function byMask(list: readonly ListEntry[]): Map<string, ListEntry> {
  return new Map(list.map((entry) => [casefold(entry.mask), entry]));
}

/**
 * Adds an invitation of `user` to `channel`. Removes the user's expired invitations, and the oldest
 * ones beyond {@linkcode INVITATION_LIMIT}.
 */
export function invite(
  user: MutableUser,
  channel: MutableChannel,
  { time, until, opens = false }: Invited,
): void {
  forgetInvitation(user, channel);
  user.invitations.set(channel, until);
  channel.invited.set(user, opens);
  for (const [each, end] of user.invitations) {
    if (end <= time || user.invitations.size > INVITATION_LIMIT) forgetInvitation(user, each);
  }
}

/**
 * Removes the invitations to `channel` whose authors may no longer invite to it, because it has
 * just become invitation-only. The operator who has set this mode may not know of them.
 */
function endInvitations(channel: MutableChannel): void {
  for (const [user, opens] of channel.invited) if (!opens) forgetInvitation(user, channel);
}

/** Removes the invitation of `user` to `channel`. */
export function forgetInvitation(user: MutableUser, channel: MutableChannel): void {
  user.invitations.delete(channel);
  channel.invited.delete(user);
}

/**
 * Sets the modes of a member. In a channel that an account owns, the modes are also kept for the
 * member's account, which gets them back after leaving and joining again. They are not kept if the
 * channel keeps the modes of {@linkcode RANK_LIMIT} other accounts already.
 */
export function changeRank(channel: MutableChannel, member: User, memberModes: string): void {
  const { account } = member.actor;
  channel.members.set(member, memberModes);
  if (account === undefined || !(isOwned(channel) || isOwner(memberModes))) return;
  const key = casefold(account);
  if (memberModes === "") channel.ranks.delete(key);
  else if (channel.ranks.has(key) || channel.ranks.size < RANK_LIMIT) {
    channel.ranks.set(key, memberModes);
  }
}

/** Takes a rank from an account that has no user in `channel`. */
export function takeRank({ ranks }: MutableChannel, account: string, letter: string): void {
  const key = casefold(account);
  const memberModes = changeMemberModes(ranks.get(key) ?? "", letter, false);
  if (memberModes === "") ranks.delete(key);
  else ranks.set(key, memberModes);
}

/** Changes a mode of the channel itself, not of a member. */
export function changeChannelMode(
  channel: MutableChannel,
  { add, letter, param = "", until }: ModeChange,
  { by, time }: EventBase,
): void {
  switch (CHANNEL_MODES.get(letter)) {
    case "list": {
      const list = channel.lists.get(letter) ?? new Map<string, ListEntry>();
      channel.lists.set(letter, list);
      const end = until === undefined ? {} : { until };
      if (add) list.set(casefold(param), { mask: param, by: by.mask, time, ...end });
      else list.delete(casefold(param));
      return;
    }
    case "setting":
    case "limit":
      if (add) channel.settings.set(letter, param);
      else channel.settings.delete(letter);
      if (letter === "W" && !add) channel.speakers.clear();
      return;
    case "flag": {
      const isNew = channel.flags.has(letter) !== add;
      setFlag(channel.flags, letter, add);
      if (letter !== "i" || !isNew) return;
      changeAdmitted(channel);
      if (add) endInvitations(channel);
    }
  }
}

/** Sets the topic, or removes it if it is empty. */
export function changeTopic(
  channel: MutableChannel,
  { topic: text, by, time }: TopicChanged,
): void {
  channel.used = true;
  channel.topic = text === "" ? undefined : { text, by: by.mask, time };
}

/** Sets a key of `metadata`, or removes it if the value is `undefined`. */
export function setValue(
  metadata: Map<string, string>,
  key: string,
  value: string | undefined,
): void {
  if (value === undefined) metadata.delete(key);
  else metadata.set(key, value);
}

/** Adds the mode `letter` to `flags`, or removes it. */
export function setFlag(flags: Set<string>, letter: string, add: boolean): void {
  if (add) flags.add(letter);
  else flags.delete(letter);
}

/** Adds users to the list of users from whom `user` accepts private messages, or removes them. */
export function changeAccepted(user: MutableUser, { users, add }: AcceptChanged): void {
  for (const id of users) {
    user.accepted.delete(id);
    if (add) user.accepted.add(id);
    const [oldest = id] = user.accepted;
    if (user.accepted.size > ACCEPT_LIMIT) user.accepted.delete(oldest);
  }
}

/** Changes the user name of `user`, and the host that others see. */
export function changeHost(user: MutableUser, { username, host }: HostChanged): void {
  user.username = username;
  user.host = host;
  user.actor = { ...user.actor, mask: `${user.actor.nick}!${username}@${host}` };
  for (const { members } of user.channels) members.renamed();
}
