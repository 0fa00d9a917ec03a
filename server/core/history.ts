/**
 * Decides which history a user may read. Members of a channel may read all of its history. Members
 * who need an invitation there (mode `i`) may read only what came after the event that admitted
 * them. Messages to a rank are only for the members who have that rank now. The two users of a
 * private conversation may each read what came after their own account was created. This module has
 * no dependency on the forms in which history is requested or shown.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Context } from "./context.ts";
import type { Event } from "../events/events.ts";
import { type EventId, idAt, LAST_ID, numberOf, startOf, textOf } from "../events/ids.ts";
import { historyKeyOfChannel, nickOf } from "../kinds/history_keys.ts";
import { inFittingLines } from "./fitting.ts";
import { identityOf } from "../state/person.ts";
import { needsInvitation } from "../state/permissions.ts";
import { type RankedName, ranksOf, splitRank } from "../state/modes.ts";
import type { Channel, User } from "../state/state.ts";
import {
  type End,
  type EventFilter,
  EVERYTHING,
  historyKeyOfTwo,
  type Range,
  type SearchScope,
  type Store,
} from "../store/store.ts";

/** The largest number of a user's private conversations that are considered, the latest first. */
const CONVERSATION_LIMIT = 100;

/** The steps in which history is read. Much time may pass between two steps. */
export type Reading<Result> = Generator<void, Result, void>;

/** The part of a stored history that a user may read. */
export interface Scope extends SearchScope {
  /** The prefix, such as `@`, of the rank to which these messages were sent; empty if to all. */
  readonly rank: string;
}

/**
 * The part of a history that a user may read. It may consist of several stored histories, which are
 * read as one. The part may change between two steps of reading: the user may leave the channel or
 * lose a rank, and the channel may be renamed. When the reading ends, events that the user may no longer read are left out.
 */
export class History {
  readonly #store: Store;
  readonly #target: { readonly name: string };
  readonly #scopes: () => readonly Scope[];

  /** Opens the history of `target`; `scopes` returns what the user may read of it now. */
  constructor(store: Store, target: { readonly name: string }, scopes: () => readonly Scope[]) {
    this.#store = store;
    this.#target = target;
    this.#scopes = scopes;
  }

  /** The present name of the channel, or the nick of the other user as it was asked for. */
  get name(): string {
    return this.#target.name;
  }

  /** The stored histories that the user may read now. */
  get scopes(): readonly Scope[] {
    return this.#scopes();
  }

  /** Returns true if the user may read the event `id` of the history for `rank` now. */
  mayRead(rank: string, id: EventId): boolean {
    const scope = this.#scopeOf(rank);
    return scope !== undefined && id > (scope.since ?? "");
  }

  /**
   * Yields those of `events` that the user may still read. They were read from this history. Each
   * event is checked only when the caller reaches it, so a right that was lost meanwhile counts.
   */
  readableOf(events: readonly Event[]): Iterable<Event> {
    return events.values().filter((event) => {
      const isToRank = event.type === "Said" && event.to.type === "channel";
      return this.mayRead(isToRank ? event.to.rank ?? "" : "", event.id);
    });
  }

  #scopeOf(rank: string): Scope | undefined {
    return this.scopes.find((scope) => scope.rank === rank);
  }

  /** Returns the last events of a range that are `wanted`, in order. */
  last(range: Range, limit: number, wanted: EventFilter): Event[] {
    const reading = this.read("last", range, limit, wanted);
    for (;;) {
      const { done, value } = reading.next();
      if (done) return value;
    }
  }

  /**
   * Reads the first or the last events of a range that are `wanted`, in steps of limited size;
   * returns them in order.
   */
  *read(from: End, range: Range, limit: number, wanted: EventFilter): Reading<Event[]> {
    if (limit === 0) return [];
    const parts: { readonly rank: string; readonly found: readonly Event[] }[] = [];
    for (const { rank } of this.scopes) {
      const scope = this.#scopeOf(rank);
      if (!scope) continue;
      let found: Event[] = [];
      for (const page of this.#store.pages(scope.key, readable(range, scope), from, wanted)) {
        found = from === "first" ? [...found, ...page] : [...page, ...found];
        if (found.length >= limit) break;
        yield;
      }
      parts.push({ rank, found });
    }
    const starts = new Map(this.scopes.map(({ rank, since = "" }) => [rank, since]));
    const events = parts.flatMap(({ rank, found }) =>
      found.filter(({ id }) => id > (starts.get(rank) ?? LAST_ID))
    );
    if (parts.length > 1) events.sort((a, b) => a.id < b.id ? -1 : 1);
    const chosen = from === "first" ? events.slice(0, limit) : events.slice(-limit);
    return chosen.map((event) => withChannelName(this.name, event));
  }

  /**
   * Returns an id that separates the events before `time` from the other events. Usually, this is
   * `idAt(time)`, because the time in an id is that of its event. After the clock was set back, an
   * id may have a later time than its event; then the events are searched by their own times.
   * Events with a time after `now` are ignored. If the clock was set back and has caught up since,
   * the times of some events do not ascend, and the result may be wrong by these events.
   */
  *endBefore(time: number, now: number): Reading<EventId> {
    const found = yield* this.#earlierAfter(idAt(time), time, now);
    if (!found) return idAt(time);
    const [last = found] = yield* this.read("last", {}, 1, untilTime(now));
    // All events up to `from` happened before `time`, and all events after `to` at `time` or later.
    let from = numberOf(found.id);
    let to = numberOf(last.id);
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const earlier = yield* this.#earlierAfter(textOf(middle), time, now);
      if (earlier) from = numberOf(earlier.id);
      else to = middle;
    }
    return textOf(from);
  }

  /**
   * Returns the id of the first event at or after `time`, or `LAST_ID` if there is no such event.
   * Events with a time after `now` are ignored here, too.
   */
  *startFrom(time: number, now: number): Reading<EventId> {
    const after = yield* this.endBefore(time, now);
    const [first] = yield* this.read("first", { after }, 1, untilTime(now));
    return first?.id ?? LAST_ID;
  }

  /**
   * Returns the first event with an id after `after`, if its time is before `time`. Events with a
   * time after `now` are ignored.
   */
  *#earlierAfter(after: EventId, time: number, now: number): Reading<Event | undefined> {
    const [next] = yield* this.read("first", { after }, 1, untilTime(now));
    return next && next.time < time ? next : undefined;
  }
}

