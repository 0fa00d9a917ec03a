/**
 * The world of a simulation: virtual time, a queue of steps that are due at certain times, and the
 * seeded random numbers that decide what happens. A run with the same seed takes the same steps.
 *
 * @module
 */

import { type Cancel, type Clock, Moment } from "../../shared/clock.ts";
import { Random } from "../support/random.ts";

/** The time of day at which each simulation begins. */
const START = Date.UTC(2026, 0, 1);
/** The number of microtasks that may run after each step while a promise is awaited. */
const MICROTASKS = 30;

interface Step {
  readonly at: number;
  /** The order of steps at the same time. */
  readonly order: number;
  readonly action: () => void;
  isCanceled: boolean;
}

/** Virtual time, and the steps that are due later. */
export class World {
  readonly random: Random;
  /** The time since the beginning, in milliseconds. */
  now = 0;
  /** The number of steps that have run. */
  steps = 0;
  /** Waits until the work that follows settled promises has run. */
  settle: () => Promise<void> = settleMicrotasks;
  /**
   * Returns true while work waits for a promise. Each step is then followed by {@linkcode settle}.
   */
  isAwaiting: () => boolean = () => false;
  /** A binary heap, the first step on top. */
  readonly #queue: Step[] = [];
  #order = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** Runs `action` as a step in `ms` milliseconds of virtual time. */
  after(ms: number, action: () => void): Cancel {
    const step = { at: this.now + ms, order: this.#order++, action, isCanceled: false };
    this.#push(step);
    return () => {
      step.isCanceled = true;
    };
  }

  /** Runs the steps up to the time `end`. */
  async run(end: number): Promise<void> {
    for (let step = this.#queue[0]; step && step.at <= end; step = this.#queue[0]) {
      this.#pop();
      if (step.isCanceled) continue;
      this.now = step.at;
      this.steps++;
      step.action();
      if (this.isAwaiting()) await this.settle();
    }
    this.now = Math.max(this.now, end);
  }

  /** Returns true with the probability `chance`. */
  isLucky(chance: number): boolean {
    return this.random.next() < chance;
  }

  /** Returns a number from `from` to below `to`. */
  between(from: number, to: number): number {
    return from + this.random.next() * (to - from);
  }

  #push(step: Step): void {
    const queue = this.#queue;
    let at = queue.length;
    for (; at > 0; at = (at - 1) >> 1) {
      const parent = queue[(at - 1) >> 1];
      if (parent === undefined || isBefore(parent, step)) break;
      queue[at] = parent;
    }
    queue[at] = step;
  }

  #pop(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (last === undefined || queue.length === 0) return;
    let at = 0;
    for (;;) {
      const left = queue[2 * at + 1];
      const right = queue[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(last, child)) break;
      queue[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    queue[at] = last;
  }
}

async function settleMicrotasks(): Promise<void> {
  for (let left = MICROTASKS; left > 0; left--) await undefined;
}

function isBefore(one: Step, other: Step): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** The clock of one node, whose time of day is wrong by `skew` milliseconds. */
export class NodeClock implements Clock {
  readonly #world: World;
  readonly #skew: number;
  /** Runs an action of the node, unless it is dead. */
  readonly #run: (action: () => void) => void;

  constructor(world: World, skew: number, run: (action: () => void) => void) {
    this.#world = world;
    this.#skew = skew;
    this.#run = run;
  }

  now(): number {
    return Math.floor(START + this.#world.now) + this.#skew;
  }

  moment(): Moment {
    return new Moment(this.#world.now);
  }

  after(ms: number, action: () => void): Cancel {
    return this.#world.after(ms, () => this.#run(action));
  }

  every(ms: number, action: () => void): Cancel {
    let cancel: Cancel = () => {};
    const again = (): void => {
      cancel = this.after(ms, () => {
        action();
        again();
      });
    };
    again();
    return () => cancel();
  }
}

/**
 * The largest number of calls in the stack of an error. Commands throw many errors, and collecting
 * calls takes long.
 */
const STACK = 3;

/** Makes `performance.now` return the time of `world`, until it is disposed of. */
export function holdTime(world: Pick<World, "now">): Disposable {
  const { performance } = globalThis;
  const real = performance.now;
  const { stackTraceLimit } = Error;
  performance.now = () => world.now;
  Error.stackTraceLimit = STACK;
  return {
    [Symbol.dispose]() {
      performance.now = real;
      Error.stackTraceLimit = stackTraceLimit;
    },
  };
}
