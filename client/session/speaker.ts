/**
 * Sends the user's messages line by line, and finds the outcome of each line: by its label, by its
 * echo, or else by the refusals that arrive before the answer to a PING. If the connection is lost,
 * the lines that are not sent yet wait for the next connection. Does not reconnect.
 *
 * @module
 */

import { LIMITS, type Message } from "../../protocol.ts";
import type { Cancel, Clock, Moment } from "../../shared/clock.ts";
import { byteLength, splitText, trimSignsAtEnd } from "../../shared/text.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { Answers, type Meaning } from "./answers.ts";
import type { Connection } from "./connection.ts";
import {
  type Line,
  type MessageKind,
  NO_TARGET,
  type Speech,
  type StatusEvent,
  type Unstamped,
} from "./events.ts";
import {
  FORBIDDEN_CHARACTERS,
  INVALID_TARGET,
  MESSAGE_KINDS,
  Outgoing,
  type PendingLine,
  type SentLine,
} from "./outgoing.ts";
import { batchOf, type Portion, portionOf } from "./multiline.ts";
import { Pace } from "./pace.ts";
import { TOO_FAST } from "./replies.ts";

/** The parts of a session that a speaker uses. */
export interface SpeakerParts {
  /** The time. */
  readonly clock: Clock;
  /** Returns true if `to` is a room that is not joined yet, so that its messages must wait. */
  isAwaited(to: string): boolean;
  /** Reports the outcome of a line. */
  emit(event: Unstamped<StatusEvent>): void;
  /** Shows a confirmed `line` as `event`; called only if no echo shows it. */
  show(event: Speech, line: PendingLine): void;
}

/** The optional parts of a line. */
export type LineExtras = Pick<Line, "tags" | "delivery">;

/** The largest length of `user@host`, in bytes, used until the real length is known. */
const MASK_BYTES = 10 + 1 + 63;

/** Times in milliseconds. */
const TIMES = {
  /**
   * The time for an echo after the PONG: a bouncer may answer the PING before its server sends the
   * echo.
   */
  lateEcho: 10_000,
  /** The time for any answer. */
  answer: 60_000,
} as const;

/** The number of times that a line is sent again if the server drops it. */
const MAX_DROPS = 5;

/** Sends the messages of the user, and tracks them until they are answered. */
export class Speaker {
  readonly #parts: SpeakerParts;
  readonly #outgoing = new Outgoing();
  readonly #pace = new Pace();
  #connection: Connection | undefined;
  #answers: Answers | undefined;
  /**
   * The sequence number of the last line before the unanswered PING; undefined if there is no such
   * PING.
   */
  #barrierAt: number | undefined;
  /** True while echoes may still arrive although the PONG has arrived. */
  #isLate = false;
  /** True once it is known that echoes arrive before the PONG. */
  #isEchoPrompt = false;
  /** Cancels the wait for late echoes. */
  #cancelLate: Cancel = () => {};
  /** Cancels the wait until the next line may be sent. */
  #cancelPace: Cancel = () => {};
  /** Cancels the wait for any answer. */
  #cancelWatch: Cancel | undefined;
  /** The moment of the last answer; at first, of the start. */
  #answeredAt: Moment;
  /** The callers that wait for outcomes. */
  #settling: { readonly atMost: number; readonly done: () => void }[] = [];

  /** Creates a speaker without messages and without a connection. */
  constructor(parts: SpeakerParts) {
    this.#parts = parts;
    this.#answeredAt = parts.clock.moment();
  }

