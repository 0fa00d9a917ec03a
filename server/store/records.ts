/**
 * What is kept beside history: which records there are, what each event makes of them, and the events
 * that bring them back when the server starts again.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Actor, Event, Unstamped, UserId } from "../events.ts";
import { isAccount } from "../state/person.ts";
import type { Network } from "../network.ts";
import type { ReadMarker } from "../state/read_markers.ts";
import type { BanKey, ServerBan } from "../state/server_bans.ts";
import { type ChannelRecord, channelRecord } from "../state/channel_record.ts";
import type { Account, Channel, User } from "../state/state.ts";
import type { Store } from "./store.ts";
import type { Token } from "../state/tokens.ts";
import type { WaitingMessage } from "../state/waiting.ts";

/** The kinds of records, each with what it holds. */
export interface Records {
  /** Accounts, by their folded names. */
  account: Account;
  /** Bans from the server, by kind and target. */
  ban: ServerBan;
  /** Channels that exist, by their folded names. */
  channel: ChannelRecord;
  /** What waits for the owners of accounts, by folded name. */
  waiting: readonly WaitingMessage[];
  /** How far people have read who have accounts, by reader and folded target. */
  marker: ReadMarker;
  /** Accounts whose owners are operators of the server, by folded name; others write these, too. */
  operator: OperatorRecord;
  /** What only the server knows, in base64, by what it is for. */
  secret: string;
  /** Texts that are worth something, by hash. */
  token: Token;
  /** People who stay while they are not connected, by the folded name of their account. */
  presence: Presence;
}

/** An account whose owner is an operator of the server. */
export interface OperatorRecord {
  /** The account's name. */
  readonly name: string;
  /** Since when: milliseconds since 1970-01-01 UTC. */
  readonly since: number;
}

/** Somebody who stays where they are while they are not connected. */
export interface Presence {
  /** The nick they go by. */
  readonly nick: string;
  /** The middle of `nick!user@host`. */
  readonly username: string;
  /** The address they last connected from, as others see it. */
  readonly host: string;
  /** What they say of themselves. */
  readonly realname: string;
  /** The channels they are in, each with their member modes there. */
  readonly channels: readonly (readonly [name: string, memberModes: string])[];
}

/** Keeps the records that are others since `event`, which was just applied to `network`. */
export function keepRecords(event: Event, network: Network, store: Store): void {
  switch (event.type) {
    case "AccountSaved":
      return store.keep("account", casefold(event.account.name), event.account);
    case "Said":
      if (event.to.type === "account") keepWaiting(event.to.account, network, store);
      return;
    case "WaitingChanged":
      return keepWaiting(event.account, network, store);
    case "ServerBanSaved":
      return store.keep("ban", banKey(event.ban), event.ban);
    case "ServerBanRemoved":
      return store.keep("ban", banKey(event.ban), undefined);
    case "TokenSaved":
      return store.keep("token", event.token.hash, event.token);
    case "TokenUsed":
    case "TokenRemoved":
      return store.keep("token", event.hash, network.tokens.get(event.hash));
    case "OperatorAdded": {
      const { account: name, time: since } = event;
      return store.keep("operator", casefold(name), { name, since });
    }
    case "MarkerMoved": {
      const { marker } = event;
      // Who has no account is not to be recognized when they come again.
      if (!isAccount(marker.reader)) return;
      return store.keep("marker", `${marker.reader} ${casefold(marker.target)}`, marker);
    }
    case "ChannelModesChanged":
      for (const { user } of event.changes) {
        if (user !== undefined) keepPresence(network.users.get(user), store);
      }
      return keepChannel(network.channel(event.channel), store);
    case "TopicChanged":
      return keepChannel(network.channel(event.channel), store);
    case "MetadataChanged":
      if (event.target.type === "channel") {
        keepChannel(network.channel(event.target.channel), store);
      }
      return;
    case "Renamed":
      store.keep("channel", casefold(event.channel), undefined);
      for (const token of network.tokens.leadingTo(event.name)) {
        store.keep("token", token.hash, token);
      }
      for (const member of network.channel(event.name)?.members.keys() ?? []) {
        keepPresence(member, store);
      }
      return keepChannel(network.channel(event.name), store);
    case "HostChanged":
    case "Stayed":
      return keepPresence(network.users.get(event.by.id), store);
    case "Kicked":
      return keepPresence(network.users.get(event.user), store);
    case "Quit":
    case "Returned": {
      const { account } = event.by;
      if (account === undefined) return;
      store.keep("presence", casefold(account), undefined);
      // They may stay under another nick than the one they have just left, or come back to.
      for (const user of network.usersOf(account)) keepPresence(user, store);
      return;
    }
    case "Joined": {
      const channel = network.channel(event.channel);
      if (channel?.members.size === 1) keepChannel(channel, store);
    }
  }
}

/** Keeps a channel as it is, if there is one. */
export function keepChannel(channel: Channel | undefined, store: Store): void {
  if (channel) store.keep("channel", casefold(channel.name), channelRecord(channel));
}

/** Of who is connected, nothing is kept: when the server starts again, they come by themselves. */
function keepPresence(user: User | undefined, store: Store): void {
  const account = user?.actor.account;
  if (!user || account === undefined || user.recipients.length > 0) return;
  const { actor: { nick }, username, host, realname } = user;
  const channels = Array.from(
    user.channels,
    ({ name, members }) => [name, members.get(user) ?? ""] as const,
  );
  store.keep("presence", casefold(account), { nick, username, host, realname, channels });
}

function keepWaiting(account: string, { waiting }: Network, store: Store): void {
  const messages = waiting.of(account);
  store.keep("waiting", casefold(account), messages.length === 0 ? undefined : [...messages]);
}

function banKey({ kind, target }: BanKey): string {
  return `${kind} ${casefold(target)}`;
}

/**
 * What has to happen at the start for all to be as it was when the store was last written: by `by`, or
 * by people for whom `newUserId` gives names.
 */
export function* restoring(
  store: Store,
  by: Actor,
  newUserId: () => UserId,
): Iterable<Unstamped> {
  for (const [, account] of store.records("account")) yield { type: "AccountSaved", by, account };
  for (const [account, messages] of store.records("waiting")) {
    yield { type: "WaitingChanged", by, account, messages };
  }
  for (const [, ban] of store.records("ban")) yield { type: "ServerBanSaved", by, ban };
  for (const [, token] of store.records("token")) yield { type: "TokenSaved", by, token };
  for (const [, marker] of store.records("marker")) yield { type: "MarkerMoved", by, marker };
  for (const [, channel] of store.records("channel")) {
    yield { type: "ChannelRestored", by, channel };
  }
  for (const [account, presence] of store.records("presence")) {
    yield* returning(account, presence, newUserId());
  }
}

/** Somebody who stays is back before they are connected. */
function* returning(account: string, presence: Presence, id: UserId): Iterable<Unstamped> {
  const { nick, username, host, realname, channels } = presence;
  const by = { id, nick, mask: `${nick}!${username}@${host}`, account };
  yield { type: "Connected", by, username, host, realname };
  for (const [channel, memberModes] of channels) {
    yield { type: "Joined", by, realname, channel, memberModes };
  }
}
