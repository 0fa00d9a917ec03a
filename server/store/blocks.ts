/**
 * Converts a block of events to the text that the database stores, and back. Most messages of a
 * busy channel come from few users. So a message that resembles an earlier one of its block is
 * stored as its id, its text and the index of the earlier message.
 *
 * @module
 */

import type { Event, Said } from "../events/events.ts";
import type { Actor, Target } from "../events/actor.ts";
import { type EventId, timeOf } from "../events/ids.ts";
import {
  isList,
  isStoredReference,
  isStoredWhole,
  type StoredReference,
  type StoredWhole,
} from "./shapes.ts";
import { type HistoryKey, isTalk } from "./store.ts";

/** Events of one history, in order. */
export interface KeyedEvents {
  /** The key of the history. */
  readonly key: HistoryKey;
  /** The id of the first event, which may have been removed since. */
  readonly first: EventId;
  /** The events. */
  readonly events: readonly Event[];
}

/** A message of a block that is stored whole; later messages can refer to it. */
export interface Original {
  /** The message. */
  readonly said: Said;
  /** Its index in the block. */
  readonly index: number;
  /** Its stored text, which is JSON. */
  readonly text: string;
}

/** An event that was added to a block. */
export interface Added {
  /** The stored text of this event alone, which is JSON. */
  readonly text: string;
  /** The message that it refers to, if it is stored by reference. */
  readonly original: Original | undefined;
}

/**
 * The numbers in the column `talk` of a block: `talk` if the block has a PRIVMSG or a NOTICE,
 * `said` if all its messages are TAGMSG, and `other` if it has no message. Earlier versions wrote 0
 * for a block without PRIVMSG and NOTICE.
 */
export const CONTENT = { talk: 1, said: 2, other: 3 } as const;

/** A block that grows at its end, one event at a time. */
export class BlockWriter {
  /** For each author, the latest message that is stored whole. */
  readonly #latest = new Map<Actor, Original>();
  #length = 0;
  #first: EventId = "";
  #last: EventId = "";
  #content: (typeof CONTENT)[keyof typeof CONTENT] = CONTENT.other;
  #text = "";

  /** Adds an event. */
  add(event: Event): Added {
    if (this.#length === 0) this.#first = event.id;
    this.#last = event.id;
    if (isTalk(event)) this.#content = CONTENT.talk;
    else if (event.type === "Said" && this.#content === CONTENT.other) this.#content = CONTENT.said;
    const added = this.#store(event);
    this.#text += this.#length === 0 ? added.text : `,${added.text}`;
    this.#length++;
    return added;
  }

  /** The number of events. */
  get length(): number {
    return this.#length;
  }

  /** The number of characters of the events. */
  get size(): number {
    return this.#text.length;
  }

  /** The id of the first event; empty if there is none. */
  get first(): EventId {
    return this.#first;
  }

  /** The id of the last event; empty if there is none. */
  get last(): EventId {
    return this.#last;
  }

  /** The number of its content in {@linkcode CONTENT}. */
  get content(): number {
    return this.#content;
  }

  /** The stored text, a JSON array. */
  get text(): string {
    return `[${this.#text}]`;
  }

  #store(event: Event): Added {
    if (event.type !== "Said") return { text: JSON.stringify(event), original: undefined };
    const original = this.#latest.get(event.by);
    if (original !== undefined && resembles(original.said, event)) {
      const { id, text, time } = event;
      const reference: StoredReference = timeOf(id) === time
        ? [id, text, original.index]
        : [id, text, original.index, time];
      return { text: JSON.stringify(reference), original };
    }
    const whole: StoredWhole = { ...event, tags: Object.fromEntries(event.tags) };
    const text = JSON.stringify(whole);
    this.#latest.set(event.by, { said: event, index: this.#length, text });
    return { text, original: undefined };
  }
}

/** Returns a block of these events. */
export function blockOf(events: readonly Event[]): BlockWriter {
  const block = new BlockWriter();
  for (const event of events) block.add(event);
  return block;
}

/**
 * Returns the events of a block.
 *
 * @throws {SyntaxError} if the text is damaged.
 */
export function readBlock(text: string): Event[] {
  const events: Event[] = [];
  readOnto(events, JSON.parse(text));
  return events;
}

/**
 * Appends the next events of a block to `events`, which has the earlier events of the block at
 * their indices. `events` may lack earlier events that the next ones do not refer to.
 *
 * @throws {SyntaxError} if the next events are damaged; some of them may have been added already.
 */
export function readOnto(events: Event[], next: unknown): void {
  if (!isList(next)) throw new SyntaxError("stored events are not a list");
  for (const each of next) events.push(readEvent(each, events));
}

function readEvent(stored: unknown, earlier: readonly Event[]): Event {
  if (isStoredReference(stored)) {
    const [id, text, original, time = timeOf(id)] = stored;
    const said = earlier[original];
    if (said?.type !== "Said") throw new SyntaxError("a stored message refers to no earlier one");
    return { ...said, id, time, text };
  }
  if (!isStoredWhole(stored)) throw new SyntaxError("a stored event is not one");
  if (stored.type !== "Said") return stored;
  return { ...stored, tags: new Map(Object.entries(stored.tags)) };
}

/**
 * The comparison of each field of two messages; they resemble each other if all comparisons return
 * true. A new field of {@linkcode Said} needs a row.
 */
const IS_SAME: Readonly<
  Record<Exclude<keyof Said, "id" | "time" | "text">, (one: Said, other: Said) => boolean>
> = {
  by: (one, other) => one.by === other.by,
  command: (one, other) => one.command === other.command,
  to: (one, other) => isSameChannel(one.to, other.to),
  lines: (one, other) => !one.lines && !other.lines,
  isOverlong: (one, other) => !one.isOverlong && !other.isOverlong,
  tags: (one, other) => one.tags.size + other.tags.size === 0,
  type: () => true,
};
const CHECKS = Object.values(IS_SAME);

function resembles(before: Said, event: Said): boolean {
  return CHECKS.every((isSame) => isSame(before, event));
}

/**
 * Returns true if both messages go to the same channel and rank. Messages to other targets never
 * resemble each other, because only channels get bursts of messages.
 */
function isSameChannel(one: Target, other: Target): boolean {
  return one.type === "channel" && other.type === "channel" && one.channel === other.channel &&
    one.rank === other.rank;
}
