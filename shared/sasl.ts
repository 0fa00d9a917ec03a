/**
 * Encodes and decodes the messages of SASL mechanisms for AUTHENTICATE, in both directions: as
 * base64, in pieces. Performs no I/O.
 *
 * Source: https://ircv3.net/specs/extensions/sasl-3.1, "The AUTHENTICATE command"
 *
 * @module
 */

/** The number of base64 characters in one AUTHENTICATE; a shorter piece is the last. */
export const PIECE_BYTES = 400;

/** The largest number of pieces in a message from the peer. */
const MOST_PIECES = 4;

/**
 * Returns the parameters of the AUTHENTICATE commands that carry `text`; `+` is an empty piece.
 */
export function toPieces(text: string): string[] {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const pieces = base64.match(new RegExp(`.{1,${PIECE_BYTES}}`, "g")) ?? [];
  return pieces.at(-1)?.length === PIECE_BYTES || pieces.length === 0 ? [...pieces, "+"] : pieces;
}

/** The result of adding a piece. */
export type PieceResult =
  /** More pieces follow. */
  | { readonly type: "incomplete" }
  /** The piece was the last; `text` is the message. */
  | { readonly type: "whole"; readonly text: string }
  /** The message is malformed or too long. */
  | { readonly type: "refused"; readonly why: string };

/** Joins the pieces of messages. */
export class Pieces {
  #base64 = "";

  /** Adds the parameter of an AUTHENTICATE. */
  take(piece: string): PieceResult {
    if (piece !== "+") this.#base64 += piece;
    if (this.#base64.length > MOST_PIECES * PIECE_BYTES) {
      return { type: "refused", why: "that is too long" };
    }
    if (piece.length === PIECE_BYTES) return { type: "incomplete" };
    const text = decode(this.#base64);
    this.#base64 = "";
    if (text === undefined) return { type: "refused", why: "that is not UTF-8 in base64" };
    return { type: "whole", text };
  }
}

function decode(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
