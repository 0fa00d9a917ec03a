/**
 * Requests what the user has missed from the server's history, shows it, and limits the time for which newer
 * messages wait for it.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Cancel, Clock } from "../../shared/clock.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { CatchUp } from "./catchup.ts";
import type { Connection } from "./connection.ts";
import type { Conversation } from "./conversation.ts";
import type { ClientEvent, Stamp } from "./events.ts";
import { type CatchUpStep, readTargets } from "./missed.ts";
import { replyText } from "./replies.ts";

/** The parts of a session that its history uses. */
export interface HistoryParts {
  /** The time. */
  readonly clock: Clock;
  /** Returns the connection, if there is one. */
  connection(): Pick<Connection, "historyPage" | "send"> | undefined;
  /** Returns the state of the connection, or of the last one. */
  state(): Conversation;
  /** Shows an event. */
  show(event: ClientEvent): void;
}

/** The time in which the server must answer a request for history, in milliseconds. */
const TIMEOUT = 30_000;

/** The history of the user's rooms and private messages. */
export class History {
  readonly #parts: HistoryParts;
  readonly #catchUp: CatchUp;
  /** Cancels the timeout of requests. */
  #stopWaiting: Cancel = () => {};

  /** Creates a state in which nothing was missed yet; shows `firstPage` messages at the first join. */
  constructor(firstPage: number, parts: HistoryParts) {
    this.#parts = parts;
    this.#catchUp = new CatchUp(firstPage, () => parts.state().isupport, () => parts.clock.now());
  }

  /** Requests the private messages that the user missed, after a reconnect. */
  reconnected(): void {
    this.#follow(this.#catchUp.reconnected(this.#parts.connection()?.historyPage));
  }

  /** Requests the history of a room that the user has just joined or rejoined. */
  joined({ room, ...stamp }: Stamp & { readonly room: string }): void {
    const page = this.#parts.connection()?.historyPage;
    if (page === undefined) return;
    this.#follow({ show: [], request: this.#catchUp.joined(room, stamp, page) });
  }

  /** Shows `event`, or holds it back until the history before it has arrived. */
  show(event: ClientEvent): void {
    if (this.#catchUp.passes(event)) this.#parts.show(event);
    else if (this.#catchUp.isFull) this.#giveUp();
  }

  /** Handles the refusal of a request; returns false if `message` is something else. */
  refusedBy(message: Message): boolean {
    const { command, params } = message;
    if (command !== "FAIL" || params[0] !== "CHATHISTORY") return false;
    const step = this.#catchUp.refused();
    // Some servers have the history of rooms only, and refuse TARGETS.
    if (!step.isRetry && params[2]?.toUpperCase() !== "TARGETS") {
      this.#tell("answer", SESSION_TEXTS.historyRefused(replyText(message)));
    }
    this.#follow(step);
    return true;
  }

  /** Takes a page of the history of `room`; with an empty `room`, the results of a search. */
  page(room: string, messages: readonly Message[]): void {
    if (room === "" && messages.length === 0) this.#tell("answer", SESSION_TEXTS.nothingFound);
    const state = this.#parts.state();
    const events = messages.flatMap((each) => state.past(each));
    const last = messages.at(-1);
    const end = { count: messages.length, last: last && state.stampOf(last) };
    this.#follow(this.#catchUp.page(room, events, end));
  }

  /** Takes the rooms and nicks that have new messages. */
  targets(messages: readonly Message[]): void {
    this.#follow(this.#catchUp.targets(readTargets(messages)));
  }

  /** Records that `room` is now called `to`. */
  renamed(room: string, to: string): void {
    this.#catchUp.renamed(room, to);
  }

  /** Records that the user has left `room`, and so misses nothing there. */
  left(room: string): void {
    this.#catchUp.left(room);
  }

  /** Records that the connection is lost. */
  lost(): void {
    this.#catchUp.lost();
    this.#stopWaiting();
  }

  /** Shows the events of a step, and sends its request. */
  #follow({ show, request }: CatchUpStep): void {
    for (const event of show) this.#parts.show(event);
    if (request) this.#parts.connection()?.send({ command: "CHATHISTORY", params: [...request] });
    this.#stopWaiting();
    if (!this.#catchUp.isWaiting) return;
    this.#stopWaiting = this.#parts.clock.after(TIMEOUT, () => this.#giveUp());
  }

  #giveUp(): void {
    this.#tell("warning", SESSION_TEXTS.historyTimeout);
    this.#follow(this.#catchUp.giveUp());
  }

  #tell(type: "answer" | "warning", text: string): void {
    this.#parts.show({ type, text, time: this.#parts.clock.now() });
  }
}
