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
import { useAway } from "./away.ts";
import type { Chat } from "./chat.ts";
import { conversations } from "./conversations.ts";
import { Icon } from "./icons.tsx";
import { JoinRoom } from "./join_room.tsx";
import { LinkDevice } from "./link_device.tsx";
import { nickColor } from "./message.tsx";
import { ask, canAsk } from "./notifications.ts";
import { SureButton } from "./sure_button.tsx";
import { subscribe } from "./push.ts";

/** The properties of {@linkcode Sidebar}. */
export interface SidebarProps {
  /** The state. */
  readonly chat: Chat;
  /** Called when the user has chosen a conversation. */
  readonly onChosen: () => void;
}

/** The list of conversations, and the user. */
export function Sidebar({ chat, onChosen }: SidebarProps): VNode {
  const persons = conversations(chat, "person");
  return (
    <nav class="sidebar" aria-label={PAGE_TEXTS.conversations}>
      <h2>{PAGE_TEXTS.rooms}</h2>
      <ul>
        {conversations(chat, "room").map((buffer) => (
          <Conversation key={buffer.name} chat={chat} buffer={buffer} onChosen={onChosen} />
        ))}
      </ul>
      <JoinRoom chat={chat} onChosen={onChosen} />
      {persons.length > 0 && <h2>{PAGE_TEXTS.persons}</h2>}
      <ul>
        {persons.map((buffer) => (
          <Conversation key={buffer.name} chat={chat} buffer={buffer} onChosen={onChosen} />
        ))}
      </ul>
      <footer>
        <p>{PAGE_TEXTS.you(printable(chat.session.state.nick))}</p>
        <LinkDevice chat={chat} />
        <NotifyButton chat={chat} />
      </footer>
    </nav>
  );
}

interface ConversationProps extends SidebarProps {
  readonly buffer: Buffer;
}

function Conversation({ chat, buffer, onChosen }: ConversationProps) {
  const isCurrent = buffer === chat.buffers.current;
  const { isSilenced } = buffer;
  const classes = [isCurrent && "current", isSilenced && "silenced"].filter((each) =>
    each !== false
  );
  return (
    <li class={classes.join(" ")}>
      <button
        type="button"
        class="conversation"
        aria-current={isCurrent ? "page" : undefined}
        onClick={() => {
          chat.switchTo(buffer);
          onChosen();
        }}
      >
        <span class="name">{printable(buffer.name)}</span>
        {isSilenced && <span class="hidden">{PAGE_TEXTS.silenced}</span>}
        <Unread unread={buffer.unread} mentions={buffer.mentions} />
      </button>
      <SureButton
        first={(ask) => (
          <button
            type="button"
            class="leave"
            aria-label={PAGE_TEXTS.leave(printable(buffer.name))}
            // A private conversation is easily opened again.
            onClick={() => buffer.kind === "room" ? ask() : chat.close(buffer)}
          >
            <Icon name="close" />
          </button>
        )}
        text={PAGE_TEXTS.leaveNow}
        onSure={() => chat.close(buffer)}
      />
    </li>
  );
}

function NotifyButton({ chat }: { readonly chat: Chat }) {
  // `canAsk` is called only once, because the page stands still until the browser answers.
  const [isOffered] = useState(canAsk);
  const [answer, setAnswer] = useState<NotificationPermission>("default");
  if (!isOffered) return null;
  const allow = async () => {
    setAnswer(await ask());
    await subscribe(chat.session);
  };
  return (
    <div role="status">
      {answer === "default"
        ? <button type="button" onClick={() => void allow()}>{PAGE_TEXTS.notify}</button>
        : <p class="quiet">{PAGE_TEXTS.notified[answer]}</p>}
    </div>
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
  { chat, buffer, onChosen }: ConversationProps,
): VNode | null {
  const room = chat.session.state.rooms.get(buffer.name);
  useAway(chat, room);
  if (!room) return null;
  const isKnown = chat.connectedness.type === "online";
  return (
    <aside class="members" aria-label={PAGE_TEXTS.members(room.size)}>
      <h2>{PAGE_TEXTS.members(room.size)}</h2>
      {room.ranks.map(({ prefix, members }) => (
        <section key={prefix}>
          {(prefix !== "" || room.ranks.length > 1) && <h3>{PAGE_TEXTS.rank(prefix)}</h3>}
          <ul>
            {members.map(({ nick, isAway }) => (
              <li key={nick}>
                <button
                  type="button"
                  class={!isKnown ? "" : isAway ? "away" : "here"}
                  title={!isKnown ? PAGE_TEXTS.unknown : isAway ? PAGE_TEXTS.away : PAGE_TEXTS.here}
                  onClick={() => {
                    chat.write(`/query ${nick}`);
                    onChosen();
                  }}
                >
                  {prefix !== "" && <span class="quiet">{prefix}</span>}
                  <span class={nickColor(nick)}>{printable(nick)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </aside>
  );
}
