/**
 * The part of the leader that decides. It has the sessions of all clients of the cluster, and a
 * state that includes the events that the log has not acknowledged yet. When the process loses the
 * lead, the sessions and the state are dropped. It delivers nothing: the edges do, when the log has
 * the events.
 *
 * @module
 */

import { stayOrQuit } from "../accounts/staying.ts";
import type { Context } from "../core/context.ts";
import { enterRenamed } from "../delivery/fallbacks.ts";
import { fanOut } from "../delivery/fan_out.ts";
import type { UserId } from "../events/actor.ts";
import type { Event } from "../events/events.ts";
import { Admission } from "../net/admission.ts";
import type { Budgets } from "../net/budget.ts";
import type { User } from "../state/state.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";
import { NET_TEXTS } from "../texts/net.ts";
import { type Decided, Decisions } from "./decisions.ts";
import { DeletedClients } from "./deleted_clients.ts";
import type { DecidingLog } from "./logs.ts";
import {
  type Answer,
  type ClientId,
  type Introduced,
  type Life,
  lifeOf,
  nodeOf,
  type Numbered,
  type Origin,
} from "./messages.ts";
import { type ClientLeader, RemoteClient } from "./remote_client.ts";
import type { Standing } from "./standing.ts";
import { UntoldEvents } from "./untold_events.ts";

/** The deciding part of a server: a context, its log, and its store, which is ahead of the log. */
export interface DecidingServer {
  /** The context in which sessions decide. */
  readonly context: Context;
  /** The log that takes their events. */
  readonly log: DecidingLog;
  /**
   * The store: `seal` ends the list of an entry's changes, and `settle` drops the oldest such list.
   */
  readonly store: { seal(): void; settle(): void };
  /** Ends the work of the context. */
  close(): void;
}

/** The parts of a {@linkcode Decider}. */
export interface DeciderParts {
  /** The deciding part of the server. */
  readonly server: DecidingServer;
  /** The facts about the cluster, up to the entry that begins this epoch. */
  readonly standing: Standing;
  /** The process that leads. */
  readonly leader: Life;
  /** The budgets of the time that clients may use. */
  readonly budgets: Budgets;
  /** Called when {@linkcode Decider.take} may have something to return. */
  readonly changed: () => void;
}

/** The sessions and the state of a leader. */
export class Decider implements ClientLeader {
  readonly #parts: DeciderParts;
  readonly #clients = new Map<ClientId, RemoteClient>();
  /** The user of each client, even of clients that their edges have not introduced. */
  readonly #users: Map<ClientId, UserId>;
  /** The number of clients of each user who has clients. */
  readonly #clientCounts = new Map<UserId, number>();
  /** The connections of each address, at all nodes. */
  readonly #admission = new Admission();
  /** The processes that have introduced their clients. */
  readonly #known = new Set<Life>();
  /** The processes that count as gone. */
  readonly #buried: Set<Life>;
  readonly #decisions: Decisions;
  readonly #untold = new UntoldEvents();
  /** The client whose step runs now. */
  #running: RemoteClient | undefined;
  /** The clients whose commands wait for a promise. */
  readonly #waiting = new Set<RemoteClient>();
  readonly #deleted = new DeletedClients();
  /** The clients that read slowly. */
  readonly #slow = new Set<RemoteClient>();
  /** True while lines go only into the answer of the client that acts. */
  #isDelivering = false;

