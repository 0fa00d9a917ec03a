/**
 * Finds the outcome of each of the user's lines in the messages of the server. A line counts as
 * said once its echo has arrived, or the response to its label confirms it. At a server without
 * echoes and labels, a PING follows the line; the line counts as said if it was not refused before
 * the PONG. Sends nothing.
 *
 * @module
 */

import { type Message, nickOf } from "../../protocol.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { Connection } from "./connection.ts";
import { MESSAGE_KINDS, type Outgoing, type SentLine } from "./outgoing.ts";
import {
  dropText,
  isRefusal,
  NAMELESS_SPEECH_REFUSALS,
  replyText,
  SPEECH_REFUSALS,
} from "./replies.ts";

/** The outcome of a line that had no answer when the PONG after it arrived. */
export type Outcome =
  | { readonly line: SentLine; readonly outcome: "said" }
  | { readonly line: SentLine; readonly outcome: "refused" | "unknown"; readonly reason: string };

/**
 * The meaning of a message for the user's lines. An `echo` is the echo of a line. A message that is
 * `reported` only tells the outcome of a line: the client reports the outcome, and does not show
 * the message. Any `other` message must be shown.
 */
export type Meaning = "echo" | "reported" | "other";

/** An answer, and the outcome of the line that it belongs to. */
export interface Answer {
  /**
   * The line. Undefined if the answer may belong to several lines; their outcome is known after the
   * PONG.
   */
  readonly line?: SentLine;
  /** The meaning of the answering message. */
  readonly meaning: Meaning;
  /** The reason why the line was not said; undefined if it was. */
  readonly reason?: string;
}

/** Responses to a label that confirm the line. `BATCH` is the end of an empty batch. */
const CONFIRMATIONS: ReadonlySet<string> = new Set("ACK BATCH 301 NOTE WARN".split(" "));

/** The facts about a line that the response to its label has told so far. */
interface Remark {
  /** The text of the last notice. */
  readonly text?: string;
  /** True if the recipient has replied: the line has arrived. */
  readonly isReplied?: boolean;
}

/** The refusals of lines to one target. */
interface Unsaid {
  /** The number of refused lines. */
  readonly count: number;
  /** The reason for the last refusal. */
  readonly text: string;
  /** The {@linkcode SentLine.number} of the last line that may have been refused. */
  readonly through: number;
}

/** Finds the outcomes of the lines that were sent on one connection, as the answers arrive. */
export class Answers {
  readonly #connection: Connection;
  readonly #outgoing: Outgoing;
  /** The remarks in the open batches, by label. */
  readonly #remarks = new Map<string, Remark>();
  /**
   * The refusals since the last PONG, by the target of the lines, folded (in the form in which
   * names are compared). A refusal does not say which of the lines to its target was refused.
   * Refusals that do not even name a target are under `undefined`.
   */
  readonly #unsaid = new Map<string | undefined, Unsaid>();

  /** Begins without answers; `outgoing` has the lines that are sent on `connection`. */
  constructor(connection: Connection, outgoing: Outgoing) {
    this.#connection = connection;
    this.#outgoing = outgoing;
  }

  /**
   * Takes a message. If it answers a line, returns the line and its outcome. Answers to the lines
   * up to number `through` arrive before the next PONG; answers to later lines arrive after it.
   */
  take(message: Message, label: string | undefined, through?: number): Answer | undefined {
    if (label !== undefined) return this.#labeled(message, label);
    return this.#connection.capabilities.labels ? undefined : this.#unlabeled(message, through);
  }

