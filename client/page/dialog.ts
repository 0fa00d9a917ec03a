/**
 * The dialogs of the page, each of which opens when it is first drawn.
 *
 * @module
 */

import { useEffect, useRef } from "preact/hooks";
import { useBack } from "./back.ts";

/** Opens a dialog; returns the reference for its element. The browser's Back closes it. */
export function useDialog(): { current: HTMLDialogElement | null } {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useBack(true, () => dialog.current?.close());
  return dialog;
}
