/**
 * The answers that the page shows until the user closes them.
 *
 * @module
 */

import type { PastBlock } from "../session/reading_back.ts";

/** The lines that answer a command. */
export interface AnswerLines {
  /** The kind of the answer. */
  readonly type: "lines";
  /** The command. */
  readonly command: string;
  /** The lines. */
  readonly lines: readonly string[];
}

/** A search for `words` that has found nothing: in `place`, or anywhere if that is undefined. */
export interface NothingFound {
  /** The kind of the answer. */
  readonly type: "nothing";
  /** The words. */
  readonly words: string;
  /** The words for the room or the person, such as "in #tea". */
  readonly place: string | undefined;
}

/** An answer of the server or of a command. */
export type Answer =
  | AnswerLines
  | NothingFound
  | { readonly type: "messages"; readonly block: PastBlock };
