/** Describes the state of a network completely, so that two states can be compared. */

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
    // A list that is made when it is needed, and a number that only shows changes.
    "Members.#everybody",
    "Members.#revision",
    // A bound that also changes when bans are looked for.
    "TimedBans.#next",
  ]),
  // The entries of these are only looked up or counted, so their order does not matter.
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

/** Returns a new network with the state of `network`, made by events that are sent as JSON. */
export function rebuilt(network: Network): Network {
  const copy = new Network(apply);
  for (const event of stateEvents(network, SERVER)) {
    const received: Event = JSON.parse(JSON.stringify(event));
    copy.apply(received);
  }
  return copy;
}
