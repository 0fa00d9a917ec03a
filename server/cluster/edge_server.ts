/**
 * The parts of a server that its edge uses.
 *
 * @module
 */

import type { KeyedRequest } from "../accounts/operator_requests.ts";
import type { Context } from "../core/context.ts";
import type { EdgeServer } from "./edge.ts";

/** The largest number of requests of `chat operators` that are passed on at a time. */
const REQUESTS = 100;

/**
 * Returns what an edge needs of a server. `context` is the context that delivers and decides
 * nothing.
 */
export function edgeServer(
  context: Context,
  events: EdgeServer["events"],
  keepPosition: EdgeServer["keepPosition"],
): EdgeServer {
  const { network, monitors, refusals } = context;
  return {
    ...{ network, monitors, events, keepPosition },
    requests: () => requestsIn(context),
    takeRefused: () => refusals.takeWaiting(),
  };
}

/**
 * Returns the first requests of `chat operators`; an empty list if the database cannot be read.
 */
function requestsIn(context: Context): readonly KeyedRequest[] {
  const requests: KeyedRequest[] = [];
  const read = () =>
    requests.push(...Iterator.from(context.store.records("request")).take(REQUESTS));
  context.guard("requests of chat operators cannot be read", {}, read);
  return requests;
}
