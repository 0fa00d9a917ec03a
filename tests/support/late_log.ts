import type { EventLog } from "../../server/core/event_log.ts";
import type { Event, Unstamped } from "../../server/events/events.ts";
import type { EventId } from "../../server/events/ids.ts";
import type { UserId } from "../../server/events/actor.ts";

/**
 * A log that applies events later than they are appended, like a log that asks another server for
 * their order. It applies them in {@linkcode run}, which it calls itself in a microtask.
 */
export class LateLog implements EventLog {
  readonly #inner: EventLog;
  /** The waiting steps, in order. */
  #steps: (() => void)[] = [];
  /** The steps that the current step has added. They run before the steps that wait already. */
  #added: (() => void)[] | undefined;
  #scheduled = false;

  /** Creates a log that passes events to `inner` later. */
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

  nextId(): EventId {
    return this.#inner.nextId();
  }

  newUserId(): UserId {
    return this.#inner.newUserId();
  }

  stopKeeping(): void {
    this.#inner.stopKeeping();
  }

  /** Runs all waiting steps, and the steps that they add. */
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
