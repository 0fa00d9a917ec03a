/**
 * The part of a node that has clients: a state that follows the log, a database, and the delivery
 * of events to its own clients. It decides nothing. An answer is shown after the events that its
 * position names and before all later events, so all clients see the same order.
 *
 * @module
 */

import type { Context } from "../../server/core/context.ts";
import type { EventLogParts } from "../../server/core/event_log.ts";
import type { Clock } from "../../shared/clock.ts";
import { type Acting, EdgeClient, type Peer } from "./edge_client.ts";
import {
  type Answer,
  behind,
  type ClientId,
  type Entry,
  type Introduced,
  isUpTo,
  type Life,
  type Position,
  type Saved,
  type SessionFacts,
} from "./messages.ts";
import type { Mistakes } from "./mistakes.ts";
import { contentsOf, type Disk, ModelStore, type StoreChange } from "./model_store.ts";
import { FollowingLog, openServer } from "./server_parts.ts";

/** A change of the facts of a client, at its position in the log. */
export interface Fact {
  readonly client: ClientId;
  readonly position: Position;
  readonly facts: SessionFacts;
}

/** The parts of an {@linkcode Edge}. */
export interface EdgeParts {
  readonly life: Life;
  readonly clock: Clock;
  /** The records with which the cluster began. */
  readonly records: readonly StoreChange[];
  /** The contents of the disk when the process starts. */
  readonly saved: Saved;
  readonly mistakes: Mistakes;
  /** Called at each point at which the process may be killed. */
  readonly crashPoint: () => void;
  readonly onFault: (text: string) => void;
  /** Takes each change of facts that is shown. */
  readonly onFact: (fact: Fact) => void;
}

const NOBODY: Acting = { client: undefined, isAnswered: false };

/** The edge of a node. */
export class Edge {
  readonly context: Context;
  readonly clients = new Map<ClientId, EdgeClient>();
  /** The present epoch; 0 before the first. */
  epoch = 0;
  readonly #parts: EdgeParts;
  readonly #log: FollowingLog;
  readonly #store: ModelStore;
  readonly #disk: Disk;
  /** The entries that the disk has, and those that it will have with the next commit. */
  readonly #entries: Entry[];
  #saved: number;
  /** The answers of a later epoch than the present one. */
  #laterAnswers: { readonly epoch: number; readonly answer: Answer }[] = [];
  #acting = NOBODY;
  #count = 0;

