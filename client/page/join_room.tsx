/**
 * The field that joins a room. While it has the focus, it lists rooms of the server to choose from.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { type ListedRoom, listRooms, roomsWith } from "../session/room_list.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { Chat } from "./chat.ts";

/** The largest number of rooms that are listed at a time: a server can have many. */
const MAX_SHOWN = 30;

/** The properties of {@linkcode JoinRoom}. */
export interface JoinRoomProps {
  /** The state. */
  readonly chat: Chat;
  /** Called when the user has chosen a room. */
  readonly onChosen: () => void;
}

/** The field and the list. */
export function JoinRoom({ chat, onChosen }: JoinRoomProps): VNode {
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [listed, setListed] = useState<readonly ListedRoom[]>([]);
  const { rooms } = chat.session.state;
  const others = listed.filter(({ name }) => !rooms.get(name));
  const shown = isOpen ? roomsWith(others, typed.trim()).slice(0, MAX_SHOWN) : [];

  function open() {
    if (!isOpen) listRooms(chat.session, setListed);
    setOpen(true);
  }

  function join(name: string) {
    if (name === "") return;
    setTyped("");
    setOpen(false);
    chat.write(`/join ${name}`);
    onChosen();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        join(typed.trim());
      }}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        const isInside = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        if (!isInside) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || shown.length === 0) return;
        event.preventDefault();
        setOpen(false);
      }}
    >
      <input
        value={typed}
        autocomplete="off"
        aria-label={PAGE_TEXTS.joinLabel}
        placeholder={PAGE_TEXTS.joinHint}
        onFocus={open}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          open();
        }}
      />
      <ul
        aria-label={PAGE_TEXTS.roomsHere}
        // The field keeps the focus; otherwise, the list would close before the click.
        onMouseDown={(event) => event.preventDefault()}
      >
        {shown.map(({ name, size, topic }) => (
          <li key={name}>
            <button type="button" class="result" onClick={() => join(name)}>
              <span class="name">{printable(name)}</span>
              <span class="quiet">{PAGE_TEXTS.roomAbout(size, printable(topic))}</span>
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}
