/**
 * Who may read which history. A channel's is for its members: all of it; but for those who need an
 * invitation there (mode `i`), only what came after they did. What two people said to each other is
 * for the two, for as long as they have had their accounts. Knows no form in which history is asked
 * for or shown.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "../context.ts";
import type { Event } from "../events.ts";
import { type EventId, idAt } from "../ids.ts";
import { nickOf, placeOfChannel } from "../kinds/places.ts";
import { identityOf } from "../state/person.ts";
import { needsInvitation } from "../state/permissions.ts";
import type { User } from "../state/state.ts";
import {
  EVERYTHING,
  type Place,
  placeOfTwo,
  type Range,
  type Store,
  type Wanted,
} from "./store.ts";

/** How many of a person's conversations with others are looked at, the latest ones. */
const CONVERSATION_LIMIT = 100;

/** What somebody may read of one place. */
export class History {
  /** The channel's name, or the nick of the other one. */
  readonly name: string;
  /** Where it is. */
  readonly place: Place;
  /** Only what came after this may be read; undefined: everything. */
  readonly since: EventId | undefined;
  readonly #store: Store;

  /** What was said at `place` since then. */
  constructor(store: Store, name: string, place: Place, since?: EventId) {
    this.#store = store;
    this.name = name;
    this.place = place;
    this.since = since;
  }

  /** The first events of a stretch that are `wanted`, in order. */
  first(range: Range, limit: number, wanted: Wanted): Event[] {
    const events = this.#store.first(this.place, this.readable(range), limit, wanted);
    return events.map((event) => under(this.name, event));
  }

  /** The last events of a stretch that are `wanted`, in order. */
  last(range: Range, limit: number, wanted: Wanted): Event[] {
    const events = this.#store.last(this.place, this.readable(range), limit, wanted);
    return events.map((event) => under(this.name, event));
  }

  /** What of `range` may be read. */
  readable({ after = "", before }: Range): Range {
    const { since = "" } = this;
    return { after: after < since ? since : after, before };
  }
}

/** What happened in a channel, under the name that it has by now. */
export function under(name: string, event: Event): Event {
  if (event.type === "Said") {
    const { to } = event;
    return to.type === "channel" ? { ...event, to: { ...to, channel: name } } : event;
  }
  if (event.type === "ChannelRestored" || !("channel" in event)) return event;
  return { ...event, channel: name };
}

/** The history of the channel or with the user called `name`, if `user` may read it. */
export function historyOf(context: Context, user: User, name: string): History | undefined {
  const { network, store } = context;
  if (name.startsWith("#")) {
    const channel = network.channel(name);
    if (!channel?.members.has(user)) return undefined;
    const since = needsInvitation(user, channel) ? channel.arrivals.get(user) : undefined;
    return new History(store, channel.name, placeOfChannel(channel.name), since);
  }
  const other = network.user(name)?.actor;
  const place = placeOfTwo(identityOf(user.actor), other ? identityOf(other) : casefold(name));
  const account = network.account(user.actor.account ?? "");
  // An account of that name that was there before was somebody else's.
  const since = account && idAt(account.createdAt);
  // Asked for by letters of another case, it is found under those.
  const history = new History(store, name, place, since);
  const isKnown = other !== undefined || history.last({}, 1, EVERYTHING).length > 0;
  return isKnown ? history : undefined;
}

/** All that `user` may read: of the channels they are in, and of their latest conversations. */
export function historiesOf(context: Context, user: User): History[] {
  const { network, store } = context;
  const identity = identityOf(user.actor);
  const names = [
    ...Array.from(user.channels, ({ name }) => name),
    ...store.placesOf(identity, CONVERSATION_LIMIT).flatMap((place) => {
      const [one = "", other = ""] = place.split(" ");
      return nickOf(one === identity ? other : one, network) ?? [];
    }),
  ];
  return names.flatMap((name) => historyOf(context, user, name) ?? []);
}
