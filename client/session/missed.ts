/**
 * What was said to the user alone while the connection was gone. The server's history is asked with
 * whom something was said since, then what, one conversation after another
 * (https://ircv3.net/specs/extensions/chathistory, "Client pseudocode"). What is said meanwhile waits
 * for the answers, and each message is shown once. Pure: it returns what to send and what to show.
 *
 * @module
 */

import { type ClientEvent, isSpeech, type Speech, type Stamp } from "./events.ts";

/** The parameters of a CHATHISTORY. */
export type HistoryRequest = readonly string[];

/** What an answer leads to. */
export interface CatchUpStep {
  /** What to show, in order. */
  readonly show: readonly ClientEvent[];
  /** What to ask next. */
  readonly request?: HistoryRequest | undefined;
}

/** Somebody, or a room, and when something was last said there, in milliseconds. */
export interface HistoryTarget {
  /** A nick, or a room's name. */
  readonly name: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** Milliseconds by which messages may come out of order, or the clocks of a network differ. */
const FUZZ = 10_000;

/** Milliseconds by which this machine's clock may be behind the server's. */
const DAY = 86_400_000;

/** People and rooms of whom is asked, at most. */
const TARGET_LIMIT = 1000;

/** Messages that are known to have been shown; of more, the first may be shown again. */
const SHOWN_LIMIT = 10_000;

/** What is being asked of the history. */
interface Asking {
  /** So much of an answer is all that the server gives at once. */
  readonly limit: number;
  /** Since when, in milliseconds. */
  readonly since: number;
  /** Everybody whose conversation was asked for, or will be. */
  readonly known: Set<string>;
  /** Those of them who are still to be asked for. */
  readonly names: string[];
}

/** How far the user has seen what was said to them alone; see the module. */
export class Missed {
  readonly #isRoom: (name: string) => boolean;
  /** All that was said before this time was shown, but for what came late; milliseconds. */
  #upTo: number | undefined;
  readonly #began: number;
  /** When what was shown was said, by its id: what is younger than {@linkcode #upTo}, and a little. */
  readonly #shown = new Map<string, number>();
  #asking: Asking | undefined;
  #held: Speech[] = [];

  /** Nothing was missed before `now`. `isRoom` tells the name of a room from a nick. */
  constructor(now: number, isRoom: (name: string) => boolean) {
    this.#began = now;
    this.#isRoom = isRoom;
  }

  /** Notes that `event` is about to be shown; returns false if it has to wait for others. */
  passes(event: ClientEvent): boolean {
    const isDirect = isSpeech(event) && event.room === undefined;
    if (this.#asking) {
      if (isDirect) this.#held.push(event);
      return !isDirect;
    }
    if (isDirect) this.#note(event);
    // What has no id may have a time of this machine.
    if (event.id !== undefined) this.#advance(event.time);
    return true;
  }

  /**
   * The connection is back, at `now`: what was not answered on the last one is asked anew, and what
   * waits to be shown waits on. Of history `limit` is given at once; undefined: there is none.
   */
  reconnected(now: number, limit: number | undefined): CatchUpStep {
    if (limit === undefined) return { show: this.#finish() };
    const since = (this.#upTo ?? this.#began) - FUZZ;
    this.#asking = { limit, since, known: new Set(), names: [] };
    return { show: [], request: askTargets(since, now, limit) };
  }

  /** With whom and where something was said, the earliest first; `now` is the time. */
  targets(found: readonly HistoryTarget[], now: number): CatchUpStep {
    const asking = this.#asking;
    if (!asking) return { show: [] };
    const fresh = found.filter(({ name }) => !asking.known.has(name));
    for (const { name } of fresh) {
      asking.known.add(name);
      if (!this.#isRoom(name)) asking.names.push(name);
    }
    const last = found.at(-1);
    const isAll = fresh.length === 0 || found.length < asking.limit;
    if (!last || isAll || asking.known.size >= TARGET_LIMIT) return this.#next();
    return { show: [], request: askTargets(last.time - 1, now, asking.limit) };
  }

  /** A page of the conversation that was asked for last has come. */
  page(name: string, page: readonly ClientEvent[]): CatchUpStep {
    const asking = this.#asking;
    const show = this.#show(page.filter(isSpeech));
    const last = page.at(-1)?.id;
    if (asking && last !== undefined && page.length >= asking.limit) {
      return { show, request: ["AFTER", name, `msgid=${last}`, String(asking.limit)] };
    }
    const { show: more, request } = this.#next();
    return { show: [...show, ...more], request };
  }

  /** The server refused what was asked for last. */
  refused(): CatchUpStep {
    return this.#next();
  }

  /** How many messages wait for an answer. */
  get waiting(): number {
    return this.#held.length;
  }

  /** No answer is expected any more: returns what waited for it. */
  giveUp(): Speech[] {
    return this.#finish();
  }

  #next(): CatchUpStep {
    const name = this.#asking?.names.shift();
    if (!this.#asking || name === undefined) return { show: this.#finish() };
    const { since, limit } = this.#asking;
    return { show: [], request: ["AFTER", name, timestamp(since), String(limit)] };
  }

  /** There is no more to come: what waited for that is shown. */
  #finish(): Speech[] {
    this.#asking = undefined;
    const held = this.#show(this.#held);
    this.#held = [];
    for (const time of this.#shown.values()) this.#advance(time);
    return held;
  }

  /** Those of `events` that were not shown, which they are now. */
  #show(events: readonly Speech[]): Speech[] {
    const fresh = events.filter(({ id }) => id === undefined || !this.#shown.has(id));
    for (const event of fresh) this.#note(event);
    return fresh;
  }

  #note({ id, time }: Stamp): void {
    if (id === undefined) return;
    this.#shown.set(id, time);
    if (this.#shown.size > SHOWN_LIMIT) this.#forgetFirst();
  }

  #forgetFirst(): void {
    const [first] = this.#shown.keys();
    if (first !== undefined) this.#shown.delete(first);
  }

  #advance(time: number): void {
    const upTo = Math.max(this.#upTo ?? 0, time);
    this.#upTo = upTo;
    for (const [id, time] of this.#shown) {
      if (time >= upTo - FUZZ) return;
      this.#shown.delete(id);
    }
  }
}

function askTargets(since: number, now: number, limit: number): HistoryRequest {
  const until = Math.max(since, now) + DAY;
  return ["TARGETS", timestamp(since), timestamp(until), String(limit)];
}

/** The last time there is, in milliseconds (ECMAScript, "Time Values and Time Range"). */
const LAST_TIME = 8.64e15;

function timestamp(time: number): string {
  return `timestamp=${new Date(Math.min(Math.max(0, time), LAST_TIME)).toISOString()}`;
}
