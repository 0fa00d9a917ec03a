/**
 * Represents the changes to the database other than new events: as data, and as text for the
 * journal.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import { type EventId, isEventId } from "../events/ids.ts";
import { blockOf, readBlock } from "./blocks.ts";
import { isKeptRecord, isObject } from "./shapes.ts";
import type { HistoryKey } from "./store.ts";

/** An event that is replaced, or removed if `event` is absent. */
export interface Replacement {
  /** The type. */
  readonly type: "replace";
  /** The key of its history. */
  readonly key: HistoryKey;
  /** Its id. */
  readonly id: EventId;
  /** The event in its place. */
  readonly event?: Event | undefined;
}

/** A history that gets the key `to`, or is set aside if `to` is absent. */
export interface Move {
  /** The type. */
  readonly type: "move";
  /** The key that the history has. */
  readonly from: HistoryKey;
  /** The key that it gets. */
  readonly to?: HistoryKey | undefined;
}

/** A record that is saved, or deleted if `value` is absent. */
export interface Keeping {
  /** The type. */
  readonly type: "keep";
  /** The kind of the record. */
  readonly kind: string;
  /** The key of the record. */
  readonly key: string;
  /** The record, as JSON. */
  readonly value?: string | undefined;
}

/** A change. */
export type Change = Replacement | Move | Keeping;

/** Returns the text of a change, a JSON object. */
export function textOfChange(change: Change): string {
  switch (change.type) {
    case "replace": {
      const { event, ...rest } = change;
      return JSON.stringify({ ...rest, event: event && blockOf([event]).text });
    }
    case "move":
    case "keep":
      return JSON.stringify(change);
  }
}

/**
 * Returns one text that contains these texts of changes and events, so that they are saved all or
 * not at all.
 */
export function textTogether(texts: readonly string[]): string {
  return `{"together":[${texts.join()}]}`;
}

/**
 * Returns the change in a parsed JSON text; `undefined` if it has none.
 *
 * @throws {SyntaxError} if the change contains an event or a record that is not valid JSON.
 */
export function changeIn(parsed: unknown): Change | undefined {
  if (!isObject(parsed)) return undefined;
  const { type, key, id, event, from, to, kind, value } = parsed;
  switch (type) {
    case "replace": {
      if (typeof key !== "string" || typeof id !== "string" || !isEventId(id)) return undefined;
      if (event === undefined) return { type, key, id };
      const [read, ...more] = typeof event === "string" ? readBlock(event) : [];
      return read && more.length === 0 ? { type, key, id, event: read } : undefined;
    }
    case "move":
      if (typeof from !== "string") return undefined;
      return to === undefined || typeof to === "string" ? { type, from, to } : undefined;
    case "keep":
      if (typeof kind !== "string" || typeof key !== "string") return undefined;
      if (value === undefined) return { type, kind, key };
      if (typeof value !== "string" || !isKeptRecord(kind, JSON.parse(value))) return undefined;
      return { type, kind, key, value };
    default:
      return undefined;
  }
}
