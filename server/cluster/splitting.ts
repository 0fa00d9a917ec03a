/**
 * Divides messages that are larger than NATS accepts. Performs no I/O.
 *
 * @module
 */

import { encode } from "./encoding.ts";
import type { Message } from "./messages.ts";

/**
 * Returns `message` as bytes: one piece of at most `limit` bytes, or several, which are messages
 * with parts of its list, in order. A part that is too large, but has no list to divide, is
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
        // Operators are told of a refused connection once.
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
