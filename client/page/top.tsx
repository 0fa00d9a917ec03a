/**
 * The bar above the messages: the name and topic of the conversation, the search, and buttons for
 * the parts that a narrow screen hides.
 *
 * @module
 */

import type { VNode } from "preact";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { RichText } from "./rich_text.tsx";
import type { Chat } from "./chat.ts";
import { unreadElsewhere } from "./conversations.ts";
import { Icon } from "./icons.tsx";
import type { RowParts } from "./message.tsx";

/**
 * The part of the page that has slid in on a narrow screen, if any: `menu` is the list of
 * conversations, `people` the list of members.
 */
export type Drawer = "menu" | "people" | undefined;

/** The properties of {@linkcode Top}. */
export interface TopProps {
  /** The state. */
  readonly chat: Chat;
  /** The part that has slid in. */
  readonly drawer: Drawer;
  /** Lets a part slide in, in place of any other; `undefined` only closes the present one. */
  readonly setDrawer: (drawer: Drawer) => void;
}

/** The bar. */
export function Top({ chat, drawer, setDrawer }: TopProps): VNode {
  const { current } = chat.buffers;
  const { unread, mentions } = unreadElsewhere(chat);
  const toggle = (which: Drawer) => setDrawer(drawer === which ? undefined : which);
  return (
    <header class="top">
      <button
        type="button"
        class="menu"
        aria-expanded={drawer === "menu"}
        aria-label={PAGE_TEXTS.menu(unread > 0 ? PAGE_TEXTS.unread(unread, mentions) : "")}
        onClick={() => toggle("menu")}
      >
        <Icon name="menu" />
        {unread > 0 && <span class={mentions > 0 ? "unread mentioned" : "unread"}>{unread}</span>}
      </button>
      {/* While this element has the focus, it shows the whole topic; a tap focuses it. */}
      <div class="titles" tabIndex={current && current.topic !== "" ? 0 : undefined}>
        <h1>{current ? printable(current.name) : PAGE_TEXTS.welcome(location.hostname)}</h1>
        {current && <Topic text={current.topic} />}
      </div>
      <Search chat={chat} />
      {current && <SilenceButton chat={chat} buffer={current} />}
      {current?.kind === "room" && (
        <PeopleButton
          chat={chat}
          buffer={current}
          isOpen={drawer === "people"}
          onClick={() => toggle("people")}
        />
      )}
    </header>
  );
}

function SilenceButton({ chat, buffer }: RowParts) {
  const { isSilenced } = buffer;
  const name = (isSilenced ? PAGE_TEXTS.unsilence : PAGE_TEXTS.silence)(printable(buffer.name));
  return (
    <button
      type="button"
      class="plain"
      aria-label={name}
      title={name}
      onClick={() => chat.toggleSilenced(buffer)}
    >
      <Icon name={isSilenced ? "silenced" : "bell"} />
    </button>
  );
}

/** The button that shows the members of a room, where there is no place to show them always. */
function PeopleButton(
  { chat, buffer, isOpen, onClick }: RowParts & {
    readonly isOpen: boolean;
    readonly onClick: () => void;
  },
) {
  const { size } = chat.session.state.rooms.get(buffer.name) ?? {};
  if (size === undefined) return null;
  const name = PAGE_TEXTS.members(size);
  return (
    <button
      type="button"
      class="plain people"
      aria-expanded={isOpen}
      aria-label={name}
      title={name}
      onClick={onClick}
    >
      <Icon name="people" /> {size}
    </button>
  );
}

function Topic({ text }: { readonly text: string }) {
  return (
    <p class="topic" title={printable(text)}>
      <RichText text={text} />
    </p>
  );
}

function Search({ chat }: { readonly chat: Chat }) {
  const { current } = chat.buffers;
  const { features } = chat.session;
  // Without a connection, it is not known if the server searches; the field keeps its place.
  if (!current || features && !features.capabilities.searches) return null;
  return (
    <form
      role="search"
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        const words = new FormData(event.currentTarget).get("words");
        if (typeof words === "string" && words.trim() !== "") {
          chat.readingBack.search(current.name, words.trim());
        }
      }}
    >
      <Icon name="search" />
      <input
        type="search"
        name="words"
        autocomplete="off"
        aria-label={PAGE_TEXTS.searchLabel}
        placeholder={PAGE_TEXTS.search}
      />
    </form>
  );
}
