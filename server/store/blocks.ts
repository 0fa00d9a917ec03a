/**
 * A block of events as the text that the database has of it, and back. Most of what is said at once
 * is said by few people: of a message that is like an earlier one in its block, only the id, the text
 * and which one it is like are kept.
 *
 * @module
 */

import type { Actor, Event, Said, Target } from "../events.ts";
import { type EventId, timeOf } from "../ids.ts";
import { isTalk } from "./store.ts";

/** An event as it is, but for the tags; or what is said as that event of the block was. */
export type Stored =
  | (Omit<Said, "tags"> & { readonly tags: Readonly<Record<string, string>> })
  | Exclude<Event, Said>
  | readonly [id: EventId, text: string, like: number];

/** A block to which events are added, one after another. */
export class BlockWriter {
  /** The last of what somebody said that was written whole, and its place in the block. */
  readonly #latest = new Map<Actor, readonly [said: Said, index: number]>();
  #length = 0;
  #first: EventId = "";
  #last: EventId = "";
  #hasTalk = false;
  #text = "";

  /** Adds an event; returns the text of it alone, which is JSON. */
  add(event: Event): string {
    if (this.#length === 0) this.#first = event.id;
    this.#last = event.id;
    this.#hasTalk ||= isTalk(event);
    const text = JSON.stringify(this.#store(event));
    this.#text += this.#length === 0 ? text : `,${text}`;
    this.#length++;
    return text;
  }

  /** How many events it has. */
  get length(): number {
    return this.#length;
  }

  /** The id of the first event; empty if there is none, as is the last one's. */
  get first(): EventId {
    return this.#first;
  }

  /** The id of the last event. */
  get last(): EventId {
    return this.#last;
  }

  /** Whether something in it was said. */
  get hasTalk(): boolean {
    return this.#hasTalk;
  }

  /** What it is written as. */
  get text(): string {
    return `[${this.#text}]`;
  }

  #store(event: Event): Stored {
    if (event.type !== "Said") return event;
    const [said, like] = this.#latest.get(event.by) ?? [];
    if (said !== undefined && like !== undefined && isMoreOf(said, event)) {
      return [event.id, event.text, like];
    }
    this.#latest.set(event.by, [event, this.#length]);
    return { ...event, tags: Object.fromEntries(event.tags) };
  }
}

/** A block of these events. */
export function blockOf(events: readonly Event[]): BlockWriter {
  const block = new BlockWriter();
  for (const event of events) block.add(event);
  return block;
}

/**
 * The events of a block.
 *
 * @throws {Error} if the text is damaged.
 */
export function readBlock(text: string): Event[] {
  const events: Event[] = [];
  readOnto(events, JSON.parse(text));
  return events;
}

/**
 * Adds to the first events of a block those that come next.
 *
 * @throws {Error} if they are damaged; then some may have been added.
 */
export function readOnto(events: Event[], next: readonly Stored[]): void {
  for (const each of next) {
    if ("type" in each) {
      if (each.type !== "Said") events.push(each);
      else events.push({ ...each, tags: new Map(Object.entries(each.tags)) });
      continue;
    }
    const [id, text, like] = each;
    const said = events[like];
    if (said?.type !== "Said") throw new SyntaxError("a block has a message that is like nothing");
    events.push({ ...said, id, time: timeOf(id), text });
  }
}

/** What of a message has to be as in the one it is like; a member that comes to be needs a row. */
const SAME: Readonly<
  Record<Exclude<keyof Said, "id" | "time" | "text">, (one: Said, other: Said) => boolean>
> = {
  by: (one, other) => one.by === other.by,
  command: (one, other) => one.command === other.command,
  to: (one, other) => isSameChannel(one.to, other.to),
  lines: (one, other) => !one.lines && !other.lines,
  tags: (one, other) => one.tags.size + other.tags.size === 0,
  type: () => true,
};
const CHECKS = Object.values(SAME);

function isMoreOf(before: Said, event: Said): boolean {
  return CHECKS.every((isSame) => isSame(before, event)) && timeOf(event.id) === event.time;
}

/** Bursts are said in channels. */
function isSameChannel(one: Target, other: Target): boolean {
  return one.type === "channel" && other.type === "channel" && one.channel === other.channel &&
    one.rank === other.rank;
}
