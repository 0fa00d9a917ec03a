/**
 * A client at its edge: its connection, its inputs until they are performed, and its answers until
 * they are shown. Events are delivered to it as to any client of a server.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import { encodeLine, type Message } from "../../protocol.ts";
import { Moment } from "../../shared/clock.ts";
import type { ConnectionHandler } from "../doors/door.ts";
import { Caps } from "../irc/capabilities.ts";
import type { Connection } from "../net/connection.ts";
import { ALIVE, type Life as SignsOfLife } from "../state/recipient.ts";
import type { Watcher } from "../state/monitors.ts";
import type { User } from "../state/state.ts";
import type {
  Answer,
  ClientId,
  Input,
  Introduced,
  Numbered,
  Origin,
  SessionFacts,
} from "./messages.ts";
import { batchPartOf } from "./refusing.ts";

/** The client whose command has caused the present event, if there is one. */
export interface Acting {
  /** The client; absent if no command has caused the event. */
  readonly client: ClientId | undefined;
  /** True if the answer to the client's command has the line of the event. */
  readonly isAnswered: boolean;
}

/**
 * Returns the answer to a line that cannot be passed on; `undefined` if it can be passed on. The
 * answer has the label of the line if `isLabeled`, which is true if the client has negotiated
 * labeled-response.
 */
export type Refuse = (line: Received, isLabeled: boolean) => Message | undefined;

/** The parts of its edge that a client uses. */
export interface ClientEdge {
  /** The client that acts now. */
  readonly acting: Acting;
  /** Returns the answer to a line that cannot be passed on; `undefined` if it can. */
  refuse: Refuse;
  /** Sends an input to the leader. */
  pass(input: Numbered): void;
}

/** The parts of a connection that a client of an edge uses. */
export type EdgeConnection = Pick<Connection, "end" | "outbox" | "pause">;

/**
 * The largest number of inputs that were passed on and are not performed yet. Further lines wait in
 * the client's connection.
 */
const INPUTS_AHEAD = 32;
const encoder = new TextEncoder();

/** A client that is connected to an edge. */
export class EdgeClient implements Watcher, ConnectionHandler {
  /** The identity. */
  readonly id: ClientId;
  readonly away: undefined = undefined;
  lastActive: Moment = new Moment(0);
  readonly outbox: Connection["outbox"];
  readonly #origin: Origin;
  readonly #connection: EdgeConnection;
  readonly #edge: ClientEdge;
  /** The facts of its session, according to the answers shown so far. */
  facts: SessionFacts | undefined;
  caps: Caps = Caps.none;
  subscriptions: ReadonlySet<string> = new Set();
  user: User | undefined;
  /** The number of answers of this epoch that have arrived, up to the first gap. */
  answered = 0;
  /** The number of answers of this epoch that were shown before the client could read no more. */
  shown = 0;
  /** True once answers were given up. The edge may then not have all facts that the leader has. */
  isGivenUp = false;
  /** True once the connection has ended or is ending. */
  isCut = false;
  /** True once the edge or the leader has ended the connection, or the client is gone. */
  #isEnded = false;
  /** True once the leader has closed the session, or was told that the client has left. */
  #hasLeft = false;
  /** The answers that have arrived while an earlier answer is missing, by their numbers. */
  readonly #early = new Map<number, Answer>();
  /** Called when the last answer has been shown to a client that sends no more. */
  #answered: () => void = () => {};
  readonly #answers: Answer[] = [];
  readonly #inputs: Numbered[] = [];
  /**
   * The last batch with a refused line, and the answer to that line. The rest of the batch is
   * refused, too: otherwise, the message would be sent without that line.
   */
  #torn: { readonly batch: string; readonly answer: Message } | undefined;
  /** The number of inputs so far. */
  #count = 0;
  /** The number of inputs that were performed. */
  #performed = 0;
  #resume: (() => void) | undefined;

  /** Takes over `connection`. */
  constructor(id: ClientId, connection: EdgeConnection, origin: Origin, edge: ClientEdge) {
    this.id = id;
    this.outbox = connection.outbox;
    this.#connection = connection;
    this.#origin = origin;
    this.#edge = edge;
  }

  get encrypted(): boolean {
    return this.#origin.encrypted;
  }

  get acting(): boolean {
    return this.#edge.acting.client === this.id;
  }

  get answering(): boolean {
    return this.acting && this.#edge.acting.isAnswered;
  }

  begin(): void {
    this.#input({ type: "opened", origin: this.#origin });
  }