  /** Restores the state that the disk has. */
  constructor(parts: EdgeParts) {
    const { records, saved: { entries, changes }, clock, onFault } = parts;
    this.#parts = parts;
    this.#entries = [...entries];
    this.#saved = entries.length;
    this.#disk = { changes: [...changes] };
    this.#store = new ModelStore(this.#disk);
    const openLog = (each: EventLogParts) => new FollowingLog(each, records, undefined);
    const opened = openServer({ clock, store: this.#store, openLog, onFault });
    this.context = opened.context;
    this.#log = opened.log;
    for (const { events, epoch } of entries) {
      for (const { event } of events) this.#log.replay(event);
      this.epoch = epoch;
    }
  }

  /** The entries that were applied. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The contents of the disk now. */
  get saved(): Saved {
    return { entries: this.#entries.slice(0, this.#saved), changes: [...this.#disk.changes] };
  }

  /** The contents of the database. */
  get contents(): string {
    return contentsOf(this.#store, this.#store.keys, false);
  }

  /** The number of clients that have connected so far. */
  get opened(): number {
    return this.#count;
  }

  /** Takes a new client. */
  open(peer: Peer): EdgeClient {
    const id = `${this.#parts.life}/${this.#count++}`;
    const client = new EdgeClient(id, peer, () => this.#acting);
    this.clients.set(id, client);
    return client;
  }

  /** Ends the connections of all clients. */
  cutAll(): void {
    for (const client of this.clients.values()) client.cut();
  }

  /** Commits the database, and with it the number of the entries that it contains. */
  save(): void {
    this.#store.commit();
    this.#saved = this.#entries.length;
  }

  /** Returns the clients that lack answers without which `entry` must not be applied. */
  lacking({ epoch, answered }: Entry): EdgeClient[] {
    if (epoch !== this.epoch || this.#parts.mistakes.answersNotCounted) return [];
    return [...answered].flatMap(([id, count]) => {
      const client = this.clients.get(id);
      return client && !client.isGivenUp && client.received < count ? [client] : [];
    });
  }

  /** Applies the next entry. */
  apply(entry: Entry): void {
    const seq = this.#entries.length + 1;
    const { crashPoint } = this.#parts;
    if (entry.begins) this.#begin(entry.epoch);
    for (const [index, { event, acting, isAnswered }] of entry.events.entries()) {
      this.#showUpTo({ seq, index });
      crashPoint();
      this.#acting = { client: acting, isAnswered };
      this.#log.apply(event);
      this.#acting = NOBODY;
    }
    this.#entries.push(entry);
    this.#showUpTo(behind(seq));
  }

  #begin(epoch: number): void {
    this.epoch = epoch;
    for (const [id, client] of this.clients) {
      client.forgetAnswers();
      if (!client.isGivenUp) continue;
      detach(client);
      this.clients.delete(id);
    }
    const later = this.#laterAnswers;
    this.#laterAnswers = [];
    for (const each of later) this.take(each.epoch, [each.answer]);
  }

  /** Takes answers of the leader of `epoch`; shows those whose positions have been reached. */
  take(epoch: number, answers: readonly Answer[]): void {
    for (const answer of answers) {
      if (epoch > this.epoch) this.#laterAnswers.push({ epoch, answer });
      if (epoch === this.epoch) this.clients.get(answer.client)?.take(answer);
    }
    const { answersNotHeld } = this.#parts.mistakes;
    const seq = answersNotHeld ? Infinity : this.#entries.length;
    if (epoch === this.epoch) this.#showUpTo(behind(seq));
  }

  /** Returns the number of answers that each client has got in this epoch. */
  received(): ReadonlyMap<ClientId, number> {
    return new Map([...this.clients].map(([id, { received }]) => [id, received]));
  }

  /** Returns the clients in the form in which a new leader gets them. */
  introduce(): Introduced[] {
    return [...this.clients.values()].map((client) => client.introduce());
  }

  #showUpTo(position: Position): void {
    for (const client of this.clients.values()) {
      for (;;) {
        const [next] = client.answers;
        if (next === undefined || !isUpTo(next.position, position)) break;
        client.shift();
        this.#show(client, next);
      }
    }
  }

  #show(client: EdgeClient, { content, position }: Answer): void {
    switch (content.type) {
      case "line":
        return client.show(content.line);
      case "performed":
        return client.notePerformed(content.count);
      case "facts":
        this.#parts.onFact({ client: client.id, position, facts: content.facts });
        return setFacts(client, content.facts, this.context);
      case "closed":
        detach(client);
        client.cut();
        this.clients.delete(client.id);
    }
  }

  /**
   * Gives up the answers that a client lacks. Its connection ends, so that it sees no gap. The
   * caller must tell the leader of the present epoch, but no later one.
   */
  giveUp(client: EdgeClient): void {
    client.isGivenUp = true;
    client.cut();
  }
}

/** Sets the facts of a client, and makes it a recipient of its user in the state of `context`. */
export function setFacts(client: EdgeClient, facts: SessionFacts, { network }: Context): void {
  client.facts = facts;
  if (client.user?.actor.id === facts.user) return;
  detach(client);
  client.user = facts.user === undefined ? undefined : network.users.get(facts.user);
  client.user?.recipients.add(client);
}

function detach(client: EdgeClient): void {
  client.user?.recipients.remove(client);
  client.user = undefined;
}
