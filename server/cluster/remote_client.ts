/**
 * A client of the cluster, as the leader knows it: its session, and its inputs that wait to be
 * performed. Its edge is the process that has its connection.
 *
 * @module
 */

import { limitNick } from "../accounts/accounts.ts";
import { endWaitOfSent } from "../accounts/waiting.ts";
import type { Context } from "../core/context.ts";
import { openIrc } from "../doors/irc.ts";
import { receive } from "../doors/receiving.ts";
import type { ConnectionHandler } from "../doors/door.ts";
import { Caps } from "../irc/capabilities.ts";
import type { Budget } from "../net/budget.ts";
import type { Registration } from "../session/registration.ts";
import type { Session } from "../session/session.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";
import type { Answer, ClientId, Input, Introduced, Origin, SessionFacts } from "./messages.ts";
import { UNAVAILABLE } from "./refusing.ts";
import { RemoteConnection } from "./remote_connection.ts";

/** The parts of the leader that a client uses. */
export interface ClientLeader {
  /** The context in which its session decides. */
  readonly context: Context;
  /**
   * Takes an answer; returns its number. Lines are added to the last answer of the client if that
   * has the same position.
   */
  answer(client: RemoteClient, content: Answer["content"]): number;
  /** Notes that the client's user may be another one now. */
  attach(client: RemoteClient): void;
  /** Runs a step of the client's session. */
  run(client: RemoteClient, step: () => void): void;
  /** Notes if the client has a command that waits for a promise. */
  waits(client: RemoteClient, isWaiting: boolean): void;
}

const decoder = new TextDecoder();
const NONE: readonly string[] = [];
/** The details of a client that is registered. */
const REGISTERED: Readonly<Registration> = { negotiating: false };

/** A client. */
export class RemoteClient {
  /** The identity. */
  readonly id: ClientId;
  /** The session. */
  readonly session: Session;
  /** The connection of the session. */
  readonly connection: RemoteConnection;
  /** The number of answers in this epoch. */
  answers = 0;
  /** True once the session has ended the connection. */
  isGone = false;
  /** The address of the client, while the client counts among the connections of that address. */
  counted: string | undefined;
  readonly #leader: ClientLeader;
  readonly #handler: ConnectionHandler;
  readonly #origin: Origin;
  /** The facts that its edge has. */
  #facts: SessionFacts | undefined;
  /** The number of inputs that were received, up to the first gap. */
  #received = 0;
  /** The number of inputs that were performed. */
  #performed = 0;
  /** The inputs that have arrived while an earlier input is missing, by their numbers. */
  readonly #early = new Map<number, Input>();
  /** The inputs that wait until the command in progress is done, or until the client may act. */
  readonly #waiting: Input[] = [];
  #pauses = 0;
  #isDelayed = false;

  /** Opens a session for a client. */
  constructor(id: ClientId, origin: Origin, leader: ClientLeader, budget: Budget) {
    const { context } = leader;
    const { clock, inflow, options: { limits } } = context;
    this.id = id;
    this.#leader = leader;
    this.#origin = origin;
    this.connection = new RemoteConnection(origin, { clock, inflow, limits, budget }, {
      sent: (lines) => this.#answer({ type: "lines", text: decoder.decode(lines) }),
      ended: (reason) => this.#ended(reason),
      paused: () => this.#pause(),
    });
    const { host, sts } = origin;
    // The client must not be shown what follows from its leaving.
    const client = openIrc(this.connection, { context, host, sts }, () => this.note());
    this.#handler = client;
    this.session = client.session;
  }

  /** Restores the session of a client whose edge introduces it. */
  restore({ facts, performed, idleMs = 0 }: Introduced): void {
    this.#received = this.#performed = performed;
    if (facts === undefined) return;
    this.#facts = facts;
    const { session } = this;
    const { clock, network, monitors } = this.#leader.context;
    session.lastActive = clock.moment().plus(-idleMs);
    session.caps = Caps.of(facts.caps);
    session.capVersion = facts.capVersion;
    session.away = facts.away;
    session.heldToken = facts.heldToken;
    session.sentWaiting = facts.sentWaiting;
    endWaitOfSent(session);
    Object.assign(session.registration, facts.registration);
    for (const key of facts.subscriptions) session.metadata.subscriptions.add(key);
    for (const nick of facts.monitored) monitors.add(session, nick);
    if (facts.user === undefined) return;
    const user = session.user = network.users.get(facts.user);
    user?.recipients.add(session);
    // The user may have been asked to give up their nick; the time for that begins again.
    if (user) limitNick(session, user.actor.nick);
  }

  /** True if the session could not be restored completely. */
  get isBroken(): boolean {
    const { user, isBusy = false } = this.#facts ?? {};
    return isBusy || (user !== undefined && !this.session.user);
  }

