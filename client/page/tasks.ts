/**
 * The tasks that take some time, such as uploads, as the user sees them. Does not know what they
 * do.
 *
 * @module
 */

/** A task. */
export interface Task {
  /** The sentence about it. */
  readonly text: string;
  /** The part that is done, in percent. */
  percent: number;
  /** Called when the user ends it early. */
  readonly cancel: () => void;
}

/** The tasks that have not ended. */
export class Tasks {
  /** The tasks, the oldest first. */
  readonly all = new Set<Task>();
  readonly #changed: () => void;

  /** Begins without tasks; calls `changed` after each change. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Adds a task. */
  begin(task: Task): void {
    this.all.add(task);
    this.#changed();
  }

  /** Records how much of a task is done. */
  progress(task: Task, percent: number): void {
    task.percent = Math.floor(percent);
    this.#changed();
  }

  /** Removes a task. */
  end(task: Task): void {
    this.all.delete(task);
    this.#changed();
  }
}
