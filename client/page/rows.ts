/**
 * Divides the events of a conversation into rows: one for each day, message and event, one where
 * new messages begin, and one for all joins and leaves between two of these. Performs no I/O.
 *
 * @module
 */

import type { Entries } from "../session/entries.ts";
import { type ClientEvent, isSpeech, type Speech } from "../session/events.ts";
import { type FoldedMoves, isMove, Moves } from "../session/moves.ts";
import type { Item } from "./timeline.ts";

/** A row of the list; `key` stays the same as long as the row begins with the same event. */
export type Row =
  & { readonly key: string }
  & (
    | { readonly type: "day"; readonly time: number }
    | { readonly type: "new" }
    | { readonly type: "moves"; readonly moves: FoldedMoves }
    | { readonly type: "deleted"; readonly by: string }
    | { readonly type: "event"; readonly event: Exclude<ClientEvent, Speech> }
    | {
      readonly type: "message";
      readonly speech: Speech;
      /** True if it closely follows another message of its author, and so needs no name. */
      readonly isContinued: boolean;
    }
  );

/**
 * The time between two messages of one author after which the second shows the name again, in ms.
 */
const PAUSE_MS = 5 * 60_000;

/** Returns the rows of `items`, which follow `before`; `newFrom` is the first event that is new. */
export function rowsOf(
  items: readonly Item[],
  before: ClientEvent | undefined,
  newFrom: Pick<ClientEvent, "id"> | undefined,
  entries: Pick<Entries, "find">,
): Row[] {
  const rows: Row[] = [];
  let last = before;
  let day = before && dayOf(before.time);
  const moves = new Moves();
  let firstMove: number | undefined;
  const endMoves = () => {
    const folded = moves.take();
    if (folded) {
      rows.push({ type: "moves", key: String(firstMove), moves: folded });
      last = undefined;
    }
    firstMove = undefined;
  };
  for (const { key, event } of items) {
    if (!isShown(event, entries)) continue;
    if (isSpeech(event)) moves.said(event);
    if (day !== dayOf(event.time)) {
      endMoves();
      day = dayOf(event.time);
      rows.push({ type: "day", key: `day ${key}`, time: event.time });
      last = undefined;
    }
    if (isMove(event)) {
      moves.add(event);
      firstMove ??= key;
      continue;
    }
    endMoves();
    if (newFrom && (event === newFrom || event.id !== undefined && event.id === newFrom.id)) {
      rows.push({ type: "new", key: `new ${key}` });
      last = undefined;
    }
    const by = isSpeech(event) ? entries.find(event.id)?.deletedBy : undefined;
    const row = by === undefined ? rowOf(event, last) : { type: "deleted", by } as const;
    rows.push({ key: String(key), ...row });
    last = by === undefined ? event : undefined;
  }
  endMoves();
  return rows;
}

function rowOf(event: ClientEvent, last: ClientEvent | undefined) {
  if (!isSpeech(event)) return { type: "event", event } as const;
  const isContinued = last !== undefined && isSpeech(last) && last.nick === event.nick &&
    last.type === event.type && event.type === "message" && event.reply === undefined &&
    event.time - last.time < PAUSE_MS;
  return { type: "message", speech: event, isContinued } as const;
}

/** The types of events that are shown elsewhere: in their message, or beside the list. */
const HIDDEN: ReadonlySet<ClientEvent["type"]> = new Set([
  "reaction",
  "unreaction",
  "redaction",
  "members",
  "topic-is",
]);

/**
 * Returns false for a message that an edit has replaced, for an event that is shown elsewhere, and
 * for a join of the user, who sees that they are in the room.
 */
function isShown(event: ClientEvent, entries: Pick<Entries, "find">): boolean {
  if (isSpeech(event)) {
    const entry = entries.find(event.id);
    return entry === undefined || entry.speech.id === event.id;
  }
  return !HIDDEN.has(event.type) && !(event.type === "join" && event.own);
}

/** Returns true for an event that gets a row; the page shows other events elsewhere. */
export function isWorthARow({ type }: ClientEvent): boolean {
  return !NO_ROW.has(type);
}

const NO_ROW: ReadonlySet<ClientEvent["type"]> = new Set([
  "awaiting-server",
  "connected",
  "disconnected",
  "retrying",
  "members",
  "no-key",
  "waiting",
]);

function dayOf(time: number): string {
  return new Date(time).toDateString();
}
