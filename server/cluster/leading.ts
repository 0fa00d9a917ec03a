/**
 * The work that a process has only while it leads: it knows which processes live, and sends answers
 * again until their edges have confirmed them.
 *
 * @module
 */

import { OperatorRequests } from "../accounts/operator_requests.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";
import { SERVER_TEXTS } from "../texts/server.ts";
import type { Decider } from "./decider.ts";
import {
  type Answer,
  type ClientId,
  type Entry,
  type Introduced,
  type Life,
  lifeOf,
  type Message,
  nodeOf,
} from "./messages.ts";

/** The interval of heartbeats, in milliseconds. */
const HEARTBEAT_MS = 200;
/** The time after which a silent process counts as gone, in milliseconds. */
const GONE_MS = 2500;
/**
 * The time in which processes introduce their clients to a new leader, in milliseconds. The leader
 * performs no input before it knows all clients, because what one client does may be shown to any
 * other client.
 */
const GATHER_MS = 350;
/**
 * The time for introductions after a while in which no messages could come, in milliseconds:
 * processes first have to connect again.
 */
const RECONNECT_MS = 2000;
/** The time after which answers are sent again, in milliseconds. */
const RESEND_MS = 400;

/** The parts of a {@linkcode Leading}. */
export interface LeadingParts {
  /** The process that leads. */
  readonly life: Life;
  /** The epoch. */
  readonly epoch: number;
  /** The number of the entry that begins the epoch. */
  readonly seq: number;
  /** The process that has left last: nobody waits for it. */
  readonly gone: Life | undefined;
  /** The present time, in milliseconds. */
  readonly now: number;
  /** The part that decides. */
  readonly decider: Decider;
  /** Sends a message to one process. */
  readonly send: (to: Life, message: Message) => void;
  /** Sends a message to all other processes. */
  readonly publish: (message: Message) => void;
}

type Hello = Extract<Message, { type: "hello" }>;

/** Answers of one client that its edge has not confirmed. */
interface Unconfirmed {
  answers: Answer[];
  sentAt: number;
}

