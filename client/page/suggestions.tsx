/**
 * The list of suggestions above the field. The user moves through the list and chooses by keyboard
 * or mouse, while the field keeps the focus.
 *
 * HTML allows a textarea only its own role, `textbox`, and not `combobox`. But a text box, too, may
 * refer to a list of suggestions by ARIA attributes.
 *
 * Sources: https://www.w3.org/TR/wai-aria-1.2/#textbox,
 * https://www.w3.org/TR/html-aria/#el-textarea
 *
 * @module
 */

import type { VNode } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Chat } from "./chat.ts";
import { type Suggestion, type Suggestions, suggestionsFor } from "./suggesting.ts";

/** The largest number of suggestions that have elements at a time: a room can have many members. */
const MAX_SHOWN = 50;

/** The list, as the field uses it. */
export interface SuggestionList {
  /** Finds the suggestions for the text before the cursor, and opens or closes the list. */
  typed(before: string): void;
  /** Closes the list until the user begins another word. */
  close(): void;
  /** Closes the list, because the text is gone. */
  end(): void;
  /** Takes a key press; returns true if it was for the list. */
  pressed(event: KeyboardEvent): boolean;
  /** The attributes by which the field leads to the list. */
  readonly attributes: ListAttributes;
  /** The list; nothing while it is closed. */
  readonly view: VNode;
}

/** The attributes by which a field leads to a list. */
export interface ListAttributes {
  readonly "aria-autocomplete": "list";
  readonly "aria-haspopup": "listbox";
  readonly "aria-controls": string | undefined;
  readonly "aria-activedescendant": string | undefined;
}

/** The open list. No suggestion is `active` while the word may be complete as it is. */
interface Open extends Suggestions {
  readonly active: number | undefined;
}

/** Keeps the list; `take` replaces the text between the index `from` and the cursor. */
export function useSuggestions(
  chat: Chat,
  take: (text: string, from: number) => void,
): SuggestionList {
  const id = useId();
  const [open, setOpen] = useState<Open>();
  const [closedFrom, setClosedFrom] = useState<number>();

  function typed(before: string) {
    const found = suggestionsFor(before, chat);
    if (found?.from !== closedFrom) setClosedFrom(undefined);
    const isShown = found && found.from !== closedFrom;
    setOpen(isShown ? { ...found, active: found.isExact ? undefined : 0 } : undefined);
  }

  function close() {
    if (open) setClosedFrom(open.from);
    setOpen(undefined);
  }

  function end() {
    setOpen(undefined);
    setClosedFrom(undefined);
  }

  function choose({ text }: Suggestion) {
    if (open) take(text, open.from);
    setOpen(undefined);
  }

  function move(step: 1 | -1) {
    if (!open) return;
    const { active = step === 1 ? -1 : 0, all } = open;
    setOpen({ ...open, active: (active + step + all.length) % all.length });
  }

  function pressed({ key, shiftKey, altKey, ctrlKey }: KeyboardEvent): boolean {
    if (!open || shiftKey || altKey || ctrlKey) return false;
    const { all, active } = open;
    const chosen = all[active ?? (key === "Tab" ? 0 : -1)];
    if (key === "ArrowDown" || key === "ArrowUp") move(key === "ArrowDown" ? 1 : -1);
    else if (key === "Escape") close();
    else if ((key === "Enter" || key === "Tab") && chosen) choose(chosen);
    else {
      // The cursor leaves the word.
      if (/^(?:Arrow|Home|End|Page)/.test(key)) close();
      return false;
    }
    return true;
  }

  const attributes: ListAttributes = {
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    "aria-controls": open && id,
    "aria-activedescendant": open?.active === undefined ? undefined : `${id}-${open.active}`,
  };
  const view = (
    <>
      <p class="hidden" role="status">{open && PAGE_TEXTS.suggestionCount(open.all.length)}</p>
      {open && <List id={id} open={open} choose={choose} />}
    </>
  );
  return { typed, close, end, pressed, attributes, view };
}

interface ListProps {
  readonly id: string;
  readonly open: Open;
  readonly choose: (suggestion: Suggestion) => void;
}

function List({ id, open: { all, active }, choose }: ListProps) {
  const first = Math.max(0, (active ?? 0) - MAX_SHOWN + 1);
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <ul
      ref={list}
      id={id}
      class="suggestions"
      role="listbox"
      // It can scroll, so the keyboard must reach it.
      tabIndex={0}
      aria-label={PAGE_TEXTS.suggestions}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
    >
      {all.slice(first, first + MAX_SHOWN).map((each, index) => (
        <li
          key={each.text}
          id={`${id}-${first + index}`}
          role="option"
          aria-selected={first + index === active}
          aria-setsize={all.length}
          aria-posinset={first + index + 1}
          onClick={() => choose(each)}
        >
          <span class="name">{printable(each.name)}</span>
          <span class="quiet">{printable(each.help)}</span>
        </li>
      ))}
    </ul>
  );
}
