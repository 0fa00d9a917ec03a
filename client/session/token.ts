/**
 * The token in the URL of the server. The client redeems it at every connection, because the server
 * may require it each time; repeated uses by one account count once. When the server refuses the
 * token for good, the user is told, and the token is not sent again. Performs no I/O: it sends
 * nothing.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { SESSION_TEXTS } from "../texts/session.ts";

/** The codes with which a chat server refuses a token for good. */
const FINAL_REFUSALS: ReadonlySet<string> = new Set([
  "INVALID_TOKEN",
  "TOKEN_EXPIRED",
  "TOKEN_USED",
]);

/**
 * Returns true for a code of `/link`, which logs in to the account of another machine of the user.
 */
export function isLinkCode(token: string): boolean {
  return /^[A-Z]{4}-[A-Z]{4}$/i.test(token);
}

/** A token and its state. */
export class Token {
  readonly #text: string;
  #state: "waiting" | "sent" | "answered" | "refused" = "waiting";

  /** Creates a token that has not been sent. */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Returns the message that redeems the token, to send before registration on each connection;
   * `undefined` once the server has refused it for good.
   */
  redeem(): Message | undefined {
    if (this.#state === "refused") return undefined;
    this.#state = "sent";
    return { command: "REDEEM", params: [this.#text] };
  }

  /**
   * Records that the server has answered. Later refusals concern other tokens, such as a token of
   * `/link`.
   */
  settle(): void {
    if (this.#state === "sent") this.#state = "answered";
  }

  /** Returns a text for the user if `message` refuses the token for good. */
  refusedBy({ command, params: [about = "", code = "", ...rest] }: Message): string | undefined {
    if (this.#state !== "sent" || command !== "FAIL" || about !== "REDEEM") return undefined;
    if (!FINAL_REFUSALS.has(code)) return undefined;
    this.#state = "refused";
    return SESSION_TEXTS.tokenRefused(rest.at(-1) ?? code);
  }
}
