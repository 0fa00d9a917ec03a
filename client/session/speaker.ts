/**
 * Says what the user says, line by line, and finds out what became of each: by the label it was sent
 * with, or else by what the server refuses before it answers a PING. It knows nothing of
 * reconnecting; what waits when a connection is lost is said on the next.
 *
 * @module
 */

import { LIMITS, type Message } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
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

/** Whom a speaker works for. */
export interface SpeakerParts {
  /** Whether `to` is a room that one is still to come to: what is for it has to wait. */
  isAwaited(to: string): boolean;
  /** Tells what became of a line. */
  emit(event: Unstamped<StatusEvent>): void;
  /** Shows a confirmed line, where the server sends no echo that does. */
  show(event: Speech): void;
}

/** Bytes that `user@host` may have, as long as no message has shown them. */
const MASK_BYTES = 10 + 1 + 63;

/** What the user says, from being said to being answered. */
export class Speaker {
  readonly #parts: SpeakerParts;
  readonly #outgoing = new Outgoing();
  #connection: Connection | undefined;
  #barrierAt: string | undefined;
  #settling: { readonly atMost: number; readonly done: () => void }[] = [];

  /** Nothing is said yet, and there is no connection. */
  constructor(parts: SpeakerParts) {
    this.#parts = parts;
  }

  /** There is a connection: what waited is said on it. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.pump();
  }

  /** Says `text` once that is possible. Long text becomes several lines; empty text is nothing. */
  say(to: string, text: string, kind: MessageKind): void {
    const line: Line = { to, kind, text: text.replace(FORBIDDEN_CHARACTERS, "") };
    if (line.text === "") return;
    if (to === "" || INVALID_TARGET.test(to)) {
      return this.#parts.emit({ type: "refused", reason: `${to} is not a room or a nick`, line });
    }
    this.#outgoing.add(line);
    if (!this.#connection) this.#parts.emit({ type: "waiting", line });
    this.pump();
  }

  /** How many lines are not answered yet. */
  get unsettled(): number {
    return this.#outgoing.size;
  }

  /** Resolves as soon as at most `atMost` lines are neither confirmed nor refused nor lost. */
  settled(atMost: number): Promise<void> {
    if (this.#outgoing.size <= atMost) return Promise.resolve();
    return new Promise((done) => this.#settling.push({ atMost, done }));
  }

  /** Sends what waits, as far as the rooms are joined and not too much is unanswered. */
  pump(): void {
    const connection = this.#connection;
    if (!connection) return;
    for (let line = this.#outgoing.next; line; line = this.#outgoing.next) {
      if (this.#parts.isAwaited(line.to)) break;
      this.#sendLine(connection, line);
    }
    if (!connection.capabilities.labels) this.#setBarrier(connection);
  }

  /** Takes out the line of ours that `message` answers, if it answers one. */
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

  /** The echo shows a line that has arrived; where there is none, it is shown now. */
  confirm(line: SentLine): void {
    if (!this.#connection || this.#connection.capabilities.echoes) return;
    this.#parts.show(this.#connection.conversation.speech(line));
  }

  /** Something was answered: what waited for that goes on. */
  settle(): void {
    this.pump();
    const size = this.#outgoing.size;
    const settled = this.#settling.filter(({ atMost }) => size <= atMost);
    this.#settling = this.#settling.filter(({ atMost }) => size > atMost);
    for (const { done } of settled) done();
  }

  /** The connection is gone. What was sent and not answered may have arrived; it is not sent again. */
  lose(): void {
    this.#connection = undefined;
    this.#barrierAt = undefined;
    for (const line of this.#outgoing.lost()) this.#parts.emit({ type: "unconfirmed", line });
    this.settle();
  }

  /** What waits to be said to those who are `unreachable` will not be. */
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

  /** Where answers have no labels, what was not refused before the answer to a PING has arrived. */
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
