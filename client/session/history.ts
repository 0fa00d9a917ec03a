/**
 * Requests missed messages from the server's history, and shows them. New messages wait until the
 * missed ones have arrived, but only for a limited time.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Cancel, Clock } from "../../shared/clock.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { CatchUp } from "./catchup.ts";
import type { Connection } from "./connection.ts";
import type { ServerView } from "./server_view.ts";
import { type ClientEvent, isSpeech, type SessionReceiver, type Stamp } from "./events.ts";
import { type CatchUpStep, isTold, readTargets } from "./missed.ts";
import { type KnownPositions, Reading } from "./reading.ts";
import { replyText } from "./replies.ts";
import { historyRequest } from "./tags.ts";

/** The parts of a session that its history uses. */
export interface HistoryParts {
  /** The time. */
  readonly clock: Clock;
  /** Returns the connection, if there is one. */
  connection():
    | Pick<Connection, "capabilities" | "historyPage" | "playsReactions" | "send">
    | undefined;
  /** Returns the state of the connection or, without one, of the last connection. */
  state(): ServerView;
  /** The receiver of the events, and of other facts in the history. */
  readonly receiver: Required<Omit<SessionReceiver, "ready">>;
  /** The positions up to which the user read in earlier sessions, if they are kept. */
  readonly positions?: KnownPositions | undefined;
  /** The largest number of missed messages to read in one conversation. */
  readonly maxMissed?: number | undefined;
}

/** The time in which the server must answer a request for history, in milliseconds. */
const TIMEOUT = 30_000;

/** The history of the user's rooms and private messages. */
export class History {
  readonly #parts: HistoryParts;
  readonly #catchUp: CatchUp;
  readonly #reading: Reading;
  /** Cancels the timeout of requests. */
  #stopWaiting: Cancel = () => {};

  /**
   * Creates a state in which nothing was missed yet. At the first join of a room, `firstPage`
   * earlier messages are shown.
   */
  constructor(firstPage: number, parts: HistoryParts) {
    this.#parts = parts;
    this.#reading = new Reading({
      clock: parts.clock,
      names: () => parts.state().isupport,
      mark: (message) => {
        const connection = parts.connection();
        if (connection?.capabilities.marks) connection.send(message);
      },
    }, parts.positions);
    this.#catchUp = new CatchUp(
      firstPage,
      () => parts.state().isupport,
      () => parts.clock.now(),
      // Without stored positions, as in a script, all messages before the join are past, even if a
      // read marker says otherwise.
      (name) => parts.positions && this.#reading.find(name),
      parts.maxMissed,
    );
  }

  /**
   * If `isFirst`, requests the private conversations and the unread messages in them; otherwise,
   * the private messages since the connection was lost.
   */
  connected(isFirst: boolean): void {
    if (isFirst && !this.#parts.positions) return;
    const since = isFirst ? this.#reading.directSince ?? 0 : undefined;
    this.#follow(this.#catchUp.reconnected(this.#parts.connection()?.historyPage, since));
  }

  /** Records that the user has seen the message `stamp` of the room or person `name`. */
  read(name: string, stamp: Stamp): void {
    this.#reading.read(name, stamp);
  }

  /** Keeps the positions for later sessions. */
  keep(): void {
    this.#reading.flush(this.#catchUp.upTo);
  }

  /** Requests the history of a room that the user has just joined or rejoined. */
  joined({ room, ...stamp }: Stamp & { readonly room: string }): void {
    const page = this.#parts.connection()?.historyPage;
    if (page === undefined) return;
    this.#follow({ show: [], request: this.#catchUp.joined(room, stamp, page) });
  }

  /** Shows `event`, or holds it back until the history before it has arrived. */
  show(event: ClientEvent): void {
    if (this.#catchUp.passes(event)) this.#emit(event);
    else if (this.#catchUp.isFull) this.#giveUp();
  }

  /**
   * Takes a read marker, or the refusal of a request; returns false if `message` is something else.
   */
  takes(message: Message): boolean {
    const { command, params } = message;
    if (command === "MARKREAD") return this.#marked(message);
    // A server may limit the number of markers; the user need not know.
    if (command === "FAIL" && params[0] === "MARKREAD") return true;
    if (command !== "FAIL" || params[0] !== "CHATHISTORY") return false;
    const step = this.#catchUp.refused(params.slice(0, -1));
    // Some servers have the history of rooms only, and refuse TARGETS.
    if (!step.isRetry && params[2]?.toUpperCase() !== "TARGETS") {
      this.#tell("answer", SESSION_TEXTS.historyRefused(replyText(message)));
    }
    this.#follow(step);
    return true;
  }

  /** Takes a page of the history of `room`. The results of a search have an empty `room`. */
  page(room: string, messages: readonly Message[], isEnd: boolean | undefined): void {
    if (room === "" && messages.length === 0) this.#tell("answer", SESSION_TEXTS.nothingFound);
    const state = this.#parts.state();
    const isRead = this.#parts.connection()?.playsReactions ? isTold : isSpeech;
    const events = messages.flatMap((each) => state.past(each)).filter(isRead);
    const [first, last] = [messages[0], messages.at(-1)];
    const end = {
      count: messages.length,
      first: first && state.stampOf(first),
      last: last && state.stampOf(last),
      isEnd,
    };
    this.#follow(this.#catchUp.page(room, events, end));
  }

  /** Takes the rooms and nicks that have new messages. */
  targets(messages: readonly Message[], isEnd: boolean | undefined): void {
    this.#follow(this.#catchUp.targets(readTargets(messages), isEnd));
  }

  /** Records that `room` is now called `to`. */
  renamed(room: string, to: string): void {
    this.#catchUp.renamed(room, to);
  }

  /** Records that the user has left `room`, and no longer misses messages there. */
  left(room: string): void {
    this.#catchUp.left(room);
  }

  /** Records that the connection is lost. */
  lost(): void {
    this.#catchUp.lost();
    this.#stopWaiting();
  }

  /** Shows the events of a step, and sends its request. */
  #follow({ show, request, caughtUp, conversations = [] }: CatchUpStep): void {
    for (const { name, time } of conversations.toReversed()) {
      this.#parts.receiver.conversation(name, time);
    }
    for (const event of show) this.#emit(event);
    if (caughtUp !== undefined) this.#parts.receiver.caughtUp(caughtUp);
    const connection = this.#parts.connection();
    if (request) connection?.send(historyRequest(request, connection.playsReactions));
    this.#stopWaiting();
    if (!this.#catchUp.isWaiting) return;
    this.#stopWaiting = this.#parts.clock.after(TIMEOUT, () => this.#giveUp());
  }

  #giveUp(): void {
    this.#tell("warning", SESSION_TEXTS.historyTimeout);
    this.#follow(this.#catchUp.giveUp());
  }

  #tell(type: "answer" | "warning", text: string): void {
    this.#parts.receiver.event({ type, text, time: this.#parts.clock.now() });
  }

  #emit(event: ClientEvent): void {
    if (isSpeech(event) && event.room === undefined && !event.own && !event.isPast) {
      this.#reading.received(event.nick, event);
    }
    this.#parts.receiver.event(event);
  }

  /** Takes the read marker of another client of the user; `*` stands for no marker. */
  #marked({ params: [name = "", text = ""] }: Message): true {
    const time = Date.parse(text.replace(/^timestamp=/, ""));
    if (Number.isNaN(time) || !this.#reading.marked(name, time)) return true;
    this.#parts.receiver.readElsewhere(name, time);
    return true;
  }
}
