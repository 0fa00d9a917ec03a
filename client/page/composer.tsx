/**
 * The field in which the user writes, with its buttons and its keys.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { TYPING_TEXT } from "../texts/messages.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Buffer } from "../session/buffer.ts";
import type { Entry } from "../session/entries.ts";
import type { Chat } from "./chat.ts";
import { send, takesFiles } from "./uploading.ts";
import type { RowParts } from "./message.tsx";
import { Attached } from "./attached.tsx";
import { switchBy } from "./conversations.ts";
import { type Draft, useDraft } from "./draft.ts";
import { EmojiPicker } from "./emoji_picker.tsx";
import { Icon } from "./icons.tsx";
import { completionsOf } from "./suggesting.ts";
import { useSuggestions } from "./suggestions.tsx";

/** The field for the conversation `buffer`. */
export function Composer({ chat, buffer }: RowParts): VNode {
  const { chosen, isLooking } = chat.drafts;
  const typists = chat.typistsIn(buffer).map(printable);
  return (
    <div class="composer">
      <p class="quiet typing" aria-live="polite">
        {typists.length > 0 && TYPING_TEXT(typists)}
      </p>
      {[...chat.tasks.all].map((task, index) => (
        <p key={index} class="chosen-for">
          <span class="name" role="status">
            {task.text} <span aria-hidden="true">{task.percent} %</span>
          </span>
          <button type="button" onClick={task.cancel}>{PAGE_TEXTS.cancel}</button>
        </p>
      ))}
      {(chosen || isLooking) && (
        <p class="chosen-for">
          <span class="name">
            {!chosen
              ? PAGE_TEXTS.looking
              : chosen.kind === "edit"
              ? PAGE_TEXTS.editing
              : replying(chosen.entry)}
          </span>
          <button type="button" onClick={() => chat.choose(undefined)}>{PAGE_TEXTS.cancel}</button>
        </p>
      )}
      <Attached chat={chat} buffer={buffer} />
      <Field chat={chat} buffer={buffer} />
    </div>
  );
}

function replying({ speech: { nick, text } }: Entry): string {
  return PAGE_TEXTS.replying(printable(nick), printable(text.replaceAll("\n", " ")));
}

function Field({ chat, buffer }: RowParts) {
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(chat, buffer, field);
  const suggestions = useSuggestions(chat, draft.insert);
  /** True once the user has pressed Escape, until they type again: Tab then leaves the field. */
  const isReleased = useRef(false);
  useEffect(() => focusIfFree(field.current), [chat.switches]);

  function submit() {
    const { text } = draft;
    focusByMouse(field.current);
    suggestions.end();
    if (text.trim() === "" && chat.attached.of(buffer).length === 0) return;
    if (chat.drafts.isLooking) return;
    send(chat, buffer, text);
  }

  function pressed(event: KeyboardEvent) {
    if (event.isComposing) return;
    if (event.key === "Escape") isReleased.current = true;
    const complete = () => !isReleased.current && completeWord(chat, draft);
    const keys = { chat, buffer, text: draft.text, submit, complete };
    if (suggestions.pressed(event) || pressKey(event, keys)) event.preventDefault();
  }

  function attach(list: FileList | null | undefined): boolean {
    const files = [...list ?? []];
    chat.attached.add(buffer, files);
    if (files.length > 0) focusByMouse(field.current);
    return files.length > 0;
  }

  const name = printable(buffer.name);
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onPaste={(event) => attach(event.clipboardData?.files) && event.preventDefault()}
    >
      {suggestions.view}
      {takesFiles(chat) && <FileButton onChosen={attach} />}
      <EmojiButton onPick={draft.insert} />
      <textarea
        ref={field}
        rows={1}
        value={draft.text}
        dir="auto"
        aria-label={PAGE_TEXTS.composer(name)}
        placeholder={(isNarrow() ? PAGE_TEXTS.composer : PAGE_TEXTS.hint)(name)}
        onInput={({ currentTarget }) => {
          isReleased.current = false;
          draft.change(currentTarget.value);
          suggestions.typed(draft.before);
        }}
        onKeyDown={pressed}
        onBlur={suggestions.close}
        onClick={suggestions.close}
        {...suggestions.attributes}
      />
      <SendButton />
    </form>
  );
}

/** Returns true if the window has the width of a phone, as in the style sheet. */
function isNarrow(): boolean {
  return matchMedia("(max-width: 40em)").matches;
}

/**
 * Puts the cursor into the field if the focus is nowhere, or in one of the lists beside the field.
 */
function focusIfFree(field: HTMLTextAreaElement | null): void {
  const { activeElement, body } = document;
  if (activeElement === body || activeElement?.closest(".sidebar, .members")) focusByMouse(field);
}

/** Puts the cursor into the field, but not where that would open a keyboard over the messages. */
function focusByMouse(field: HTMLTextAreaElement | null): void {
  if (matchMedia("(pointer: fine)").matches) field?.focus();
}

/** Completes the word before the cursor; returns false if there is nothing to complete. */
function completeWord(chat: Chat, { before, insert }: Draft): boolean {
  if (/(?:^|\s)$/.test(before)) return false;
  const { from, options: [option] } = completionsOf(before, chat);
  if (option !== undefined) insert(option, from);
  return option !== undefined;
}

interface KeyParts extends RowParts {
  readonly text: string;
  readonly submit: () => void;
  readonly complete: () => boolean;
}

/**
 * Performs the action of a key press in the field; returns false if the key has no action there.
 */
function pressKey(
  { key, altKey, shiftKey }: KeyboardEvent,
  { chat, buffer, text, submit, complete }: KeyParts,
): boolean {
  if (key === "Tab" && !shiftKey) return complete();
  if (key === "Enter" && !shiftKey && !altKey) submit();
  else if (key === "Escape" && chat.drafts.chosen) chat.choose(undefined);
  else if (altKey && /^Arrow(?:Up|Down)$/.test(key)) switchBy(chat, key === "ArrowUp" ? -1 : 1);
  else {
    if (key === "ArrowUp" && text === "" && !chat.drafts.chosen) editLast(chat, buffer);
    return false;
  }
  return true;
}

/** The button that sends. The field keeps the focus, so a phone keeps its keyboard open. */
function SendButton() {
  return (
    <button type="submit" onMouseDown={(event) => event.preventDefault()}>
      {PAGE_TEXTS.send}
    </button>
  );
}

/** The button with which the user picks an emoji. */
function EmojiButton({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="plain emoji-button"
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

/**
 * The button with which the user picks files. The label of the input is visible, the input itself
 * is not.
 */
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

/** Brings the user's last message into the field. */
function editLast(chat: Chat, buffer: Buffer) {
  const entry = buffer.entries.all.findLast(({ speech }) => speech.own);
  if (entry) chat.choose({ kind: "edit", entry });
}