  /** Sends the waiting lines, and all later lines, on `connection`. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.#answers = new Answers(connection, this.#outgoing);
    const { labels, echoes } = connection.capabilities;
    this.#pace.begin(labels || echoes);
    this.#isEchoPrompt = false;
    this.pump();
  }

  /**
   * Sends `text` as soon as possible. Several lines are one message where the server can do that.
   * Otherwise, long text becomes several messages. Empty text is dropped.
   */
  say(to: string, text: string, kind: MessageKind, more: LineExtras = {}): void {
    const line: Line = { to, kind, text: cleaned(text), ...more };
    if (line.text === "") return more.delivery?.settle({ status: "done", ids: [] });
    if (to === "" || INVALID_TARGET.test(to)) {
      return this.#refuse(line, SESSION_TEXTS.notATarget(to));
    }
    for (const each of this.#apart(line)) this.#outgoing.add(each);
    if (!this.#connection) this.#parts.emit({ type: "waiting", line });
    this.pump();
  }

  /** Keeps `text` for the first room, until {@linkcode release} names it. */
  hold(text: string): void {
    const line: Line = { to: NO_TARGET, kind: "message", text: cleaned(text) };
    if (line.text !== "") this.#outgoing.add(line);
  }

  /** Sends the texts for the first room to `room`; without one, reports each as refused. */
  release(room: string | undefined): void {
    const isHeld = (to: string) => to === NO_TARGET;
    if (room === undefined) this.drop(SESSION_TEXTS.noRoom, isHeld);
    else this.retarget(isHeld, room);
  }

  /** The number of lines that are neither confirmed, nor refused, nor lost. */
  get unsettled(): number {
    return this.#outgoing.size;
  }

  /** The lines that are neither confirmed, nor refused, nor lost, in their order. */
  get lines(): readonly PendingLine[] {
    return this.#outgoing.lines;
  }

  /** The lines that were sent and have no outcome yet, in their order. */
  get sent(): readonly PendingLine[] {
    return this.#outgoing.sent;
  }

  /** Resolves once at most `atMost` lines are neither confirmed, nor refused, nor lost. */
  settled(atMost: number): Promise<void> {
    if (this.#outgoing.size <= atMost) return Promise.resolve();
    return new Promise((done) => this.#settling.push({ atMost, done }));
  }

  /**
   * Sends waiting lines until too much is unanswered. Lines to rooms that are not joined go on
   * waiting.
   */
  pump(): void {
    const connection = this.#connection;
    if (!connection) return;
    const { clock } = this.#parts;
    const next = () => this.#outgoing.next(this.#pace.window, (to) => this.#parts.isAwaited(to));
    this.#cancelPace();
    for (let line = next(); line; line = next()) {
      const delay = this.#pace.delay(clock.moment());
      if (delay > 0) {
        this.#cancelPace = clock.after(delay, () => this.pump());
        break;
      }
      this.#sendLine(connection, line);
    }
    if (!connection.capabilities.labels) this.#setBarrier(connection);
    this.#watch();
  }

  /** Takes a message of the server; finds the outcome of the line that it answers, if any. */
  take(message: Message, label: string | undefined): Meaning {
    const answer = this.#answers?.take(message, label, this.#barrierAt);
    if (!answer) return "other";
    const { line, meaning, reason } = answer;
    if (!line) return meaning;
    if (reason !== undefined) this.#unsaid(line, reason);
    else this.#said(line, meaning === "echo", message.tags?.get("msgid"));
    this.settle();
    return meaning;
  }

  /** Sends waiting lines and wakes callers, after a line was answered. */
  settle(): void {
    if (this.#isLate && !this.#hasUnansweredThrough(this.#barrierAt)) this.#endBarrier();
    this.pump();
    const size = this.#outgoing.size;
    const settled = this.#settling.filter(({ atMost }) => size <= atMost);
    this.#settling = this.#settling.filter(({ atMost }) => size > atMost);
    for (const { done } of settled) done();
  }

  /**
   * Records that the connection was lost for this `reason`. Unanswered lines may have arrived, and
   * are not sent again.
   */
  lose(reason: string): void {
    this.#connection = undefined;
    this.#answers = undefined;
    this.#endBarrier();
    this.#cancelPace();
    const now = this.#parts.clock.moment();
    if (TOO_FAST.test(reason)) this.#pace.slower(now, now);
    for (const line of this.#outgoing.lost()) this.#lose(line);
    this.settle();
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
  }

  /** Drops the waiting lines, all or those to `unreachable` targets; reports each as refused. */
  drop(reason: string, unreachable: (to: string) => boolean = () => true): void {
    for (const line of this.#outgoing.withdraw(unreachable)) this.#refuse(line, reason);
    this.settle();
  }

  /**
   * Changes the target of the waiting lines to `to`, if `isFrom` returns true for their present
   * target.
   */
  retarget(isFrom: (to: string) => boolean, to: string): void {
    this.#outgoing.retarget(isFrom, to);
  }

  /**
   * Divides `line` at the line ends in its text, unless the whole text can be sent as one message.
   */
  #apart(line: Line): Line[] {
    const isOne = line.kind !== "action" && this.#connection?.capabilities.multiline;
    if (!this.#connection || isOne || !line.text.includes("\n")) return [line];
    const texts = line.text.split(/\n+/);
    for (const _ of texts.slice(1)) line.delivery?.divide();
    return texts.map((text) => ({ ...line, text }));
  }

  #sendLine(connection: Connection, line: Line): void {
    const { command, before, after } = MESSAGE_KINDS[line.kind];
    const { nick, source = `${nick}!${"x".repeat(MASK_BYTES)}` } = connection.view;
    const around = byteLength(`${command} ${line.to} :${before}${after}\r\n`);
    const maxBytes = Math.max(LIMITS.line - byteLength(`:${source} `) - around, 4);
    const { labels, multiline, tags: takesTags } = connection.capabilities;
    const portion = multiline && line.kind !== "action"
      ? portionOf(line.text, multiline, maxBytes)
      : firstPart(line.text, maxBytes);
    const { text, parts } = portion.parts.length > 1 ? portion : firstPart(line.text, maxBytes);
    const bytes = byteLength(text) + around * parts.length;
    const now = this.#parts.clock.moment();
    const sent = this.#outgoing.take(line, text, bytes, now);
    if (!sent) return;
    this.#pace.sent(now);
    const tags = new Map(takesTags ? line.tags : []);
    if (labels) tags.set("label", sent.label);
    if (parts.length > 1) {
      for (const each of batchOf(portion, command, line.to, sent.label, tags)) {
        connection.send(each);
      }
      return;
    }
    connection.send({
      ...(tags.size > 0 && { tags }),
      command,
      params: [line.to, before + text + after],
    });
  }

  /** Confirms a line, and shows it unless its echo does. */
  #said(line: SentLine, isEchoed: boolean, id?: string): void {
    line.delivery?.settle({ status: "done", ids: id === undefined ? [] : [id] });
    this.#answeredAt = this.#parts.clock.moment();
    this.#pace.answered(this.#answeredAt.since(line.sentAt));
    if (isEchoed && this.#barrierAt !== undefined && !this.#isLate) this.#isEchoPrompt = true;
    if (isEchoed || !this.#connection) return;
    this.#parts.show(this.#connection.view.speech(line), line);
  }

  /** Queues a refused line again if it only came too fast; otherwise reports the refusal. */
  #unsaid(line: SentLine, reason: string): void {
    const now = this.#parts.clock.moment();
    this.#answeredAt = now;
    if (TOO_FAST.test(reason)) {
      this.#pace.slower(line.sentAt, now);
      if (line.drops < MAX_DROPS) return this.#outgoing.putBack(line);
    } else {
      this.#pace.answered(now.since(line.sentAt));
    }
    this.#refuse(line, reason);
  }

  /** Reports that `line` was not sent. */
  #refuse(line: Line, reason: string): void {
    this.#parts.emit({ type: "refused", reason, line });
    line.delivery?.settle({ status: "refused", reason, ids: [] });
  }

  /**
   * Reports that `line` may or may not have arrived. Without a `reason`, the connection was lost.
   */
  #lose(line: Line, reason?: string): void {
    this.#parts.emit({ type: "unconfirmed", line, ...(reason !== undefined && { reason }) });
    const why = reason ?? SESSION_TEXTS.connectionLost;
    line.delivery?.settle({ status: "lost", reason: why, ids: [] });
  }

  /** Sends a PING after the lines; the answers to the lines should precede the PONG. */
  #setBarrier(connection: Connection): void {
    const through = this.#outgoing.sent.at(-1)?.number;
    if (through === undefined || this.#barrierAt !== undefined) return;
    this.#barrierAt = through;
    connection.barrier(() => {
      if (this.#connection === connection && this.#barrierAt === through) this.#ponged();
    });
  }

  /** Decides the outcome of the lines before the PING, or waits for their echoes. */
  #ponged(): void {
    const mayBeLate = this.#connection?.capabilities.echoes === true && !this.#isEchoPrompt;
    const isRefused = this.#answers?.isRefused(this.#barrierAt ?? 0);
    if (!mayBeLate || isRefused || !this.#hasUnansweredThrough(this.#barrierAt)) {
      return this.#conclude();
    }
    this.#isLate = true;
    this.#cancelLate = this.#parts.clock.after(TIMES.lateEcho, () => {
      this.#isEchoPrompt = true;
      this.#conclude();
    });
  }

  #conclude(): void {
    const through = this.#barrierAt;
    this.#endBarrier();
    if (through === undefined || !this.#answers) return;
    for (const answer of this.#answers.conclude(through)) {
      const { line, outcome } = answer;
      if (outcome === "said") this.#said(line, false);
      else if (outcome === "refused") this.#unsaid(line, answer.reason);
      else this.#doubt(line, answer.reason);
    }
    this.settle();
  }

  #endBarrier(): void {
    this.#barrierAt = undefined;
    this.#isLate = false;
    this.#cancelLate();
  }

  #hasUnansweredThrough(number = 0): boolean {
    return this.#outgoing.sent.some((line) => line.number <= number);
  }

