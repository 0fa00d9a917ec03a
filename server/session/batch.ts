/**
 * A batch of lines that a client sends as one message. Knows nothing of the author and the audience.
 *
 * Source: https://ircv3.net/specs/extensions/multiline
 *
 * @module
 */

import { casefold, type Message, type Tags } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import type { SaidLine } from "../events/events.ts";
import { StandardError } from "../irc/replies.ts";
import { MULTILINE_LIMITS } from "../irc/capabilities.ts";
import { CONCAT } from "../delivery/multiline.ts";

/** How long a client has to send a batch. */
const BATCH_TIMEOUT_MS = 30_000;

/** A batch that a client has opened and not closed yet. */
export class MultilineBatch {
  /** What the client calls it. */
  readonly reference: string;
  /** Where it is to be said. */
  readonly target: string;
  /** What came with its opening: the client-only tags of the message. */
  readonly tags: Tags;
  /** What its lines are; `undefined` before the first. */
  command: "PRIVMSG" | "NOTICE" | undefined;
  /** Its lines so far. */
  readonly lines: SaidLine[] = [];
  /** Whether something was wrong with it, so that what still belongs to it is passed over. */
  failed = false;
  readonly #openedAt: number;
  #bytes = 0;

  /** A batch without lines, opened now. */
  constructor(reference: string, target: string, tags: Tags, now: number) {
    this.#openedAt = now;
    this.reference = reference;
    this.target = target;
    this.tags = tags;
  }

  /** Adds a line, unless something is or was wrong. Its text has room for so many bytes. */
  add(message: Message, lineRoom: number): StandardError | undefined {
    if (this.failed) return undefined;
    const error = this.#errorIn(message, lineRoom);
    if (error) this.failed = true;
    return error;
  }

  /** Gives it up if it has been open for too long, and says so once (client-batch, "Errors"). */
  expire(now: number): StandardError | undefined {
    if (this.failed || now - this.#openedAt < BATCH_TIMEOUT_MS) return undefined;
    this.failed = true;
    this.lines.length = 0;
    const seconds = BATCH_TIMEOUT_MS / 1000;
    return fail("TIMEOUT", this.reference, `A batch is ended within ${seconds} seconds`);
  }

  /** What is wrong with it now that it is complete. */
  finish(): StandardError | undefined {
    if (this.lines.some(({ text }) => text !== "")) return undefined;
    return invalid("A message needs a line that is not blank");
  }

  #errorIn({ command, params, tags }: Message, lineRoom: number): StandardError | undefined {
    if (command !== "PRIVMSG" && command !== "NOTICE") {
      return invalid("Only PRIVMSG and NOTICE can be part of such a batch");
    }
    if (this.command !== undefined && this.command !== command) {
      return invalid("Lines of a batch are all PRIVMSG or all NOTICE");
    }
    const [target = "", text = ""] = params;
    if (casefold(target) !== casefold(this.target)) {
      const [from, to] = [this.target, target === "" ? "*" : target];
      return fail("MULTILINE_INVALID_TARGET", from, to, "Lines go where their batch goes");
    }
    const concat = tags?.has(CONCAT) ?? false;
    if (text === "" && concat) return invalid("A blank line cannot be joined to another");
    if (byteLength(text) > lineRoom) return invalid("A line is too long with your name before it");
    this.command = command;
    this.#bytes += byteLength(text) + (concat || this.lines.length === 0 ? 0 : 1);
    this.lines.push({ text, concat });
    const { bytes, lines } = MULTILINE_LIMITS;
    if (this.#bytes > bytes) {
      return fail("MULTILINE_MAX_BYTES", String(bytes), "The message has too many bytes");
    }
    if (this.lines.length > lines) {
      return fail("MULTILINE_MAX_LINES", String(lines), "The message has too many lines");
    }
    return undefined;
  }
}

/** Something wrong that has no code of its own. */
export function invalid(text: string): StandardError {
  return fail("MULTILINE_INVALID", text);
}

function fail(code: string, ...params: readonly string[]): StandardError {
  return new StandardError("BATCH", code, ...params);
}
