/**
 * The part of a server in a cluster that has clients: a state that follows the log, a database, and
 * the delivery of events to its own clients. It decides nothing. An answer is shown after all
 * events up to its position and before all later ones, so all clients see the same order.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";
import type { KeyedRequest } from "../accounts/operator_requests.ts";
import { Caps } from "../irc/capabilities.ts";
import type { Refusal } from "../net/refusals.ts";
import type { Monitors } from "../state/monitors.ts";
import type { Network } from "../state/network.ts";
import {
  type Acting,
  type ClientEdge,
  EdgeClient,
  type EdgeConnection,
  type Refuse,
} from "./edge_client.ts";
import type { FollowingLog } from "./logs.ts";
import {
  type Answer,
  behind,
  type ClientId,
  type Entry,
  isUpTo,
  type Life,
  type Message,
  type Numbered,
  type Origin,
  type Position,
  type SessionFacts,
} from "./messages.ts";
import { Progress, type Standing } from "./standing.ts";

/** The parts of a server that an edge uses. */
export interface EdgeServer {
  /** The state. */
  readonly network: Network;
  /** The nicks that clients monitor. */
  readonly monitors: Monitors;
  /** The log that applies events. */
  readonly events: Pick<FollowingLog, "apply">;
  /** Keeps the number of the last entry, together with the changes that the entry has made. */
  keepPosition(seq: number): void;
  /** Returns the requests of `chat operators` that the log has not fulfilled. */
  requests(): readonly KeyedRequest[];
  /** Returns, and forgets, connections that were refused here. */
  takeRefused(): readonly Refusal[];
}

/** Takes the facts of a client when the edge has reached their position in the log. */
export type OnFacts = (client: ClientId, position: Position, facts: SessionFacts) => void;

/** The parts of an {@linkcode Edge}. */
export interface EdgeParts {
  /** The process. */
  readonly life: Life;
  /** The clock. */
  readonly clock: Pick<Clock, "moment">;
  /** The server. */
  readonly server: EdgeServer;
  /** The facts about the cluster at the log position of the state of `server`. */
  readonly standing: Standing;
  /** Sends an input of a client to the leader. */
  readonly pass: (input: Numbered) => void;
  /** Returns the answer to a line that cannot be passed on; `undefined` if it can. */
  readonly refuse: Refuse;
  /** Called when the leader must learn at once which answers have come. */
  readonly confirm: () => void;
  /** Takes the facts of clients, each time that they change. */
  readonly onFacts?: OnFacts | undefined;
}

const NOBODY: Acting = { client: undefined, isAnswered: false };

/** The edge of a process. */
export class Edge implements ClientEdge {
  /** The clients, by their identities. */
  readonly clients: Map<ClientId, EdgeClient> = new Map();
  acting: Acting = NOBODY;
  readonly #parts: EdgeParts;
  readonly #server: EdgeServer;
  readonly #progress: Progress;
  readonly #startedAt: Moment;
  #life: Life;
  /** The clients with answers that wait to be shown. */
  readonly #waiting = new Set<EdgeClient>();
  /**
   * For each client that was shown answers since the last {@linkcode Edge.alive}: the number of
   * answers that it was shown; `Infinity` for a client that has left.
   */
  #unconfirmed = new Map<ClientId, number>();
  /** The answers that belong to later epochs than the present one. */
  #laterAnswers: { readonly epoch: number; readonly answer: Answer }[] = [];
  #count = 0;

  /** Continues from the standing in `parts`. */
  constructor(parts: EdgeParts) {
    const { life, server, standing } = parts;
    this.#parts = parts;
    this.#server = server;
    this.#life = life;
    this.#startedAt = parts.clock.moment();
    this.#progress = new Progress(standing);
  }

  /** The present epoch; 0 before the first. */
  get epoch(): number {
    return this.#progress.epoch;
  }

