/**
 * Sends the user's messages line by line, and finds the outcome of each: by its label, or else by what the
 * server refuses before it answers a PING. It does not reconnect; lines that wait when a connection is lost
 * are sent on the next.
 *
 * @module
 */

import { LIMITS, type Message } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { Connection } from "./connection.ts";
import type { Line, MessageKind, Speech, StatusEvent, Unstamped } from "./events.ts";
import {
  FORBIDDEN_CHARACTERS,
  INVALID_TARGET,
  MESSAGE_KINDS,
  Outgoing,
  type SentLine,
} from "./outgoing.ts";
import { NAMELESS_SPEECH_REFUSALS, SPEECH_REFUSALS } from "./replies.ts";

/** The parts of a session that a speaker uses. */
export interface SpeakerParts {
  /** Returns true if `to` is a room that is not joined yet, so that its messages must wait. */
  isAwaited(to: string): boolean;
  /** Reports the outcome of a line. */
  emit(event: Unstamped<StatusEvent>): void;
  /** Shows `line`, which is confirmed, as `event`, if the server sends no echo. */
  show(event: Speech, line: Line): void;
}

/** The largest length of `user@host`, in bytes, used until the real length is known. */
const MASK_BYTES = 10 + 1 + 63;

/** The user's messages, until they are answered. */
export class Speaker {
  readonly #parts: SpeakerParts;
  readonly #outgoing = new Outgoing();
  #connection: Connection | undefined;
  #barrierAt: string | undefined;
  /** The callers that wait for outcomes. */
  #settling: { readonly atMost: number; readonly done: () => void }[] = [];

  /** Creates a speaker without messages and without a connection. */
  constructor(parts: SpeakerParts) {
    this.#parts = parts;
  }

  /** Sends the waiting lines on `connection`, and all later ones. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.pump();
  }

  /** Sends `text` as soon as possible. Long text becomes several lines; empty text is dropped. */
  say(to: string, text: string, kind: MessageKind): void {
    const line: Line = { to, kind, text: text.replace(FORBIDDEN_CHARACTERS, "") };
    if (line.text === "") return;
    if (to === "" || INVALID_TARGET.test(to)) {
      return this.#parts.emit({ type: "refused", reason: SESSION_TEXTS.notATarget(to), line });
    }
    this.#outgoing.add(line);
    if (!this.#connection) this.#parts.emit({ type: "waiting", line });
    this.pump();
  }

  /** The number of lines that are neither confirmed, nor refused, nor lost. */
  get unsettled(): number {
    return this.#outgoing.size;
  }

  /** The lines that are neither confirmed, nor refused, nor lost, in their order. */
  get lines(): readonly Line[] {
    return this.#outgoing.lines;
  }

  /** Those of {@linkcode lines} that were sent. */
  get sent(): readonly Line[] {
    return this.#outgoing.sent;
  }

  /** Changes the target of the waiting lines to the room `from`, which is now `to`. */
  renamed(isFrom: (to: string) => boolean, to: string): void {
    this.#outgoing.readdress(isFrom, to);
  }

  /** Resolves once at most `atMost` lines are neither confirmed, nor refused, nor lost. */
  settled(atMost: number): Promise<void> {
    if (this.#outgoing.size <= atMost) return Promise.resolve();
    return new Promise((done) => this.#settling.push({ atMost, done }));
  }

  /** Sends the waiting lines, until a room is not joined or too much is unanswered. */
  pump(): void {
    const connection = this.#connection;
    if (!connection) return;
    for (let line = this.#outgoing.next; line; line = this.#outgoing.next) {
      if (this.#parts.isAwaited(line.to)) break;
      this.#sendLine(connection, line);
    }
    if (!connection.capabilities.labels) this.#setBarrier(connection);
  }

  /** Removes and returns the line that `message` answers, if any. */
  answeredBy({ command, params }: Message, label: string | undefined): SentLine | undefined {
    if (label !== undefined) return this.#outgoing.answered((line) => line.label === label);
    if (!this.#connection || this.#connection.capabilities.labels) return undefined;
    const { isupport } = this.#connection.conversation;
    if (SPEECH_REFUSALS.has(command)) {
      const [, to = ""] = params;
      return this.#outgoing.answered((line) => isupport.isSame(line.to, to));
    }
    const isNameless = NAMELESS_SPEECH_REFUSALS.has(command) ||
      (command === "FAIL" && (params[0] === "PRIVMSG" || params[0] === "NOTICE"));
    return isNameless ? this.#outgoing.answered(() => true) : undefined;
  }

  /** Shows a line that has arrived, unless an echo shows it. */
  confirm(line: SentLine): void {
    if (!this.#connection || this.#connection.capabilities.echoes) return;
    this.#parts.show(this.#connection.conversation.speech(line), line);
  }

  /** Sends waiting lines and wakes callers, after a line was answered. */
  settle(): void {
    this.pump();
    const size = this.#outgoing.size;
    const settled = this.#settling.filter(({ atMost }) => size <= atMost);
    this.#settling = this.#settling.filter(({ atMost }) => size > atMost);
    for (const { done } of settled) done();
  }

  /** Records the loss of the connection. Unanswered lines may have arrived, and are not sent again. */
  lose(): void {
    this.#connection = undefined;
    this.#barrierAt = undefined;
    for (const line of this.#outgoing.lost()) this.#parts.emit({ type: "unconfirmed", line });
    this.settle();
  }

  /** Drops the waiting lines to targets that are `unreachable`. */
  drop(unreachable: (to: string) => boolean, reason: string): void {
    for (const line of this.#outgoing.withdraw(unreachable)) {
      this.#parts.emit({ type: "refused", reason, line });
    }
    this.settle();
  }

  #sendLine(connection: Connection, line: Line): void {
    const { command, before, after } = MESSAGE_KINDS[line.kind];
    const { nick, source = `${nick}!${"x".repeat(MASK_BYTES)}` } = connection.conversation;
    const around = byteLength(`:${source} ${command} ${line.to} :${before}${after}\r\n`);
    const [text = ""] = splitText(line.text, Math.max(LIMITS.line - around, 4));
    const sent = this.#outgoing.take(text, around + byteLength(text));
    if (!sent) return;
    connection.send({
      ...(connection.capabilities.labels && { tags: new Map([["label", sent.label]]) }),
      command,
      params: [line.to, before + text + after],
    });
  }

  /** Sends a PING, if responses have no labels: lines that are not refused before its answer arrived. */
  #setBarrier(connection: Connection): void {
    const through = this.#outgoing.lastSent?.label;
    if (through === undefined || this.#barrierAt !== undefined) return;
    this.#barrierAt = through;
    connection.barrier(() => {
      this.#barrierAt = undefined;
      for (const line of this.#outgoing.answeredThrough(through)) this.confirm(line);
      this.settle();
    });
  }
}
