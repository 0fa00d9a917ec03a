/**
 * Makes the time a parameter: code that waits or needs the time takes a {@linkcode Clock}, so that
 * tests set the time themselves and never sleep. A clock has two kinds of time. The time of day is
 * for people, and for what outlasts the process; it can be wrong, and leaps when it is corrected.
 * Durations are measured between two {@linkcode Moment}s, which never leap.
 *
 * @module
 */

/** Cancels a timer; does nothing when called again or too late. */
export type Cancel = () => void;

/**
 * A moment in the life of this process. Only the time between two moments means anything. Time in
 * which the process was stopped does not count, because the process could not read any input then.
 */
export class Moment {
  /** Milliseconds since an arbitrary beginning. */
  readonly ms: number;
  readonly #stoppedMs: number;

  /**
   * Creates the moment at which the process has run for `ms` milliseconds since the beginning, and
   * has been stopped for `stoppedMs`.
   */
  constructor(ms: number, stoppedMs = 0) {
    this.ms = ms;
    this.#stoppedMs = stoppedMs;
  }

  /** Returns the time since `earlier`, in milliseconds; 0 if `earlier` is later. */
  since(earlier: Moment): number {
    return Math.max(0, this.ms - earlier.ms);
  }

  /**
   * Returns the time since `earlier` in milliseconds, including the time in which the process did
   * not run.
   */
  allSince(earlier: Moment): number {
    return this.ms - earlier.ms + this.#stoppedMs - earlier.#stoppedMs;
  }

  /** Returns the moment `ms` milliseconds later. */
  plus(ms: number): Moment {
    return new Moment(this.ms + ms, this.#stoppedMs);
  }
}

/** A clock with timers. */
export interface Clock {
  /** Returns the time of day, in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Returns the present moment, for durations. */
  moment(): Moment;
  /** Runs `action` once, `ms` milliseconds from now. */
  after(ms: number, action: () => void): Cancel;
  /** Runs `action` every `ms` milliseconds. */
  every(ms: number, action: () => void): Cancel;
}

/** Resolves `ms` milliseconds from now. */
export function pause(clock: Pick<Clock, "after">, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/**
 * A timer that is late by at least this time, in milliseconds, shows that the process was stopped:
 * by a signal, together with its virtual machine, or by one long task.
 */
const STOPPED_MS = 1000;

/**
 * Measures the time in which the process runs. A timer that fires late shows that the process was
 * stopped; see {@linkcode RunningTime.beats}.
 */
export class RunningTime {
  readonly #now: () => number;
  #stopped = 0;
  /** For each timer, the time at which its next beat is due. */
  readonly #due = new Set<{ at: number }>();
  /** The earliest of these times. */
  #earliest = Infinity;

  /** Measures by `now`, which returns milliseconds and never leaps. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the present moment. */
  moment(): Moment {
    const now = this.#now();
    if (now - this.#earliest >= STOPPED_MS) this.#noteStop(now);
    return new Moment(now - this.#stopped, this.#stopped);
  }

  #noteStop(now: number): void {
    this.#stopped += now - this.#earliest;
    for (const beat of this.#due) beat.at = Math.max(beat.at, now);
    this.#findEarliest();
  }

  #findEarliest(): void {
    this.#earliest = Infinity;
    for (const { at } of this.#due) this.#earliest = Math.min(this.#earliest, at);
  }

  /**
   * Begins to expect a call of `beat` every `ms` milliseconds, until `end` is called. If a beat
   * comes a second late or more, the process counts as stopped from the time at which the beat was
   * due.
   */
  beats(ms: number): { beat(): void; end(): void } {
    const next = { at: this.#now() + ms };
    this.#due.add(next);
    this.#findEarliest();
    return {
      beat: () => {
        this.moment();
        next.at = this.#now() + ms;
        this.#findEarliest();
      },
      end: () => {
        this.#due.delete(next);
        this.#findEarliest();
      },
    };
  }
}

const running = new RunningTime(() => performance.now());

/** One object for each timer of {@linkcode systemClock} that is set. */
const timers = new Set<object>();

/** Returns the number of timers of {@linkcode systemClock} that are set. */
export function countTimers(): number {
  return timers.size;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  moment: () => running.moment(),
  after(ms, action) {
    const due = running.moment().plus(ms);
    const set = {};
    const ring = () => {
      const left = due.since(running.moment());
      // The time in which the process was stopped does not count: the timer is set again for as
      // long, because lines of the peer may be waiting to be read.
      if (left >= STOPPED_MS / 2) {
        timer = setTimeout(ring, left);
        return;
      }
      timers.delete(set);
      action();
    };
    let timer = setTimeout(ring, ms);
    timers.add(set);
    return () => {
      clearTimeout(timer);
      timers.delete(set);
    };
  },
  every(ms, action) {
    const beats = running.beats(ms);
    const timer = setInterval(() => {
      beats.beat();
      action();
    }, ms);
    timers.add(beats);
    return () => {
      clearInterval(timer);
      timers.delete(beats);
      beats.end();
    };
  },
};
