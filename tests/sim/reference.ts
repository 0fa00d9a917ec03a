/**
 * Derives from the log, and from the facts of the clients, what a cluster must have shown and kept:
 * one server without any faults applies the log, and delivers its events to the same clients.
 *
 * @module
 */

import type { EventLogParts } from "../../server/core/event_log.ts";
import type { Network } from "../../server/state/network.ts";
import { setFacts } from "../../server/cluster/edge.ts";
import { type Acting, EdgeClient } from "../../server/cluster/edge_client.ts";
import {
  behind,
  type ClientId,
  type Entry,
  isUpTo,
  type Position,
  type SessionFacts,
} from "../../server/cluster/messages.ts";
import { SimulatedConnection } from "./peer.ts";
import { contentsOf, ModelStore } from "./model_store.ts";
import { beginning, openServer, ORIGIN, RECORDS, StoppingLog } from "./server_parts.ts";
import { NodeClock, World } from "./world.ts";

/** The result of a comparison. */
export interface Comparison {
  /** The state that results from the log. */
  readonly network: Network;
  /** The contents of the database that results from the log. */
  readonly contents: string;
  /** The differences, in words. */
  readonly wrong: readonly string[];
}

/** New facts about a client, and the position in the log from which on they hold. */
export interface Fact {
  readonly client: ClientId;
  readonly position: Position;
  readonly facts: SessionFacts;
}

/** A client, and the lines of events that it was shown. */
export interface Shown {
  readonly id: ClientId;
  readonly delivered: readonly string[];
  readonly isCut: boolean;
}

/** Compares the log with what the clients were shown; `facts` are those of all clients. */
export function compareWithLog(
  entries: readonly Entry[],
  facts: readonly Fact[],
  shown: readonly Shown[],
): Comparison {
  const wrong: string[] = [];
  const store = new ModelStore({ changes: [...RECORDS] });
  const { context, log } = openServer({
    clock: new NodeClock(new World(0), 0, (action) => action()),
    store,
    openLog: (parts: EventLogParts) => new StoppingLog(parts, beginning(parts), () => {}),
    duty: "deliver",
    onFault: (text) => wrong.push(`the log cannot be applied: ${text}`),
  });
  const nobody: Acting = { client: undefined, isAnswered: false };
  const edge = { acting: nobody, refuse: () => undefined, pass() {} };
  const expected = new Map<ClientId, string[]>();
  const clients = new Map(shown.map(({ id }) => {
    const lines: string[] = [];
    expected.set(id, lines);
    const peer = { received: (line: string) => lines.push(line), closed() {} };
    return [id, new EdgeClient(id, new SimulatedConnection(peer), ORIGIN, edge)];
  }));
  const attach = attaching(facts, (fact) => {
    const client = clients.get(fact.client);
    if (client) setFacts(client, fact.facts, context);
  });
  const texts = new Set<string>();
  const requests = new Set<string>();
  for (const [at, { events }] of entries.entries()) {
    for (const [index, { event, acting: client, isAnswered = false }] of events.entries()) {
      attach({ seq: at + 1, index });
      edge.acting = { client, isAnswered };
      log.apply(event);
      edge.acting = nobody;
      if (event.type === "OperatorAdded" || event.type === "OperatorRemoved") {
        const { request = "" } = event;
        if (requests.has(request)) wrong.push(`the request ${request} is in the log twice`);
        requests.add(request);
      }
      if (event.type !== "Said") continue;
      if (texts.has(event.text)) wrong.push(`${event.text} is in the log twice`);
      texts.add(event.text);
    }
    attach(behind(at + 1));
    wrong.push(...twofold(context.network));
  }
  for (const { id, delivered, isCut } of shown) {
    const difference = differenceOf(delivered, expected.get(id) ?? [], isCut);
    if (difference !== undefined) wrong.push(`${id} was shown ${difference}`);
  }
  return { network: context.network, contents: contentsOf(store, store.keys, false), wrong };
}

/** Returns a function that calls `attach`, in order, with all further facts up to a position. */
function attaching(facts: readonly Fact[], attach: (fact: Fact) => void) {
  const sorted = facts.toSorted(({ position: one }, { position: other }) =>
    one.seq - other.seq || compare(one.index ?? Infinity, other.index ?? Infinity)
  );
  let done = 0;
  return (position: Position): void => {
    for (let fact = sorted[done]; fact && isUpTo(fact.position, position); fact = sorted[done]) {
      attach(fact);
      done++;
    }
  };
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/**
 * Returns the first difference between the lines that were shown and those that had to be shown.
 */
function differenceOf(
  shown: readonly string[],
  expected: readonly string[],
  mayEnd: boolean,
): string | undefined {
  for (const [index, line] of shown.entries()) {
    if (line !== expected[index]) return `"${line}" in place of "${expected[index]}"`;
  }
  if (mayEnd || shown.length === expected.length) return undefined;
  return `nothing in place of "${expected[shown.length]}"`;
}

/** Returns a sentence about each nick that two users have. */
function twofold({ users }: Network): string[] {
  const nicks = [...users.values()].map(({ actor }) => actor.nick.toLowerCase());
  return nicks.filter((nick, at) => nicks.indexOf(nick) !== at)
    .map((nick) => `two users have the nick ${nick}`);
}

/** Returns the state of users, channels and accounts as text. */
export function stateOf(network: Network): string {
  const users = [...network.users.values()].map(({ actor, modes, away, channels }) => ({
    ...{ actor, away, modes: [...modes].toSorted() },
    channels: Array.from(channels, ({ name }) => name).toSorted(),
  }));
  const channels = [...network.channels.values()].map((channel) => ({
    ...{ name: channel.name, topic: channel.topic, flags: [...channel.flags].toSorted() },
    settings: [...channel.settings].toSorted(),
    members: Array.from(channel.members, ([{ actor }, modes]) => [actor.id, modes]).toSorted(),
  }));
  return JSON.stringify([users, channels, [...network.accounts.byName]]);
}
