/**
 * Announces changes of the state to the component that shows it: as a rule, once before each frame
 * at most. Does not know what is shown.
 *
 * @module
 */

/** The changes of the state. */
export class Changes {
  readonly #beforeFrame: (draw: () => void) => void;
  #draw = (): void => {};
  #ofRows = 0;
  #isScheduled = false;

  /** Begins without changes. `beforeFrame` calls a function before the next frame. */
  constructor(beforeFrame: (draw: () => void) => void) {
    this.#beforeFrame = beforeFrame;
  }

  /** The number of changes that concern messages that are shown already. */
  get ofRows(): number {
    return this.#ofRows;
  }

  /** Calls `draw` at each announcement from now on; returns a function that ends that. */
  follow(draw: () => void): () => void {
    this.#draw = draw;
    return () => this.#draw = () => {};
  }

  /** Announces a change before the next frame, so that many events are drawn once. */
  changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#beforeFrame(() => this.#announce());
  }

  /** Announces a change that concerns messages that are shown already. */
  changedRows(): void {
    this.#ofRows++;
    this.changed();
  }

  /** As {@linkcode changedRows}, but announces at the end of this turn, and waits for no frame. */
  changedRowsNow(): void {
    this.#ofRows++;
    queueMicrotask(() => this.#announce());
  }

  #announce(): void {
    this.#isScheduled = false;
    this.#draw();
  }
}
