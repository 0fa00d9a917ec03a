/**
 * A client at its edge: its inputs until they are performed, and its answers until they are shown.
 * Events are delivered to it as to any client of a server.
 *
 * @module
 */

import { encodeLine, type Message } from "../../protocol.ts";
import { Moment } from "../../shared/clock.ts";
import { Caps } from "../../server/irc/capabilities.ts";
import { ALIVE, type Life as SignOfLife, type Recipient } from "../../server/state/recipient.ts";
import type { User } from "../../server/state/state.ts";
import { linesIn } from "./decider.ts";
import type { Answer, ClientId, Input, Introduced, SessionFacts } from "./messages.ts";

/** The other end of a client's connection. */
export interface Peer {
  /** Takes a line. */
  received(line: string): void;
  /** Takes the end of the connection. */
  closed(): void;
}

/** The client whose command has caused the event that is being delivered, if there is one. */
export interface Acting {
  readonly client: ClientId | undefined;
  readonly isAnswered: boolean;
}

/** An input with its number. */
export interface Numbered {
  readonly number: number;
  readonly input: Input;
}

/** A client that is connected to an edge. */
export class EdgeClient implements Recipient {
  readonly id: ClientId;
  readonly lastActive = new Moment(0);
  readonly away = undefined;
  readonly encrypted = false;
  readonly subscriptions: ReadonlySet<string> = new Set();
  readonly outbox = {
    push: (line: Uint8Array): void => this.#deliver(line),
    pushLater: (make: () => Uint8Array): void => this.#deliver(make()),
  };
  /** The lines of events that were delivered, in order. */
  readonly delivered: string[] = [];
  facts: SessionFacts | undefined;
  user: User | undefined;
  /** The number of inputs that have been performed, according to the answers shown so far. */
  performed = 0;
  /** The number of answers of this epoch that have arrived, up to the first gap. */
  received = 0;
  /** The inputs that are not performed. */
  inputs: Numbered[] = [];
  /** True once the connection to the peer has ended. */
  isCut = false;
  /** True once answers were given up. The edge may then not have all facts that the leader has. */
  isGivenUp = false;
  readonly #peer: Peer;
  readonly #acting: () => Acting;
  /** The answers that have arrived before an earlier answer, by their numbers. */
  readonly #early = new Map<number, Answer>();
  #answers: Answer[] = [];
  #count = 0;

  constructor(id: ClientId, peer: Peer, acting: () => Acting) {
    this.id = id;
    this.#peer = peer;
    this.#acting = acting;
  }

  get caps(): Caps {
    return this.facts?.caps ?? Caps.none;
  }

  get acting(): boolean {
    return this.#acting().client === this.id;
  }

  get answering(): boolean {
    return this.acting && this.#acting().isAnswered;
  }

  send(message: Message): void {
    // If the answer to the client's command has this line, the event does not deliver it again.
    if (!this.answering) this.#deliver(encodeLine(message));
  }

  entered(): void {}

  askIfAlive(): SignOfLife {
    return ALIVE;
  }

  close(): void {}

  #deliver(bytes: Uint8Array): void {
    for (const line of linesIn(bytes)) {
      if (this.isCut) return;
      this.delivered.push(line);
      this.#peer.received(line);
    }
  }

  /** Shows a line of an answer. */
  show(line: string): void {
    if (!this.isCut) this.#peer.received(line);
  }

  /** Ends the connection to the peer. */
  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    this.#peer.closed();
  }

  /** Adds an input; returns it with its number. */
  add(input: Input): Numbered {
    const numbered = { number: ++this.#count, input };
    this.inputs.push(numbered);
    return numbered;
  }

  /** Notes that the first `count` inputs were performed. */
  notePerformed(count: number): void {
    this.performed = Math.max(this.performed, count);
    this.inputs = this.inputs.filter(({ number }) => number > this.performed);
  }

  /** The answers that wait to be shown, in order. */
  get answers(): readonly Answer[] {
    return this.#answers;
  }

  /** Takes an answer, which may have arrived before, or may arrive before an earlier answer. */
  take(answer: Answer): void {
    if (answer.number > this.received) this.#early.set(answer.number, answer);
    for (;;) {
      const next = this.#early.get(this.received + 1);
      if (next === undefined) return;
      this.#early.delete(next.number);
      this.received++;
      this.#answers.push(next);
    }
  }

  /** Removes and returns the first answer that waits. */
  shift(): Answer | undefined {
    return this.#answers.shift();
  }

  /** Forgets the answers of the former leader that were not shown. */
  forgetAnswers(): void {
    this.#answers = [];
    this.#early.clear();
    this.received = 0;
  }

  /** Returns the client in the form in which a new leader gets it. */
  introduce(): Introduced {
    return { client: this.id, facts: this.facts, performed: this.performed };
  }
}
