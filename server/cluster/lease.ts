/**
 * Decides when a process tries to lead. The log itself is the lease: the last entry that begins an
 * epoch says who leads. The leader's heartbeats only say that it lives, so that no other process
 * tries. Reads no clock: each method takes the time.
 *
 * @module
 */

import type { Entry, Life } from "./messages.ts";

/** The least silence of the leader after which other processes try to lead, in milliseconds. */
const SILENCE_MS = 750;
/**
 * The longest random time that a process adds to {@linkcode SILENCE_MS}, so that two processes
 * rarely try at the same time.
 */
const SPREAD_MS = 200;
/**
 * The additional time for which others wait for the first sign of a new leader, in milliseconds.
 * The new leader first makes a second state, and does nothing else meanwhile.
 */
const TAKEOVER_MS = 4000;
/**
 * The time that a process waits after the leader has left, in milliseconds, so that the leader's
 * last entry comes first.
 */
const LEFT_MS = 20;
/** The longest random time that a process adds to {@linkcode LEFT_MS}, in milliseconds. */
const LEFT_SPREAD_MS = 100;
/** The time without heartbeats after which a leader counts as silent, in milliseconds. */
const SILENT_MS = 1000;

/** The view that a process has of the leader. */
export class Lease {
  readonly #random: () => number;
  /** The present epoch; 0 before the first. */
  epoch: number;
  /** The process that leads in this epoch; undefined before the first. */
  leader: Life | undefined;
  /** The process that has left last. */
  gone: Life | undefined;
  #heardAt: number;
  #patience: number;
  /** The latest epoch that {@linkcode Lease.begin} has noted; 0 if there was none. */
  #beginning = 0;
  /** The time for which the leader could append nothing when it was last heard, in milliseconds. */
  #waitsMs = 0;

  /**
   * Begins at `now` with the leader that an earlier entry has named. `random` returns a number from
   * 0 to below 1.
   */
  constructor(
    now: number,
    random: () => number,
    { epoch, leader }: { readonly epoch: number; readonly leader: Life | undefined },
  ) {
    this.epoch = epoch;
    this.leader = leader;
    this.#random = random;
    this.#heardAt = now;
    this.#patience = this.#draw();
  }

  /** Takes an entry that was applied. */
  applied({ epoch, leader, begins }: Entry, now: number): void {
    if (begins) {
      this.epoch = epoch;
      this.leader = leader;
    }
    this.#waitsMs = 0;
    this.wait(now);
    if (begins && epoch === this.#beginning) this.#patience += TAKEOVER_MS;
  }

  /** Takes a heartbeat of `epoch`, whose leader has waited for the log for `waitsMs`. */
  heard(epoch: number, waitsMs: number, now: number): void {
    if (epoch < this.epoch) return;
    this.#waitsMs = waitsMs;
    this.wait(now);
  }

  /** Notes that `epoch` is beginning just now. The entry that begins it may be applied later. */
  begin(epoch: number): void {
    this.#beginning = epoch;
  }

  /** Measures the leader's silence anew, from `now` on. */
  wait(now: number): void {
    this.#heardAt = now;
    this.#patience = this.#draw();
  }

  /** Notes that a process has left, so that nobody waits for it if it leads. */
  left(life: Life, now: number): void {
    this.gone = life;
    if (life !== this.leader) return;
    this.#patience = this.silence(now) + LEFT_MS + this.#random() * LEFT_SPREAD_MS;
  }

  /** Notes that no messages could come until now, so that the leader's silence means nothing. */
  wasDeaf(now: number): void {
    this.#patience = Math.max(this.#patience, this.silence(now) + this.#draw());
  }

  /** Returns the time since the leader was last heard, in milliseconds. */
  silence(now: number): number {
    return now - this.#heardAt;
  }

  /**
   * Returns the time, in milliseconds, for which the leader has been unable to decide for this
   * process: the leader is silent, or the log takes nothing from it. Returns 0 if the leader can
   * decide.
   */
  cutOffMs(now: number): number {
    const silence = this.silence(now);
    return silence > SILENT_MS ? silence : this.#waitsMs;
  }

  /** Returns true if the leader has been silent for so long that this process must try to lead. */
  isOver(now: number): boolean {
    return this.silence(now) > this.#patience;
  }

  #draw(): number {
    return SILENCE_MS + this.#random() * SPREAD_MS;
  }
}

/** Returns the entry that begins an epoch. */
export function beginning(epoch: number, leader: Life): Entry {
  const nothing = { events: [], answered: new Map(), attached: new Map(), buried: [] };
  return { epoch, leader, begins: true, ...nothing };
}
