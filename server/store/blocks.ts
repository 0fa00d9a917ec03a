/**
 * A block of events as the text that the database has of it, and back. Most of what is said at once
 * is said by few people: of a message that is like an earlier one in its block, only the id, the text
 * and which one it is like are kept.
 *
 * @module
 */

import type { Actor, Event, Said, Target } from "../events.ts";
import { type EventId, timeOf } from "../ids.ts";

/** An event as it is, but for the tags; or what is said as that event of the block was. */
type Stored =
  | (Omit<Said, "tags"> & { readonly tags: Readonly<Record<string, string>> })
  | Exclude<Event, Said>
  | readonly [id: EventId, text: string, like: number];

/** What a block is written as. */
export function writeBlock(events: readonly Event[]): string {
  const latest = new Map<Actor, number>();
  return JSON.stringify(events.map((event, i): Stored => {
    if (event.type !== "Said") return event;
    const like = latest.get(event.by);
    if (like !== undefined && isMoreOf(events[like], event)) return [event.id, event.text, like];
    latest.set(event.by, i);
    return { ...event, tags: Object.fromEntries(event.tags) };
  }));
}

/**
 * The events of a block.
 *
 * @throws {Error} if the text is damaged.
 */
export function readBlock(text: string): Event[] {
  const stored: readonly Stored[] = JSON.parse(text);
  const events: Event[] = [];
  for (const each of stored) {
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
  return events;
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

function isMoreOf(before: Event | undefined, event: Said): boolean {
  return before?.type === "Said" && CHECKS.every((isSame) => isSame(before, event)) &&
    timeOf(event.id) === event.time;
}

/** Bursts are said in channels. */
function isSameChannel(one: Target, other: Target): boolean {
  return one.type === "channel" && other.type === "channel" && one.channel === other.channel &&
    one.rank === other.rank;
}
