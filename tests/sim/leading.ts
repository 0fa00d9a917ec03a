/**
 * The work of a process only while it leads: it knows which processes live, and sends answers again
 * until their edges have confirmed them.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { Decider } from "./decider.ts";
import {
  type Answer,
  type Entry,
  type Life,
  lifeOf,
  type Message,
  nodeOf,
  numberOf,
} from "./messages.ts";
import type { ProcessParts } from "./node_process.ts";

/** The interval of heartbeats, in milliseconds. */
const HEARTBEAT_MS = 250;
/** The time after which a silent process counts as gone, in milliseconds. */
const GONE_MS = 2500;
/**
 * The time in which processes introduce their clients to a new leader, in milliseconds. The leader
 * performs no input before it knows all clients, because what one client does may be shown to any
 * other.
 */
const GATHER_MS = 700;
/** The time after which answers are sent again, in milliseconds. */
const RESEND_MS = 400;
/** The time after an acknowledgment in which a lease seems valid, in milliseconds. */
const LEASE_MS = 1000;

/** The parts of a {@linkcode Leading} that are different for each epoch. */
export interface LeadingParts {
  readonly clock: Clock;
  readonly epoch: number;
  /** The entries of the log so far. */
  readonly entries: readonly Entry[];
  readonly send: (to: Life, message: Message) => void;
}

/** The lead of one process in one epoch. */
export class Leading {
  readonly decider: Decider;
  readonly #process: ProcessParts;
  readonly #parts: LeadingParts;
  /** The time when each process was last heard. */
  readonly #heard = new Map<Life, number>();
  readonly #begunAt: number;
  #last: number;
  #beatAt = -Infinity;
  #resentAt: number;
  #ownAckAt: number;
  /** The answers that their edges have not confirmed. */
  #unconfirmed: Answer[] = [];

  constructor(process: ProcessParts, parts: LeadingParts) {
    const { world, records, mistakes, violated, life, node } = process;
    const { clock, epoch, entries } = parts;
    this.#process = process;
    this.#parts = parts;
    this.#begunAt = this.#resentAt = world.now;
    this.#ownAckAt = node.ownTime;
    this.#last = entries.length;
    this.decider = new Decider({
      ...{ clock, records, entries, epoch, mistakes, leader: life },
      onFault: (text) => violated(`${life} leads: ${text}`),
    });
    for (const each of this.decider.lives) this.#heard.set(each, world.now);
  }

  /**
   * True if the lease seems valid, by a clock that does not count the time in which the process was
   * stopped.
   */
  get seemsValid(): boolean {
    return this.#process.node.ownTime - this.#ownAckAt < LEASE_MS;
  }

  /** True once all clients are known. */
  get #knowsAll(): boolean {
    return this.#process.mistakes.decidesEarly ||
      this.#heard.keys().every((life) => this.decider.knows(life));
  }

  /** Takes a message to the leader. */
  take(message: Message): void {
    if (!("epoch" in message) || message.epoch !== this.#parts.epoch) return;
    const { now } = this.#process.world;
    switch (message.type) {
      case "alive":
        if (this.#heard.has(message.life)) this.#heard.set(message.life, now);
        return this.#confirm(message);
      case "hello":
        if (!this.decider.hello(message.life, message.clients)) return;
        this.#heard.set(message.life, now);
        this.#buryFormer(message.life);
        return this.#parts.send(message.life, { type: "welcome", epoch: message.epoch });
      case "input":
        if (!this.#knowsAll) return;
        return this.decider.perform(message.client, message.number, message.input);
    }
  }

  /** Counts the earlier processes of the node of `life` as gone. */
  #buryFormer(life: Life): void {
    for (const other of [...this.#heard.keys()]) {
      if (other !== life && nodeOf(other) === nodeOf(life)) this.#bury(other);
    }
  }

  #bury(life: Life): void {
    this.#heard.delete(life);
    this.decider.bury(life);
  }

  #confirm({ life, opened, received }: Extract<Message, { type: "alive" }>): void {
    this.#unconfirmed = this.#unconfirmed.filter(({ client, number }) => {
      if (lifeOf(client) !== life) return true;
      return number > (received.get(client) ?? (numberOf(client) < opened ? Infinity : 0));
    });
  }

  /** Notes that the log has the entry `seq`. */
  acknowledged(seq: number): void {
    this.#last = Math.max(this.#last, seq);
    this.#ownAckAt = this.#process.node.ownTime;
  }

  /** Does the periodic work. */
  check(): void {
    const { world: { now }, nats, life } = this.#process;
    const isGathered = now - this.#begunAt > GATHER_MS;
    for (const [each, at] of [...this.#heard]) {
      const isLate = isGathered && !this.decider.knows(each);
      if (isLate || now - at > GONE_MS) this.#bury(each);
    }
    this.decider.check();
    if (now - this.#resentAt > RESEND_MS) {
      this.#resentAt = now;
      this.#send(this.#unconfirmed);
    }
    if (now - this.#beatAt < HEARTBEAT_MS) return;
    this.#beatAt = now;
    const { epoch } = this.#parts;
    nats.publish(life, { type: "heartbeat", epoch, leader: life, last: this.#last });
  }

  /**
   * Sends the answers that were decided. Returns the entry that goes to the log, and the number
   * `last` of the entry after which it goes there.
   */
  decide(): { entry: Entry | undefined; last: number } {
    const { entry, answers } = this.decider.take();
    this.#unconfirmed.push(...answers);
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
