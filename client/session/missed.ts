/**
 * Finds the private messages that the user missed while there was no connection. Requests the nicks
 * with new messages from the server's history, then one conversation after another
 * (https://ircv3.net/specs/extensions/chathistory, "Client pseudocode"). New messages are held back
 * until the responses have arrived, and each message is shown once. Performs no I/O: it returns the
 * requests to send and the events to show.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { Backlog, isLastPage, type PageEnd, referenceOf } from "./backlog.ts";
import {
  type AboutMessage,
  type ClientEvent,
  isReaction,
  isSpeech,
  type Speech,
  type Stamp,
} from "./events.ts";
import { LAST_TIME } from "./reading.ts";

/** The parameters of a CHATHISTORY. */
export type HistoryRequest = readonly string[];

/** A step of catching up: the events to show now, and the request to send. */
export interface CatchUpStep {
  /** The events to show, in order. */
  readonly show: readonly ClientEvent[];
  /** The next request to send. */
  readonly request?: HistoryRequest | undefined;
  /** The room or person whose missed messages have all arrived. */
  readonly caughtUp?: string;
  /** The private conversations that the history has, at the start of a session. */
  readonly conversations?: readonly HistoryTarget[];
}

/** Returns the size and the ends of a page in which each message has an event. */
export function endOf(page: readonly ClientEvent[]): PageEnd {
  return { count: page.length, first: page[0], last: page.at(-1) };
}

/** A nick or a room, and the time of the last message there. */
export interface HistoryTarget {
  /** A nick or the name of a room. */
  readonly name: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** Returns the targets in the messages of a response to TARGETS. */
export function readTargets(messages: readonly Message[]): HistoryTarget[] {
  return messages.map(({ params: [, name = "", time = ""] }) => ({ name, time: Date.parse(time) }))
    .filter(({ time }) => !Number.isNaN(time));
}

/**
 * The largest difference in time between messages that arrive out of order, or between the clocks
 * of a network, in milliseconds.
 */
const FUZZ = 10_000;

/**
 * The end of the requested range of time. It is so late that no message is left out because a clock
 * is ahead.
 */
const UNTIL = "timestamp=9999-12-31T23:59:59.999Z";

/** The largest number of nicks and rooms to take from TARGETS. */
const MAX_TARGETS = 1000;

/** The number of messages to read of a conversation if it is unknown how far the user has read. */
const FIRST_PAGE = 50;

/**
 * The largest number of shown messages that are remembered. If there are more, the oldest may be
 * shown twice.
 */
const MAX_SHOWN = 10_000;

/** The progress of the requests for missed private messages after one reconnect. */
interface Inquiry {
  /** The largest number of messages or targets in one response. */
  readonly limit: number;
  /** The time after which messages may have been missed, in milliseconds. */
  readonly since: number;
  /** The nicks and rooms that the server has listed. */
  readonly known: Set<string>;
  /** The nicks whose conversations are still to be requested. */
  readonly names: string[];
}

/** Returns the position up to which the user has read a conversation, if it is known. */
export type FindPosition = (name: string) => Pick<Stamp, "time" | "id"> | undefined;

/** The requests for missed private messages, and the messages that were shown already. */
export class Missed {
  readonly #findPosition: FindPosition;
  readonly #isRoom: (name: string) => boolean;
  /**
   * The time, in milliseconds, before which all messages have been shown, except those that arrive
   * late.
   */
  #upTo: number | undefined;
  readonly #start: number;
  readonly #now: () => number;
  /**
   * The times of shown messages, by msgid. Those before {@linkcode #upTo} minus {@linkcode FUZZ}
   * are forgotten.
   */
  readonly #shown = new Map<string, number>();
  #inquiry: Inquiry | undefined;
  readonly #maxMissed: number | undefined;
  /**
   * The messages read so far of the conversation that was requested last; `undefined` if there is
   * no limit on their number.
   */
  #backlog: Backlog | undefined;
  #held: Speech[] = [];
  /** True while the requests are for messages that were missed since an earlier session. */
  #isFromEarlier = false;

