/**
 * Asks before a text is sent as many messages, which a server may take for a flood. Performs no
 * I/O.
 *
 * @module
 */

/** The number of messages that are sent at once without a question. */
const MAX_UNASKED = 5;

/** Decides if the user must be asked about a text before it is sent. */
export class Asking {
  /** The text about which the user was asked; it is sent when they press Enter again. */
  #asked = "";

  /**
   * Returns the number of messages that `text` becomes, if the user must be asked about it;
   * otherwise 0. After a question, returns 0 for the same text: pressing Enter again is the
   * answer.
   */
  count(text: string): number {
    const count = text.split("\n").filter((line) => line.trim() !== "").length;
    if (count <= MAX_UNASKED || text === this.#asked) return 0;
    this.#asked = text;
    return count;
  }

  /** Records that the text in the input line is now `text`. */
  edited(text: string): void {
    if (text !== this.#asked) this.#asked = "";
  }
}
