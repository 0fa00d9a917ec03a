/**
 * What was said in a room before one came, or anywhere while the connection was gone, is asked of the
 * server's history (https://ircv3.net/specs/extensions/chathistory) and shown once: what is said
 * meanwhile waits until the answer is there. Pure: it returns what to send and what to show.
 *
 * @module
 */

import { type ClientEvent, isSpeech, type Speech, type Stamp } from "./events.ts";
import type { Isupport } from "./isupport.ts";
import { type CatchUpStep, type HistoryRequest, type HistoryTarget, Missed } from "./missed.ts";

/** A room whose history was asked for. */
interface Awaited {
  /** As the server writes it. */
  readonly room: string;
  /** Whether it is what was said before one first came, and not what one has missed. */
  readonly isPast: boolean;
  /** So many messages were asked for. */
  readonly limit: number;
  /** What has been said since. */
  held: Speech[];
}

/** Messages that wait for answers, at most; with more, the answers are not waited for. */
const WAITING_LIMIT = 10_000;

/** What was asked for of what was said to the user alone: one request at a time. */
const DIRECT = "*";

const NOTHING: CatchUpStep = { show: [] };

/** What it takes to tell names apart. */
export type Names = Pick<Isupport, "fold" | "isRoom">;

/** How far the user has seen each room, and what was said to them alone; see the module. */
export class CatchUp {
  readonly #names: Names;
  /** So many messages are shown of a room one first comes to. */
  readonly #first: number;
  /** The last that was seen of each room, as the server's history names it. */
  readonly #seen = new Map<string, string>();
  /** In the order in which they were asked for, which is that of the answers. */
  readonly #awaited = new Map<string, Awaited | typeof DIRECT>();
  readonly #missed: Missed;

  /** Nothing is seen yet, and nothing was missed before `now`, in milliseconds. */
  constructor(first: number, names: Names, now: number) {
    this.#first = first;
    this.#names = names;
    this.#missed = new Missed(now, (name) => names.isRoom(name));
  }

  /**
   * The connection is back, at `now`; returns what to ask, of which the server answers with `page` at
   * most, or with nothing where that is undefined.
   */
  reconnected(now: number, page: number | undefined): CatchUpStep {
    return this.#askDirect(this.#missed.reconnected(now, page));
  }

  /** One has joined `room`; returns what to ask, of which the server answers with `page` at most. */
  joined(room: string, stamp: Stamp, page: number): HistoryRequest | undefined {
    const seen = this.#seen.get(this.#fold(room));
    if (seen !== undefined) return this.#ask(room, page, seen);
    this.#see(room, stamp);
    const first = Math.min(this.#first, page);
    return first === 0 ? undefined : this.#ask(room, first);
  }

  /** Notes that `event` is about to be shown; returns false if it has to wait for others. */
  passes(event: ClientEvent): boolean {
    if (!this.#missed.passes(event)) return false;
    if (!isSpeech(event) || event.room === undefined) return true;
    const key = this.#fold(event.room);
    const awaited = this.#awaited.get(key);
    if (awaited !== undefined && awaited !== DIRECT) {
      awaited.held.push(event);
      return false;
    }
    if (this.#seen.has(key)) this.#see(event.room, event);
    return true;
  }

  /** With whom something was said has come; `now` is the time. */
  targets(found: readonly HistoryTarget[], now: number): CatchUpStep {
    return this.#askDirect(this.#missed.targets(found, now));
  }

  /** A page of history has come: of `room`, which may be a nick, or nothing where it was found. */
  page(room: string, page: readonly ClientEvent[]): CatchUpStep {
    const isDirect = room !== "" && !this.#names.isRoom(room);
    const awaited = this.#awaited.get(isDirect ? DIRECT : this.#fold(room));
    // Some servers show what was said of their own accord.
    if (awaited === undefined) return { show: page.filter(isSpeech).map(asPast) };
    if (awaited === DIRECT) return this.#askDirect(this.#missed.page(room, page));
    const ids = new Set(page.map(({ id }) => id));
    awaited.held = awaited.held.filter(({ id }) => id === undefined || !ids.has(id));
    const last = page.at(-1);
    if (last) this.#see(room, last);
    const said = page.filter(isSpeech);
    const show = awaited.isPast ? said.map(asPast) : said;
    const seen = this.#seen.get(this.#fold(room));
    if (last?.id !== undefined && !awaited.isPast && page.length >= awaited.limit) {
      return { show, request: this.#ask(room, awaited.limit, seen, awaited.held) };
    }
    return { show: [...show, ...this.#release(awaited)] };
  }

  /** The server refused what was asked for first of all that is not answered. */
  refused(): CatchUpStep {
    const [awaited] = this.#awaited.values();
    if (awaited === DIRECT) return this.#askDirect(this.#missed.refused());
    return awaited ? { show: this.#release(awaited) } : NOTHING;
  }

  /** Whether the server still has to answer something. */
  get isAsking(): boolean {
    return this.#awaited.size > 0;
  }

  /** Whether as much waits for answers as may. */
  get isFull(): boolean {
    const waiting = this.#rooms.reduce((sum, { held }) => sum + held.length, this.#missed.waiting);
    return waiting >= WAITING_LIMIT;
  }

  /**
   * No answers are expected any more: what waited for them is shown. Should they come nevertheless,
   * they are told as past.
   */
  giveUp(): CatchUpStep {
    const show = [...this.#missed.giveUp(), ...this.#rooms.flatMap((room) => this.#release(room))];
    this.#awaited.clear();
    return { show };
  }

  /** One has left `room`, and will not have missed what is said there. */
  left(room: string): void {
    this.#seen.delete(this.#fold(room));
    this.#awaited.delete(this.#fold(room));
  }

  /** The connection is gone. What waits to be shown will be asked for again. */
  lost(): void {
    this.#awaited.clear();
  }

  /** Notes what is asked for now of what was said to the user alone, if anything. */
  #askDirect(step: CatchUpStep): CatchUpStep {
    this.#awaited.delete(DIRECT);
    if (step.request) this.#awaited.set(DIRECT, DIRECT);
    return step;
  }

  get #rooms(): Awaited[] {
    return [...this.#awaited.values()].filter((awaited) => awaited !== DIRECT);
  }

  #ask(room: string, limit: number, seen?: string, held: Speech[] = []): HistoryRequest {
    const key = this.#fold(room);
    this.#awaited.delete(key);
    this.#awaited.set(key, { room, isPast: seen === undefined, limit, held });
    return seen === undefined
      ? ["LATEST", room, "*", String(limit)]
      : ["AFTER", room, seen, String(limit)];
  }

  #release({ room, held }: Awaited): Speech[] {
    this.#awaited.delete(this.#fold(room));
    for (const event of held) this.#see(room, event);
    return held;
  }

  #fold(name: string): string {
    return this.#names.fold(name);
  }

  #see(room: string, { id, time }: Stamp): void {
    const reference = id === undefined
      ? `timestamp=${new Date(time).toISOString()}`
      : `msgid=${id}`;
    this.#seen.set(this.#fold(room), reference);
  }
}

function asPast(event: Speech): Speech {
  return { ...event, isPast: true, forMe: false };
}
