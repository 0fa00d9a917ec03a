/** Describes the state of a network completely, so that two states can be compared. */

import { assert, assertEquals } from "@std/assert";
import type { Actor } from "../../server/events/actor.ts";
import type { Event } from "../../server/events/events.ts";
import { stateEvents } from "../../server/core/state_events.ts";
import { apply } from "../../server/kinds/kinds.ts";
import { Network } from "../../server/state/network.ts";
import { describe, type GraphRules } from "./object_graph.ts";

const RULES: GraphRules = {
  ignored: new Set([
    // Not part of the state.
    "recipients",
    "only",
    // A list that is made when it is needed, and a number of which only changes matter.
    "Members.#everybody",
    "Members.#revision",
    // A bound that also changes when bans are looked for.
    "TimedBans.#next",
  ]),
  // These are only looked up, or counted.
  unordered: new Map([
    ["invited", 1],
    ["AccountIndex.#byFingerprint", 2],
    ["AccountIndex.#byNick", 1],
    ["AccountIndex.#bySkeleton", 1],
    ["Channels.#byFormerName", 1],
    ["Nicks.#bySkeleton", 1],
    ["Nicks.#users", 1],
    ["OwnedCounts.#byAccount", 1],
    ["PushSubscriptions.#byAccount", 1],
    ["Ranks.#owners", 1],
    ["TimedBans.#firstEnds", 1],
    ["Uploads.#byMessage", 2],
    ["Uploads.#bytesOf", 1],
    ["UsersByAccount.#byAccount", 1],
    ["UsersByMode.#byMode", 1],
  ]),
  nameOf(value) {
    if ("actor" in value && "invitations" in value) return `user ${idOf(value.actor)}`;
    return "arrivals" in value && "name" in value ? `channel ${value.name}` : undefined;
  },
};

function idOf(actor: unknown): unknown {
  return typeof actor === "object" && actor !== null && "id" in actor ? actor.id : undefined;
}

/** Describes all fields of the state of `network`, one in each line. */
export function linesOf(network: Network): Promise<string[]> {
  return describe(network, RULES);
}

const SERVER: Actor = { id: 0, nick: "chat.test", mask: "chat.test" };

/** Returns a new network with the state of `network`, made by events that could be sent. */
export function rebuilt(network: Network): Network {
  const copy = new Network(apply);
  for (const event of stateEvents(network, SERVER)) copy.apply(sent(event));
  return copy;
}

/**
 * Returns an event as another server gets it. It must be JSON, apart from maps whose keys are
 * texts, sets and `undefined`.
 */
export function sent(event: Event): Event {
  assertPlain(event);
  return structuredClone(event);
}

function assertPlain(value: unknown): void {
  if (value instanceof Map) {
    for (const key of value.keys()) assertEquals(typeof key, "string");
    return assertPlain([...value.values()]);
  }
  if (value instanceof Set || Array.isArray(value)) return value.forEach(assertPlain);
  if (typeof value === "object" && value !== null) {
    assertEquals(Object.getPrototypeOf(value), Object.prototype);
    return assertPlain(Object.values(value));
  }
  const isJson = ["boolean", "string", "undefined"].includes(typeof value) ||
    value === null || Number.isFinite(value);
  assert(isJson, `${typeof value} in an event`);
}
