/**
 * Shares the server's time fairly among its clients. Each client, and each address, has a budget of
 * time for its commands. A client is served at once if it and its address are within their budgets.
 * A client beyond a budget is served at once, too, unless the current turn has already taken long:
 * then it waits for the next turn, so that other clients are served first.
 *
 * Here, a turn is the time between two moments at which the runtime has looked for input at all
 * sockets. It may contain several turns of the event loop: in each of them, the runtime may read
 * from one socket again, and run callbacks after that. The times of long commands are added up over
 * all of them.
 *
 * The module measures time by a clock that cannot be set, and does not know commands.
 *
 * @module
 */

import { nextTick } from "node:process";
import type { Cancel } from "../../shared/clock.ts";
import { afterInput } from "../../shared/turns.ts";
import { networkOf } from "../../shared/ip.ts";

/**
 * The time of one turn after which clients beyond their budgets wait for the next turn, in
 * milliseconds.
 */
const TURN_MS = 5;
/**
 * The time, in milliseconds, above which an action is long. The times of short actions count only
 * until the next read, unless work waits for the next turn anyway. If they counted for longer,
 * clients would wait for turns, and each wait costs more than these actions.
 */
const LONG_MS = 0.2;
/**
 * The largest number of times that a timer is set, one after another, to wait for the next turn; see
 * {@linkcode afterInput}.
 */
const TIMERS = 3;
/** The time that a client or an address may use at once, in milliseconds. */
const BURST_MS = 10;
/** The time that a client may use in each second on average, in milliseconds. */
const CLIENT_MS_PER_SECOND = 100;
/** The time that all clients of one address may use in each second on average, in milliseconds. */
const ADDRESS_MS_PER_SECOND = 250;
/**
 * The largest use that is remembered, in milliseconds. As some use is forgotten in each second, each
 * client is within its budget again after ten seconds at the latest.
 */
const DEBT_MS = 1000;
/**
 * The largest number of remembered addresses. The address that connected longest ago is forgotten.
 */
const ADDRESSES = 10_000;

/** The parts of {@linkcode Budgets}; by default, the clock and the event loop of the machine. */
export interface BudgetParts {
  /** Returns a time in milliseconds, for measuring durations. */
  readonly now?: () => number;
  /** Runs an action in the next turn, after its input. */
  readonly nextTurn?: (action: () => void) => Cancel;
  /** Runs an action after the callbacks that run now, before the next read. */
  readonly atEnd?: (action: () => void) => void;
  /**
   * Returns the estimated time of the writes that the actions so far have postponed to the next
   * commit, in milliseconds. The actions are charged for it.
   */
  readonly leftMs?: () => number;
}

/** The recent use of time by a client or an address. */
export class Usage {
  readonly #perSecond: number;
  #ms = 0;
  #at = 0;

  /** Starts without use. In each second, `perSecond` milliseconds of use are forgotten. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Counts `ms` milliseconds of use, which ends now. */
  add(ms: number, now: number): void {
    this.#ms = Math.min(DEBT_MS, this.#left(now) + ms);
    this.#at = now;
  }

  /** Returns true if the recent use is beyond the budget. */
  isOver(now: number): boolean {
    return this.#ms > BURST_MS && this.#left(now) > BURST_MS;
  }

  #left(now: number): number {
    return Math.max(0, this.#ms - (now - this.#at) * this.#perSecond / 1000);
  }
}

/** The budgets of all clients of one server. */
export class Budgets {
  readonly #now: () => number;
  readonly #nextTurn: (action: () => void) => Cancel;
  readonly #atEnd: (action: () => void) => void;
  readonly #leftMs: () => number;
  readonly #addresses = new Map<string, Usage>();
  /** The time used since the last read or, while a turn is due, since earlier reads. */
  #used = 0;
  /** The time of the long actions of this turn, in milliseconds. */
  #usedLong = 0;
  /**
   * The end of the last action, while the callbacks after the same read still run. The next action
   * is timed from there, not from its own start. That includes the parsing of its line, and saves a
   * look at the clock, which costs a tenth of a command.
   */
  #mark: number | undefined;
  /** The time of the writes that were postponed when the last action ended. */
  #left = 0;
  #cancelTurn: Cancel | undefined;
  /** The waiting work of clients within their own budgets. */
  #modest: (() => void)[] = [];
  /** The waiting work of clients beyond their own budgets. */
  #greedy: (() => void)[] = [];

  /** Makes budgets that are not used yet. */
  constructor(parts: BudgetParts = {}) {
    const { now = () => performance.now(), nextTurn = nextInput, atEnd = nextTick } = parts;
    const { leftMs = () => 0 } = parts;
    this.#now = now;
    this.#nextTurn = nextTurn;
    this.#atEnd = atEnd;
    this.#leftMs = leftMs;
  }

