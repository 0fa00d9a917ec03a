/**
 * A client of the soak that sends PING all the time, and measures how long it waits for the answer.
 */

import { passed } from "./kill_loop.ts";
import type { Guest } from "./soak_guest.ts";

const PAUSE_MS = 25;

/** The times that a client waited for the answers to its PINGs, in milliseconds. */
export interface Waits {
  readonly p50: number;
  readonly p999: number;
  readonly max: number;
  /** The processor time of the server during the longest wait. */
  readonly maxCpu: number;
  /**
   * The longest delay of a timer of the clients: a wait of this length may be due to the machine.
   */
  readonly late: number;
}

/** Measures the waits of one round. */
export class Probe {
  readonly #waits: number[] = [];
  readonly #cpuMs: () => number;
  #max = 0;
  #maxCpu = 0;
  #late = 0;

  /** Measures a server; `cpuMs` returns the processor time that it has used, in milliseconds. */
  constructor(cpuMs: () => number) {
    this.#cpuMs = cpuMs;
  }

  /** Sends PING once, and pauses. */
  async measure(guest: Guest): Promise<void> {
    const cpuBefore = this.#cpuMs();
    const start = performance.now();
    await guest.barrier();
    const wait = performance.now() - start;
    if (wait > this.#max) this.#maxCpu = this.#cpuMs() - cpuBefore;
    this.#max = Math.max(this.#max, wait);
    this.#waits.push(wait);
    const pauseStart = performance.now();
    await passed(PAUSE_MS);
    this.#late = Math.max(this.#late, performance.now() - pauseStart - PAUSE_MS);
  }

  /** Returns what was measured. */
  waits(): Waits {
    const sorted = this.#waits.toSorted((a, b) => a - b);
    const percentile = (part: number) => sorted[Math.floor(sorted.length * part)] ?? NaN;
    return {
      p50: percentile(0.5),
      p999: percentile(0.999),
      max: this.#max,
      maxCpu: this.#maxCpu,
      late: this.#late,
    };
  }
}
