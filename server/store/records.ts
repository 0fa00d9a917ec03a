/**
 * The records that the store keeps beside history, and the events that bring them back when the server
 * starts again. Which events change them is said by the rows in `server/kinds/`.
 *
 * @module
 */

import type { Actor, Unstamped, UserId } from "../events.ts";
import type { ReadMarker } from "../state/read_markers.ts";
import type { ServerBan } from "../state/server_bans.ts";
import type { ChannelRecord } from "../state/channel_record.ts";
import type { Account } from "../state/state.ts";
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
