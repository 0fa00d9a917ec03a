/**
 * Does everything that follows from an event that was applied: delivers it to the clients that see
 * it, counts it, pushes messages to users who are away, and logs the events that `audit.ts` names.
 *
 * @module
 */

import type { Fields, Log } from "../../shared/log.ts";
import { enterRenamed } from "../delivery/fallbacks.ts";
import { fanOut, type FanOutParts } from "../delivery/fan_out.ts";
import type { Event } from "../events/events.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Pushes } from "../push/pushes.ts";
import type { User } from "../state/state.ts";
import { audit } from "./audit.ts";
import type { Redactions } from "./redactions.ts";
import type { SeenMessages } from "./seen.ts";

/**
 * The duties of a context: to `decide` (it runs the sessions of the clients), to `deliver` events
 * to the clients, or both. In a cluster, one context decides and others deliver.
 */
export type Duty = "both" | "decide" | "deliver";

/** The parts of a context that this module uses. */
export interface DeliveringContext extends FanOutParts {
  /** The log of the program. */
  readonly log: Log;
  /** The counters. */
  readonly metrics: Pick<Metrics, "deliveries" | "messages">;
  /** The messages that are pushed to users who are away. */
  readonly pushes: Pick<Pushes, "tell">;
  /** The messages that users were sent before they left. */
  readonly seen: Pick<SeenMessages, "follow">;
  /** The messages that were deleted lately. */
  readonly redactions: Pick<Redactions, "follow">;
  /** Logs an error of the program. */
  fault(message: string, fields: Fields, error: unknown): void;
}

/**
 * Does what follows from `event`, which was just applied, as far as it is the duty of `context`. If
 * a context only decides, the log of the cluster may still refuse the event, so nobody is told yet.
 */
export function deliverEvent(
  event: Event,
  audience: readonly User[],
  context: DeliveringContext,
  duty: Duty,
): void {
  try {
    if (duty !== "decide") deliverToClients(event, audience, context);
    if (duty !== "deliver") {
      context.seen.follow(event, context.network);
      context.redactions.follow(event);
    }
    if (duty === "both") {
      enterRenamed(event, audience);
      tellElsewhere(event, audience, context);
    }
  } catch (error) {
    // The event has been applied. Its changes must still be stored, and its author can continue.
    context.fault("a delivery failed", { event: event.type }, error);
  }
}

/**
 * Reports `event` in other ways than to connected clients: pushes a message to users who are away,
 * and writes the other events that `audit.ts` names to the log of the program.
 */
export function tellElsewhere(
  event: Event,
  audience: readonly User[],
  { log, pushes }: Pick<DeliveringContext, "log" | "pushes">,
): void {
  if (event.type === "Said") pushes.tell(event, audience);
  else audit(log, event);
}

function deliverToClients(
  event: Event,
  audience: readonly User[],
  context: DeliveringContext,
): void {
  const delivered = fanOut(event, audience, context);
  if (event.type !== "Said") return;
  context.metrics.messages++;
  context.metrics.deliveries += delivered;
}
