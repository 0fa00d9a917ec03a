/**
 * The proofs by which an authority verifies that a name points to this server, before it signs a
 * certificate. The authority asks for them by HTTP.
 *
 * Source: RFC 8555, section 8.3.
 *
 * @module
 */

import { type HttpRequest, httpResponse } from "./http.ts";

/** The folder in which an authority asks for a proof. */
const FOLDER = "/.well-known/acme-challenge/";

/** The HTTP header fields of an answer that carries a proof. */
const HEADERS = {
  "Content-Type": "application/octet-stream",
  "X-Content-Type-Options": "nosniff",
} as const;

/** The proofs that the server gives at present. */
export class Proofs {
  readonly #texts = new Map<string, string>();

  /** Answers requests for `token` with `text`; returns a function that ends this. */
  offer(token: string, text: string): () => void {
    this.#texts.set(token, text);
    return () => this.#texts.delete(token);
  }

  /** Returns the answer to a request for a proof; `undefined` if it asks for something else. */
  answer({ target }: HttpRequest): Uint8Array | undefined {
    if (!target.startsWith(FOLDER)) return undefined;
    const text = this.#texts.get(target.slice(FOLDER.length));
    return text === undefined ? undefined : httpResponse(200, text, HEADERS);
  }
}
