/**
 * Keeps the list of messages where the user is: at its end, or at the same message while messages
 * above it are added or change their height. Asks for the messages before and after the list as the
 * user comes near its ends.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";
import { arriveAt } from "./jumping.ts";
import { type ListElements, ListPlace } from "./list_place.ts";
import { firstOf } from "./parts.ts";
import type { Item, Timeline } from "./timeline.ts";

/** The distance from either end of the list at which more messages are read, in pixels. */
const END = 2000;
/** The distance from the bottom up to which the list stays at its end, in pixels. */
const BOTTOM = 40;

/** The list, and its position as its component needs it. */
export interface Scrolling {
  /** The element that scrolls. */
  readonly list: { current: HTMLDivElement | null };
  /** The element whose children are the parts of the list, each with its number in `data-part`. */
  readonly content: { current: HTMLDivElement | null };
  /** The height of each part when it was last drawn, in pixels, by the number of the part. */
  readonly heights: ReadonlyMap<number, number>;
  /** The numbers of the parts that are near the user. */
  readonly near: ReadonlySet<number>;
  /** The number of new messages, if the first of them is above the visible part; 0 otherwise. */
  readonly newAbove: number;
  /** Called when the list has scrolled; reads on if the user is near one of its ends. */
  readonly scrolled: () => void;
}

/** Follows the position in the list of `buffer`. */
export function useScrolling(chat: Chat, buffer: Buffer): Scrolling {
  const timeline = chat.timelineOf(buffer);
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [place] = useState(() => new ListPlace());
  const [newAbove, setNewAbove] = useState(0);
  const [near, setNear] = useState<ReadonlySet<number>>(new Set());

  const elements = (): ListElements | undefined =>
    list.current && content.current ? { list: list.current, content: content.current } : undefined;

  const look = (all: ListElements) => {
    const found = place.look(all);
    setNear((last) => found.symmetricDifference(last).size > 0 ? found : last);
    if (timeline.seen !== undefined) timeline.seen = firstOf(place.first ?? 0);
    setNewAbove(newAboveIn(all, timeline));
  };

  /** Keeps the user at the end, or at the same message, after the list has changed. */
  const keep = () => {
    const all = elements();
    if (!all) return;
    if (timeline.seen === undefined) all.list.scrollTop = all.list.scrollHeight;
    else place.restore(all);
    look(all);
  };

  /** Goes to the message to which the user wants to go; it has been drawn now. */
  const arrive = ({ event: { id = "" } }: Item) => {
    timeline.wanted = undefined;
    if (list.current) arriveAt(list.current, id);
    scrolled();
  };
  useLayoutEffect(() => timeline.wanted ? arrive(timeline.wanted) : keep());

  useEffect(() => {
    const all = elements();
    if (!all) return;
    const observer = new ResizeObserver(keep);
    observer.observe(all.list);
    observer.observe(all.content);
    return () => {
      observer.disconnect();
      timeline.toNewest();
    };
  }, []);

  /** Asks for more messages if the user is near an end of the list. */
  const readOn = () => {
    const all = elements();
    if (!all) return;
    if (all.list.scrollTop < END) void chat.paging.readEarlier(buffer);
    if (below(all.list) < END) void chat.paging.readLater(buffer);
  };
  // Also without scrolling: a page may be less than `END` high, or may wait for a reconnect.
  useEffect(readOn, [timeline.items, timeline.isLoading, chat.session.isConnected]);

  const scrolled = () => {
    const all = elements();
    if (!all) return;
    look(all);
    const isAtEnd = !timeline.isCut && below(all.list) < BOTTOM;
    const wasAtEnd = timeline.seen === undefined;
    timeline.seen = isAtEnd ? undefined : firstOf(place.first ?? 0);
    if (isAtEnd !== wasAtEnd) chat.paging.moved();
    readOn();
  };

  return { list, content, heights: place.heights, near, newAbove, scrolled };
}

/** Returns the number of new messages; 0 once the user has seen the line above them. */
function newAboveIn({ list, content }: ListElements, timeline: Timeline): number {
  // The line has no element while it is far from the user.
  const line = content.querySelector(".divider.new");
  const isReached = line && line.getBoundingClientRect().bottom > list.getBoundingClientRect().top;
  if (isReached) timeline.newCount = 0;
  return timeline.newCount;
}

/** Returns the height of the list below its visible part, in pixels. */
function below({ scrollHeight, scrollTop, clientHeight }: Element): number {
  return scrollHeight - scrollTop - clientHeight;
}