/** The lead of one process in one epoch. */
export class Leading {
  /** The part that decides. */
  readonly decider: Decider;
  readonly #parts: LeadingParts;
  readonly #requests: OperatorRequests;
  /** The time when each process was last heard. */
  readonly #heard = new Map<Life, number>();
  /** The number of the last entry that each process can restore without the log. */
  readonly #saved = new Map<Life, number>();
  readonly #unconfirmed = new Map<ClientId, Unconfirmed>();
  /** The introduced clients of processes that have not introduced all of their clients yet. */
  readonly #introducing = new Map<Life, {
    readonly count: number;
    readonly clients: Map<ClientId, Introduced>;
  }>();
  #last: number;
  #beatAt = -Infinity;
  /** The time until which processes may introduce their clients. */
  #gatherUntil: number;

  /** Begins to lead. */
  constructor(parts: LeadingParts) {
    this.#parts = parts;
    this.decider = parts.decider;
    this.#requests = new OperatorRequests(parts.decider.context);
    this.#last = parts.seq;
    this.#gatherUntil = parts.now + GATHER_MS;
    for (const each of this.decider.lives) this.#heard.set(each, parts.now);
    this.#left(parts.gone);
  }

  /** True once the clients of all processes that live are known. */
  get #knowsAll(): boolean {
    return this.#heard.keys().every((life) => this.decider.knows(life));
  }

  /** Takes a message to the leader. */
  take(message: Message, now: number): void {
    const { epoch, send } = this.#parts;
    if (message.type === "leaving") this.#left(message.life);
    if (!("epoch" in message) || message.epoch !== epoch) return;
    switch (message.type) {
      case "alive":
        // Nothing must be remembered of a process that is unknown or counts as gone.
        if (!this.#heard.has(message.life)) return;
        this.#heard.set(message.life, now);
        this.#saved.set(message.life, message.saved);
        this.#requests.perform(message.requests);
        this.#tellOfRefused(message);
        for (const [id, count] of message.received) this.#confirm(id, count);
        return this.decider.noteSlow(message.life, new Set(message.full));
      case "hello": {
        const clients = this.#introduced(message);
        if (!clients || !this.decider.hello(message.life, clients, message.uptimeMs)) return;
        this.#heard.set(message.life, now);
        this.#buryFormer(message.life);
        return send(message.life, { type: "welcome", life: message.life, epoch });
      }
      case "inputs":
        if (!this.#knowsAll) return;
        for (const input of message.inputs) {
          if (input.received !== undefined) this.#confirm(input.client, input.received);
          this.decider.perform(input);
        }
    }
  }

  /** Returns the clients of a process once all of them are introduced. */
  #introduced({ life, count, clients }: Hello): readonly Introduced[] | undefined {
    const known = this.#introducing.get(life);
    const all = known?.count === count ? known.clients : new Map<ClientId, Introduced>();
    for (const each of clients) all.set(each.client, each);
    if (all.size < count) this.#introducing.set(life, { count, clients: all });
    else this.#introducing.delete(life);
    return all.size < count ? undefined : [...all.values()];
  }

  #tellOfRefused({ life, refused = [] }: Extract<Message, { type: "alive" }>): void {
    for (const { address, reason } of refused) {
      const text = CLUSTER_TEXTS.refusedAt(nodeOf(life), SERVER_TEXTS.refused(address, reason));
      this.decider.context.tellOperators(text);
    }
  }

  /** Counts the earlier processes of the node of `life` as gone. */
  #buryFormer(life: Life): void {
    for (const other of [...this.#heard.keys()]) {
      if (other !== life && nodeOf(other) === nodeOf(life)) this.#bury(other);
    }
  }

  #left(life: Life | undefined): void {
    if (life !== undefined && this.#heard.has(life)) this.#bury(life);
  }

  #bury(life: Life): void {
    this.#heard.delete(life);
    this.#saved.delete(life);
    for (const id of [...this.#unconfirmed.keys()]) {
      if (lifeOf(id) === life) this.#unconfirmed.delete(id);
    }
    this.decider.bury(life);
  }

  /** Notes that the edge of a client has shown this number of answers. */
  #confirm(id: ClientId, count: number): void {
    this.decider.confirm(id, count);
    const unconfirmed = this.#unconfirmed.get(id);
    if (!unconfirmed) return;
    unconfirmed.answers = unconfirmed.answers.filter(({ number }) => number > count);
    if (unconfirmed.answers.length === 0) this.#unconfirmed.delete(id);
  }

  /** Notes that the log has stored the entry of this process as number `seq`. */
  acknowledged(seq: number): void {
    this.#last = seq;
  }

  /** The number of the last entry that no living process needs any more; 0 if it is not known. */
  get neededAfter(): number {
    return this.#saved.size < this.#heard.size ? 0 : Math.min(...this.#saved.values());
  }

  /**
   * Notes that no messages could come until now, so that the silence of processes means nothing.
   */
  wasDeaf(now: number): void {
    for (const each of this.#heard.keys()) this.#heard.set(each, now);
    this.#gatherUntil = now + RECONNECT_MS;
  }

  /**
   * Does the periodic work. `waitsMs` is the time for which an append has waited for the log, in
   * milliseconds, or 0 if no append waits.
   */
  check(now: number, waitsMs: number): void {
    const { life, epoch, publish } = this.#parts;
    for (const [each, at] of [...this.#heard]) {
      if (each === life) continue;
      const isLate = now > this.#gatherUntil && !this.decider.knows(each);
      if (isLate || now - at > GONE_MS) this.#bury(each);
    }
    this.decider.check();
    this.#resend(now);
    if (now - this.#beatAt < HEARTBEAT_MS) return;
    this.#beatAt = now;
    publish({ type: "heartbeat", epoch, leader: life, last: this.#last, waitsMs });
  }

  #resend(now: number): void {
    const late: Answer[] = [];
    for (const unconfirmed of this.#unconfirmed.values()) {
      if (now - unconfirmed.sentAt < RESEND_MS) continue;
      // Answers that belong to later entries cannot be shown yet.
      const due = unconfirmed.answers.filter(({ position }) => position.seq <= this.#last);
      if (due.length === 0) continue;
      unconfirmed.sentAt = now;
      late.push(...due);
    }
    this.#send(late);
  }

  /**
   * Sends the answers that were decided. Returns the entry to append to the log, if there is one.
   * `last` is the number of the entry that it must follow directly.
   */
  decide(now: number): { readonly entry: Entry | undefined; readonly last: number } {
    const { entry, answers } = this.decider.take();
    for (const answer of answers) {
      const unconfirmed = this.#unconfirmed.get(answer.client);
      if (unconfirmed) unconfirmed.answers.push(answer);
      else this.#unconfirmed.set(answer.client, { answers: [answer], sentAt: now });
    }
    this.#send(answers);
    return { entry, last: this.#last };
  }

  #send(answers: readonly Answer[]): void {
    const { epoch, send } = this.#parts;
    for (const [life, each] of Map.groupBy(answers, ({ client }) => lifeOf(client))) {
      send(life, { type: "answers", epoch, answers: each });
    }
  }
}
