import { type Cancel, type Clock, Moment } from "../../shared/clock.ts";

interface Alarm {
  at: number;
  readonly action: () => void;
  readonly every?: number;
}

/**
 * A clock that stands still until a test advances it. Like the real clock, it knows how long the
 * process was stopped.
 */
export class FakeClock implements Clock {
  /** The time of day at the beginning, plus all that it was turned since, in milliseconds. */
  #start: number;
  /**
   * The time that has passed, in milliseconds, without the time for which the process was stopped.
   */
  #passed = 0;
  /** The time for which the process was stopped, in milliseconds. */
  #stopped = 0;
  readonly #alarms = new Set<Alarm>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#start = now;
  }

  now(): number {
    return this.#start + this.#passed + this.#stopped;
  }

  moment(): Moment {
    return new Moment(this.#passed, this.#stopped);
  }

  after(ms: number, action: () => void): Cancel {
    return this.#set({ at: this.#passed + ms, action });
  }

  every(ms: number, action: () => void): Cancel {
    return this.#set({ at: this.#passed + ms, action, every: ms });
  }

  /** Moves time on by `ms` milliseconds and runs the actions that fall due, in their order. */
  advance(ms: number): void {
    const end = this.#passed + ms;
    for (let alarm = this.#due(end); alarm; alarm = this.#due(end)) {
      this.#passed = alarm.at;
      if (alarm.every === undefined) this.#alarms.delete(alarm);
      else alarm.at += alarm.every;
      alarm.action();
    }
    this.#passed = end;
  }

  /**
   * Turns the time of day by `ms` milliseconds, as on a machine that slept or whose clock is set.
   */
  turn(ms: number): void {
    this.#start += ms;
  }

  /** Lets `ms` milliseconds pass in which the process does not run. */
  stall(ms: number): void {
    this.#stopped += ms;
  }

  /** The number of alarms that are set. */
  get pending(): number {
    return this.#alarms.size;
  }

  #set(alarm: Alarm): Cancel {
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  #due(end: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= end && (!first || alarm.at < first.at)) first = alarm;
    }
    return first;
  }
}