  /** The present knowledge of the cluster. */
  get standing(): Standing {
    return new Progress(this.#progress);
  }

  /** Takes a new client. */
  open(connection: EdgeConnection, origin: Origin): EdgeClient {
    const id = `${this.#life}/${this.#count++}`;
    const client = new EdgeClient(id, connection, origin, this);
    client.lastActive = this.#parts.clock.moment();
    this.clients.set(id, client);
    return client;
  }

  /** Continues to read from clients whose lines wait, so that these lines are refused instead. */
  readOn(): void {
    for (const client of this.clients.values()) client.readOn();
  }

  /** Ends the connections of all clients. */
  closeAll(reason: string): void {
    for (const client of this.clients.values()) client.close(reason);
  }

  /** Ends the connections of all clients, and tells the leader that the clients have left. */
  leaveAll(reason: string): void {
    this.closeAll(reason);
    for (const client of this.clients.values()) client.leave(reason);
  }

  /**
   * Continues under the new identity `life`, without clients, because the process counts as gone
   * under its old one.
   */
  startAnew(life: Life, reason: string): void {
    this.closeAll(reason);
    for (const client of this.clients.values()) this.#detach(client);
    this.clients.clear();
    this.#waiting.clear();
    this.#unconfirmed.clear();
    this.#life = life;
  }

  pass(input: Numbered): void {
    this.#parts.pass(input);
  }

  get refuse(): Refuse {
    return this.#parts.refuse;
  }

  /**
   * Returns the clients that still lack answers. `entry` must not be applied before they have them.
   */
  lacking({ epoch, answered }: Entry): EdgeClient[] {
    if (epoch !== this.epoch) return [];
    return [...answered].flatMap(([id, count]) => {
      const client = this.clients.get(id);
      return client && !client.isGivenUp && client.answered < count ? [client] : [];
    });
  }

  /** Applies the next entry. */
  apply(entry: Entry): void {
    const seq = this.#progress.seq + 1;
    if (entry.begins) this.#begin(entry);
    for (const [index, { event, acting, isAnswered = false }] of entry.events.entries()) {
      this.#showUpTo({ seq, index });
      this.acting = { client: acting, isAnswered };
      this.#server.events.apply(event);
      this.acting = NOBODY;
      // A TAGMSG may say only that the user is typing.
      const isMessage = event.type === "Said" && event.command !== "TAGMSG";
      if (isMessage && acting !== undefined) this.#noteActive(acting);
    }
    this.#progress.note(entry);
    this.#server.keepPosition(seq);
    this.#showUpTo(behind(seq));
  }

  #noteActive(id: ClientId): void {
    const client = this.clients.get(id);
    if (client) client.lastActive = this.#parts.clock.moment();
  }

