/**
 * A node of a cluster: its disk, and the process that runs on it, if one does. A process can be
 * killed between any two steps, and stopped.
 *
 * @module
 */

import type { EdgeClient } from "../../server/cluster/edge_client.ts";
import type { Fact } from "./reference.ts";
import type { Mistakes } from "./mistakes.ts";
import type { StoreChange } from "./model_store.ts";
import type { Nats } from "./nats.ts";
import { NodeProcess, type Saved } from "./node_process.ts";
import type { Peer } from "./peer.ts";
import type { World } from "./world.ts";

/** The error that is thrown at the point at which a process is killed. */
class Killed extends Error {}

/** The parts of a {@linkcode Node}. */
export interface NodeParts {
  readonly name: string;
  readonly world: World;
  readonly nats: Nats;
  readonly records: readonly StoreChange[];
  readonly mistakes: Mistakes;
  /** Takes violations of the promises of a cluster. */
  readonly violated: (text: string) => void;
  readonly onFact: (fact: Fact) => void;
  /** Returns what another node has saved, if there is one that can be reached. */
  readonly copyFor: (name: string) => Saved | undefined;
}

/** A node. */
export class Node {
  readonly name: string;
  /** The difference between its time of day and the true one, in milliseconds. */
  readonly skew: number;
  process: NodeProcess | undefined;
  readonly #parts: NodeParts;
  #saved: Saved;
  /** The number of identities of processes so far, and the number of processes. */
  #lives = 0;
  #boot = 0;
  /** The number of crash points until the process is killed; 0 if no kill is planned. */
  #stepsToLive = 0;
  #isStopped = false;
  /** The time for which the present process was stopped. */
  #stoppedMs = 0;
  #stoppedAt = 0;
  #inbox: (() => void)[] = [];

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.skew = Math.floor(parts.world.between(-3000, 3000));
    this.#saved = { entries: [], disk: { changes: [...parts.records] } };
  }

  /** True if a process runs and is not stopped. */
  get isRunning(): boolean {
    return this.process !== undefined && !this.#isStopped;
  }

  /** The time by a clock that does not count the time for which the process was stopped. */
  get ownTime(): number {
    const { now } = this.#parts.world;
    return now - this.#stoppedMs - (this.#isStopped ? now - this.#stoppedAt : 0);
  }

  /** The contents of the disk. */
  get saved(): Saved {
    return this.process?.saved ?? this.#saved;
  }

  /** Returns the identity of a process that did not run before. */
  nextLife(): string {
    return `${this.name}.${++this.#lives}`;
  }

  /** Starts a process, if none runs. */
  start(): void {
    if (this.process) return;
    const life = this.nextLife();
    const boot = ++this.#boot;
    this.#stepsToLive = 0;
    this.#stoppedMs = 0;
    this.process = new NodeProcess({
      ...this.#parts,
      life,
      node: this,
      saved: this.#saved,
      crashPoint: () => this.#crashPoint(),
      fellBehind: () => this.#copyFrom(),
      run: (action) => this.#run(boot, action),
    });
    this.process.start();
  }

  /** Runs a step of a process: later while it is stopped, and never if it is gone. */
  #run(boot: number, step: () => void): void {
    if (!this.process || this.#boot !== boot) return;
    if (this.#isStopped) {
      this.#inbox.push(() => this.#run(boot, step));
      return;
    }
    try {
      this.#crashPoint();
      step();
    } catch (error) {
      if (error instanceof Killed) return this.kill();
      this.#parts.violated(`${this.name} fails: ${error instanceof Error ? error.stack : error}`);
      this.kill();
    }
  }

  /** Lets the process be killed after a few steps. */
  killSoon(steps: number): void {
    if (this.process) this.#stepsToLive = steps;
  }

  /** Ends all faults of the node. */
  heal(): void {
    this.#stepsToLive = 0;
    this.continue();
    this.start();
  }

  #crashPoint(): void {
    if (this.#stepsToLive > 0 && --this.#stepsToLive === 0) throw new Killed();
  }

  /** Kills the process, if one runs. What it has not committed to its disk is lost. */
  kill(): void {
    const { process } = this;
    if (!process) return;
    this.process = undefined;
    this.#isStopped = false;
    this.#inbox = [];
    this.#saved = process.saved;
    process.end();
  }

  /** Ends the process, if one runs, as its operator does. */
  leave(): void {
    if (this.isRunning) this.process?.leave();
    this.kill();
  }

  /** Kills the process, and empties the disk. */
  wipe(): void {
    this.kill();
    this.#saved = { entries: [], disk: { changes: [...this.#parts.records] } };
  }

  /** Stops the process, as SIGSTOP does. */
  stop(): void {
    if (!this.isRunning) return;
    this.#isStopped = true;
    this.#stoppedAt = this.#parts.world.now;
  }

  /** Continues the process. What has come meanwhile is taken in any order. */
  continue(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    const { world } = this.#parts;
    this.#stoppedMs += world.now - this.#stoppedAt;
    const inbox = this.#inbox;
    this.#inbox = [];
    while (inbox.length > 0) {
      const at = world.isLucky(0.7) ? 0 : world.random.below(inbox.length);
      for (const step of inbox.splice(at, 1)) step();
    }
  }

  /** Copies what another node has saved, if that is more. */
  #copyFrom(): void {
    const { world, copyFor } = this.#parts;
    const process = this.process;
    world.after(world.between(5, 50), () => {
      const saved = copyFor(this.name);
      const isMore = saved && saved.entries.length > (process?.entries.length ?? 0);
      if (isMore && process && this.process === process && !this.#isStopped) this.restore(saved);
    });
  }

  /** Kills the process, replaces the contents of the disk by `saved`, and starts a new process. */
  restore(saved: Saved): void {
    this.kill();
    this.#saved = saved;
    this.start();
  }

  /** Connects a client; returns `undefined` if no process accepts it. */
  connect(peer: Peer, certificate: string | undefined): EdgeClient | undefined {
    return this.isRunning ? this.process?.connect(peer, certificate) : undefined;
  }
}
