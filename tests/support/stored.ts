// Reads from a store at once what a server reads in steps.

import type { Event } from "../../server/events/events.ts";
import type {
  EventFilter,
  Found,
  HistoryKey,
  Range,
  Search,
  Store,
} from "../../server/store/store.ts";

type Pages = Pick<Store, "pages">;

/** Returns the first events of a range that `wanted` accepts, in order; at most `limit`. */
export function firstIn(
  store: Pages,
  key: HistoryKey,
  range: Range,
  limit: number,
  wanted: EventFilter,
): Event[] {
  const found: Event[] = [];
  for (const page of store.pages(key, range, "first", wanted)) {
    found.push(...page);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** Returns the last events of a range that `wanted` accepts, in order; at most `limit`. */
export function lastIn(
  store: Pages,
  key: HistoryKey,
  range: Range,
  limit: number,
  wanted: EventFilter,
): Event[] {
  let found: Event[] = [];
  for (const page of store.pages(key, range, "last", wanted)) {
    found = [...page, ...found];
    if (found.length >= limit) break;
  }
  return found.slice(-limit);
}

/** Returns the messages that a search finds. */
export function searchIn(store: Pick<Store, "searchInSteps">, search: Search): readonly Found[] {
  const steps = store.searchInSteps(search);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value.found;
  }
}
