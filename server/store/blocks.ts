/**
 * Converts a block of events to the text that the database stores, and back. Most messages of a busy
 * channel come from few users, so a message that resembles an earlier one of its block is stored as its
 * id, its text and the index of the earlier one.
 *
 * @module
 */

import type { Event, Said } from "../events/events.ts";
import type { Actor, Target } from "../events/actor.ts";
import { type EventId, timeOf } from "../events/ids.ts";
import { isTalk } from "./store.ts";

/**
 * An event as it is stored: whole, with its tags as an object; or, for a message that resembles an
 * earlier one of the block, its id, its text and the index of the earlier one.
 */
export type Stored =
  | (Omit<Said, "tags"> & { readonly tags: Readonly<Record<string, string>> })
  | Exclude<Event, Said>
  | readonly [id: EventId, text: string, original: number];

/** A block that grows at its end, one event at a time. */
export class BlockWriter {
  /** The latest message of each author that is stored whole, and its index in the block. */
  readonly #latest = new Map<Actor, readonly [said: Said, index: number]>();
  #length = 0;
  #first: EventId = "";
  #last: EventId = "";
  #hasTalk = false;
  #text = "";

  /** Adds an event; returns the stored text of this event alone, which is JSON. */
  add(event: Event): string {
    if (this.#length === 0) this.#first = event.id;
    this.#last = event.id;
    this.#hasTalk ||= isTalk(event);
    const text = JSON.stringify(this.#store(event));
    this.#text += this.#length === 0 ? text : `,${text}`;
    this.#length++;
    return text;
  }

  /** The number of events. */
  get length(): number {
    return this.#length;
  }

  /** The id of the first event; empty if the block is. */
  get first(): EventId {
    return this.#first;
  }

  /** The id of the last event; empty if the block is. */
  get last(): EventId {
    return this.#last;
  }

  /** True if the block contains a PRIVMSG or a NOTICE. */
  get hasTalk(): boolean {
    return this.#hasTalk;
  }

  /** The stored text, a JSON array. */
  get text(): string {
    return `[${this.#text}]`;
  }

  #store(event: Event): Stored {
    if (event.type !== "Said") return event;
    const [said, original] = this.#latest.get(event.by) ?? [];
    if (said !== undefined && original !== undefined && resembles(said, event)) {
      return [event.id, event.text, original];
    }
    this.#latest.set(event.by, [event, this.#length]);
    return { ...event, tags: Object.fromEntries(event.tags) };
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
 * @throws {Error} if the text is damaged.
 */
export function readBlock(text: string): Event[] {
  const events: Event[] = [];
  readOnto(events, JSON.parse(text));
  return events;
}

/**
 * Appends the next events of a block to `events`, which holds the events of the block before them.
 *
 * @throws {Error} if these are damaged; some of them may have been added by then.
 */
export function readOnto(events: Event[], next: readonly Stored[]): void {
  for (const each of next) {
    if ("type" in each) {
      if (each.type !== "Said") events.push(each);
      else events.push({ ...each, tags: new Map(Object.entries(each.tags)) });
      continue;
    }
    const [id, text, original] = each;
    const said = events[original];
    if (said?.type !== "Said") throw new SyntaxError("a stored message refers to no earlier one");
    events.push({ ...said, id, time: timeOf(id), text });
  }
}

/**
 * The comparison for each field that must be the same in two messages that resemble each other; a new
 * field of {@linkcode Said} needs a row.
 */
const IS_SAME: Readonly<
  Record<Exclude<keyof Said, "id" | "time" | "text">, (one: Said, other: Said) => boolean>
> = {
  by: (one, other) => one.by === other.by,
  command: (one, other) => one.command === other.command,
  to: (one, other) => isSameChannel(one.to, other.to),
  lines: (one, other) => !one.lines && !other.lines,
  tags: (one, other) => one.tags.size + other.tags.size === 0,
  type: () => true,
};
const CHECKS = Object.values(IS_SAME);

function resembles(before: Said, event: Said): boolean {
  return CHECKS.every((isSame) => isSame(before, event)) && timeOf(event.id) === event.time;
}

/** Only messages to channels are compared: bursts of messages are sent there. */
function isSameChannel(one: Target, other: Target): boolean {
  return one.type === "channel" && other.type === "channel" && one.channel === other.channel &&
    one.rank === other.rank;
}
