/**
 * Defines the records that are stored beside history, and the events that restore them when the server
 * starts. The rows in `server/kinds/` define which events change them.
 *
 * @module
 */

import type { Actor, Unstamped, UserId } from "../events/events.ts";
import type { ReadMarker } from "../state/read_markers.ts";
import type { ServerBan } from "../state/server_bans.ts";
import type { ChannelRecord } from "../state/channel_record.ts";
import type { Account } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import type { Token } from "../state/tokens.ts";
import type { WaitingMessage } from "../state/waiting.ts";

/** The kinds of records, and the type of each. */
export interface Records {
  /** Accounts, by their folded names. */
  account: Account;
  /** Bans from the server, by kind and target. */
  ban: ServerBan;
  /** Channels that exist, by their folded names. */
  channel: ChannelRecord;
  /** Messages that wait for the owners of accounts, by the folded names of these. */
  waiting: readonly WaitingMessage[];
  /** Read markers of users with accounts, by reader and folded target. */
  marker: ReadMarker;
  /**
   * Accounts whose owners are operators of the server, by folded name; `chat operators` writes these,
   * too.
   */
  operator: OperatorRecord;
  /** Secrets of the server, in base64, by purpose. */
  secret: string;
  /** Tokens, by hash. */
  token: Token;
  /** Users who stay in their channels while offline, by the folded names of their accounts. */
  presence: Presence;
}

/** An account whose owner is an operator of the server. */
export interface OperatorRecord {
  /** The account's name. */
  readonly name: string;
  /** The time from which they are one, in milliseconds since 1970-01-01 UTC. */
  readonly since: number;
}

/** A user who stays in their channels while offline. */
export interface Presence {
  /** The nick. */
  readonly nick: string;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The address that they last connected from, as others see it. */
  readonly host: string;
  /** The real name. */
  readonly realname: string;
  /** Their channels, each with their member modes there. */
  readonly channels: readonly (readonly [name: string, memberModes: string])[];
}

/**
 * Yields the events that restore the state as it was when the store was last written. Their author is
 * `by`, or a user who stays, with an id from `newUserId`.
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

/** Yields the events that restore a user who stays while offline. */
function* returning(account: string, presence: Presence, id: UserId): Iterable<Unstamped> {
  const { nick, username, host, realname, channels } = presence;
  const by = { id, nick, mask: `${nick}!${username}@${host}`, account };
  yield { type: "Connected", by, username, host, realname };
  for (const [channel, memberModes] of channels) {
    yield { type: "Joined", by, realname, channel, memberModes };
  }
}
