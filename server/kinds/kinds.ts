/**
 * The table of all kinds of events. A new kind is a type in `events.ts` and a row in one of the
 * files beside this one; the compiler asks for the row.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { NetworkState } from "../state/network_state.ts";
import type { User } from "../state/state.ts";
import { CHANNELS } from "./channels.ts";
import type { EventOf, EventType, Kind, Kinds } from "./kind.ts";
import { MEMBERSHIP } from "./membership.ts";
import { MESSAGES } from "./messages.ts";
import { PEOPLE } from "./people.ts";
import { RECORDS } from "./records.ts";
import { RESTORING } from "./restoring.ts";

/** The row of each kind of event. */
export const KINDS: Kinds = {
  ...CHANNELS,
  ...MEMBERSHIP,
  ...MESSAGES,
  ...PEOPLE,
  ...RECORDS,
  ...RESTORING,
};

/** Returns the row of the event's kind. The type parameter ties the event to its own row. */
export function kindOf<Type extends EventType>(
  event: EventOf<Type> & { readonly type: Type },
): Kind<EventOf<Type>> {
  const type: Type = event.type;
  return KINDS[type];
}

/** Changes `state` as `event` says; returns the users that see the event. */
export function apply(state: NetworkState, event: Event): readonly User[] {
  return kindOf(event).apply(state, event);
}
