/**
 * The text in the field of a conversation, and its changes.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";

/** The height up to which the field grows, in pixels. */
const MAX_HEIGHT = 200;

/** The text, and its changes. */
export interface Draft {
  /** The text. */
  readonly text: string;
  /** The text before the cursor. */
  readonly before: string;
  /** Records what the user has typed. */
  readonly change: (text: string) => void;
  /**
   * Inserts a text in place of the selection. If `from` is given, also replaces the text from that
   * index up to the selection.
   */
  readonly insert: (text: string, from?: number) => void;
}

/** Keeps the text of the conversation `buffer`, which the element `field` shows. */
export function useDraft(
  chat: Chat,
  buffer: Buffer,
  field: { readonly current: HTMLTextAreaElement | null },
): Draft {
  const [, setCount] = useState(0);
  const text = chat.drafts.textOf(buffer);
  // A layout effect, so that the next key press already acts on the new text.
  useLayoutEffect(() => {
    if (chat.isChoosing) field.current?.focus();
    chat.isChoosing = false;
  });
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    // `scrollHeight` leaves out the borders.
    const height = element.scrollHeight + element.offsetHeight - element.clientHeight;
    element.style.height = `${Math.min(height, MAX_HEIGHT)}px`;
  }, [text]);

  function change(text: string) {
    chat.drafts.write(buffer, text);
    chat.typed(text);
    // A key press draws the field alone, not the whole page.
    setCount((count) => count + 1);
  }

  return {
    text,
    change,
    get before() {
      const { current } = field;
      return current?.value.slice(0, current.selectionStart) ?? "";
    },
    insert(text, from) {
      const { current } = field;
      if (!current) return;
      current.setRangeText(text, from ?? current.selectionStart, current.selectionEnd, "end");
      current.focus();
      change(current.value);
    },
  };
}
