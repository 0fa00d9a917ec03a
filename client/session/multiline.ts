/**
 * Divides a message of several lines for sending, and joins the lines of a received message.
 * Performs no I/O; it does not know connections.
 *
 * Source: https://ircv3.net/specs/extensions/multiline
 *
 * @module
 */

import type { Message, Tags } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";

/** The capability, and the type of the batches. */
export const MULTILINE = "draft/multiline";

/** The tag of a message that continues the line before it. */
const CONCAT = "draft/multiline-concat";

/** The largest message of several lines that a server takes. */
export interface MultilineLimits {
  /** The number of bytes, including one byte for each line end. */
  readonly bytes: number;
  /** The number of messages in the batch. */
  readonly lines: number;
}

/** The beginning of a text, as much as fits into one batch. */
export interface Portion {
  /** The beginning of the text, with its line ends. */
  readonly text: string;
  /**
   * Its parts, one for each message. A part that `isJoined` continues the line of the part before.
   */
  readonly parts: readonly { readonly text: string; readonly isJoined: boolean }[];
}

/**
 * Returns the limits in the value of the capability; undefined if it lacks `max-bytes`, which the
 * specification requires.
 */
export function multilineLimits(value: string): MultilineLimits | undefined {
  const [, bytes] = /(?:^|,)max-bytes=([0-9]+)/.exec(value) ?? [];
  const [, lines] = /(?:^|,)max-lines=([0-9]+)/.exec(value) ?? [];
  if (bytes === undefined) return undefined;
  return { bytes: Number(bytes), lines: lines === undefined ? Infinity : Number(lines) };
}

/**
 * Returns the beginning of `text` that fits into one batch, each message with at most `maxBytes`
 * bytes.
 */
export function portionOf(text: string, limits: MultilineLimits, maxBytes: number): Portion {
  const parts: { text: string; isJoined: boolean }[] = [];
  let length = 0;
  let bytes = 0;
  for (const line of text.split("\n")) {
    for (const [i, piece] of splitText(line, maxBytes).entries()) {
      const size = byteLength(piece) + (i === 0 && parts.length > 0 ? 1 : 0);
      if (parts.length >= limits.lines || bytes + size > limits.bytes) {
        return { text: text.slice(0, length), parts };
      }
      length += piece.length + (i === 0 && parts.length > 0 ? 1 : 0);
      bytes += size;
      parts.push({ text: piece, isJoined: i > 0 });
    }
  }
  return { text, parts };
}

/** Returns the messages that send `parts` to `to` as one batch, with `tags`. */
export function batchOf(
  { parts }: Portion,
  command: string,
  to: string,
  reference: string,
  tags: Tags,
): Message[] {
  return [
    { tags, command: "BATCH", params: [`+${reference}`, MULTILINE, to] },
    ...parts.map(({ text, isJoined }) => ({
      tags: new Map([["batch", reference], ...(isJoined ? [[CONCAT, ""] as const] : [])]),
      command,
      params: [to, text],
    })),
    { command: "BATCH", params: [`-${reference}`] },
  ];
}

/**
 * Returns the messages of a batch as one message, with line ends in its text; undefined if the
 * batch has no messages.
 */
export function joined(opening: Message, contents: readonly Message[]): Message | undefined {
  const first = contents.find(({ command }) => command === "PRIVMSG" || command === "NOTICE");
  if (!first) return undefined;
  // A multiline batch may contain only messages with the same command.
  const messages = contents.filter(({ command }) => command === first.command);
  const [to = ""] = first.params;
  const text = messages.map(({ tags, params: [, text = ""] }, i) =>
    i === 0 || tags?.has(CONCAT) ? text : `\n${text}`
  ).join("");
  const tags = new Map([...first.tags ?? [], ...opening.tags ?? []]);
  // The batch itself may be in another batch, such as a page of history.
  if (!opening.tags?.has("batch")) tags.delete("batch");
  const source = opening.source ?? first.source;
  return {
    tags,
    ...(source !== undefined && { source }),
    command: first.command,
    params: [to, text],
  };
}
