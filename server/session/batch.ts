/**
 * Collects and checks the lines of a message that a client sends as a batch of several lines. Does
 * not know the author or the recipients.
 *
 * Source: https://ircv3.net/specs/extensions/multiline
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import { casefold, type Message, type Tags } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import type { SaidLine } from "../events/events.ts";
import { StandardError } from "../irc/replies.ts";
import { MULTILINE_LIMITS } from "../irc/capabilities.ts";
import { CONCAT } from "../delivery/multiline.ts";
import { BATCH_TEXTS } from "../texts/session.ts";

/** The time that a client has to send a batch, in milliseconds. */
const BATCH_TIMEOUT_MS = 30_000;

/** A batch that a client has opened and not yet closed. */
export class MultilineBatch {
  /** The reference tag that the client chose for the batch. */
  readonly reference: string;
  /** The nick or channel that the message is for. */
  readonly target: string;
  /** The client-only tags of the message: those of the BATCH line that opened the batch. */
  readonly tags: Tags;
  /** The command of all its lines; `undefined` before the first line. */
  command: "PRIVMSG" | "NOTICE" | undefined;
  /** The lines so far. */
  readonly lines: SaidLine[] = [];
  /** True after an error; further lines are ignored. */
  failed = false;
  readonly #openedAt: Moment;
  #bytes = 0;

  /** Opens a batch without lines at `now`. */
  constructor(reference: string, target: string, tags: Tags, now: Moment) {
    this.#openedAt = now;
    this.reference = reference;
    this.target = target;
    this.tags = tags;
  }

  /**
   * Adds a line; returns the error if the line is not allowed. After an error, all further lines
   * are ignored.
   */
  add(message: Message): StandardError | undefined {
    if (this.failed) return undefined;
    const error = this.#errorIn(message);
    if (error) this.failed = true;
    return error;
  }

  /**
   * Returns true if the batch has been open for too long. A batch that has failed is never overdue.
   */
  isOverdue(now: Moment): boolean {
    return !this.failed && now.since(this.#openedAt) >= BATCH_TIMEOUT_MS;
  }

  /**
   * Ends a batch that was open for too long: it has failed, and its lines are dropped. Returns the
   * error to send to the client (https://ircv3.net/specs/extensions/client-batch, "Errors").
   */
  expire(): StandardError {
    this.failed = true;
    this.lines.length = 0;
    const seconds = BATCH_TIMEOUT_MS / 1000;
    return fail("TIMEOUT", this.reference, BATCH_TEXTS.timedOut(seconds));
  }

  /**
   * Checks a batch that the client has closed. Returns an error if all its lines are blank: then
   * there is nothing to send.
   */
  finish(): StandardError | undefined {
    if (this.lines.some(({ text }) => text !== "")) return undefined;
    return invalid(BATCH_TEXTS.nothingToSay);
  }

  #errorIn({ command, params, tags }: Message): StandardError | undefined {
    if (command !== "PRIVMSG" && command !== "NOTICE") {
      return invalid(BATCH_TEXTS.otherCommand);
    }
    if (this.command !== undefined && this.command !== command) {
      return invalid(BATCH_TEXTS.mixedCommands);
    }
    const [target = "", text = ""] = params;
    if (casefold(target) !== casefold(this.target)) {
      const [from, to] = [this.target, target === "" ? "*" : target];
      return fail("MULTILINE_INVALID_TARGET", from, to, BATCH_TEXTS.otherTarget);
    }
    const concat = tags?.has(CONCAT) ?? false;
    if (text === "" && concat) return invalid(BATCH_TEXTS.blankLineJoined);
    this.command = command;
    this.#bytes += byteLength(text) + (concat || this.lines.length === 0 ? 0 : 1);
    this.lines.push({ text, concat });
    const { bytes, lines } = MULTILINE_LIMITS;
    if (this.#bytes > bytes) {
      return fail("MULTILINE_MAX_BYTES", String(bytes), BATCH_TEXTS.tooManyBytes(bytes));
    }
    if (this.lines.length > lines) {
      return fail("MULTILINE_MAX_LINES", String(lines), BATCH_TEXTS.tooManyLines(lines));
    }
    return undefined;
  }
}

/**
 * Returns the error for a fault that has no code of its own. The error has the code
 * `MULTILINE_INVALID`, which covers all such faults (https://ircv3.net/specs/extensions/multiline,
 * "Errors"). `text` is for people.
 */
export function invalid(text: string): StandardError {
  return fail("MULTILINE_INVALID", text);
}

function fail(code: string, ...params: readonly string[]): StandardError {
  return new StandardError("BATCH", code, ...params);
}
