/**
 * Chooses the next nick to try when the wanted nick is refused. Performs no I/O.
 *
 * @module
 */

import { isNick } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";

/** The largest number of nicks to try. */
const MAX_TRIES = 50;

/** The longest nick that all servers accept (RFC 1459, section 1.2). */
const PLAIN_LENGTH = 9;

/** The nicks to try at one server. */
export class NickChoice {
  #base: string;
  #tries = 0;
  #maxBytes = Infinity;
  /** The nick that is being tried. */
  current: string;
  /** Another nick of the user, which is tried before new ones; empty if there is none. */
  #other: string;

  /**
   * Begins with the nick that the user wants; `other` is another nick of the user, empty for none.
   */
  constructor(wanted: string, other = "") {
    this.#base = wanted;
    this.current = wanted;
    this.#other = isNick(other) ? other : "";
  }

  /**
   * Returns the next nick to try, or `undefined` after 50 tries. The user's other nick is tried
   * first. Then, a nick that is taken gets a number, and a nick that the server does not allow is
   * reduced to ASCII letters, digits and underscores.
   *
   * @param numeric - The numeric that refused the nick.
   * @param refused - The nick as the server repeats it, perhaps cut to the server's limit.
   */
  next(numeric: string, refused: string): string | undefined {
    if (++this.#tries > MAX_TRIES) return undefined;
    const other = this.#other;
    this.#other = "";
    if (other !== "" && other !== this.current) return this.current = other;
    if (refused !== "" && refused !== this.current && this.current.startsWith(refused)) {
      this.#maxBytes = byteLength(refused);
    }
    if (numeric === "432") {
      const plain = this.#base.replace(/[^A-Za-z0-9_]/g, "").replace(/^\d+/, "")
        .slice(0, PLAIN_LENGTH);
      const isNew = plain !== "" && plain !== this.current;
      this.#base = isNew ? plain : "guest";
      this.#maxBytes = PLAIN_LENGTH;
      this.current = isNew ? plain : this.#numbered();
    } else {
      this.current = this.#numbered();
    }
    return this.current;
  }

  /**
   * Returns the nick with the number of the attempt after it. The nick is cut so that both fit into
   * the limit of bytes.
   */
  #numbered(): string {
    const number = String(this.#tries);
    const maxBytes = Math.max(4, Math.min(this.#maxBytes, 1000) - number.length);
    const [stem = ""] = splitText(this.#base, maxBytes);
    return stem + number;
  }
}
