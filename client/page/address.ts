/**
 * The address of the page. Its path names the room, and follows the user to other rooms, so that a
 * reload stays there and the browser's Back leads to the conversation before. A private
 * conversation has no path: it is only in the state that the browser keeps with each address. A
 * notification that opens the page names the person in the fragment; the page moves the name into
 * that state.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isNick } from "../../protocol.ts";
import type { Buffer } from "../session/buffer.ts";
import { closeByBack, settle } from "./back.ts";
import type { Chat } from "./chat.ts";

/** Returns the room in the path; undefined if the path names no room. */
export function roomOfPath(): string | undefined {
  try {
    const name = decodeURIComponent(location.pathname.slice(1));
    // The rooms of a server of chat begin with #, which the path leaves out.
    return name === "" ? undefined : `#${name}`;
  } catch {
    // The path has a percent sign that encodes nothing.
    return undefined;
  }
}

/** Returns the conversation that the browser has kept with the address, also over a reload. */
export function keptConversation(): string | undefined {
  const state: unknown = history.state;
  if (typeof state !== "object" || state === null || !("conversation" in state)) return undefined;
  return typeof state.conversation === "string" ? state.conversation : undefined;
}

/**
 * Moves the person in the fragment, if it names one, to the state that is kept with the address.
 */
export function takePerson(): void {
  const name = new URLSearchParams(location.hash.slice(1)).get("with");
  if (name === null) return;
  const state = isNick(name) ? { conversation: name } : null;
  history.replaceState(state, "", location.pathname);
}

/** Lets the address follow the conversation that the user sees, and the other way round. */
export function useAddress(chat: Chat): void {
  const { current, all } = chat.buffers;
  const last = useRef<Buffer | undefined>(undefined);
  const name = current?.name;
  // A layout effect runs early: the conversation gets its step before a closed thing loses its own.
  useLayoutEffect(() => {
    const before = last.current;
    last.current = current;
    if (!current || name === keptConversation()) return;
    // Back must not lead to a room that the user has left, or to the former name of a room.
    const isStep = before !== undefined && before !== current && all.includes(before);
    const state = { conversation: name };
    if (isStep) history.pushState(state, "", pathOf(current));
    else history.replaceState(state, "", pathOf(current));
    settle();
  }, [name]);
  useEffect(() => {
    const moved = () => {
      const name = keptConversation();
      const isByUser = closeByBack();
      // An address that the user has opened has no state yet; it may have a token or a code.
      if (!isByUser || name === undefined || name === chat.buffers.current?.name) return;
      chat.showConversation(name);
      const { current } = chat.buffers;
      if (!current || current.name === name) return;
      history.replaceState({ conversation: current.name }, "", pathOf(current));
    };
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, [chat]);
}

function pathOf({ kind, name }: Buffer): string {
  return kind === "room" ? `/${encodeURIComponent(name.slice(1))}` : location.pathname;
}
