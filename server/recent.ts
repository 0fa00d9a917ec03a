/**
 * What happened last, up to a number: older things are forgotten as newer ones come.
 *
 * @module
 */

/** The latest of something by its id, as those see it who may not change it. */
export interface RecentView<Value> {
  /** What is remembered by that name. */
  get(id: string): Value | undefined;
}

/** Remembers the latest `limit` of something, each by an id of its own. */
export class Recent<Value> implements RecentView<Value> {
  readonly #limit: number;
  readonly #values = new Map<string, Value>();

  /** Remembers nothing yet. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(id: string): Value | undefined {
    return this.#values.get(id);
  }

  /** Remembers `value`, and forgets the oldest if there are too many. */
  add(id: string, value: Value): void {
    this.#values.set(id, value);
    if (this.#values.size <= this.#limit) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      return;
    }
  }

  /** Forgets what goes by that id. */
  delete(id: string): void {
    this.#values.delete(id);
  }
}
