/**
 * Defines the records that are stored beside history, and the events that restore them when the server
 * starts. The rows in `server/kinds/` define which events change them.
 *
 * @module
 */

import type { Unstamped } from "../events/events.ts";
import type { Actor, UserId } from "../events/actor.ts";
import type { Store } from "../store/store.ts";
import type { Presence } from "../events/records.ts";
import { AWAY_TEXTS } from "../texts/people.ts";

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
  const { nick, username, host, realname, channels, away = AWAY_TEXTS.notConnected } = presence;
  const by = { id, nick, mask: `${nick}!${username}@${host}`, account };
  yield { type: "Connected", by, username, host, realname };
  yield { type: "AwayChanged", by, message: away };
  for (const [channel, memberModes] of channels) {
    yield { type: "Joined", by, realname, channel, memberModes };
  }
}
