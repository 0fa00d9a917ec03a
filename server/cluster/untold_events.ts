/**
 * Keeps the events that a leader has decided until the log has them: only then are others told of
 * them, such as push services. A leader may lose the lead without knowing it; then the log refuses
 * its events, and nobody must learn of them.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import { tellElsewhere } from "../core/delivering.ts";
import type { Event } from "../events/events.ts";
import type { User } from "../state/state.ts";

/** An event, and the users who see it. */
type Seen = readonly [event: Event, audience: readonly User[]];

/** The events that a leader has decided, in the entries that it has not applied yet. */
export class UntoldEvents {
  /** The events of the entry that is being made. */
  #present: Seen[] = [];
  readonly #sealed: (readonly Seen[])[] = [];

  /** Adds an event to the entry that is being made. */
  add(event: Event, audience: readonly User[]): void {
    this.#present.push([event, audience]);
  }

  /** Ends the entry that is being made. */
  seal(): void {
    this.#sealed.push(this.#present);
    this.#present = [];
  }

  /** Tells others of the events of the oldest entry, because the log has this entry now. */
  settle(context: Context): void {
    for (const [event, audience] of this.#sealed.shift() ?? []) {
      const tell = () => tellElsewhere(event, audience, context);
      context.guard("an event was not told", { event: event.type }, tell);
    }
  }
}