  /**
   * Returns the outcome of each unanswered line up to number `through`. The PONG after these lines
   * has arrived, so no answers to them follow.
   */
  conclude(through: number): Outcome[] {
    const lines = this.#outgoing.answeredThrough(through);
    const outcomes = lines.map((line) => this.#outcomeOf(line, lines));
    for (const [to, unsaid] of this.#unsaid) {
      if (unsaid.through <= through) this.#unsaid.delete(to);
    }
    return outcomes;
  }

  /** Returns true if all unanswered lines up to number `through` are known to be refused. */
  isRefused(through: number): boolean {
    const lines = this.#outgoing.sent.filter(({ number }) => number <= through);
    return lines.every((line) => this.#mayBeUnsaid(line, lines)?.isCertain);
  }

  #outcomeOf(line: SentLine, lines: readonly SentLine[]): Outcome {
    const unsaid = this.#mayBeUnsaid(line, lines);
    if (this.#connection.capabilities.echoes) {
      return { line, outcome: "refused", reason: unsaid?.text ?? SESSION_TEXTS.notEchoed };
    }
    if (!unsaid) return { line, outcome: "said" };
    const { text, count, of, isCertain } = unsaid;
    if (isCertain) return { line, outcome: "refused", reason: text };
    return { line, outcome: "unknown", reason: SESSION_TEXTS.someUnsaid(count, of, text) };
  }

  /**
   * Returns the refusals that may concern `line`, one of `lines`; `undefined` if there are none.
   */
  #mayBeUnsaid({ number, to }: SentLine, lines: readonly SentLine[]) {
    const key = this.#fold(to);
    const own = this.#unsaid.get(key);
    const unsaid = own ?? this.#unsaid.get(undefined);
    if (!unsaid || number > unsaid.through) return undefined;
    const of = own ? lines.filter((line) => this.#fold(line.to) === key).length : lines.length;
    return { ...unsaid, of, isCertain: unsaid.count >= of };
  }

  /**
   * Takes a message of the response to a label
   * (https://ircv3.net/specs/extensions/labeled-response).
   */
  #labeled(message: Message, label: string): Answer | undefined {
    const line = this.#outgoing.sent.find((line) => line.label === label);
    if (!line) return undefined;
    if (this.#isOwn(message)) return this.#answer(line, { meaning: "echo" });
    if (isRefusal(message) || SPEECH_REFUSALS.has(message.command)) {
      return this.#answer(line, { meaning: "reported", reason: replyText(message) });
    }
    const isBatchEnd = message.command === "BATCH";
    const remark = { ...this.#remarks.get(label), ...this.#remarkOn(message, line) };
    // A response of several messages is a batch, whose messages have no label of their own.
    if (!isBatchEnd && !message.tags?.has("label")) {
      this.#remarks.set(label, remark);
      return undefined;
    }
    if (this.#isConfirmed(message, remark)) {
      return this.#answer(line, { meaning: "other" });
    }
    const isReported = message.command === "NOTICE" && remark.text !== undefined;
    return this.#answer(line, {
      meaning: isReported ? "reported" : "other",
      reason: remark.text ?? SESSION_TEXTS.notEchoed,
    });
  }

  #isConfirmed({ command }: Message, { text, isReplied = false }: Remark): boolean {
    if (isReplied) return true;
    if (this.#connection.capabilities.echoes) return false;
    return text === undefined && CONFIRMATIONS.has(command);
  }

