/**
 * The text in the field of a conversation. It is kept until it is sent, even if the page is
 * reloaded. While the user edits a message, the text of the message takes its place.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";
import { keepDraft, readDraft } from "./keeping.ts";

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
  /** Removes the text, which is being sent. */
  readonly clear: () => void;
}

/** Keeps the text of the conversation `buffer`, which the element `field` shows. */
export function useDraft(
  chat: Chat,
  buffer: Buffer,
  field: { readonly current: HTMLTextAreaElement | null },
): Draft {
  const [text, setText] = useState(() => readDraft(buffer.name));
  const { composed, chosen } = chat;
  const isEditing = chosen?.kind === "edit";
  // A layout effect, so that the next key press already acts on the new text.
  useLayoutEffect(() => {
    chat.composed = undefined;
    if (composed !== undefined) setText(composed);
    if (chosen) field.current?.focus();
  }, [composed, chosen]);
  useLayoutEffect(() => {
    if (!isEditing) setText(readDraft(buffer.name));
  }, [isEditing]);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    // `scrollHeight` leaves out the borders.
    const height = element.scrollHeight + element.offsetHeight - element.clientHeight;
    element.style.height = `${Math.min(height, MAX_HEIGHT)}px`;
  }, [text]);

  function keep(text: string) {
    setText(text);
    if (!chosen) keepDraft(buffer.name, text);
  }

  function change(text: string) {
    keep(text);
    chat.typed(text);
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
    clear: () => keep(""),
  };
}
