/**
 * The rules by which a connection reads lines.
 *
 * @module
 */

import type { LineLimits } from "../../lines.ts";

/** The rules by which a connection reads lines. */
export interface LineRules {
  /** The limits of a line; if absent, the limits of IRC. */
  readonly limits?: LineLimits;
  /**
   * Milliseconds of silence after which an unfinished line counts as complete; if absent, never.
   */
  readonly pauseMs?: number;
}
