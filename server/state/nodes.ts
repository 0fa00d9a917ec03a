/**
 * The servers of a cluster, called nodes, as its leader knows them. A server without a cluster has
 * none.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Recipient } from "./recipient.ts";

/** The nodes of a cluster, and the node of each client. */
export class Nodes {
  /** The names of the nodes. */
  readonly names: Set<string> = new Set();
  /** The name of the node that leads. */
  leader: string | undefined;
  /** The moment when each node started. Nodes whose moment is not known are absent. */
  readonly started: Map<string, Moment> = new Map();
  readonly #clients = new WeakMap<Recipient, string>();

  /** Notes that a client is connected to a node. */
  place(client: Recipient, node: string): void {
    this.#clients.set(client, node);
  }

  /** Returns the node to which a client is connected. */
  of(client: Recipient): string | undefined {
    return this.#clients.get(client);
  }
}