  /** Reports a line whose outcome the server does not tell. */
  #doubt(line: SentLine, reason: string, isTooFast = TOO_FAST.test(reason)): void {
    if (isTooFast) this.#pace.slower(line.sentAt, this.#parts.clock.moment());
    this.#lose(line, reason);
  }

  /** Limits the time that lines wait for an answer. One timer serves many lines. */
  #watch(wait: number = TIMES.answer): void {
    if (this.#cancelWatch || this.#outgoing.sent.length === 0) return;
    this.#cancelWatch = this.#parts.clock.after(wait, () => {
      this.#cancelWatch = undefined;
      const [oldest] = this.#outgoing.sent;
      if (!oldest) return;
      const now = this.#parts.clock.moment();
      const waited = Math.min(now.since(oldest.sentAt), now.since(this.#answeredAt));
      if (waited < TIMES.answer) return this.#watch(TIMES.answer - waited);
      this.#endBarrier();
      for (const line of this.#outgoing.lost()) this.#doubt(line, SESSION_TEXTS.noAnswer, true);
      this.settle();
    });
  }
}

/**
 * Returns `text` without the characters that a message cannot contain, and without empty lines
 * around it.
 */
function cleaned(text: string): string {
  return trimSignsAtEnd(text.replace(FORBIDDEN_CHARACTERS, "").replace(/^\n+/, ""), "\n");
}

/** Returns the beginning of `text` that is one message of at most `maxBytes` bytes. */
function firstPart(text: string, maxBytes: number): Portion {
  const [line = ""] = text.split("\n");
  const [part = ""] = splitText(line, maxBytes);
  return { text: part, parts: [{ text: part, isJoined: false }] };
}
