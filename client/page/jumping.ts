/**
 * Leads the user to a message in the list, and from message to message by the keyboard.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import type { Speech } from "../session/events.ts";
import type { Chat } from "./chat.ts";

/** The time for which a message stays marked, in milliseconds. */
const MARKED_MS = 2_000;

/** Shows the message with `id` in `buffer`. */
export function jumpTo(chat: Chat, buffer: Buffer, id: string): void {
  void chat.paging.goTo(buffer, id);
}

/** Shows a message in its conversation, in place of the answer that it was found in. */
export function jumpOut(chat: Chat, { id, room, own, to, nick }: Speech): void {
  const { results } = chat;
  chat.showConversation(room ?? (own ? to : nick));
  chat.answer = undefined;
  chat.results = results;
  const { current } = chat.buffers;
  if (current && id !== undefined) jumpTo(chat, current, id);
}

/** Scrolls to the message with `id`, which has an element in `list`, and marks it. */
export function arriveAt(list: Element, id: string): void {
  const element = list.querySelector<HTMLElement>(`.message[data-id="${CSS.escape(id)}"]`);
  if (!element) return;
  element.scrollIntoView({ block: "center" });
  element.focus({ preventScroll: true });
  const color = getComputedStyle(element).getPropertyValue("--marked");
  element.animate([{ background: color }, { background: color, offset: 0.6 }, {}], MARKED_MS);
}

/**
 * Moves the focus from a message to the message before or after it, and from the list itself to the
 * last message.
 */
export function walk(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const { key, currentTarget: list, target } = event;
  const back = key === "ArrowUp";
  if (!back && key !== "ArrowDown" || !(target instanceof Element)) return;
  const messages = [...list.querySelectorAll<HTMLElement>(".message[data-id]")];
  const current = target.closest(".message");
  const at = messages.findIndex((each) => each === current);
  const next = at === -1 ? messages.at(-1) : messages[back ? at - 1 : at + 1];
  if (!next || at === 0 && back) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
