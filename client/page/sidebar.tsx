/**
 * The list of conversations, and the members of the current room.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import type { Buffer } from "../session/buffer.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Chat } from "./chat.ts";
import { LinkDevice } from "./link_device.tsx";
import { nickColor } from "./message.tsx";
import { ask, canAsk } from "./notifications.ts";
import { subscribe } from "./push.ts";

/** The list of conversations; `onChosen` is called when the user has chosen one. */
export function Sidebar(
  { chat, onChosen }: { readonly chat: Chat; readonly onChosen: () => void },
): VNode {
  void chat.changes;
  const { all, current } = chat.buffers;
  return (
    <nav class="sidebar" aria-label={PAGE_TEXTS.conversations}>
      <ul>
        {all.map((buffer) => (
          <li key={buffer.name} class={buffer === current ? "current" : ""}>
            <button
              type="button"
              class="conversation"
              aria-current={buffer === current ? "page" : undefined}
              onClick={() => {
                chat.switchTo(buffer);
                onChosen();
              }}
            >
              <span class="name">{printable(buffer.name)}</span>
              <Unread unread={buffer.unread} mentions={buffer.mentions} />
            </button>
            <button
              type="button"
              class="leave"
              aria-label={PAGE_TEXTS.leave(printable(buffer.name))}
              onClick={() => chat.close(buffer)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const field = new FormData(event.currentTarget).get("room");
          if (typeof field !== "string" || field.trim() === "") return;
          event.currentTarget.reset();
          chat.write(`/join ${field.trim()}`);
          onChosen();
        }}
      >
        <input
          name="room"
          autocomplete="off"
          aria-label={PAGE_TEXTS.joinLabel}
          placeholder={PAGE_TEXTS.joinHint}
        />
      </form>
      <LinkDevice chat={chat} />
      <NotifyButton chat={chat} />
    </nav>
  );
}

function NotifyButton({ chat }: { readonly chat: Chat }) {
  const [isAsked, setAsked] = useState(!canAsk());
  if (isAsked) return null;
  const allow = async () => {
    await ask();
    await subscribe(chat.session);
  };
  return (
    <button type="button" onClick={() => void allow().finally(() => setAsked(true))}>
      {PAGE_TEXTS.notify}
    </button>
  );
}

function Unread({ unread, mentions }: Pick<Buffer, "unread" | "mentions">) {
  if (unread === 0) return null;
  return (
    <span
      class={mentions > 0 ? "unread mentioned" : "unread"}
      aria-label={PAGE_TEXTS.unread(unread, mentions)}
    >
      {unread}
    </span>
  );
}

/** The members of a room, by rank. */
export function Members(
  { chat, buffer }: { readonly chat: Chat; readonly buffer: Buffer },
): VNode | null {
  void chat.changes;
  const room = chat.session.state.rooms.get(buffer.name);
  if (!room) return null;
  return (
    <aside class="members" aria-label={PAGE_TEXTS.members(room.size)}>
      <h2>{PAGE_TEXTS.members(room.size)}</h2>
      <ul>
        {room.ranks.flatMap(({ prefix, members }) =>
          members.map(({ nick, isAway }) => (
            <li key={nick}>
              <button
                type="button"
                class={isAway ? "away" : ""}
                title={isAway ? PAGE_TEXTS.away : undefined}
                onClick={() => chat.write(`/query ${nick}`)}
              >
                {prefix !== "" && <span class="quiet">{prefix}</span>}
                <span class={nickColor(nick)}>{printable(nick)}</span>
              </button>
            </li>
          ))
        )}
      </ul>
    </aside>
  );
}