  /** Performs an input after all earlier inputs, unless it was performed before. */
  perform(number: number, input: Input): void {
    this.connection.lastHeard = this.#leader.context.clock.moment();
    if (number <= this.#received) return;
    this.#early.set(number, input);
    for (;;) {
      const next = this.#early.get(this.#received + 1);
      if (next === undefined) return this.#continue();
      this.#early.delete(++this.#received);
      this.#waiting.push(next);
      if (next.type === "closed") this.connection.answers.cut(next.mayRead === true);
    }
  }

  #continue(): void {
    while (this.#pauses === 0 && !this.#isDelayed) {
      const input = this.#waiting.shift();
      if (input === undefined) return;
      const run = () => this.#leader.run(this, () => this.#run(input));
      const delayed = this.connection.budget.run(run);
      if (!delayed) continue;
      this.#isDelayed = true;
      delayed.finally(() => {
        this.#isDelayed = false;
        this.#continue();
      });
    }
  }

  #run(input: Input): void {
    const { context } = this.#leader;
    // An error must not keep the client's next inputs from being performed.
    context.guard("an input failed", {}, () => this.#take(input));
    if (input.type === "closed") {
      this.#ended(input.reason);
      this.connection.answers.close();
    }
    this.#performed++;
    this.note();
    this.#answer({ type: "performed", count: this.#performed });
  }

  #take(input: Input): void {
    switch (input.type) {
      case "opened":
        return this.#handler.begin();
      case "line":
        return receive(this.#leader.context, this.connection, this.#handler, input.found);
      case "torn":
        return this.#tear(input.batch);
      case "closed":
        return void this.#handler.leave(input.reason);
    }
  }

  /**
   * Drops the batch with this reference, because the edge has refused one of its lines. The edge
   * has answered that line. If the client also waits for an answer with the label of the batch, it
   * gets one.
   */
  #tear(reference: string): void {
    const { session } = this;
    const { batch, batchLabel } = session;
    if (batch?.reference !== reference) return;
    session.batch = undefined;
    if (batchLabel === undefined) return;
    session.answerBatch(() => session.fail("BATCH", UNAVAILABLE, CLUSTER_TEXTS.noLeader));
  }

  /**
   * Ends without an answer, even to a command in progress, because nobody would confirm the answer.
   */
  end(): void {
    this.connection.answers.close();
    this.isGone = true;
  }

  #ended(reason: string): void {
    if (this.isGone) return;
    this.note();
    this.#answer({ type: "closed", reason });
    this.isGone = true;
  }

  #pause(): () => void {
    this.#leader.waits(this, ++this.#pauses > 0);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#leader.waits(this, --this.#pauses > 0);
      this.note();
      this.#continue();
    };
  }

  #answer(content: Answer["content"]): number {
    if (content.type === "lines") this.note();
    return this.isGone ? this.answers : this.#leader.answer(this, content);
  }

  /** Tells the edge the facts of the session, if they have changed. */
  note(): void {
    if (this.isGone) return;
    const facts = this.#presentFacts();
    if (this.#facts && isSame(this.#facts, facts)) return;
    this.#facts = { ...facts, registration: { ...facts.registration } };
    this.#leader.attach(this);
    this.#answer({ type: "facts", facts: this.#facts });
  }

  #presentFacts(): SessionFacts {
    const { session } = this;
    const { registration, caps, capVersion, heldToken, user, away } = session;
    const { certificate, sentWaiting, subscriptions } = session;
    const isBusy = this.#pauses > 0 || session.batch !== undefined || session.sasl !== undefined ||
      session.keyProof?.hasChallenge === true || session.metadata.early.size > 0;
    const isChanged = certificate !== this.#origin.certificate;
    return {
      origin: isChanged ? { ...this.#origin, certificate } : this.#origin,
      ...{ caps: caps.names, capVersion, heldToken, away, user: user?.actor.id, sentWaiting },
      monitored: this.#leader.context.monitors.nicksOf(session),
      subscriptions: subscriptions.size === 0 ? NONE : [...subscriptions],
      isBusy,
      // A registered client needs no details of its registration, which may have a password.
      registration: user ? REGISTERED : registration,
    };
  }
}

/** Returns true if an edge that has the facts `one` need not be told `other`. */
function isSame(one: SessionFacts, other: SessionFacts): boolean {
  return one.user === other.user && one.isBusy === other.isBusy && one.away === other.away &&
    one.capVersion === other.capVersion && one.heldToken === other.heldToken &&
    one.sentWaiting === other.sentWaiting &&
    isSameList(one.caps, other.caps) &&
    isSameList(one.monitored, other.monitored) &&
    isSameList(one.subscriptions, other.subscriptions) &&
    one.origin.certificate === other.origin.certificate &&
    (other.user !== undefined ||
      JSON.stringify(one.registration) === JSON.stringify(other.registration));
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one === other ||
    (one.length === other.length && one.every((each, at) => each === other[at]));
}