  #remarkOn({ command, source = "", params }: Message, { to }: SentLine): Remark {
    const { isupport } = this.#connection.view;
    if (command === "301" || isupport.isSame(nickOf(source), to)) {
      return { isReplied: true };
    }
    return command === "NOTICE" ? { text: params.at(-1) ?? "" } : {};
  }

  #unlabeled(message: Message, through: number | undefined): Answer | undefined {
    const { sent } = this.#outgoing;
    if (sent.length === 0) return undefined;
    if (this.#connection.capabilities.echoes && this.#isOwn(message)) {
      const line = sent.find((line) => this.#isEcho(message, line));
      return line && this.#answer(line, { meaning: "echo" });
    }
    const text = dropText(message);
    if (text !== undefined) {
      this.#noteDrop(text);
      return undefined;
    }
    return this.#refusal(message, through);
  }

  /**
   * Takes a numeric or FAIL without a label. If it may concern any of several lines, counts the
   * refusal; {@linkcode conclude} decides later.
   */
  #refusal(message: Message, through = 0): Answer | undefined {
    const refused = this.#targetOfRefusal(message);
    if (!refused) return undefined;
    const { to } = refused;
    const { sent } = this.#outgoing;
    const lines = sent.filter((line) => to === undefined || this.#fold(line.to) === to);
    const early = lines.filter(({ number }) => number <= through);
    // A bouncer may answer the PING itself, before the server has answered the lines.
    const candidates = early.length > 0 ? early : lines;
    const [line] = candidates;
    if (!line) return undefined;
    const reason = replyText(message);
    if (candidates.length === 1) return this.#answer(line, { meaning: "reported", reason });
    this.#noteUnsaid(to, reason, candidates.at(-1)?.number);
    return { meaning: "reported" };
  }

  /**
   * Returns an object for a message that refuses a line, with the folded target of the line if the
   * message names it. Returns undefined for any other message.
   */
  #targetOfRefusal({ command, params }: Message): { readonly to?: string } | undefined {
    if (SPEECH_REFUSALS.has(command)) return { to: this.#fold(params[1] ?? "") };
    if (NAMELESS_SPEECH_REFUSALS.has(command)) return {};
    const isSpeech = params[0] === "PRIVMSG" || params[0] === "NOTICE";
    if (command !== "FAIL" || !isSpeech) return undefined;
    const to = this.#targetAmong(params.slice(2, -1));
    return to === undefined ? {} : { to };
  }

  /**
   * Takes `text`, by which the server reports that it dropped a message. Notes a refusal if the
   * text names the target of an unanswered line.
   */
  #noteDrop(text: string): void {
    const to = this.#targetAmong(text.split(/[\s,;:!]+/));
    if (to !== undefined) this.#noteUnsaid(to, text);
  }

  /** Notes that one of the lines to the folded target `to`, up to number `through`, was refused. */
  #noteUnsaid(to: string | undefined, text: string, through?: number): void {
    const { count = 0 } = this.#unsaid.get(to) ?? {};
    const last = through ?? this.#outgoing.sent.at(-1)?.number ?? 0;
    this.#unsaid.set(to, { count: count + 1, text, through: last });
  }

  /** Returns the folded target of an unanswered line, if one of `words` is its name. */
  #targetAmong(words: readonly string[]): string | undefined {
    const folded = new Set(words.map((word) => this.#fold(word)));
    return this.#outgoing.sent.map(({ to }) => this.#fold(to)).find((to) => folded.has(to));
  }

  /** Returns true if `message` comes from the user. */
  #isOwn({ command, source = "" }: Message): boolean {
    return (command === "PRIVMSG" || command === "NOTICE") &&
      this.#connection.view.isMe(nickOf(source));
  }

  /**
   * Returns true if a message is the echo of `line`. Servers may cut the text or remove formatting.
   */
  #isEcho({ command, params: [to = "", content = ""] }: Message, line: SentLine): boolean {
    const kind = MESSAGE_KINDS[line.kind];
    if (command !== kind.command || this.#fold(to) !== this.#fold(line.to)) return false;
    const expected = kind.before + line.text + kind.after;
    return content === expected || plain(content) === plain(expected) ||
      (content.length > MIN_CUT && expected.startsWith(content));
  }

  #answer(line: SentLine, verdict: Omit<Answer, "line">): Answer {
    this.#remarks.delete(line.label);
    this.#outgoing.answered((each) => each === line);
    return { line, ...verdict };
  }

  #fold(name: string): string {
    return this.#connection.view.isupport.fold(name);
  }
}

/** Matches the control characters of colors and of other formatting. */
const FORMATTING =
  /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?|[\x02\x0f\x11\x16\x1d-\x1f]/g;

/**
 * The length in characters above which an echo may be only the beginning of the message: some
 * servers cut long messages.
 */
const MIN_CUT = 200;

function plain(text: string): string {
  return text.replace(FORMATTING, "");
}
