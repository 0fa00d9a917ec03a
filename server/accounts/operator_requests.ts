/**
 * Adds and removes operators of a cluster. `chat operators` writes each change as a request into
 * the database of one server, which passes the request on until the log has the change.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import type { OperatorRequest } from "../events/records.ts";

/** A request, with its id. */
export type KeyedRequest = readonly [id: string, request: OperatorRequest];

/** The requests that the leader of a cluster has performed. */
export class OperatorRequests {
  readonly #context: Context;
  /** The ids of the performed requests. Servers may pass a request on more than once. */
  readonly #performed = new Set<string>();

  /** Performs requests in this context. */
  constructor(context: Context) {
    this.#context = context;
  }

  /** Performs the requests in order, except those that were performed before. */
  perform(requests: Iterable<KeyedRequest>): void {
    const { network, server: by } = this.#context;
    for (const [request, { account, createdAt }] of requests) {
      if (this.#performed.has(request)) continue;
      this.#performed.add(request);
      // The account may have been removed since, and may belong to another user now.
      const isSame = createdAt !== undefined && network.account(account)?.createdAt === createdAt;
      const type = isSame ? "OperatorAdded" : "OperatorRemoved";
      this.#context.append({ type, by, account, request });
    }
  }
}
