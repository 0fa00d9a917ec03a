/**
 * The token from the line that was pasted to come here. It is given at every connection, since the
 * server knows of who has an account that they have redeemed it, until the server says that it is
 * worth nothing: that is told once. Pure: it sends nothing.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** With which codes a server of chat says that a token is, and will be, worth nothing. */
const WORTHLESS: ReadonlySet<string> = new Set(["INVALID_TOKEN", "TOKEN_EXPIRED", "TOKEN_USED"]);

/** A token, and what has become of it. */
export class Token {
  readonly #text: string;
  #state: "waiting" | "given" | "answered" | "worthless" = "waiting";

  /** Not given yet. */
  constructor(text: string) {
    this.#text = text;
  }

  /** What to send before registration, once a connection; undefined: nothing any more. */
  redeem(): Message | undefined {
    if (this.#state === "worthless") return undefined;
    this.#state = "given";
    return { command: "REDEEM", params: [this.#text] };
  }

  /** All that was sent before registration is answered: what is refused now is another token. */
  settle(): void {
    if (this.#state === "given") this.#state = "answered";
  }

  /** What to tell the user of `message`, if it says that the token is worth nothing. */
  refusedBy({ command, params: [about = "", code = "", ...rest] }: Message): string | undefined {
    if (this.#state !== "given" || command !== "FAIL" || about !== "REDEEM") return undefined;
    if (!WORTHLESS.has(code)) return undefined;
    this.#state = "worthless";
    return `${rest.at(-1) ?? code}. You are connected without it; ` +
      "if it was you who used it, nothing is wrong, and you can leave &token=… out";
  }
}
