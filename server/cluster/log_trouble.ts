/**
 * Keeps and logs the reason why the log of a cluster takes no entries. Performs no I/O except
 * logging.
 *
 * @module
 */

import { RequestError, TimeoutError } from "@nats-io/nats-core";
import type { Log } from "../../shared/log.ts";
import { NATS_TEXTS } from "../texts/cluster.ts";

/** The trouble of a server with the log of its cluster. */
export class LogTrouble {
  readonly #log: Log;
  #reason: string | undefined;

  /** Logs the trouble to `log` when it begins and when it ends. */
  constructor(log: Log) {
    this.#log = log;
  }

  /** The reason why the last append failed, as text; `undefined` if it did not fail. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Notes that an append failed because of `error`. */
  failed(error: unknown): void {
    const before = this.#reason;
    this.#reason = troubleOf(error);
    if (before !== undefined) return;
    this.#log.warn("the log of the cluster takes no entries", { reason: this.#reason });
  }

  /** Notes that the log has answered an append. */
  ended(): void {
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#log.info("the log of the cluster takes entries again");
  }
}

/** Returns, as text, the reason why the log gave no answer. */
export function troubleOf(error: unknown): string {
  if (error instanceof TimeoutError) return NATS_TEXTS.noAnswer;
  // While the NATS servers elect a leader, the library takes the server for one without JetStream.
  if (error instanceof Error && error.cause instanceof RequestError) return NATS_TEXTS.noLeader;
  return reasonOf(error);
}

/** Returns an error of NATS as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
