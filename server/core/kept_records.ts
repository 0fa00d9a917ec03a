/**
 * Restores the state from the store's records when the server starts: turns the records into
 * events. The rows in `server/kinds/` define which events change the records.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Unstamped } from "../events/events.ts";
import type { EventId } from "../events/ids.ts";
import type { Actor, UserId } from "../events/actor.ts";
import type { Cloaks } from "./cloaks.ts";
import type { Store } from "../store/store.ts";
import type { ChannelRecord, Presence, RecordTypes } from "../events/records.ts";
import { channelOf } from "../state/channel_record.ts";
import { recordEvents } from "./state_events.ts";
import { AWAY_TEXTS } from "../texts/people.ts";

/**
 * Yields the events that restore the state as it was when the store was last written. The author of
 * an event is `by` or, for events of users who stay while offline, that user with a new id from
 * `newUserId`. Addresses that were visible to other users when they were stored are replaced by the
 * hosts that `cloaks` gives for them.
 */
export function* restoring(
  store: Store,
  by: Actor,
  { newUserId, cloaks }: { readonly newUserId: () => UserId; readonly cloaks: Cloaks },
): Iterable<Unstamped> {
  const values = <Kind extends keyof RecordTypes>(kind: Kind) =>
    Iterator.from(store.records(kind)).map(([, value]) => value);
  yield* recordEvents({
    accounts: values("account"),
    bans: values("ban"),
    markers: values("marker"),
    pushes: values("push"),
    tokens: values("token"),
    uploads: values("upload"),
    waiting: store.records("waiting"),
  }, by);
  for (const [, channel] of store.records("channel")) {
    yield { type: "ChannelRestored", by, channel: channelOf(withCloaks(channel, cloaks)) };
  }
  const names = new ChannelNames(store);
  for (const [account, presence] of store.records("presence")) {
    yield* returning(account, names.in(withCloak(presence, cloaks)), newUserId());
  }
}

/**
 * The present names of stored channels. Users who stay while offline find renamed channels by them.
 */
export class ChannelNames {
  readonly #byStart = new Map<EventId, string>();
  readonly #starts = new Map<string, EventId | undefined>();

  /** Reads the channels in `store`. */
  constructor(store: Store) {
    for (const [key, { name, startId }] of store.records("channel")) {
      this.#starts.set(key, startId);
      if (startId !== undefined) this.#byStart.set(startId, name);
    }
  }

  /**
   * Returns `presence` with the present names of its channels. Leaves out a channel if its name now
   * belongs to another channel.
   */
  in<Found extends Presence>(presence: Found): Found {
    const channels = presence.channels.flatMap(([name, memberModes, startId]) => {
      const present = startId === undefined ? name : this.#byStart.get(startId) ?? name;
      const start = this.#starts.get(casefold(present));
      const isOther = startId !== undefined && start !== undefined && start !== startId;
      return isOther ? [] : [[present, memberModes] as const];
    });
    return { ...presence, channels };
  }
}

/**
 * Returns a channel with the present hosts in the masks of the users who set its topic and its list
 * entries.
 */
function withCloaks(channel: ChannelRecord, cloaks: Cloaks): ChannelRecord {
  const seen = <T extends { readonly by: string }>(item: T): T => ({
    ...item,
    by: cloaks.maskFrom(item.by),
  });
  const { topic, lists } = channel;
  return {
    ...channel,
    ...(topic && { topic: seen(topic) }),
    lists: Object.fromEntries(
      Object.entries(lists).map(([letter, entries]) => [letter, entries.map(seen)]),
    ),
  };
}

function withCloak(presence: Presence, cloaks: Cloaks): Presence & { readonly address: string } {
  const { host, address = host } = presence;
  return { ...presence, address, host: cloaks.renewed(host, address) };
}

/** Yields the events that restore a user who stays while offline. */
function* returning(
  account: string,
  presence: Presence & { readonly address: string },
  id: UserId,
): Iterable<Unstamped> {
  const { nick, username, host, address, realname, channels } = presence;
  const { away = AWAY_TEXTS.notConnected } = presence;
  const by = { id, nick, mask: `${nick}!${username}@${host}`, account };
  yield { type: "Connected", by, username, host, address, realname };
  yield { type: "AwayChanged", by, message: away };
  for (const [channel, memberModes] of channels) {
    yield { type: "Joined", by, realname, channel, memberModes };
  }
  yield { type: "Stayed", by };
}
