/**
 * The dialog in which the user picks an emoji from all of them, or searches for one by its name.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { EMOJI } from "../session/emoji.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { useDialog } from "./dialog.ts";
import { Icon } from "./icons.tsx";

/** The emoji, each once, with all of its names. */
const CHOICES: readonly (readonly [emoji: string, names: string])[] = [
  ...Map.groupBy(EMOJI, ([, emoji]) => emoji),
].map(([emoji, entries]) => [emoji, entries.map(([name]) => name).join(", ")]);

/** The properties of {@linkcode EmojiPicker}. */
export interface EmojiPickerProps {
  /** Called with the emoji. */
  readonly onPick: (emoji: string) => void;
  /** Called when the dialog has closed. */
  readonly onClose: () => void;
}

/** The dialog, which opens when it is first drawn. Enter picks the first emoji that is shown. */
export function EmojiPicker({ onPick, onClose }: EmojiPickerProps): VNode {
  const dialog = useDialog();
  const [words, setWords] = useState("");
  const shown = CHOICES.filter(([, names]) => names.includes(words.trim().toLowerCase()));
  const pick = (emoji: string) => {
    dialog.current?.close();
    onPick(emoji);
  };
  return (
    <dialog
      ref={dialog}
      class="emoji-picker"
      aria-label={PAGE_TEXTS.emoji}
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && dialog.current?.close()}
    >
      <form
        class="emoji-search"
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = shown;
          if (first) pick(first[0]);
        }}
      >
        <input
          autofocus
          autocomplete="off"
          aria-label={PAGE_TEXTS.emojiSearch}
          placeholder={PAGE_TEXTS.emojiSearch}
          value={words}
          onInput={({ currentTarget }) => setWords(currentTarget.value)}
        />
        <button
          type="button"
          class="plain"
          aria-label={PAGE_TEXTS.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </form>
      <div class="emoji-grid">
        {shown.map(([emoji, names]) => (
          <button
            type="button"
            key={emoji}
            title={names}
            aria-label={`${emoji} ${names}`}
            onClick={() => pick(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      {shown.length === 0 && <p class="quiet">{PAGE_TEXTS.noEmoji}</p>}
    </dialog>
  );
}
