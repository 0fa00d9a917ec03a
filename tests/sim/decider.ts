/**
 * The part of the leader that decides: the sessions of all clients of the cluster, and a state of
 * its own, which is ahead of the log by what is not acknowledged yet. When the process loses the
 * lead, the sessions and the state are dropped. It delivers nothing: the edges do, when the log has
 * the events. It has no access to the network of the nodes.
 *
 * @module
 */

import type { Context } from "../../server/core/context.ts";
import type { EventLogParts } from "../../server/core/event_log.ts";
import { stayOrQuit } from "../../server/accounts/staying.ts";
import { ircDoor } from "../../server/doors/irc.ts";
import { receive } from "../../server/doors/receiving.ts";
import type { ConnectionHandler } from "../../server/doors/door.ts";
import type { UserId } from "../../server/events/actor.ts";
import type { Unstamped } from "../../server/events/events.ts";
import type { EventId } from "../../server/events/ids.ts";
import type { Connection } from "../../server/net/connection.ts";
import { Session } from "../../server/session/session.ts";
import type { Clock } from "../../shared/clock.ts";
import {
  type Answer,
  behind,
  type ClientId,
  type Entry,
  type Input,
  type Introduced,
  type Life,
  lifeOf,
  type LoggedEvent,
  type SessionFacts,
} from "./messages.ts";
import type { Mistakes } from "./mistakes.ts";
import { ModelStore, type StoreChange } from "./model_store.ts";
import { NodeLog, openConnection, openServer } from "./server_parts.ts";

/** The decisions of one turn. */
export interface Decided {
  /** The entry for the log; absent if the turn had no events. */
  readonly entry: Entry | undefined;
  readonly answers: readonly Answer[];
}

/** The parts of a {@linkcode Decider}. */
export interface DeciderParts {
  readonly clock: Clock;
  /** The records with which the cluster began. */
  readonly records: readonly StoreChange[];
  /** The entries of the log so far, of which the last begins this leader's epoch. */
  readonly entries: readonly Entry[];
  readonly leader: Life;
  readonly epoch: number;
  readonly mistakes: Mistakes;
  readonly onFault: (text: string) => void;
}

/**
 * A client of the cluster, as the leader knows it. Its edge is the node that has its connection.
 */
interface Client {
  readonly id: ClientId;
  readonly session: Session;
  readonly connection: Connection;
  readonly handler: ConnectionHandler;
  /** The facts that its edge has. */
  facts: SessionFacts | undefined;
  /** The number of answers in this epoch. */
  answers: number;
  /** The number of inputs that were received, and of those that were performed. */
  received: number;
  performed: number;
  /** The inputs that have arrived before an input with a lower number. */
  readonly early: Map<number, Input>;
  /** The inputs that wait until the command in progress is finished. */
  readonly waiting: Input[];
  pauses: number;
  isGone: boolean;
}

/** A log that passes the events of sessions to the decider. */
class DecidingLog extends NodeLog {
  take: (event: Unstamped) => void = () => {};

  append(event: Unstamped): void {
    this.take(event);
  }
}

/** The sessions and the state of a leader. */
export class Decider {
  readonly epoch: number;
  readonly #parts: DeciderParts;
  readonly #context: Context;
  readonly #log: DecidingLog;
  readonly #clients = new Map<ClientId, Client>();
  /** The user of each client, also of those whose edges have not introduced them. */
  readonly #users = new Map<ClientId, UserId>();
  /** The processes that have introduced their clients. */
  readonly #known = new Set<Life>();
  /** The processes that count as gone. */
  readonly #buried = new Set<Life>();
  /** The number of the entry that is being made. */
  #seq: number;
  #events: LoggedEvent[] = [];
  #answers: Answer[] = [];
  #attached = new Map<ClientId, UserId | undefined>();
  #newlyBuried: Life[] = [];
  #answered = new Map<ClientId, number>();
  /** The number of commands that wait for a promise. */
  #waits = 0;
  /**
   * True while an event is applied: a line that is sent meanwhile is a delivery, which the edges
   * make themselves.
   */
  #isDelivering = false;