  /** Returns the budget of a new client at `address`. */
  open(address: string): Budget {
    return new Budget(this, this.#usageOf(networkOf(address)));
  }

  /** Runs `action` and counts its time for each of `usages`. */
  run(usages: readonly Usage[], action: () => void): void {
    const start = this.#mark ?? this.#begin();
    try {
      action();
    } finally {
      const end = this.#mark = this.#now();
      const ms = end - start + this.#newlyLeft();
      for (const usage of usages) usage.add(ms, end);
      this.#used += ms;
      if (ms > LONG_MS) this.#usedLong += ms;
      if (this.#usedLong > TURN_MS) this.#schedule();
    }
  }

  /** Returns the time of the writes that the last action has postponed. */
  #newlyLeft(): number {
    const before = this.#left;
    this.#left = this.#leftMs();
    // A commit may have come in between, so that the time is less than before.
    return Math.max(0, this.#left - before);
  }

  /** Returns the time at which the first action after a read begins. */
  #begin(): number {
    this.#atEnd(this.#endRead);
    return this.#now();
  }

  readonly #endRead = (): void => {
    this.#mark = undefined;
    // If work waits for the next turn, that turn sets the time to 0, in `#turn`.
    if (!this.#cancelTurn) this.#used = 0;
  };

  /** Returns true if a client with these usages, its own first, must wait for the next turn. */
  mustWait(usages: readonly Usage[]): boolean {
    if (Math.max(this.#used, this.#usedLong) <= TURN_MS) return false;
    const now = this.#now();
    return usages.some((usage) => usage.isOver(now));
  }

  /** Calls `action` in a later turn; clients within their own budgets come first. */
  later(own: Usage, action: () => void): void {
    (own.isOver(this.#now()) ? this.#greedy : this.#modest).push(action);
    this.#schedule();
  }

  /** Cancels the turn that is due. Called after the last client has left. */
  close(): void {
    this.#cancelTurn?.();
  }

  #schedule(): void {
    this.#cancelTurn ??= this.#nextTurn(() => this.#turn());
  }

  #turn(): void {
    this.#cancelTurn = undefined;
    this.#used = 0;
    this.#usedLong = 0;
    // Work that is added meanwhile comes after the work that already waits.
    const [modest, greedy] = [this.#modest, this.#greedy];
    this.#modest = [];
    this.#greedy = [];
    let served = 0;
    const waiting = [...modest, ...greedy];
    while (served < waiting.length && this.#used <= TURN_MS) waiting[served++]?.();
    this.#modest = [...modest.slice(served), ...this.#modest];
    this.#greedy = [...greedy.slice(Math.max(0, served - modest.length)), ...this.#greedy];
    if (this.#modest.length + this.#greedy.length > 0) this.#schedule();
  }

  #usageOf(key: string): Usage {
    const usage = this.#addresses.get(key) ?? new Usage(ADDRESS_MS_PER_SECOND);
    this.#addresses.delete(key);
    this.#addresses.set(key, usage);
    const [oldest = key] = this.#addresses.keys();
    if (this.#addresses.size > ADDRESSES) this.#addresses.delete(oldest);
    return usage;
  }
}

/**
 * Runs `action` in the next turn, as a microtask: the promise that it resolves then continues the
 * client's loop over its lines before the outboxes are flushed.
 */
function nextInput(action: () => void): Cancel {
  return afterInput(() => queueMicrotask(action), TIMERS);
}

/** The budget of one client. */
export class Budget {
  readonly #budgets: Budgets;
  readonly #own = new Usage(CLIENT_MS_PER_SECOND);
  readonly #usages: readonly Usage[];

  /**
   * Makes the budget of a client; `address` is the use by all clients of the client's address. See
   * {@linkcode Budgets.open}.
   */
  constructor(budgets: Budgets, address: Usage) {
    this.#budgets = budgets;
    this.#usages = [this.#own, address];
  }

  /**
   * Runs `action` at once if the client need not wait. Otherwise, returns a promise that resolves
   * after `action` has run.
   */
  run(action: () => void): Promise<void> | undefined {
    if (this.#budgets.mustWait(this.#usages)) return this.next(action);
    this.#budgets.run(this.#usages, action);
    return undefined;
  }

  /** Runs `action` in a later turn, after the lines that others have sent meanwhile were handled. */
  next(action: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#budgets.later(this.#own, () => {
        try {
          this.#budgets.run(this.#usages, action);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}
