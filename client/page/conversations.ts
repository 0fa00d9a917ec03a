/**
 * The conversations in the order in which the page lists them: rooms, then persons.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import type { Line } from "../session/events.ts";
import type { Chat } from "./chat.ts";

/** Returns the rooms or the private conversations. */
export function conversations({ buffers }: Chat, kind: Buffer["kind"]): Buffer[] {
  return buffers.all.filter((each) => each.kind === kind);
}

/**
 * Shows the conversation that is `step` places after the current one; after the last one comes the
 * first, and before the first the last.
 */
export function switchBy(chat: Chat, step: 1 | -1): void {
  const all = [...conversations(chat, "room"), ...conversations(chat, "person")];
  const at = all.findIndex((each) => each === chat.buffers.current);
  const next = all[(at + step + all.length) % all.length];
  if (next) chat.switchTo(next);
}

/** Returns the user's messages to a conversation that the server has not confirmed. */
export function waitingIn({ session, buffers }: Chat, buffer: Buffer): Line[] {
  return session.onTheirWay.filter(({ to }) => buffers.find(to) === buffer);
}

/** Returns the numbers of unread messages in the other conversations, except silenced ones. */
export function unreadElsewhere(
  { buffers: { all, current } }: Chat,
): Pick<Buffer, "unread" | "mentions"> {
  const others = all.filter((each) => each !== current && !each.isSilenced);
  const sum = (count: (buffer: Buffer) => number) => others.map(count).reduce((a, b) => a + b, 0);
  return { unread: sum(({ unread }) => unread), mentions: sum(({ mentions }) => mentions) };
}