  /**
   * Creates a state in which nothing has been missed. `isRoom` returns true for the name of a room.
   * `reading` returns the position up to which the user has read a conversation, if it is known
   * from an earlier session. At most `maxMissed` messages are read of one conversation.
   */
  constructor(
    now: () => number,
    isRoom: (name: string) => boolean,
    reading?: FindPosition,
    maxMissed?: number,
  ) {
    this.#maxMissed = maxMissed;
    this.#findPosition = reading ?? (() => undefined);
    this.#start = now();
    this.#now = now;
    this.#isRoom = isRoom;
  }

  /**
   * Returns true if `event` can be shown now. If history must come first, holds the event back and
   * returns false.
   */
  passes(event: ClientEvent): boolean {
    const isDirect = isSpeech(event) && event.room === undefined;
    if (this.#inquiry) {
      if (isDirect) this.#held.push(event);
      return !isDirect;
    }
    if (isDirect) this.#note(event);
    // The time of an event without an id is not noted: it may come from this machine's clock.
    if (event.id !== undefined) this.#advance(event.time);
    return true;
  }

  /**
   * Records a reconnect: requests without a response are sent again, and held messages stay held.
   * `limit` is the largest number of messages in a response; undefined if there is no history.
   * `from` is given only at the start of a session, and then all conversations are listed. It is a
   * time before which the user had read all private messages; 0 if there was no earlier session.
   */
  reconnected(limit: number | undefined, from?: number): CatchUpStep {
    if (limit === undefined) return { show: this.#finish() };
    const since = Math.min(from ?? this.#upTo ?? this.#start, this.#now()) - FUZZ;
    this.#isFromEarlier = from !== undefined;
    this.#inquiry = { limit, since, known: new Set(), names: [] };
    this.#backlog = undefined;
    return { show: [], request: askTargets(this.#isFromEarlier ? 0 : since, limit) };
  }

  /** Takes the nicks and rooms with new messages, the earliest first. */
  targets(found: readonly HistoryTarget[], isEnd?: boolean): CatchUpStep {
    const inquiry = this.#inquiry;
    if (!inquiry) return { show: [] };
    const fresh = found.filter(({ name }) => !inquiry.known.has(name));
    for (const { name } of fresh) inquiry.known.add(name);
    const persons = fresh.filter(({ name }) => !this.#isRoom(name));
    const unread = persons.filter((target) => this.#mayBeUnread(target, inquiry.since));
    inquiry.names.push(...unread.map(({ name }) => name));
    const listed = this.#isFromEarlier && { conversations: persons };
    const last = found.at(-1);
    const isAll = fresh.length === 0 || (isEnd ?? found.length < inquiry.limit);
    if (!last || isAll || inquiry.known.size >= MAX_TARGETS) return { ...this.#next(), ...listed };
    return { show: [], request: askTargets(last.time - 1, inquiry.limit), ...listed };
  }

  #mayBeUnread({ name, time }: HistoryTarget, since: number): boolean {
    return !this.#isFromEarlier || time > (this.#findPosition(name)?.time ?? since);
  }

  /** Takes a page of the conversation that was requested last. */
  page(name: string, page: readonly ClientEvent[], end: PageEnd = endOf(page)): CatchUpStep {
    const inquiry = this.#inquiry;
    const backlog = this.#backlog;
    if (backlog && !backlog.take(page, end)) return { show: [], request: backlog.request };
    if (backlog) return { ...this.#next(), caughtUp: name };
    const fresh: ReadonlySet<Told> = new Set(this.#show(page.filter(isSpeech)));
    const show = page.filter(isTold).filter((event) => !isSpeech(event) || fresh.has(event))
      .map(asMissed);
    const last = end.last?.id;
    if (inquiry && last !== undefined && !isLastPage(end, inquiry.limit)) {
      return { show, request: ["AFTER", name, `msgid=${last}`, String(inquiry.limit)] };
    }
    const { show: more, request } = this.#next();
    return { show: [...show, ...more], request, caughtUp: name };
  }

  /** Records that the server refused the last request. */
  refused(): CatchUpStep {
    return this.#next();
  }

  /** The time of the last message that has arrived, or of the start. */
  get upTo(): number {
    return this.#upTo ?? this.#start;
  }

  /** The number of messages that are held back. */
  get waiting(): number {
    return this.#held.length;
  }

  /** Stops waiting for responses; returns the messages that were held back. */
  giveUp(): Speech[] {
    return this.#finish();
  }

  /**
   * Shows the messages that were read of the conversation requested last, and requests the next
   * conversation, if any.
   */
  #next(): CatchUpStep {
    const show = this.#takeBacklog();
    const name = this.#inquiry?.names.shift();
    if (!this.#inquiry || name === undefined) return { show: [...show, ...this.#finish()] };
    const { since, limit } = this.#inquiry;
    const position = this.#isFromEarlier ? this.#findPosition(name) : undefined;
    const isUnknown = this.#isFromEarlier && !position && since <= 0;
    const max = isUnknown ? FIRST_PAGE : this.#maxMissed;
    if (max !== undefined) {
      const seen = position ?? { time: timeOf(since) };
      this.#backlog = new Backlog({ name, seen, page: limit, max });
      return { show, request: this.#backlog.request };
    }
    const after = position ? referenceOf(position) : timestamp(since);
    return { show, request: ["AFTER", name, after, String(limit)] };
  }

  /** Returns the messages that were read of the conversation requested last. */
  #takeBacklog(): Speech[] {
    const found = this.#show(this.#backlog?.messages ?? []);
    this.#backlog = undefined;
    // A user who wrote from another client has read the messages before that.
    const read = this.#isFromEarlier ? found.findLastIndex(({ own }) => own) : -1;
    return found.map((event, index) => index <= read ? asPast(event) : asMissed(event));
  }

  /** Ends the requests; returns the messages that were held back. */
  #finish(): Speech[] {
    this.#inquiry = undefined;
    const missed = this.#takeBacklog();
    const held = this.#show(this.#held);
    this.#held = [];
    for (const time of this.#shown.values()) this.#advance(time);
    return [...missed, ...held];
  }

  /** Returns the `events` that were not shown before, and notes them as shown. */
  #show(events: readonly Speech[]): Speech[] {
    const fresh = events.filter(({ id }) => id === undefined || !this.#shown.has(id));
    for (const event of fresh) this.#note(event);
    return fresh;
  }

  #note({ id, time }: Stamp): void {
    if (id === undefined) return;
    this.#shown.set(id, time);
    if (this.#shown.size > MAX_SHOWN) this.#forgetFirst();
  }

  #forgetFirst(): void {
    const [first] = this.#shown.keys();
    if (first !== undefined) this.#shown.delete(first);
  }

  /** Notes the time of a message. A time in the future counts as the present. */
  #advance(time: number): void {
    const upTo = Math.max(this.#upTo ?? 0, Math.min(time, this.#now()));
    this.#upTo = upTo;
    for (const [id, time] of this.#shown) {
      if (time >= upTo - FUZZ) return;
      this.#shown.delete(id);
    }
  }
}

/** Returns `event`, marked as missed by the user. */
export function asMissed<Event extends Told>(event: Event): Event {
  return isSpeech(event) ? { ...event, isMissed: true } : event;
}

/** Returns `event`, marked as shown for context. */
export function asPast<Event extends Told>(event: Event): Event {
  return isSpeech(event) ? { ...event, isPast: true } : event;
}

/** An event of the history that is shown: a message, or a reaction to one. */
export type Told = Speech | AboutMessage;

/** Returns true for a message, or a reaction to one. */
export function isTold(event: ClientEvent): event is Told {
  return isSpeech(event) || isReaction(event);
}

function askTargets(since: number, limit: number): HistoryRequest {
  return ["TARGETS", timestamp(since), UNTIL, String(limit)];
}

function timestamp(time: number): string {
  return `timestamp=${new Date(timeOf(time)).toISOString()}`;
}

/** Returns `time`, or the closest time that servers can read. */
function timeOf(time: number): number {
  return Math.min(Math.max(0, time), LAST_TIME);
}
