/**
 * Finds the outcome of the user's lines in what the server sends. A line counts as said if its echo
 * arrived, if the response to its label confirms it, or, at a server without echoes, if it was not
 * refused before the PONG. Sends nothing.
 *
 * @module
 */

import { type Message, parseSource } from "../../protocol.ts";
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

/** The outcome of a line that the server has not answered by the PONG after it. */
export type Outcome =
  | { readonly line: SentLine; readonly outcome: "said" }
  | { readonly line: SentLine; readonly outcome: "refused" | "unknown"; readonly reason: string };

/**
 * The meaning of a message for the user's lines: `echo` for the echo of a line, `reported` if the
 * message only tells the outcome of a line, which is reported separately, and `other` if the
 * message must be shown.
 */
export type Meaning = "echo" | "reported" | "other";

/** A line that is answered, and the outcome. */
export interface Answer {
  /** The line. */
  readonly line: SentLine;
  /** The meaning of the message that answers it. */
  readonly meaning: Meaning;
  /** The reason why the line was not said; undefined if it was. */
  readonly reason?: string;
}

/** Responses to a label that confirm the line. `BATCH` is the end of an empty batch. */
const CONFIRMATIONS: ReadonlySet<string> = new Set("ACK BATCH 301 NOTE WARN".split(" "));

/** The messages about a line before the end of the response. */
interface Remark {
  /** The text of the last notice. */
  readonly text?: string;
  /** True if the recipient has replied: the line has arrived. */
  readonly isReplied?: boolean;
}

/** The answers on one connection. */
export class Answers {
  readonly #connection: Connection;
  readonly #outgoing: Outgoing;
  /** The remarks in the open batches, by label. */
  readonly #remarks = new Map<string, Remark>();
  /** The notices of dropped messages since the last PONG, by the folded target. */
  readonly #drops = new Map<string, { readonly count: number; readonly text: string }>();

  /** Creates the answers to the lines of `outgoing` on `connection`. */
  constructor(connection: Connection, outgoing: Outgoing) {
    this.#connection = connection;
    this.#outgoing = outgoing;
  }

  /** Takes a message. If it answers a line, returns the line and its outcome. */
  take(message: Message, label: string | undefined): Answer | undefined {
    if (label !== undefined) return this.#labelled(message, label);
    return this.#connection.capabilities.labels ? undefined : this.#unlabelled(message);
  }

  /**
   * Returns the outcome of each unanswered line up to number `through`. The PONG after these lines has
   * arrived, so no answers to them follow.
   */
  conclude(through: number): Outcome[] {
    const lines = this.#outgoing.answeredThrough(through);
    const counts = Map.groupBy(lines, ({ to }) => this.#fold(to));
    const outcomes = lines.map((line): Outcome => {
      const drop = this.#drops.get(this.#fold(line.to));
      if (this.#connection.capabilities.echoes) {
        return { line, outcome: "refused", reason: drop?.text ?? SESSION_TEXTS.notEchoed };
      }
      if (!drop) return { line, outcome: "said" };
      const count = counts.get(this.#fold(line.to))?.length ?? 0;
      return { line, outcome: drop.count >= count ? "refused" : "unknown", reason: drop.text };
    });
    this.#drops.clear();
    return outcomes;
  }

  /** Takes a message of the response to a label (https://ircv3.net/specs/extensions/labeled-response). */
  #labelled(message: Message, label: string): Answer | undefined {
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
    const { isupport } = this.#connection.conversation;
    if (command === "301" || isupport.isSame(parseSource(source).nick, to)) {
      return { isReplied: true };
    }
    return command === "NOTICE" ? { text: params.at(-1) ?? "" } : {};
  }

  #unlabelled(message: Message): Answer | undefined {
    const { sent } = this.#outgoing;
    if (sent.length === 0) return undefined;
    if (this.#connection.capabilities.echoes && this.#isOwn(message)) {
      const line = sent.find((line) => this.#isEcho(message, line));
      return line && this.#answer(line, { meaning: "echo" });
    }
    const refusedLine = this.#refusedBy(message);
    if (refusedLine) {
      return this.#answer(refusedLine, { meaning: "reported", reason: replyText(message) });
    }
    this.#noteDrop(message);
    return undefined;
  }

  /** Returns the line that a numeric or FAIL without a label refuses. */
  #refusedBy({ command, params }: Message): SentLine | undefined {
    const { sent } = this.#outgoing;
    if (SPEECH_REFUSALS.has(command)) {
      const to = this.#fold(params[1] ?? "");
      return sent.find((line) => this.#fold(line.to) === to);
    }
    const isNameless = NAMELESS_SPEECH_REFUSALS.has(command) ||
      (command === "FAIL" && (params[0] === "PRIVMSG" || params[0] === "NOTICE"));
    return isNameless ? sent[0] : undefined;
  }

  /** Keeps a notice that a message to one of the targets was dropped. */
  #noteDrop(message: Message): void {
    const text = dropText(message);
    if (text === undefined) return;
    const words = new Set(text.split(/[\s,;:!]+/).map((word) => this.#fold(word)));
    const line = this.#outgoing.sent.find(({ to }) => words.has(this.#fold(to)));
    if (!line) return;
    const key = this.#fold(line.to);
    this.#drops.set(key, { count: (this.#drops.get(key)?.count ?? 0) + 1, text });
  }

  /** Returns true if `message` comes from the user. */
  #isOwn({ command, source = "" }: Message): boolean {
    return (command === "PRIVMSG" || command === "NOTICE") &&
      this.#connection.conversation.isMe(parseSource(source).nick);
  }

  /** Returns true if a message is the echo of `line`; a server may cut it, or remove formatting. */
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
    return this.#connection.conversation.isupport.fold(name);
  }
}

/** Matches the codes of colors and of other formatting. */
const FORMATTING =
  /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?|[\x02\x0f\x11\x16\x1d-\x1f]/g;

/** The length above which a server may cut a message. */
const MIN_CUT = 200;

function plain(text: string): string {
  return text.replace(FORMATTING, "");
}
