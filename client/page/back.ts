/**
 * Lets the browser's Back close what is open, such as a dialog: the topmost first, and only then
 * leads to another conversation. Each thing that is open has a step of its own in the browser's
 * history.
 *
 * @module
 */

import { useLayoutEffect } from "preact/hooks";

/** The functions that close what is open, the topmost last. */
const closers: (() => void)[] = [];
/** True while the browser goes back over the steps of what has been closed. */
let isMoving = false;

/** Lets Back call `close` while `isOpen` is true. */
export function useBack(isOpen: boolean, close: () => void): void {
  // A layout effect runs before the browser shows what Back would close.
  useLayoutEffect(() => {
    if (!isOpen) return;
    closers.push(close);
    settle();
    return () => {
      const at = closers.lastIndexOf(close);
      if (at >= 0) closers.splice(at, 1);
      // If closing this has led to another conversation, the conversation gets its step first.
      setTimeout(settle);
    };
  }, [isOpen]);
}

/** Gives a step to each thing that is open, and removes the steps of things that were closed. */
export function settle(): void {
  const surplus = depth() - closers.length;
  if (isMoving || surplus === 0) return;
  if (surplus > 0) {
    isMoving = true;
    history.go(-surplus);
    return;
  }
  for (let step = depth() + 1; step <= closers.length; step++) {
    history.pushState({ ...stateOf(), depth: step }, "");
  }
}

/**
 * Closes the topmost thing that has no step any more, because the user has gone back. Returns false
 * if the browser has moved because of {@linkcode settle}.
 */
export function closeByBack(): boolean {
  const wasMoving = isMoving;
  isMoving = false;
  if (!wasMoving && depth() < closers.length) closers.at(-1)?.();
  else settle();
  return !wasMoving;
}

/** Returns the number of open things at the present step of the history. */
function depth(): number {
  const state = stateOf();
  return "depth" in state && typeof state.depth === "number" ? state.depth : 0;
}

function stateOf(): object {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null ? state : {};
}
