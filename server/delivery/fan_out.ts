/**
 * Delivers an event, which was just applied, to all clients that see it. Each client gets it in a
 * form that it understands.
 *
 * @module
 */

import type { Crowds } from "./crowd.ts";
import { deliver } from "./deliver.ts";
import type { Event } from "../events/events.ts";
import type { Actor } from "../events/actor.ts";
import type { Monitors } from "../state/monitors.ts";
import type { Network } from "../state/network.ts";
import type { User } from "../state/state.ts";
import { deliverAway, deliverHostChanged, deliverRenamed } from "./fallbacks.ts";
import { deliverMetadata } from "./metadata.ts";
import { deliverToMonitors } from "./monitor.ts";
import { kindOf } from "../kinds/kinds.ts";

/** The parts that delivering needs. */
export interface FanOutParts {
  /** The state. */
  readonly network: Network;
  /** The clients that monitor nicks. */
  readonly monitors: Pick<Monitors, "watchersOf">;
  /** The author of the server's own messages. */
  readonly server: Actor;
  /** The crowds of this turn. */
  readonly crowds: Crowds;
}

/**
 * Delivers `event` to the clients of `audience` and to those that monitor its author. Returns the
 * number of clients that {@linkcode deliver} counts.
 */
export function fanOut(
  event: Event,
  audience: readonly User[],
  { network, monitors, server, crowds }: FanOutParts,
): number {
  if (event.type === "MetadataChanged") deliverMetadata(event, audience, monitors, server.mask);
  const author = network.users.get(event.by.id);
  const delivered = kindOf(event).line ? deliver(event, audience, author, crowds) : 0;
  if (event.type === "AwayChanged" && author) deliverAway(event, author, server.mask);
  if (event.type === "Renamed") deliverRenamed(event, audience);
  if (event.type === "HostChanged" && author) deliverHostChanged(event, audience, author, server);
  deliverToMonitors(event, network, monitors, server.mask);
  return delivered;
}