  #begin(entry: Entry): void {
    this.#progress.begin(entry);
    this.#waiting.clear();
    this.#unconfirmed.clear();
    for (const [id, client] of this.clients) {
      client.forgetAnswers();
      if (!client.isGivenUp) continue;
      this.#detach(client);
      this.clients.delete(id);
    }
    const later = this.#laterAnswers;
    this.#laterAnswers = [];
    for (const { epoch, answer } of later) this.take(epoch, [answer]);
  }

  /** Takes answers of the leader of `epoch`; shows those whose positions have been reached. */
  take(epoch: number, answers: readonly Answer[]): void {
    for (const answer of answers) {
      if (epoch > this.epoch) this.#laterAnswers.push({ epoch, answer });
      if (epoch === this.epoch) this.#takeOne(answer);
    }
    if (epoch === this.epoch) this.#showUpTo(behind(this.reached));
  }

  #takeOne(answer: Answer): void {
    const client = this.clients.get(answer.client);
    client?.take(answer);
    if (client?.hasAnswers) this.#waiting.add(client);
    else this.#unconfirmed.set(answer.client, client?.shown ?? Infinity);
  }

  /** The number of the entry up to which answers are shown. */
  protected get reached(): number {
    return this.#progress.seq;
  }

  /**
   * Returns the message that says that the process lives, with the news for the leader since the
   * last such message. `saved` is the number of the last entry that the process can restore without
   * the log.
   */
  alive(saved: number): Message {
    const received = this.#unconfirmed;
    this.#unconfirmed = new Map();
    return {
      ...{ type: "alive", life: this.#life, epoch: this.epoch, full: this.#full, saved, received },
      ...{ requests: this.#server.requests(), refused: this.#server.takeRefused() },
    };
  }

  /** Returns the message that passes inputs of clients on to the leader. */
  inputs(inputs: readonly Numbered[]): Message {
    const sent = inputs.map((input) => {
      return { ...input, received: this.clients.get(input.client)?.shown };
    });
    return { type: "inputs", epoch: this.epoch, inputs: sent };
  }

  /** The clients that read slowly. */
  get #full(): ClientId[] {
    const full: ClientId[] = [];
    for (const { id, outbox } of this.clients.values()) if (outbox.isHalfFull()) full.push(id);
    return full;
  }

  /** Returns the message that introduces the process and its clients to a new leader. */
  hello(): Message {
    const now = this.#parts.clock.moment();
    const clients = Array.from(this.clients.values(), (client) => client.introduce(now));
    const uptimeMs = now.allSince(this.#startedAt);
    const { epoch } = this;
    return { type: "hello", life: this.#life, epoch, count: clients.length, clients, uptimeMs };
  }

  #showUpTo(position: Position): void {
    for (const client of this.#waiting) {
      for (let next = client.nextAnswer; next; next = client.nextAnswer) {
        if (!isUpTo(next.position, position)) break;
        client.shiftAnswer();
        this.#unconfirmed.set(client.id, client.shown);
        this.#show(client, next);
      }
      if (!client.hasAnswers) this.#waiting.delete(client);
    }
  }

  #show(client: EdgeClient, { content, position }: Answer): void {
    switch (content.type) {
      case "lines":
        return client.show(content.text);
      case "performed":
        return client.performed(content.count);
      case "facts":
        this.#parts.onFacts?.(client.id, position, content.facts);
        return this.#setFacts(client, content.facts);
      case "closed":
        this.#detach(client);
        client.closed(content.reason);
        this.clients.delete(client.id);
        this.#unconfirmed.set(client.id, Infinity);
    }
  }

  #setFacts(client: EdgeClient, facts: SessionFacts): void {
    const before = client.facts?.sentWaiting;
    const isNews = facts.sentWaiting !== undefined && facts.sentWaiting.upTo !== before?.upTo;
    // A client that is gone was not shown the messages, which wait for its next connection.
    const isShown = !isNews || client.isReading;
    setFacts(client, isShown ? facts : { ...facts, sentWaiting: before }, this.#server);
    if (isNews) this.#parts.confirm();
  }

  #detach(client: EdgeClient): void {
    this.#server.monitors.forget(client);
    client.user?.recipients.remove(client);
    client.user = undefined;
  }

  /**
   * Gives up the answers that a client lacks. The client's connection ends, so that it sees no gap.
   * The leader of the present epoch is told that the client has left; a later leader never learns
   * of the client.
   */
  giveUp(client: EdgeClient, reason: string): void {
    client.isGivenUp = true;
    client.close(reason);
    client.leave(reason);
  }
}

/** Sets the facts of a client, and makes it a recipient of its user. */
export function setFacts(
  client: EdgeClient,
  facts: SessionFacts,
  { network, monitors }: Pick<EdgeServer, "network" | "monitors">,
): void {
  client.facts = facts;
  client.caps = Caps.of(facts.caps);
  client.subscriptions = new Set(facts.subscriptions);
  monitors.forget(client);
  for (const nick of facts.monitored) monitors.add(client, nick);
  if (client.user?.actor.id === facts.user) return;
  client.user?.recipients.remove(client);
  client.user = facts.user === undefined ? undefined : network.users.get(facts.user);
  client.user?.recipients.add(client);
}
