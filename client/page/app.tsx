/**
 * The page once the user is connected: conversations, messages, members, and the server's answers.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { useAddress } from "./address.ts";
import { AnswerView } from "./answer.tsx";
import { useBack } from "./back.ts";
import type { Chat } from "./chat.ts";
import { Composer } from "./composer.tsx";
import { unreadElsewhere } from "./conversations.ts";
import { MessageList } from "./message_list.tsx";
import { Members, Sidebar } from "./sidebar.tsx";
import { type Drawer, Top } from "./top.tsx";

/** The whole page; `reconnect` connects again after the session has ended. */
export function App(
  { chat, reconnect }: { readonly chat: Chat; readonly reconnect: () => void },
): VNode {
  useChanges(chat);
  useAddress(chat);
  const [drawer, setDrawer] = useState<Drawer>();
  const { current } = chat.buffers;
  const { unread } = unreadElsewhere(chat);
  const close = () => setDrawer(undefined);
  useEffect(() => {
    const name = current ? printable(current.name) : location.host;
    document.title = PAGE_TEXTS.title(unread + (current?.unread ?? 0), name);
  });
  useBack(drawer !== undefined, close);
  useBack(chat.answer !== undefined, () => chat.closeAnswer());
  useEscape(() => {
    if (drawer) close();
    else chat.closeAnswer();
  });
  return (
    <div
      class={drawer ? `app ${drawer}-open` : "app"}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        // Otherwise, the browser would leave the page to show the file.
        event.preventDefault();
        if (current) chat.attached.add(current, [...event.dataTransfer?.files ?? []]);
      }}
    >
      <Sidebar chat={chat} onChosen={close} />
      <main>
        <Top chat={chat} drawer={drawer} setDrawer={setDrawer} />
        <Connection chat={chat} reconnect={reconnect} />
        {current
          ? (
            <>
              <MessageList key={current.name} chat={chat} buffer={current} />
              <Composer key={`to ${current.name}`} chat={chat} buffer={current} />
            </>
          )
          : <p class="nobody">{PAGE_TEXTS.nobodyHere}</p>}
      </main>
      {current?.kind === "room" && <Members chat={chat} buffer={current} onChosen={close} />}
      {drawer && (
        <button
          type="button"
          class="backdrop"
          tabIndex={-1}
          aria-label={PAGE_TEXTS.close}
          onClick={close}
        />
      )}
      {chat.answer && <AnswerView answer={chat.answer} chat={chat} />}
    </div>
  );
}

/** Draws the component again at each change of the state. */
function useChanges({ changes }: Chat): void {
  const [, setCount] = useState(0);
  useLayoutEffect(() => changes.follow(() => setCount((count) => count + 1)), [changes]);
}

/** Calls `action` when the user presses Escape, unless an open dialog takes that key. */
function useEscape(action: () => void): void {
  // A layout effect runs before the browser shows the part of the page that Escape would close.
  useLayoutEffect(() => {
    const pressed = ({ key, defaultPrevented }: KeyboardEvent) => {
      if (key !== "Escape" || defaultPrevented || document.querySelector("dialog[open]")) return;
      action();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  });
}

function Connection(
  { chat, reconnect }: { readonly chat: Chat; readonly reconnect: () => void },
) {
  const { connectedness: state, left } = chat;
  const forgetLeft = () => {
    chat.left = undefined;
    chat.changes.changed();
  };
  return (
    <div class="connection" role="status">
      {left !== undefined && (
        <p>
          {PAGE_TEXTS.leftRoom(printable(left))}{" "}
          <button type="button" onClick={() => chat.write(`/join ${left}`)}>
            {PAGE_TEXTS.rejoin}
          </button>{" "}
          <button type="button" onClick={forgetLeft}>{PAGE_TEXTS.close}</button>
        </p>
      )}
      {state.type === "offline" && (
        <p>
          {PAGE_TEXTS.offline(printable(state.reason), state.retry)}{" "}
          <button type="button" onClick={() => chat.session.reconnect()}>
            {PAGE_TEXTS.tryNow}
          </button>
        </p>
      )}
      {state.type === "ended" && (
        <p>
          {PAGE_TEXTS.ended(printable(state.reason))}{" "}
          <button type="button" onClick={reconnect}>{PAGE_TEXTS.reconnect}</button>
        </p>
      )}
    </div>
  );
}
