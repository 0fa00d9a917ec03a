/**
 * Divides messages that are larger than NATS accepts. Performs no I/O.
 *
 * @module
 */

import { encode } from "./encoding.ts";
import type { Message } from "./messages.ts";

/**
 * Returns `message` as bytes, in one piece if it has at most `limit` bytes. Otherwise, the list of
 * the message, such as `inputs` or `answers`, is divided: each piece is a copy of `message` with a
 * part of the list, in order. A piece that is too large, and cannot be divided further, is
 * `undefined`.
 */
export function piecesOf(message: Message, limit: number): (Uint8Array | undefined)[] {
  const bytes = encode(message);
  if (bytes.length <= limit) return [bytes];
  const halves = halvesOf(message);
  if (halves.length < 2) return [undefined];
  return halves.flatMap((half) => piecesOf(half, limit));
}

function halvesOf(message: Message): Message[] {
  switch (message.type) {
    case "alive":
      return halves([...message.received])
        // Only the first half names the refused connections, so that operators learn of them once.
        .map((received, index) => ({
          ...message,
          received: new Map(received),
          refused: index === 0 ? message.refused : [],
        }));
    case "hello":
      return halves(message.clients).map((clients) => ({ ...message, clients }));
    case "inputs":
      return halves(message.inputs).map((inputs) => ({ ...message, inputs }));
    case "answers":
      return halves(message.answers).map((answers) => ({ ...message, answers }));
    default:
      return [];
  }
}

function halves<T>(list: readonly T[]): (readonly T[])[] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)].filter((half) => half.length > 0);
}
