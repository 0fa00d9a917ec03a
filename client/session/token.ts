/**
 * The token in the URL of the server. It is redeemed at every connection, because the server remembers for
 * each account that it has redeemed it, until the server refuses it; that is reported once. Pure: it
 * sends nothing.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { SESSION_TEXTS } from "../texts/session.ts";

/** The codes by which a server of chat says that a token is of no use any more. */
const FINAL_REFUSALS: ReadonlySet<string> = new Set([
  "INVALID_TOKEN",
  "TOKEN_EXPIRED",
  "TOKEN_USED",
]);

/** A token and its state. */
export class Token {
  readonly #text: string;
  #state: "waiting" | "sent" | "answered" | "refused" = "waiting";

  /** Creates a token that was not sent yet. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the message to send before registration, once for each connection, until it is refused. */
  redeem(): Message | undefined {
    if (this.#state === "refused") return undefined;
    this.#state = "sent";
    return { command: "REDEEM", params: [this.#text] };
  }

  /** Records that the server has answered the token; a later refusal is of another token. */
  settle(): void {
    if (this.#state === "sent") this.#state = "answered";
  }

  /** Returns the text for the user if `message` finally refuses the token. */
  refusedBy({ command, params: [about = "", code = "", ...rest] }: Message): string | undefined {
    if (this.#state !== "sent" || command !== "FAIL" || about !== "REDEEM") return undefined;
    if (!FINAL_REFUSALS.has(code)) return undefined;
    this.#state = "refused";
    return SESSION_TEXTS.tokenRefused(rest.at(-1) ?? code);
  }
}
