/**
 * Collects the answers of a leader until they are sent: lines for a client are added to its last
 * answer as far as possible, because most commands are answered by several lines.
 *
 * @module
 */

import type { Answer, ClientId, Position } from "./messages.ts";

/** The length from which an answer gets no more lines, because it must fit into one message. */
const FULL_LENGTH = 50_000;

/** An answer to which lines can still be added. */
type Draft = Omit<Answer, "content"> & { content: Answer["content"] };

/** The answers that wait to be sent. */
export class Answers {
  #answers: Draft[] = [];
  /** The last answer to each client. */
  readonly #last = new Map<ClientId, Draft>();

  /**
   * Adds `content` to the last answer to a client, if both are lines, and this answer has the same
   * position and is not full. Returns the number of the answer; `undefined` if nothing was added.
   */
  extend(client: ClientId, position: Position, content: Answer["content"]): number | undefined {
    const last = this.#last.get(client);
    if (last?.content.type !== "lines" || content.type !== "lines") return undefined;
    const { text } = last.content;
    if (last.position.index !== position.index || text.length >= FULL_LENGTH) return undefined;
    last.content = { type: "lines", text: text + content.text };
    return last.number;
  }

  /** Adds an answer. */
  add(answer: Answer): void {
    const draft = { ...answer };
    this.#answers.push(draft);
    this.#last.set(answer.client, draft);
  }

  /** Returns the answers since the last call, in order. */
  take(): readonly Answer[] {
    const answers = this.#answers;
    this.#answers = [];
    this.#last.clear();
    return answers;
  }
}
