import type { EventLog } from "../../server/core/event_log.ts";
import type { Event, Unstamped } from "../../server/events/events.ts";
import type { UserId } from "../../server/events/actor.ts";

/**
 * A log that applies events later than they are appended, as one would that asks elsewhere for their
 * order: when {@linkcode run} is called, which by itself happens at the end of the turn.
 */
export class LateLog implements EventLog {
  readonly #inner: EventLog;
  /** What is still to be done, in order. */
  #steps: (() => void)[] = [];
  /** What the step being done has added: it comes before all that waits already. */
  #added: (() => void)[] | undefined;
  #scheduled = false;

  /** A log that hands on to `inner` later. */
  constructor(inner: EventLog) {
    this.#inner = inner;
  }

  append(event: Unstamped): void {
    this.#add(() => this.#inner.append(event));
  }

  afterwards(action: () => void): void {
    if ((this.#added ?? this.#steps).length === 0) action();
    else this.#add(action);
  }

  stamp(event: Unstamped): Event {
    return this.#inner.stamp(event);
  }

  newUserId(): UserId {
    return this.#inner.newUserId();
  }

  stopKeeping(): void {
    this.#inner.stopKeeping();
  }

  /** Does all that waits, and all that comes of it. */
  run(): void {
    this.#scheduled = false;
    for (let step = this.#steps.shift(); step; step = this.#steps.shift()) {
      this.#added = [];
      try {
        step();
      } finally {
        this.#steps.unshift(...this.#added);
        this.#added = undefined;
      }
    }
  }

  #add(step: () => void): void {
    (this.#added ?? this.#steps).push(step);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.run());
  }
}
