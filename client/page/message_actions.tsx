/**
 * The buttons of a message: reply, react, edit and delete; and the reactions to it.
 *
 * @module
 */

import type { RefObject, VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import type { Entry } from "../session/entries.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Chat } from "./chat.ts";
import { EmojiPicker } from "./emoji_picker.tsx";
import { Icon } from "./icons.tsx";
import { SureButton } from "./sure_button.tsx";

/** The reactions with a button of their own; the dialog of all emoji offers the others. */
const REACTIONS = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

const { actions: ACTIONS } = PAGE_TEXTS;

/** The parts of the page that the buttons need. */
export interface ActionProps {
  /** The message. */
  readonly entry: Entry;
  /** The state. */
  readonly chat: Chat;
}

/** Gives a reaction, or takes it back. */
function toggleReaction(chat: Chat, entry: Entry, text: string): void {
  chat.act(entry, `/${entry.ownReactions.has(text) ? "unreact" : "react"} ${text}`);
}

/**
 * The reactions to a message, each with the number of people; a click adds the user, or removes
 * them.
 */
export function Reactions({ entry, chat }: ActionProps): VNode | null {
  if (entry.reactions.size === 0) return null;
  const all = [...entry.reactions];
  return (
    <p class="reactions">
      {all.map(([text, nicks]) => (
        <button
          type="button"
          key={text}
          title={PAGE_TEXTS.reactions(printable(text), [...nicks].map(printable))}
          aria-pressed={entry.ownReactions.has(text)}
          onClick={() => toggleReaction(chat, entry, text)}
        >
          <span class="emoji">{printable(text)}</span> {nicks.size}
        </button>
      ))}
    </p>
  );
}

/** The buttons, which appear over a message. */
export function Actions({ entry, chat }: ActionProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const [isPicking, setPicking] = useState(false);
  const { own } = entry.speech;
  const opener = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  // The emoji are before the button that shows them, so the focus moves to the first of them.
  useLayoutEffect(() => isOpen ? first.current?.focus() : undefined, [isOpen]);
  const react = (text: string) => {
    setOpen(false);
    opener.current?.focus();
    toggleReaction(chat, entry, text);
  };
  return (
    <>
      <div class="actions" role="group" aria-label={PAGE_TEXTS.messageActions}>
        {isOpen && REACTIONS.map((text, index) => (
          <button
            type="button"
            key={text}
            ref={index === 0 ? first : null}
            onClick={() => react(text)}
          >
            <span class="emoji">{text}</span>
          </button>
        ))}
        {isOpen && (
          <button type="button" onClick={() => setPicking(true)}>{ACTIONS.moreEmoji}</button>
        )}
        <Action
          button={opener}
          icon="smile"
          name={ACTIONS.react}
          isOpen={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        <Action
          icon="reply"
          name={ACTIONS.reply}
          onClick={() => chat.choose({ kind: "reply", entry })}
        />
        {own && (
          <>
            <Action
              icon="edit"
              name={ACTIONS.edit}
              onClick={() => chat.choose({ kind: "edit", entry })}
            />
            <DeleteAction entry={entry} chat={chat} />
          </>
        )}
      </div>
      {isPicking && <EmojiPicker onPick={react} onClose={() => setPicking(false)} />}
    </>
  );
}

interface ActionButtonProps {
  readonly icon: "smile" | "reply" | "edit" | "remove";
  readonly name: string;
  readonly isOpen?: boolean;
  readonly button?: RefObject<HTMLButtonElement | null>;
  readonly onClick: () => void;
}

function Action({ icon, name, isOpen, button, onClick }: ActionButtonProps) {
  return (
    <button
      type="button"
      {...(button && { ref: button })}
      aria-label={name}
      title={name}
      aria-expanded={isOpen}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function DeleteAction({ entry, chat }: ActionProps) {
  return (
    <SureButton
      first={(ask) => <Action icon="remove" name={ACTIONS.delete} onClick={ask} />}
      text={ACTIONS.deleteForAll}
      onSure={() => chat.act(entry, "/delete")}
    />
  );
}