/** Returns a filter that rejects events with a time after `now`. */
function untilTime(now: number): EventFilter {
  return { within: "all", accepts: ({ time }) => time <= now };
}

/** Returns the part of `range` that may be read. */
function readable({ after = "", before }: Range, { since = "" }: SearchScope): Range {
  return { after: after < since ? since : after, before };
}

/**
 * Returns an event of a channel, with the name that the channel has now: it may have been renamed.
 * A message that does not fit into a line with a longer name is divided into several lines.
 */
export function withChannelName(name: string, event: Event): Event {
  if (event.type === "Said") {
    const { to } = event;
    return to.type === "channel"
      ? inFittingLines({ ...event, to: { ...to, channel: name } })
      : event;
  }
  if (event.type === "ChannelRestored" || !("channel" in event)) return event;
  return { ...event, channel: name };
}

/**
 * Returns the history of the channel called `name`, or of the conversation with the user called
 * `name`; `undefined` if `user` may not read it, or there is no such history.
 */
export function historyOf(context: Context, user: User, name: string): History | undefined {
  const { network, store } = context;
  const ranked = splitRank(name);
  if (ranked) return channelHistory(context, user, ranked);
  const other = network.user(name)?.actor;
  const absent = casefold(network.accountOfNick(name)?.name ?? name);
  const key = historyKeyOfTwo(identityOf(user.actor), other ? identityOf(other) : absent);
  const account = network.account(user.actor.account ?? "");
  // An earlier account of the same name belonged to another user.
  const since = account && startOf(account);
  // The history gets the name as the client spelled it, in upper or lower case.
  const history = new History(store, { name }, () => [{ key, since, rank: "" }]);
  const isKnown = other !== undefined || history.last({}, 1, EVERYTHING).length > 0;
  return isKnown ? history : undefined;
}

/**
 * Returns the history of a channel, with the messages to the ranks that `user` has. If the name has
 * the prefix of a rank, returns the messages to that rank alone.
 */
function channelHistory(
  { network, store }: Context,
  user: User,
  { rank, channel: name }: RankedName,
): History | undefined {
  const channel = network.channel(name);
  if (!channel) return undefined;
  const scopes = (): Scope[] =>
    scopesIn(channel, user).filter((scope) => rank === undefined || scope.rank === rank);
  return scopes().length === 0 ? undefined : new History(store, channel, scopes);
}

/** Returns what `user` may read of a channel now: nothing if they are not a member. */
function scopesIn(channel: Channel, user: User): Scope[] {
  const { arrivals, members, name } = channel;
  const memberModes = members.get(user);
  if (memberModes === undefined) return [];
  const since = needsInvitation(user, channel) ? arrivals.get(user) : undefined;
  const created = startOf(channel);
  const ranks = ranksOf(memberModes).map((rank) => ({
    rank,
    key: historyKeyOfChannel(name, rank),
    // An earlier channel of the same name had other operators.
    since: since === undefined || since < created ? created : since,
  }));
  return [{ rank: "", key: historyKeyOfChannel(name), since }, ...ranks];
}

/**
 * Returns all history that `user` may read: of their channels and of their latest conversations.
 */
export function historiesOf(context: Context, user: User): History[] {
  const { network, store } = context;
  const identity = identityOf(user.actor);
  const names = [
    ...Array.from(user.channels, ({ name }) => name),
    ...store.historyKeysOf(identity, CONVERSATION_LIMIT).flatMap((key) => {
      const [one = "", other = ""] = key.split(" ");
      return nickOf(one === identity ? other : one, network) ?? [];
    }),
  ];
  return names.flatMap((name) => historyOf(context, user, name) ?? []);
}
