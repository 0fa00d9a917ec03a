/**
 * The messages of a conversation. Only the parts that are near the visible ones have elements, so that a
 * list of 100,000 messages scrolls like a short one.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { ClientEvent } from "../session/events.ts";
import { type RowParts, RowView } from "./message.tsx";
import { walk } from "./jumping.ts";
import { rowsOf } from "./rows.ts";
import { useScrolling } from "./scrolling.ts";
import type { Item } from "./timeline.ts";

/** The number of events in one part of the list. */
const PART_SIZE = 50;
/** The distance from the visible part within which parts have elements, in pixels. */
const NEAR = 1500;
/** The messages of a conversation. */
export function MessageList({ chat, buffer }: RowParts): VNode {
  const timeline = chat.timelineOf(buffer);
  const { items, isLoading, isWhole, newFrom } = timeline;
  const { list, isAway, scrolled, toEnd } = useScrolling(chat, buffer);
  const parts = useMemo(() => partsOf(items), [items]);
  const name = printable(buffer.name);
  return (
    <div class="list-frame">
      <div
        class="list"
        ref={list}
        onScroll={scrolled}
        onKeyDown={walk}
        tabIndex={0}
        role="log"
        aria-label={PAGE_TEXTS.messages(name)}
      >
        <div class="list-content">
          <p class="divider quiet">
            {isLoading ? PAGE_TEXTS.loading : isWhole ? PAGE_TEXTS.beginning(name) : ""}
          </p>
          {parts.map((part, index) => (
            <Part
              key={part.number}
              items={part.items}
              before={parts[index - 1]?.items.at(-1)?.event}
              newFrom={newFrom}
              isLast={index === parts.length - 1}
              list={list}
              chat={chat}
              buffer={buffer}
            />
          ))}
          {chat.waitingIn(buffer).map((line, index) => (
            <article key={index} class="message waiting">
              <div class="text">{printable(line.text.replaceAll("\n", " "))}</div>
              <span class="quiet">{PAGE_TEXTS.onItsWay}</span>
            </article>
          ))}
        </div>
      </div>
      {isAway && (
        <button type="button" class="to-end" onClick={toEnd}>
          {PAGE_TEXTS.toNewest}
        </button>
      )}
    </div>
  );
}

/** Events that have elements together. */
interface ListPart {
  readonly number: number;
  readonly items: readonly Item[];
}

/** Divides a list; an event stays in its part when others are added at either end. */
function partsOf(items: readonly Item[]): ListPart[] {
  const parts = Map.groupBy(items, ({ key }) => Math.floor(key / PART_SIZE));
  return [...parts].map(([number, items]) => ({ number, items }));
}

interface PartProps extends RowParts {
  readonly items: readonly Item[];
  readonly before: ClientEvent | undefined;
  readonly newFrom: ClientEvent | undefined;
  readonly isLast: boolean;
  readonly list: { readonly current: HTMLDivElement | null };
}

function Part({ items, before, newFrom, isLast, list, ...parts }: PartProps) {
  const element = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(true);
  const height = useRef(0);
  useEffect(() => {
    const observed = element.current;
    if (!observed || isLast) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry) return;
      if (!entry.isIntersecting) height.current = entry.boundingClientRect.height;
      setNear(entry.isIntersecting);
    }, { root: list.current, rootMargin: `${NEAR}px 0px` });
    observer.observe(observed);
    return () => observer.disconnect();
  }, [isLast]);
  const isDrawn = isNear || isLast;
  const { buffer, chat } = parts;
  const rows = useMemo(
    () => isDrawn ? rowsOf(items, before, newFrom, buffer.entries) : [],
    [isDrawn, items, before, newFrom, chat.changes],
  );
  return (
    <div ref={element} style={isDrawn ? {} : { height: `${height.current}px` }}>
      {rows.map((row) => <RowView key={row.key} row={row} {...parts} />)}
    </div>
  );
}
