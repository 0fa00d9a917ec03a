/**
 * Catches up with the server's history (https://ircv3.net/specs/extensions/chathistory). Reads the
 * messages that were sent to a room before the user joined it, and those that the user missed while
 * there was no connection. New messages are held back until the response has arrived, and each
 * message is shown once. Performs no I/O: it returns the requests to send and the events to show.
 *
 * @module
 */

import { type ClientEvent, isSpeech, type Speech, type Stamp } from "./events.ts";
import type { Isupport } from "./isupport.ts";
import { Backlog, isLastPage, type PageEnd, referenceOf } from "./backlog.ts";
import {
  asMissed,
  asPast,
  type CatchUpStep,
  endOf,
  type FindPosition,
  type HistoryRequest,
  type HistoryTarget,
  isTold,
  Missed,
  type Told,
} from "./missed.ts";

/** A request for the history of a room. */
interface RoomRequest {
  /** The name of the room, as the server writes it. */
  readonly room: string;
  /** True for messages before the user first joined, false for messages that the user missed. */
  readonly isPast: boolean;
  /** The largest number of messages in any response. */
  readonly page: number;
  /** The number of messages that this request asks for. */
  readonly limit: number;
  /** The new messages that are held back. */
  held: Speech[];
  /** The missed messages read so far; absent if the messages are past, or if there is no limit. */
  readonly backlog?: Backlog;
}

/** The number of held messages at which the client stops waiting for responses. */
const MAX_HELD = 10_000;

/** The key of the request for private messages; there is one such request at a time. */
const DIRECT = "*";

const NOTHING: CatchUpStep = { show: [] };

/** The functions that compare names and recognize names of rooms. */
export type Names = Pick<Isupport, "fold" | "isRoom">;

/**
 * The progress of catching up: the last message that the user has seen in each room, and the
 * requests that are not answered.
 */
export class CatchUp {
  readonly #names: () => Names;
  /** The number of earlier messages to show when the user first joins a room. */
  readonly #firstPage: number;
  /** The last message seen in each room. */
  readonly #seen = new Map<string, Stamp>();
  readonly #now: () => number;
  /**
   * The open requests, in the order in which they were sent. The responses come in the same order.
   */
  readonly #requests = new Map<string, RoomRequest | typeof DIRECT>();
  /**
   * The present names of rooms that were renamed during a request, by their former names, folded.
   */
  readonly #renamed = new Map<string, string>();
  /** The ids of the messages that were shown when the client stopped waiting for responses. */
  #shownEarly: ReadonlySet<string | undefined> = new Set();
  readonly #missed: Missed;
  readonly #findPosition: FindPosition;
  readonly #maxMissed: number | undefined;

  /**
   * Creates a state in which nothing has been missed; `now` returns the time, in milliseconds.
   * `findPosition` returns the position up to which the user has read a conversation, perhaps in an
   * earlier session. If more than `maxMissed` messages of a conversation were missed, only the
   * newest `maxMissed` are read.
   */
  constructor(
    firstPage: number,
    names: () => Names,
    now: () => number,
    findPosition: FindPosition = () => undefined,
    maxMissed?: number,
  ) {
    this.#maxMissed = maxMissed;
    this.#findPosition = findPosition;
    this.#firstPage = firstPage;
    this.#names = names;
    this.#now = now;
    const isRoom = (name: string) => names().isRoom(name);
    this.#missed = new Missed(now, isRoom, findPosition, maxMissed);
  }

  /**
   * Records a reconnect; returns the request for missed private messages. `page` is the largest
   * number of messages in a response; undefined if the server has no history. `from` is given only
   * at the start of a session: before this time, the user had read all private messages.
   */
  reconnected(page: number | undefined, from?: number): CatchUpStep {
    return this.#requestDirect(this.#missed.reconnected(page, from));
  }

  /** The time of the last message that has arrived, or of the start. */
  get upTo(): number {
    return this.#missed.upTo;
  }