  /** Begins to decide, with the state that results from the entries. */
  constructor(parts: DeciderParts) {
    const { clock, records, entries, epoch, onFault } = parts;
    this.#parts = parts;
    this.epoch = epoch;
    this.#seq = entries.length + 1;
    const lastId = lastIdIn(entries);
    const openLog = (each: EventLogParts) => new DecidingLog(each, records, lastId);
    const store = new ModelStore({ changes: [...records] });
    const { context, log } = openServer({ clock, store, openLog, onFault });
    this.#context = context;
    this.#log = log;
    for (const { events, attached, buried } of entries) {
      for (const { event } of events) log.replay(event);
      for (const [client, user] of attached) {
        if (user === undefined) this.#users.delete(client);
        else this.#users.set(client, user);
      }
      for (const life of buried) this.#buried.add(life);
    }
    log.take = (event) => this.#append(event);
  }

  /** The state, which may be ahead of the log. */
  get context(): Context {
    return this.#context;
  }

  /** True while there are events that {@linkcode take} has not returned. */
  get hasEvents(): boolean {
    return this.#events.length > 0;
  }

  /** True while a command waits for a promise. */
  get isWaiting(): boolean {
    return this.#waits > 0;
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
  hello(life: Life, clients: readonly Introduced[]): boolean {
    if (this.#buried.has(life)) return false;
    if (this.#known.has(life)) return true;
    this.#known.add(life);
    for (const introduced of clients) this.#restore(introduced);
    // The edge has given up the clients that it does not introduce.
    for (const id of this.#attachedTo(life)) if (!this.#clients.has(id)) this.#forget(id);
    return true;
  }

  #restore({ client: id, facts, performed }: Introduced): void {
    if (facts === undefined) return;
    const client = this.#open(id, facts.host, facts.certificate);
    client.received = client.performed = performed;
    client.facts = facts;
    const { session } = client;
    session.caps = facts.caps;
    session.capVersion = facts.capVersion;
    session.away = facts.away;
    Object.assign(session.registration, facts.registration);
    if (facts.user !== undefined) {
      session.user = this.#context.network.users.get(facts.user);
      session.user?.recipients.add(session);
    }
    const isLost = facts.user !== undefined && session.user === undefined;
    if (isLost || facts.isBusy) session.close("The command could not be finished");
  }

  /** Performs an input, unless it was performed before; first waits for missing earlier ones. */
  perform(id: ClientId, number: number, input: Input): void {
    if (!this.#known.has(lifeOf(id))) return;
    if (!this.#clients.has(id) && number === 1 && input.type === "opened") {
      this.#open(id, input.host, input.certificate);
    }
    const client = this.#clients.get(id);
    if (!client) return;
    client.connection.lastHeard = this.#context.clock.moment();
    if (number > client.received) client.early.set(number, input);
    else if (this.#parts.mistakes.inputsRepeated) client.waiting.push(input);
    for (;;) {
      const next = client.early.get(client.received + 1);
      if (next === undefined) return this.#continue(client);
      client.early.delete(++client.received);
      client.waiting.push(next);
    }
  }

  #continue(client: Client): void {
    while (client.pauses === 0) {
      const input = client.waiting.shift();
      if (input === undefined) return;
      this.#run(client, input);
      client.performed++;
      this.#note(client);
      this.#answer(client, { type: "performed", count: client.performed });
    }
  }

  #run({ connection, handler, session }: Client, input: Input): void {
    switch (input.type) {
      case "opened":
        return;
      case "line":
        return receive(this.#context, connection, handler, { type: "line", text: input.line });
      case "closed":
        return session.close(input.reason);
    }
  }

  /** Counts a process as gone from now on: removes its clients, and their users. */
  bury(life: Life): void {
    if (this.#buried.has(life)) return;
    this.#buried.add(life);
    this.#known.delete(life);
    this.#newlyBuried.push(life);
    for (const client of this.#clients.values()) {
      if (lifeOf(client.id) !== life) continue;
      client.session.leave("Its server is gone");
      this.#clients.delete(client.id);
    }
    for (const id of this.#attachedTo(life)) this.#forget(id);
  }

  #attachedTo(life: Life): ClientId[] {
    return [...this.#users.keys()].filter((id) => lifeOf(id) === life);
  }

  /** Forgets a client without a session. Its user quits or stays, unless it has another client. */
  #forget(id: ClientId): void {
    const user = this.#context.network.users.get(this.#users.get(id) ?? 0);
    this.#attach(id, undefined);
    if (!user || this.#users.values().some((each) => each === user.actor.id)) return;
    stayOrQuit(this.#context, user, "Its server is gone");
  }

  #attach(id: ClientId, user: UserId | undefined): void {
    if (this.#users.get(id) === user) return;
    this.#attached.set(id, user);
    if (user === undefined) this.#users.delete(id);
    else this.#users.set(id, user);
  }

  /** Acts on timeouts of clients. Called periodically. */
  check(): void {
    this.#context.checkClients();
  }

  /** Returns the decisions since the last call. */
  take(): Decided {
    const answers = this.#answers;
    this.#answers = [];
    if (this.#events.length + this.#newlyBuried.length + this.#attached.size === 0) {
      const position = behind(this.#seq - 1);
      return { entry: undefined, answers: answers.map((each) => ({ ...each, position })) };
    }
    const { answersAhead } = this.#parts.mistakes;
    const entry: Entry = {
      epoch: this.epoch,
      leader: this.#parts.leader,
      begins: false,
      events: this.#events,
      answered: this.#answered,
      attached: this.#attached,
      buried: this.#newlyBuried,
    };
    this.#events = [];
    this.#answered = new Map();
    this.#attached = new Map();
    this.#newlyBuried = [];
    const position = behind(this.#seq++ - 1);
    if (!answersAhead) return { entry, answers };
    const ahead = answers.map((each) => each.position.index > 0 ? each : { ...each, position });
    return { entry, answers: ahead };
  }

  #open(id: ClientId, host: string, certificate: string | undefined): Client {
    const connection = openConnection(this.#context, certificate, {
      pushed: (line) => this.#pushed(id, line),
      closed: () => this.#closed(id),
      paused: () => this.#paused(id),
    });
    const handler = ircDoor.open(connection, { context: this.#context, host, sts: undefined });
    const session = [...this.#context.clients].at(-1);
    if (!(session instanceof Session)) throw new Error("the door has opened no session");
    const client = {
      ...{ id, session, connection, handler, facts: undefined, answers: 0, received: 0 },
      ...{ performed: 0, early: new Map(), waiting: [], pauses: 0, isGone: false },
    };
    this.#clients.set(id, client);
    return client;
  }

  #pushed(id: ClientId, bytes: Uint8Array): void {
    const client = this.#clients.get(id);
    if (this.#isDelivering || !client || client.isGone) return;
    this.#note(client);
    for (const line of linesIn(bytes)) this.#answer(client, { type: "line", line });
  }

  #closed(id: ClientId): void {
    const client = this.#clients.get(id);
    if (!client || client.isGone) return;
    client.isGone = true;
    this.#answer(client, { type: "closed" });
  }

  #paused(id: ClientId): () => void {
    const client = this.#clients.get(id);
    if (!client) return () => {};
    client.pauses++;
    this.#waits++;
    return () => {
      client.pauses--;
      this.#waits--;
      this.#note(client);
      this.#continue(client);
    };
  }

  #append(unstamped: Unstamped): void {
    for (const client of this.#clients.values()) this.#note(client);
    const event = this.#log.stamp(unstamped);
    const acting = this.#clients.values().find(({ session }) => session.acting);
    const isAnswered = acting?.session.answering === true;
    this.#isDelivering = true;
    this.#log.apply(event);
    this.#isDelivering = false;
    this.#events.push({ event, acting: acting?.id, isAnswered });
  }

  /** Answers with the facts of a client, if they have changed. */
  #note(client: Client): void {
    const { session, facts, pauses } = client;
    const { registration, caps, capVersion, user, away, host, certificate } = session;
    const isBusy = pauses > 0;
    const id = user?.actor.id;
    const isKnown = facts?.caps === caps && facts.user === id && facts.away === away &&
      facts.isBusy === isBusy && (user || isSame(facts.registration, registration));
    if (isKnown || client.isGone) return;
    this.#attach(client.id, id);
    client.facts = {
      ...{ host, certificate, caps, capVersion, away, isBusy, user: id },
      registration: { ...registration },
    };
    this.#answer(client, { type: "facts", facts: client.facts });
  }

  #answer(client: Client, content: Answer["content"]): void {
    const position = { seq: this.#seq, index: this.#events.length };
    const number = ++client.answers;
    this.#answers.push({ client: client.id, number, position, content });
    this.#answered.set(client.id, number);
  }
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Returns the id of the last event in the log. */
function lastIdIn(entries: readonly Entry[]): EventId | undefined {
  return entries.findLast(({ events }) => events.length > 0)?.events.at(-1)?.event.id;
}

const decoder = new TextDecoder();

/** Returns the lines in `bytes`, without their ends. */
export function linesIn(bytes: Uint8Array): string[] {
  return decoder.decode(bytes).split("\r\n").slice(0, -1);
}
