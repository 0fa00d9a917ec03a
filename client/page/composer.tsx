/**
 * The field in which the user writes. What is written and not sent is kept, for each conversation.
 *
 * @module
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { TYPING_TEXT } from "../texts/messages.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { RowParts } from "./message.tsx";
import { completed } from "./completion.ts";
import { keepDraft, readDraft } from "./keeping.ts";

/** The field for the conversation `buffer`. */
export function Composer({ chat, buffer }: RowParts) {
  void chat.changes;
  const [text, setText] = useState(() => readDraft(buffer.name));
  const field = useRef<HTMLTextAreaElement>(null);

  // A message to edit comes from outside.
  const { composed, chosen } = chat;
  useEffect(() => {
    if (composed !== undefined) {
      chat.composed = undefined;
      setText(composed);
    }
    if (chosen) field.current?.focus();
  }, [composed, chosen]);

  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, 200)}px`;
  }, [text]);

  function changed(value: string) {
    setText(value);
    if (!chosen) keepDraft(buffer.name, value);
    chat.typed(value);
  }

  function submit() {
    if (text.trim() === "") return;
    chat.write(text);
    setText("");
    if (!chosen) keepDraft(buffer.name, "");
  }

  function cancel() {
    chat.choose(undefined);
    if (chosen?.kind === "edit") setText(readDraft(buffer.name));
  }

  function pressed(event: KeyboardEvent) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && chosen) cancel();
    else if (event.key === "ArrowUp" && text === "" && !chosen) editLast();
    else if (event.key === "Tab" && !event.shiftKey) {
      const found = completed(text, chat, buffer);
      if (found === undefined) return;
      event.preventDefault();
      changed(found);
    }
  }

  function editLast() {
    const entry = buffer.entries.all.findLast(({ speech }) => speech.own);
    if (entry) chat.choose({ kind: "edit", entry });
  }

  const name = printable(buffer.name);
  const typists = chat.typistsIn(buffer).map(printable);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p class="quiet typing" aria-live="polite">
        {typists.length > 0 && TYPING_TEXT(typists)}
      </p>
      {chosen && (
        <p class="chosen-for">
          {chosen.kind === "edit"
            ? PAGE_TEXTS.editing
            : PAGE_TEXTS.replying(printable(chosen.entry.speech.nick))}{" "}
          <button type="button" onClick={cancel}>{PAGE_TEXTS.cancel}</button>
        </p>
      )}
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          value={text}
          dir="auto"
          aria-label={PAGE_TEXTS.composer(name)}
          placeholder={PAGE_TEXTS.hint(name)}
          onInput={({ currentTarget }) => changed(currentTarget.value)}
          onKeyDown={pressed}
        />
        <button type="submit">{PAGE_TEXTS.send}</button>
      </div>
    </form>
  );
}
