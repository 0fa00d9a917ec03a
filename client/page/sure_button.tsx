/**
 * A button that acts at the second click, because nothing takes its action back.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";

/** The properties of {@linkcode SureButton}. */
export interface SureButtonProps {
  /** Returns the button before the first click, which calls `ask`. */
  readonly first: (ask: () => void) => VNode;
  /** The text of the button after the first click. */
  readonly text: string;
  /** Called at the second click. */
  readonly onSure: () => void;
}

/** The button. After the first click, it waits for the second until the user goes elsewhere. */
export function SureButton({ first, text, onSure }: SureButtonProps): VNode {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) return first(() => setAsked(true));
  return (
    <button
      type="button"
      class="alarm"
      ref={(button) => button?.focus()}
      onBlur={() => setAsked(false)}
      onClick={onSure}
    >
      {text}
    </button>
  );
}
