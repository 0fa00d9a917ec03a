/**
 * Keeps the state of a server of a cluster in a file, so that the server can start again, and
 * copies it for other servers. Removes entries of the cluster's log that no server needs any more.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import type { Context } from "../core/context.ts";
import { stateEvents } from "../core/state_events.ts";
import { makeCopy } from "./copies.ts";
import type { Copy } from "./copy_questions.ts";
import type { Start } from "./joining.ts";
import type { NatsBus } from "./nats_bus.ts";
import { NeededEntries } from "./needed_entries.ts";
import type { Standing } from "./standing.ts";
import { encodeState, keepState, type KeptState } from "./state_file.ts";

/** The interval at which the state is kept, in milliseconds. */
const KEEP_MS = 30_000;
/** The time that another server has to start after it got a copy from this one, in milliseconds. */
const START_MS = 60_000;

/** The parts of a {@linkcode StateKeeper}. */
export interface StateKeeperParts {
  /** The folder of the server. */
  readonly data: string;
  /** The context that delivers. */
  readonly context: Context;
  /** The fingerprint of the certificate, if the server has one. */
  readonly certificate: string | undefined;
  /** The state with which the server started. */
  readonly start: Start;
  /** Returns how far the server has followed the cluster's log. */
  readonly standing: () => Standing;
  /** Returns the number of the last entry that no server needs any more; 0 if it is not known. */
  readonly neededAfter: () => number;
  /** The connection with the cluster. */
  readonly bus: Pick<NatsBus, "purge">;
  /** The clock. */
  readonly clock: Clock;
  /** The log of the program. */
  readonly log: Log;
}

/** Keeps the state of a server. */
export class StateKeeper {
  readonly #parts: StateKeeperParts;
  readonly #needed: NeededEntries;
  /** Settles once the state is kept. */
  #keeping: Promise<void> = Promise.resolve();
  #stop: () => void = () => {};

  /** Creates a keeper, which keeps nothing until {@linkcode StateKeeper.begin}. */
  constructor(parts: StateKeeperParts) {
    this.#parts = parts;
    this.#needed = new NeededEntries(parts.start.standing.seq);
  }

  /** The number of the last entry that this server does not need any more. */
  get neededAfter(): number {
    return this.#needed.after;
  }

  /** Keeps the state now, if it was not kept before, and then at intervals. */
  async begin(): Promise<void> {
    const { clock, data, start } = this.#parts;
    // A server that has just founded the log keeps its first state, so that it can start again.
    if (!start.state) await keepState(data, await encodeState(this.#state()));
    this.#stop = clock.every(KEEP_MS, () => void this.#keepNext());
  }

  /** Keeps the state for the last time. Never rejects. */
  async end(): Promise<void> {
    this.#stop();
    await this.#keepNext();
  }

  /**
   * Makes a copy for another server. Until that server has had time to start, the log also keeps
   * the entries after the copy.
   */
  async copy(): Promise<Copy> {
    const { clock, data } = this.#parts;
    const state = this.#state();
    const release = this.#needed.copy(state.standing.seq);
    try {
      const copy = await makeCopy(data, state);
      const done = () => {
        copy.done();
        clock.after(START_MS, release);
      };
      return { ...copy, done };
    } catch (error) {
      release();
      throw error;
    }
  }

  #state(): KeptState {
    const { certificate, context: { network, server, store }, standing, start } = this.#parts;
    store.commit();
    const events = [...stateEvents(network, server)];
    return { log: start.log, standing: standing(), events, certificate };
  }

  /** Keeps the state once an earlier call, if one is in progress, has kept it. Never rejects. */
  #keepNext(): Promise<void> {
    const failed = (error: unknown) =>
      this.#parts.log.warn("the state of the cluster could not be kept", { error: String(error) });
    return this.#keeping = this.#keeping.then(() => this.#keep()).catch(failed);
  }

  /** Keeps the state, if it has changed, and removes the entries of the log that nobody needs. */
  async #keep(): Promise<void> {
    const { bus, context: { store }, data, log, neededAfter, standing } = this.#parts;
    if (store.trouble !== undefined) return;
    if (standing().seq > this.#needed.kept) {
      const state = this.#state();
      // The database must have all changes that the state has.
      if (store.trouble !== undefined) return;
      await keepState(data, await encodeState(state));
      this.#needed.keep(state.standing.seq);
    }
    const unneeded = neededAfter();
    if (unneeded === 0) return;
    const failed = (error: unknown) =>
      log.warn("the log of the cluster could not be cut", { error: String(error) });
    bus.purge(unneeded + 1).catch(failed);
  }
}
