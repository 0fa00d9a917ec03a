/**
 * Collects what a leader decides: the events and other facts of an entry for the log, and the
 * answers to clients. Does not know how they are decided.
 *
 * @module
 */

import type { UserId } from "../events/actor.ts";
import { Answers } from "./answers.ts";
import { CLIENT_BYTES, ENTRY_BYTES, MOST_BYTES, sizeOf } from "./entry_size.ts";
import {
  type Answer,
  behind,
  type ClientId,
  type Entry,
  type Life,
  type LoggedEvent,
} from "./messages.ts";

/** The decisions of one turn. */
export interface Decided {
  /** The entry for the log; absent if the turn has nothing for it. */
  readonly entry: Entry | undefined;
  /** The answers to clients, in order. */
  readonly answers: readonly Answer[];
}

/** The parts of {@linkcode Decisions}. */
export interface DecisionsParts extends Pick<Entry, "epoch" | "leader"> {
  /** The number of the first entry. */
  readonly seq: number;
  /** Called at the end of each entry. */
  readonly ended: () => void;
}

/** The decisions that were not taken yet. */
export class Decisions {
  readonly #parts: DecisionsParts;
  /** The decisions that have filled entries, one element for each entry. */
  readonly #full: Decided[] = [];
  /** The number of the entry that is being made. The next fields are its content. */
  #seq: number;
  #events: LoggedEvent[] = [];
  #answered = new Map<ClientId, number>();
  #attached = new Map<ClientId, UserId | undefined>();
  #buried: Life[] = [];
  /** The approximate size of the content. */
  #bytes = 0;
  readonly #answers = new Answers();

  /** Begins without decisions. */
  constructor(parts: DecisionsParts) {
    this.#parts = parts;
    this.#seq = parts.seq;
  }

  /** True while there are events that {@linkcode take} has not returned. */
  get hasEvents(): boolean {
    return this.#events.length + this.#full.length > 0;
  }

  /** Adds an event. */
  add(logged: LoggedEvent): void {
    this.#events.push(logged);
    this.#bytes += sizeOf(logged.event);
  }

  /** Adds that a client has another user, or none. */
  attach(client: ClientId, user: UserId | undefined): void {
    this.#attached.set(client, user);
    this.#bytes += CLIENT_BYTES;
  }

  /** Adds that a process counts as gone. */
  bury(life: Life): void {
    this.#buried.push(life);
  }

  /**
   * Adds an answer to a client, whose `answers` is the number of its answers so far: adds to the
   * last answer if possible; otherwise, counts a new one. Returns the number of the answer.
   */
  answer(
    client: { readonly id: ClientId; answers: number },
    content: Answer["content"],
  ): number {
    const position = { seq: this.#seq, index: this.#events.length };
    const extended = this.#answers.extend(client.id, position, content);
    if (extended !== undefined) return extended;
    const number = ++client.answers;
    this.#answers.add({ client: client.id, number, position, content });
    if (!this.#answered.has(client.id)) this.#bytes += CLIENT_BYTES;
    this.#answered.set(client.id, number);
    return number;
  }

  /**
   * Ends the entry if it is full; within a step of a client, only if it is very full. A step should
   * not be split: if the leader died while the log had only a part of it, the next leader would
   * perform the whole step again.
   */
  endIfFull(isInStep: boolean): void {
    if (this.#bytes > (isInStep ? MOST_BYTES : ENTRY_BYTES)) this.#full.push(this.#end());
  }

  /** Returns the decisions since the last call, or as many of them as fit into one entry. */
  take(): Decided {
    const full = this.#full.shift();
    if (full) return full;
    if (this.#events.length + this.#buried.length + this.#attached.size > 0) return this.#end();
    const position = behind(this.#seq - 1);
    const answers = this.#answers.take().map((each) => ({ ...each, position }));
    return { entry: undefined, answers };
  }

  /** Ends the entry that is being made. */
  #end(): Decided {
    const { epoch, leader, ended } = this.#parts;
    const entry: Entry = {
      ...{ epoch, leader, begins: false },
      ...{ events: this.#events, answered: this.#answered, attached: this.#attached },
      buried: this.#buried,
    };
    ended();
    this.#seq++;
    this.#bytes = 0;
    this.#events = [];
    this.#answered = new Map();
    this.#attached = new Map();
    this.#buried = [];
    return { entry, answers: this.#answers.take() };
  }
}