  /** Begins to decide. `standing` and the state of `server` must be at the same position. */
  constructor(parts: DeciderParts) {
    const { server: { log, store }, standing: { epoch, seq, users, buried }, leader } = parts;
    this.#parts = parts;
    this.#decisions = new Decisions({
      ...{ epoch, leader, seq: seq + 1 },
      ended: () => {
        store.seal();
        this.#untold.seal();
      },
    });
    this.#users = new Map(users);
    for (const user of users.values()) this.#count(user, 1);
    this.#buried = new Set(buried);
    this.context.nodes.leader = nodeOf(leader);
    log.decided = (event) => this.#append(event);
  }

  /** The context in which sessions decide. Its state may be ahead of the log. */
  get context(): Context {
    return this.#parts.server.context;
  }

  /** True while there are events that {@linkcode take} has not returned. */
  get hasEvents(): boolean {
    return this.#decisions.hasEvents;
  }

  /** True while a command waits for a promise. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The processes that have clients with a user. */
  get lives(): ReadonlySet<Life> {
    return new Set([...this.#users.keys()].map(lifeOf));
  }

  /** Returns true if the process has introduced its clients. */
  knows(life: Life): boolean {
    return this.#known.has(life);
  }

  /** Takes over the clients of a process; returns false if the process counts as gone. */
  hello(life: Life, clients: readonly Introduced[], uptimeMs?: number): boolean {
    if (this.#buried.has(life)) return false;
    if (this.#known.has(life)) return true;
    this.#known.add(life);
    const { clock, nodes } = this.context;
    if (uptimeMs !== undefined) nodes.started.set(nodeOf(life), clock.moment().plus(-uptimeMs));
    this.#nodesChanged("a server joined the cluster", life);
    for (const introduced of clients) {
      if (introduced.facts === undefined) continue;
      const client = this.#open(introduced.client, introduced.facts.origin);
      client.restore(introduced);
      this.#admit(client, introduced.facts.origin, Infinity);
      if (client.isBroken) client.session.close(CLUSTER_TEXTS.commandLost);
    }
    // The edge has given up the clients that it does not introduce.
    for (const id of this.#attachedTo(life)) if (!this.#clients.has(id)) this.#forget(id);
    return true;
  }

  /** Performs an input of a client whose process is known. */
  perform({ client: id, number, input }: Numbered): void {
    if (!this.#known.has(lifeOf(id))) return;
    const isKnown = this.#clients.has(id) || this.#deleted.has(id);
    const isNew = !isKnown && number === 1 && input.type === "opened";
    const client = isNew ? this.#open(id, input.origin) : this.#clients.get(id);
    client?.perform(number, input);
    if (client && isNew) {
      this.#admit(client, input.origin, this.context.options.limits.connectionsPerAddress);
    }
    this.#parts.changed();
  }

  #open(id: ClientId, origin: Origin): RemoteClient {
    const client = new RemoteClient(id, origin, this, this.#parts.budgets.open(origin.host));
    this.#clients.set(id, client);
    this.context.nodes.place(client.session, nodeOf(lifeOf(id)));
    return client;
  }

  /** Counts a client's connection; closes the client if its address has `limit` of them already. */
  #admit(client: RemoteClient, { host }: Origin, limit: number): void {
    if (this.#admission.admit(host, limit)) client.counted = host;
    else client.session.close(NET_TEXTS.tooManyFromAddress);
  }

  /** Logs a change of the nodes, and notes their names. */
  #nodesChanged(message: string, life: Life): void {
    const { log, nodes: { names } } = this.context;
    log.info(message, { server: nodeOf(life) });
    names.clear();
    for (const known of this.#known) names.add(nodeOf(known));
  }

  run(client: RemoteClient, step: () => void): void {
    const before = this.#running;
    this.#running = client;
    step();
    this.#running = before;
    this.#endIfFull();
  }

  waits(client: RemoteClient, isWaiting: boolean): void {
    if (isWaiting) this.#waiting.add(client);
    else this.#waiting.delete(client);
  }

  /** Counts a process as gone from now on: removes its clients. Their users quit or stay. */
  bury(life: Life): void {
    // An earlier leader may have counted the process as gone, but died before the log had all
    // events that follow from that. The rest of these events follows now.
    if (!this.#buried.has(life)) this.#decisions.bury(life);
    this.#buried.add(life);
    if (this.#known.delete(life)) this.#nodesChanged("a server left the cluster", life);
    for (const client of this.#clients.values()) {
      if (lifeOf(client.id) !== life) continue;
      client.end();
      const leave = () => client.session.leave(CLUSTER_TEXTS.serverGone);
      this.context.guard("leaving failed", { address: client.session.host }, leave);
      this.#delete(client);
    }
    for (const id of this.#attachedTo(life)) this.#forget(id);
  }

  #delete(client: RemoteClient): void {
    this.#clients.delete(client.id);
    this.#waiting.delete(client);
    this.#slow.delete(client);
    if (client.counted !== undefined) this.#admission.release(client.counted);
    this.#deleted.add(client.id);
  }

  #attachedTo(life: Life): ClientId[] {
    return [...this.#users.keys()].filter((id) => lifeOf(id) === life);
  }

  /** Forgets a client without a session. A user who then has no client quits or stays. */
  #forget(id: ClientId): void {
    const user = this.context.network.users.get(this.#users.get(id) ?? 0);
    this.#attach(id, undefined);
    if (!user || this.#clientCounts.has(user.actor.id)) return;
    stayOrQuit(this.context, user, CLUSTER_TEXTS.serverGone);
  }

  attach({ id, session }: RemoteClient): void {
    this.#attach(id, session.user?.actor.id);
  }

  #attach(id: ClientId, user: UserId | undefined): void {
    const before = this.#users.get(id);
    if (before === user) return;
    this.#decisions.attach(id, user);
    this.#count(before, -1);
    this.#count(user, 1);
    if (user === undefined) this.#users.delete(id);
    else this.#users.set(id, user);
  }

  #count(user: UserId | undefined, change: 1 | -1): void {
    if (user === undefined) return;
    const count = (this.#clientCounts.get(user) ?? 0) + change;
    if (count === 0) this.#clientCounts.delete(user);
    else this.#clientCounts.set(user, count);
  }

  /** Notes that the edge of a client has shown this number of answers. */
  confirm(id: ClientId, count: number): void {
    const client = this.#clients.get(id);
    client?.connection.answers.confirm(count);
    if (client?.isGone && count >= client.answers) this.#delete(client);
  }

  /** Notes which clients of a process read slowly. */
  noteSlow(life: Life, full: ReadonlySet<ClientId>): void {
    for (const id of full) {
      const client = this.#clients.get(id);
      if (client) this.#slow.add(client);
    }
    for (const client of this.#slow) {
      if (lifeOf(client.id) !== life) continue;
      client.connection.answers.isFull = full.has(client.id);
      if (!full.has(client.id)) this.#slow.delete(client);
    }
  }

  /** Acts on timeouts of clients. Called periodically. */
  check(): void {
    this.context.checkClients();
  }

  /** Notes that the edge of this process has applied the next of the decided entries. */
  settled(): void {
    this.#parts.server.store.settle();
    this.#untold.settle(this.context);
  }

  /** Ends, because the process no longer leads. */
  close(): void {
    this.#parts.server.close();
  }

  /** Returns the decisions since the last call, or as many of them as fit into one entry. */
  take(): Decided {
    // What the sessions have sent without a step of their own must be known together with it.
    for (const client of this.#waiting) client.note();
    return this.#decisions.take();
  }

  answer(client: RemoteClient, content: Answer["content"]): number {
    // The edges deliver events to all other clients.
    if (this.#isDelivering) return client.answers;
    const before = client.answers;
    const number = this.#decisions.answer(client, content);
    if (number > before) this.#added();
    return number;
  }

  #append(event: Event): void {
    const acting = this.#acting();
    acting?.note();
    const isAnswered = acting?.session.answering === true;
    const audience = this.#parts.server.log.apply(event);
    if (acting && isAnswered) this.#addToAnswer(event, audience, acting);
    enterRenamed(event, audience);
    this.#untold.add(event, audience);
    this.#decisions.add({ event, ...(acting && { acting: acting.id, isAnswered }) });
    this.#added();
  }

  #added(): void {
    this.#endIfFull();
    this.#parts.changed();
  }

  /** Returns the client whose command runs now, if there is one. */
  #acting(): RemoteClient | undefined {
    if (this.#running?.session.acting) return this.#running;
    for (const client of this.#waiting) if (client.session.acting) return client;
    return undefined;
  }

  #endIfFull(): void {
    this.#decisions.endIfFull(this.#running !== undefined);
  }

  /** Adds the line of an event to the answer being made for the client that caused the event. */
  #addToAnswer(event: Event, audience: readonly User[], { session }: RemoteClient): void {
    this.#isDelivering = true;
    fanOut(event, audience.filter((user) => user === session.user), this.context);
    this.#isDelivering = false;
  }
}
