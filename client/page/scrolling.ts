/**
 * Keeps the list of messages where the user is: at its end, or at the same messages while earlier ones are
 * put before them.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";

/** The distance from the top at which earlier messages are read, in pixels. */
const TOP = 600;
/** The distance from the bottom up to which the list stays at its end, in pixels. */
const BOTTOM = 40;

/** The list, and its position as its component needs it. */
export interface Scrolling {
  /** The element that scrolls. */
  readonly list: { current: HTMLDivElement | null };
  /** True while the user does not see the newest message. */
  readonly isAway: boolean;
  /** Records a new position. */
  readonly scrolled: () => void;
  /** Scrolls to the newest message. */
  readonly toEnd: () => void;
}

/** Follows the position in the list of `buffer`. */
export function useScrolling(chat: Chat, buffer: Buffer): Scrolling {
  const timeline = chat.timelineOf(buffer);
  const { items, isLoading } = timeline;
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const height = useRef(0);
  const [isAway, setAway] = useState(false);

  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const grown = element.scrollHeight - height.current;
    if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    else if (element.scrollTop < TOP && grown > 0) element.scrollTop += grown;
    height.current = element.scrollHeight;
  }, [items[0]?.key, items.at(-1)?.key, chat.changes]);

  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);

  // A list that does not fill its place has nothing to scroll: more is read at once.
  useEffect(() => {
    const element = list.current;
    if (element && element.scrollHeight <= element.clientHeight) void chat.readEarlier(buffer);
  }, [items.length, isLoading]);

  const scrolled = () => {
    const element = list.current;
    if (!element) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < BOTTOM;
    height.current = element.scrollHeight;
    setAway(!isAtEnd.current);
    if (isAtEnd.current) timeline.trim();
    if (element.scrollTop < TOP) void chat.readEarlier(buffer);
  };

  const toEnd = () => {
    isAtEnd.current = true;
    setAway(false);
    list.current?.scrollTo({ top: list.current.scrollHeight });
  };

  return { list, isAway, scrolled, toEnd };
}