  received(found: Received): void {
    const answer = this.#refuse(found);
    if (!answer) return this.#input({ type: "line", found });
    this.outbox.push(encodeLine(answer));
    // A newcomer whose NICK is lost would wait for a welcome that never comes.
    if (answer.command === "FAIL" && !this.user) this.close(answer.params?.at(-1) ?? "");
  }

  #refuse(found: Received): Message | undefined {
    const answer = this.#edge.refuse(found, this.caps.has("labeled-response"));
    if (!answer && !this.#torn) return undefined;
    const { batch, part } = batchPartOf(found);
    if (batch === undefined) return answer;
    // The client may give its next batch the same reference.
    if (part === "begin" && this.#torn?.batch === batch) this.#torn = undefined;
    const torn = this.#torn?.batch === batch ? this.#torn.answer : undefined;
    if (answer) {
      // The leader, which may have the first lines, must not wait for the rest.
      if (!torn && part !== "begin") this.#input({ type: "torn", batch });
      this.#torn = { batch, answer: { ...answer, tags: new Map() } };
    }
    if (part === "end" && this.#torn?.batch === batch) this.#torn = undefined;
    return answer ?? torn;
  }

  leave(reason: string): void | Promise<void> {
    const mayRead = !this.isCut && this.isReading;
    this.isCut = true;
    if (!mayRead) this.#isEnded = true;
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#input({ type: "closed", reason, mayRead });
    if (mayRead) return new Promise((resolve) => this.#answered = resolve);
  }

  /** Ends the connection because the leader has closed the session. */
  closed(reason: string): void {
    this.#hasLeft = true;
    this.#isEnded = true;
    this.#answered();
    if (this.isCut) return;
    this.isCut = true;
    this.#connection.end(reason);
  }

  /** True while the client can read what it is sent. */
  get isReading(): boolean {
    return !this.#isEnded && !this.outbox.isClosed;
  }

  #input(input: Input): void {
    const numbered = { client: this.id, number: ++this.#count, input };
    this.#inputs.push(numbered);
    this.#edge.pass(numbered);
    if (this.#inputs.length >= INPUTS_AHEAD) this.#resume ??= this.#connection.pause();
  }

  /** The inputs that have not been performed yet. */
  get inputs(): readonly Numbered[] {
    return this.#inputs;
  }

  /** Notes that the first `count` inputs were performed. */
  performed(count: number): void {
    this.#performed = Math.max(this.#performed, count);
    while (this.#inputs[0] && this.#inputs[0].number <= this.#performed) this.#inputs.shift();
    if (this.#inputs.length < INPUTS_AHEAD) this.readOn();
  }

  /** Continues to read, if reading was paused until inputs are performed. */
  readOn(): void {
    this.#resume?.();
    this.#resume = undefined;
  }

  send(message: Message): void {
    // If the answer to the client's command has the line, the line is not sent a second time.
    if (!this.answering) this.outbox.push(encodeLine(message));
  }

  /** Shows lines of an answer. */
  show(lines: string): void {
    this.outbox.push(encoder.encode(lines), true);
  }

  entered(): void {}

  askIfAlive(): SignsOfLife {
    return ALIVE;
  }

  /** Ends the connection. */
  close(reason: string): void {
    this.#isEnded = true;
    if (this.isCut) return;
    this.isCut = true;
    this.outbox.push(encodeLine({ command: "ERROR", params: [reason] }));
    this.#connection.end(reason);
  }

  /** Returns true if an answer waits to be shown. */
  get hasAnswers(): boolean {
    return this.#answers.length > 0;
  }

  /** The first answer that waits to be shown. */
  get nextAnswer(): Answer | undefined {
    return this.#answers[0];
  }

  /**
   * Takes an answer. The same answer may have arrived before, and earlier answers may still be
   * missing.
   */
  take(answer: Answer): void {
    if (answer.number > this.answered) this.#early.set(answer.number, answer);
    for (;;) {
      const next = this.#early.get(this.answered + 1);
      if (next === undefined) return;
      this.#early.delete(next.number);
      this.answered++;
      this.#answers.push(next);
    }
  }

  /** Removes the first answer that waits, because it is shown now. */
  shiftAnswer(): void {
    this.#answers.shift();
    if (this.isReading) this.shown++;
  }

  /** Forgets the answers that were not shown, because another leader has taken over. */
  forgetAnswers(): void {
    this.#answers.length = 0;
    this.#early.clear();
    this.answered = 0;
    this.shown = 0;
  }

  /** Returns the facts with which the edge introduces the client to a new leader. */
  introduce(now: Moment): Introduced {
    const idleMs = now.since(this.lastActive);
    return { client: this.id, facts: this.facts, performed: this.#performed, idleMs };
  }
}