  /**
   * Records that the user has joined `room`, at the time of `stamp`. Returns the request for its
   * history, of at most `page` messages; `undefined` if there is nothing to read.
   */
  joined(room: string, stamp: Stamp, page: number): HistoryRequest | undefined {
    const seen = this.#seen.get(this.#fold(room));
    if (seen !== undefined) return this.#request(room, { page, limit: page, seen });
    // If the connection is lost before the answer, the messages after this position are requested
    // at the reconnect.
    this.#see(room, this.#findPosition(room) ?? stamp);
    const limit = Math.min(this.#firstPage, page);
    return limit === 0 ? undefined : this.#request(room, { page, limit });
  }

  /**
   * Returns true if `event` can be shown now. If history must come first, holds the event back and
   * returns false.
   */
  passes(event: ClientEvent): boolean {
    if (!this.#missed.passes(event)) return false;
    if (!isSpeech(event) || event.room === undefined) return true;
    const key = this.#fold(event.room);
    const request = this.#requests.get(key);
    if (request !== undefined && request !== DIRECT) {
      request.held.push(event);
      return false;
    }
    if (this.#seen.has(key)) this.#see(event.room, event);
    return true;
  }

  /** Takes the targets of a TARGETS request; returns the next request. */
  targets(found: readonly HistoryTarget[], isEnd?: boolean): CatchUpStep {
    return this.#requestDirect(this.#missed.targets(found, isEnd));
  }

  /**
   * Takes a page of history. Its target `room` is a room, a nick, or an empty string for the
   * results of a search.
   */
  page(room: string, page: readonly ClientEvent[], end: PageEnd = endOf(page)): CatchUpStep {
    const present = this.#renamed.get(this.#fold(room)) ?? room;
    if (!this.#requests.has(this.#fold(room)) && this.#requests.has(this.#fold(present))) {
      return this.page(present, page.map((event) => inRoom(event, present)), end);
    }
    const isDirect = room !== "" && !this.#names().isRoom(room);
    const request = this.#requests.get(isDirect ? DIRECT : this.#fold(room));
    // Some servers send history without a request.
    if (request === undefined) {
      const fresh = page.filter(({ id }) => id === undefined || !this.#shownEarly.has(id));
      return { show: fresh.filter(isTold).map(asPast) };
    }
    if (request === DIRECT) return this.#requestDirect(this.#missed.page(room, page, end));
    const ids = new Set(page.map(({ id }) => id));
    request.held = request.held.filter(({ id }) => id === undefined || !ids.has(id));
    if (request.backlog) return this.#takeBacklog(request, request.backlog, page, end);
    const { last } = end;
    if (last) this.#see(room, last);
    const told = page.filter(isTold);
    if (request.isPast) return this.#firstPageOf(request, told, end);
    const show = told.map(asMissed);
    const seen = this.#seen.get(this.#fold(room));
    if (last?.id !== undefined && !isLastPage(end, request.limit)) {
      return { show, request: this.#request(room, { ...request, seen }) };
    }
    return { show: [...show, ...this.#release(request)], caughtUp: request.room };
  }

  /**
   * Takes a page of missed messages; requests the page before it, or shows the messages of all
   * pages.
   */
  #takeBacklog(
    request: RoomRequest,
    backlog: Backlog,
    page: readonly ClientEvent[],
    end: PageEnd,
  ): CatchUpStep {
    const { room } = request;
    if (backlog.take(page, end)) return { show: this.#release(request), caughtUp: room };
    this.#open(request);
    return { show: [], request: backlog.request.with(1, room) };
  }

  /**
   * Shows the first page of a room. If the position up to which the user has read is known,
   * messages up to it are shown as past, and later ones as missed. If the page does not reach back
   * to this position, requests the messages after it.
   */
  #firstPageOf(request: RoomRequest, page: readonly Told[], end: PageEnd): CatchUpStep {
    const { room } = request;
    const position = this.#findPosition(room);
    if (!position) return { show: [...page.map(asPast), ...this.#release(request)] };
    const at = page.findLastIndex(({ id }) => id !== undefined && id === position.id);
    // Several messages may have the time of the last read message. So, if that message has an id,
    // only an earlier time shows that the page reaches back far enough.
    const isBefore = ({ time }: Told) =>
      time < position.time || (time === position.time && position.id === undefined);
    const isWhole = at >= 0 || isLastPage(end, request.limit) || page.some(isBefore);
    if (!isWhole) {
      this.#seen.set(this.#fold(room), position);
      const { page: limit, held } = request;
      return {
        show: [],
        request: this.#request(room, { page: limit, limit, seen: position, held }),
      };
    }
    const isSeen = ({ time }: Told, index: number) => at >= 0 ? index <= at : time <= position.time;
    const show = page.map((event, index) => isSeen(event, index) ? asPast(event) : asMissed(event));
    const hasMissed = show.some((event) => isSpeech(event) && event.isMissed);
    return {
      show: [...show, ...this.#release(request)],
      ...(hasMissed && { caughtUp: room }),
    };
  }

  /**
   * Records that the server refused an open request. The parameters `about` of its FAIL may name
   * the request; otherwise, it is the oldest. The server may not know the `msgid` after which
   * missed messages of a room are requested. The request is then made again with the time of that
   * message, and `isRetry` is true.
   */
  refused(about: readonly string[] = []): CatchUpStep & { readonly isRetry?: true } {
    const request = this.#refusedBy(about);
    if (request === DIRECT) return this.#requestDirect(this.#missed.refused());
    if (!request) return NOTHING;
    const { room, isPast, backlog } = request;
    const seen = this.#seen.get(this.#fold(room));
    const hasMissed = backlog !== undefined && backlog.messages.length > 0;
    if (isPast || hasMissed || seen?.id === undefined) return { show: this.#release(request) };
    const { time } = seen;
    this.#seen.set(this.#fold(room), { time });
    return {
      show: [],
      request: this.#request(room, { ...request, seen: { time } }),
      isRetry: true,
    };
  }

  /**
   * Returns the open request that a FAIL with these parameters refuses
   * (https://ircv3.net/specs/extensions/chathistory, "Errors and Warnings").
   */
  #refusedBy(
    [, code, subcommand, target]: readonly string[],
  ): RoomRequest | typeof DIRECT | undefined {
    if (subcommand?.toUpperCase() === "TARGETS") return this.#requests.get(DIRECT);
    if (target !== undefined && this.#names().isRoom(target)) {
      const present = this.#renamed.get(this.#fold(target)) ?? target;
      return this.#requests.get(this.#fold(target)) ?? this.#requests.get(this.#fold(present));
    }
    if (target !== undefined && code === "INVALID_TARGET") return this.#requests.get(DIRECT);
    const [oldest] = this.#requests.values();
    return oldest;
  }

  /**
   * Records that `room` is now called `to`. The response to an open request may have either name.
   */
  renamed(room: string, to: string): void {
    const [from, key] = [this.#fold(room), this.#fold(to)];
    const seen = this.#seen.get(from);
    this.#seen.delete(from);
    if (seen) this.#seen.set(key, seen);
    const requests = [...this.#requests];
    this.#requests.clear();
    for (const [name, request] of requests) {
      if (name !== from || request === DIRECT) this.#requests.set(name, request);
      else {
        const held = request.held.map((event) => inRoom(event, to));
        this.#requests.set(key, { ...request, room: to, held });
        this.#renamed.set(from, to);
      }
    }
    for (const [name, present] of this.#renamed) {
      if (this.#fold(present) === from) this.#renamed.set(name, to);
    }
  }

  /** True while there are open requests. */
  get isWaiting(): boolean {
    return this.#requests.size > 0;
  }

  /** True if the largest allowed number of messages is held back. */
  get isFull(): boolean {
    const waiting = this.#roomRequests.reduce(
      (sum, { held }) => sum + held.length,
      this.#missed.waiting,
    );
    return waiting >= MAX_HELD;
  }

  /**
   * Stops waiting for responses; returns the messages that were held back. Responses that arrive
   * later are shown as past.
   */
  giveUp(): CatchUpStep {
    const show = [
      ...this.#missed.giveUp(),
      ...this.#roomRequests.flatMap((room) => this.#release(room)),
    ];
    this.#requests.clear();
    this.#shownEarly = new Set(show.map(({ id }) => id));
    return { show };
  }

  /** Records that the user has left `room`, and no longer misses messages there. */
  left(room: string): void {
    this.#seen.delete(this.#fold(room));
    this.#requests.delete(this.#fold(room));
  }

  /** Records that the connection is lost. The messages held back will be requested again. */
  lost(): void {
    this.#requests.clear();
    this.#renamed.clear();
  }

  /** Ends the open request for private messages, and opens the request of `step`, if it has one. */
  #requestDirect(step: CatchUpStep): CatchUpStep {
    this.#requests.delete(DIRECT);
    if (step.request) this.#requests.set(DIRECT, DIRECT);
    return step;
  }

  get #roomRequests(): RoomRequest[] {
    return [...this.#requests.values()].filter((request) => request !== DIRECT);
  }

  /** Requests the messages after `seen` or, without it, the latest messages. */
  #request(
    room: string,
    { page, limit, held = [], seen }:
      & Pick<RoomRequest, "page" | "limit">
      & { readonly held?: Speech[]; readonly seen?: Stamp | undefined },
  ): HistoryRequest {
    const request = { room, isPast: seen === undefined, page, limit, held };
    if (seen !== undefined && this.#maxMissed !== undefined) {
      const backlog = new Backlog({ name: room, seen, page, max: this.#maxMissed });
      this.#open({ ...request, backlog });
      return backlog.request;
    }
    this.#open(request);
    return seen === undefined
      ? ["LATEST", room, "*", String(limit)]
      : ["AFTER", room, referenceOf(seen), String(limit)];
  }

  /** Adds `request` as the newest open one. */
  #open(request: RoomRequest): void {
    const key = this.#fold(request.room);
    this.#requests.delete(key);
    this.#requests.set(key, request);
  }

  /** Ends a request; returns the missed messages that were read, and the held messages. */
  #release({ room, held, backlog }: RoomRequest): Speech[] {
    this.#requests.delete(this.#fold(room));
    if (backlog?.last) this.#see(room, backlog.last);
    for (const event of held) this.#see(room, event);
    return [...backlog?.messages.map(asMissed) ?? [], ...held];
  }

  #fold(name: string): string {
    return this.#names().fold(name);
  }

  /** Notes the last message seen in `room`. A time in the future counts as the present. */
  #see(room: string, { id, time }: Stamp): void {
    const key = this.#fold(room);
    // A message without an id, such as a notice of the server, is not in the history. So it must
    // not replace a position after which messages can be requested.
    if (id === undefined && this.#seen.get(key)?.id !== undefined) return;
    this.#seen.set(key, { time: Math.min(time, this.#now()), ...(id !== undefined && { id }) });
  }
}

/** Returns `event` with `room` in place of its room, if it has one. */
function inRoom<Event extends ClientEvent>(event: Event, room: string): Event {
  return "room" in event ? { ...event, room } : event;
}
