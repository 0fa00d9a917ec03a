/**
 * How what a SASL mechanism says travels in AUTHENTICATE, in both directions: as base64, in pieces.
 * Pure.
 *
 * Source: https://ircv3.net/specs/extensions/sasl-3.1, "The AUTHENTICATE command"
 *
 * @module
 */

/** The characters of base64 in one AUTHENTICATE: fewer mean that there are no more. */
export const PIECE_BYTES = 400;

/** What the other side says may have so many of these in all. */
const MOST_PIECES = 4;

/** `text` as the parameters of one AUTHENTICATE after another. */
export function inPieces(text: string): string[] {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const pieces = base64.match(new RegExp(`.{1,${PIECE_BYTES}}`, "g")) ?? [];
  return pieces.at(-1)?.length === PIECE_BYTES || pieces.length === 0 ? [...pieces, "+"] : pieces;
}

/** What comes of a piece. */
export type Gathered =
  /** There are more to come. */
  | { readonly type: "incomplete" }
  /** It was the last one. */
  | { readonly type: "whole"; readonly text: string }
  /** It makes no sense. */
  | { readonly type: "refused"; readonly why: string };

/** Puts pieces together. */
export class Pieces {
  #base64 = "";

  /** Takes the parameter of an AUTHENTICATE. */
  take(piece: string): Gathered {
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
