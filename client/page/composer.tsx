/**
 * The field in which the user writes. What is written and not sent is kept, for each conversation.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { TYPING_TEXT } from "../texts/messages.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";
import { uploadAll } from "./uploading.ts";
import type { RowParts } from "./message.tsx";
import { completed } from "./completion.ts";
import { switchBy } from "./conversations.ts";
import { EmojiPicker } from "./emoji_picker.tsx";
import { Icon } from "./icons.tsx";
import { keepDraft, readDraft } from "./keeping.ts";

/** The height up to which the field grows, in pixels. */
const MAX_HEIGHT = 200;

/** The field for the conversation `buffer`. */
export function Composer({ chat, buffer }: RowParts): VNode {
  void chat.changes;
  const { chosen } = chat;
  const typists = chat.typistsIn(buffer).map(printable);
  return (
    <div class="composer">
      <p class="quiet typing" aria-live="polite">
        {typists.length > 0 && TYPING_TEXT(typists)}
      </p>
      {chosen && (
        <p class="chosen-for">
          {chosen.kind === "edit"
            ? PAGE_TEXTS.editing
            : PAGE_TEXTS.replying(printable(chosen.entry.speech.nick))}{" "}
          <button type="button" onClick={() => chat.choose(undefined)}>{PAGE_TEXTS.cancel}</button>
        </p>
      )}
      <Field chat={chat} buffer={buffer} />
    </div>
  );
}

function Field({ chat, buffer }: RowParts) {
  void chat.changes;
  const { chosen } = chat;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useText(chat, buffer, field);

  function submit(event: Event) {
    event.preventDefault();
    if (text.trim() === "") return;
    if (!chosen) keepDraft(buffer.name, "");
    setText("");
    chat.write(text);
  }

  function changed(value: string) {
    setText(value);
    if (!chosen) keepDraft(buffer.name, value);
    chat.typed(value);
  }

  function pressed(event: KeyboardEvent) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) submit(event);
    else if (event.key === "Escape" && chosen) {
      event.preventDefault();
      chat.choose(undefined);
    } else if (event.key === "ArrowUp" && !event.altKey && text === "" && !chosen) {
      editLast(chat, buffer);
    } else if (event.altKey && /^Arrow(?:Up|Down)$/.test(event.key)) {
      event.preventDefault();
      switchBy(chat, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Tab" && !event.shiftKey) {
      const found = completed(text, chat, buffer);
      if (found === undefined) return;
      event.preventDefault();
      changed(found);
    }
  }

  function upload(list: FileList | null | undefined): boolean {
    const files = [...list ?? []];
    if (files.length > 0) void uploadAll(chat, buffer, files);
    return files.length > 0;
  }

  const name = printable(buffer.name);
  return (
    <form
      class="field"
      onSubmit={submit}
      onPaste={(event) => upload(event.clipboardData?.files) && event.preventDefault()}
    >
      {chat.takesFiles && <FileButton onChosen={upload} />}
      <EmojiButton onPick={(emoji) => changed(insertInto(field.current, emoji))} />
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
    </form>
  );
}

/** Replaces the selection in `field`; returns the new text. */
function insertInto(field: HTMLTextAreaElement | null, text: string): string {
  field?.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field?.focus();
  return field?.value ?? text;
}

/** The button with which the user picks an emoji. */
function EmojiButton({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-label={PAGE_TEXTS.emoji}
        title={PAGE_TEXTS.emoji}
        onClick={() => setOpen(true)}
      >
        <Icon name="smile" />
      </button>
      {isOpen && <EmojiPicker onPick={onPick} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The button with which the user picks files. The label of the input is seen, and the input is not. */
function FileButton({ onChosen }: { readonly onChosen: (files: FileList | null) => void }) {
  return (
    <label class="attach" title={PAGE_TEXTS.attach}>
      <Icon name="attach" />
      <input
        type="file"
        multiple
        aria-label={PAGE_TEXTS.attach}
        onChange={({ currentTarget }) => {
          onChosen(currentTarget.files);
          currentTarget.value = "";
        }}
      />
    </label>
  );
}

/**
 * Returns the text in the field, and its setter. A message to edit takes the place of the draft,
 * which comes back afterwards.
 */
function useText(
  chat: Chat,
  buffer: Buffer,
  field: { readonly current: HTMLTextAreaElement | null },
) {
  const state = useState(() => readDraft(buffer.name));
  const [text, setText] = state;
  const { composed, chosen } = chat;
  const isEditing = chosen?.kind === "edit";
  // Before the next key, which the user presses for what they see.
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
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT)}px`;
  }, [text]);
  return state;
}

/** Brings the user's last message into the field. */
function editLast(chat: Chat, buffer: Buffer) {
  const entry = buffer.entries.all.findLast(({ speech }) => speech.own);
  if (entry) chat.choose({ kind: "edit", entry });
}
