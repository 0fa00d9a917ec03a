/**
 * Makes events that restore the whole state of a network, for example on another server. Has no
 * access to clients or databases.
 *
 * @module
 */

import type { Actor, UserId } from "../events/actor.ts";
import type { Event, Unstamped } from "../events/events.ts";
import { NO_ID } from "../events/ids.ts";
import type {
  Account,
  PushSubscription,
  ReadMarker,
  ServerBan,
  Token,
  Upload,
  WaitingMessage,
} from "../events/records.ts";
import type { ChannelState, Entries } from "../events/restoring.ts";
import type { Network } from "../state/network.ts";
import type { Channel, User } from "../state/state.ts";

/**
 * Yields events that, applied to an empty network, make the state of `network`. `network` must not
 * change until the last event was taken. The events are JSON, without maps and sets. The author of
 * events without a user is `server`.
 */
export function* stateEvents(network: Network, server: Actor): Generator<Event> {
  const stamp = (event: Unstamped, time = 0): Event => ({ ...event, id: NO_ID, time });
  for (const event of recordEvents(recordsOf(network), server)) yield stamp(event);
  for (const user of network.users.values()) yield stamp(connected(user), user.connectedAt);
  for (const channel of network.channels.values()) {
    yield stamp({ type: "ChannelRestored", by: server, channel: channelState(channel) });
  }
  // A second event for each user, after the channels, because it refers to channels.
  for (const user of network.users.values()) yield stamp(userRestored(user));
  yield stamp(pastRestored(network, server));
}

/** Records of all kinds that a network contains. */
export interface Records {
  /** The accounts. */
  readonly accounts: Iterable<Account>;
  /** The bans from the server. */
  readonly bans: Iterable<ServerBan>;
  /** The read markers. */
  readonly markers: Iterable<ReadMarker>;
  /** The subscriptions to messages by Web Push. */
  readonly pushes: Iterable<PushSubscription>;
  /** The tokens. */
  readonly tokens: Iterable<Token>;
  /** The uploaded files. */
  readonly uploads: Iterable<Upload>;
  /** The messages that wait, by account. */
  readonly waiting: Iterable<readonly [account: string, messages: readonly WaitingMessage[]]>;
}

/** Yields the events that restore `records`; their author is `by`. Channels must not exist yet. */
export function* recordEvents(records: Records, by: Actor): Generator<Unstamped> {
  for (const account of records.accounts) yield { type: "AccountSaved", by, account };
  for (const [account, messages] of records.waiting) {
    yield { type: "WaitingChanged", by, account, messages: [...messages] };
  }
  for (const ban of records.bans) yield { type: "ServerBanSaved", by, ban };
  for (const token of records.tokens) yield { type: "TokenSaved", by, token };
  for (const upload of records.uploads) yield { type: "UploadSaved", by, upload };
  for (const marker of records.markers) yield { type: "MarkerMoved", by, marker };
  for (const subscription of records.pushes) yield { type: "PushSaved", by, subscription };
}

function recordsOf(network: Network): Records {
  const { accounts, markers, pushes, serverBans, tokens, uploads, waiting } = network;
  return {
    accounts: accounts.byName.values(),
    bans: [...serverBans.all("address"), ...serverBans.all("mask")],
    markers: markers.all(),
    pushes: pushes.all(),
    tokens: tokens.all(),
    uploads: uploads.all(),
    waiting: waiting.all,
  };
}

function connected({ actor: by, username, host, address, realname, plain }: User): Unstamped {
  return { type: "Connected", by, username, host, address, realname, plain };
}

function channelState(channel: Channel): ChannelState {
  const { name, createdAt, startId, renamedAt, formerNames, used, knockedAt, topic } = channel;
  return {
    ...{ name, createdAt, startId, renamedAt, formerNames, used, knockedAt, topic },
    metadata: [...channel.metadata],
    flags: [...channel.flags].join(""),
    settings: [...channel.settings],
    lists: Array.from(channel.lists, ([letter, list]) => [letter, [...list.values()]] as const),
    ranks: [...channel.ranks],
    admitted: [...channel.admitted],
    members: Array.from(
      channel.arrivals,
      ([user, arrival]) => [user.actor.id, channel.members.get(user) ?? "", arrival] as const,
    ),
    speakers: [...channel.speakers.all],
  };
}

function userRestored(user: User): Unstamped {
  const { actor: by, isOperatorByPassword, away, isOffline } = user;
  return {
    ...{ type: "UserRestored", by, isOperatorByPassword, away, isOffline },
    modes: [...user.modes].join(""),
    accepted: [...user.accepted],
    metadata: [...user.metadata],
    channels: Array.from(user.channels, ({ name }) => name),
    invitations: Array.from(
      user.invitations,
      ([{ name, invited }, until]) => [name, until, invited.get(user) === true] as const,
    ),
  };
}

function pastRestored({ counts, people }: Network, by: Actor): Unstamped {
  const { byAccount, byMode, former } = people;
  return {
    type: "PastRestored",
    by,
    most: counts.most,
    former: former.all(),
    byAccount: ordersOf(byAccount.all),
    byMode: ordersOf(byMode.all),
  };
}

/** Returns the key of each set with several users, and their ids in the order of the set. */
function ordersOf(sets: ReadonlyMap<string, ReadonlySet<User>>): Entries<readonly UserId[]> {
  return [...sets].filter(([, users]) => users.size > 1)
    .map(([key, users]) => [key, Array.from(users, ({ actor }) => actor.id)]);
}
