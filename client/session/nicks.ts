/**
 * Which nick to try next when the wanted one cannot be had. Pure.
 *
 * @module
 */

import { byteLength, splitText } from "../../shared/text.ts";

/** Tries before giving up. */
const TRIES = 50;

/** What RFC 1459 allows everywhere: letters, digits, some signs, nine of them. */
const PLAIN_LENGTH = 9;

/** The nicks to try at one server, one after the other. */
export class NickChoice {
  #base: string;
  #tries = 0;
  #maxBytes = Infinity;
  /** The nick tried now. */
  current: string;

  /** Begins with the nick that is wanted. */
  constructor(wanted: string) {
    this.#base = wanted;
    this.current = wanted;
  }

  /**
   * The next to try: a number behind the nick where it is taken, its plain letters where the server
   * does not allow it. `undefined` when enough were tried.
   *
   * @param refused - The nick as the server repeats it: it may have cut it to its limit.
   */
  next(numeric: string, refused: string): string | undefined {
    if (++this.#tries > TRIES) return undefined;
    if (refused !== "" && refused !== this.current && this.current.startsWith(refused)) {
      this.#maxBytes = byteLength(refused);
    }
    if (numeric === "432") {
      const plain = this.#base.replace(/[^A-Za-z0-9_]/g, "").replace(/^\d+/, "")
        .slice(0, PLAIN_LENGTH);
      const isNews = plain !== "" && plain !== this.current;
      this.#base = isNews ? plain : "guest";
      this.#maxBytes = PLAIN_LENGTH;
      this.current = isNews ? plain : this.#numbered();
    } else {
      this.current = this.#numbered();
    }
    return this.current;
  }

  #numbered(): string {
    const number = String(this.#tries);
    const room = Math.max(4, Math.min(this.#maxBytes, 1000) - number.length);
    const [stem = ""] = splitText(this.#base, room);
    return stem + number;
  }
}
