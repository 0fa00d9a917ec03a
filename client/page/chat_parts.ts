/**
 * The parts of the page that its state uses.
 *
 * @module
 */

import type { Speech } from "../session/events.ts";

/** The parts of the page that the state uses. */
export interface ChatParts {
  /** Returns true while the user looks at the page. */
  isSeen(): boolean;
  /** Notifies the user of a message for them that they do not see. */
  notify(message: Speech): void;
  /** Shows the page before its first connection, since the server cannot be reached. */
  awaitsServer(): void;
  /** Calls `draw` before the next frame; calls it soon if no frames are drawn. */
  beforeFrame(draw: () => void): void;
}
