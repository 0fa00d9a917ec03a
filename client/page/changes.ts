/**
 * Announces changes of the state to the components that show it, at most once a frame.
 *
 * @module
 */

import { signal } from "@preact/signals";

/** The changes of the state. */
export class Changes {
  readonly #beforeFrame: (draw: () => void) => void;
  readonly #all = signal(0);
  readonly #ofRows = signal(0);
  #areRowsChanged = false;
  #isScheduled = false;

  /** Begins without changes. `beforeFrame` calls a function before the next frame. */
  constructor(beforeFrame: (draw: () => void) => void) {
    this.#beforeFrame = beforeFrame;
  }

  /** The number of changes so far: a component that reads it is drawn again at the next one. */
  get all(): number {
    return this.#all.value;
  }

  /** The number of those changes that concern messages that are shown already. */
  get ofRows(): number {
    return this.#ofRows.value;
  }

  /** Announces a change before the next frame, so that many events are drawn once. */
  changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#beforeFrame(() => this.#announce());
  }

  /** Announces a change that concerns messages that are shown already. */
  changedRows(): void {
    this.#areRowsChanged = true;
    this.changed();
  }

  /** Announces it at the end of this turn. */
  changedRowsNow(): void {
    this.#areRowsChanged = true;
    queueMicrotask(() => this.#announce());
  }

  #announce(): void {
    this.#isScheduled = false;
    if (this.#areRowsChanged) this.#ofRows.value++;
    this.#areRowsChanged = false;
    this.#all.value++;
  }
}
