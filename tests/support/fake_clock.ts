import type { Cancel, Clock } from "../../shared/clock.ts";

interface Alarm {
  at: number;
  readonly action: () => void;
  readonly every?: number;
}

/** A clock that stands still until a test advances it. */
export class FakeClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): Cancel {
    return this.#set({ at: this.#now + ms, action });
  }

  every(ms: number, action: () => void): Cancel {
    return this.#set({ at: this.#now + ms, action, every: ms });
  }

  /** Moves time on by `ms` milliseconds and runs the actions that fall due, in their order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let alarm = this.#due(end); alarm; alarm = this.#due(end)) {
      this.#now = alarm.at;
      if (alarm.every === undefined) this.#alarms.delete(alarm);
      else alarm.at += alarm.every;
      alarm.action();
    }
    this.#now = end;
  }

  /** Moves time on by `ms` milliseconds and postpones all alarms, as on a machine that slept. */
  sleep(ms: number): void {
    this.#now += ms;
    for (const alarm of this.#alarms) alarm.at += ms;
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
