/**
 * The messages of a conversation. Only the parts that are near the visible ones have elements, so that a
 * list of 100,000 messages scrolls like a short one.
 *
 * @module
 */

import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { ClientEvent } from "../session/events.ts";
import { type RowParts, RowView } from "./message.tsx";
import { walk } from "./jumping.ts";
import { type ListPart, partsOf } from "./parts.ts";
import { rowsOf } from "./rows.ts";
import { useScrolling } from "./scrolling.ts";
import type { Item } from "./timeline.ts";

/** The messages of a conversation. */
export function MessageList({ chat, buffer }: RowParts): VNode {
  const timeline = chat.timelineOf(buffer);
  const { items, isLoading, isWhole, isCut, newFrom, seen, wanted } = timeline;
  const { list, content, heights, near, scrolled } = useScrolling(chat, buffer);
  const drawn = useRef<readonly ListPart[]>([]);
  const parts = useMemo(() => drawn.current = partsOf(items, drawn.current), [items]);
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
            {isLoading && !isCut ? PAGE_TEXTS.loading : isWhole ? PAGE_TEXTS.beginning(name) : ""}
          </p>
          <div ref={content}>
            {parts.map(({ number, items }, index) => (
              <Part
                key={number}
                number={number}
                items={items}
                before={parts[index - 1]?.items.at(-1)?.event}
                newFrom={newFrom}
                isDrawn={near.has(number) || !heights.has(number) || has(items, wanted)}
                height={heights.get(number)}
                chat={chat}
                buffer={buffer}
              />
            ))}
          </div>
          {isCut && <p class="divider quiet">{PAGE_TEXTS.loadingLater}</p>}
          {chat.waitingIn(buffer).map((line, index) => (
            <article key={index} class="message waiting">
              <div class="text">{printable(line.text.replaceAll("\n", " "))}</div>
              <span class="quiet">{PAGE_TEXTS.onItsWay}</span>
            </article>
          ))}
        </div>
      </div>
      {seen !== undefined && (
        <button
          type="button"
          class="to-end"
          onClick={() => chat.paging.toNewest(buffer)}
        >
          {PAGE_TEXTS.toNewest}
        </button>
      )}
    </div>
  );
}

function has(items: readonly Item[], wanted: Item | undefined): boolean {
  return wanted !== undefined && items.includes(wanted);
}

interface PartProps extends RowParts {
  readonly number: number;
  readonly items: readonly Item[];
  readonly before: ClientEvent | undefined;
  readonly newFrom: ClientEvent | undefined;
  readonly isDrawn: boolean;
  /** The height while it is not drawn, in pixels. */
  readonly height: number | undefined;
}

function Part({ number, items, before, newFrom, isDrawn, height, ...parts }: PartProps) {
  const { buffer, chat } = parts;
  // Elements that are the same as before are not drawn again.
  const rows = useMemo(
    () =>
      isDrawn
        ? rowsOf(items, before, newFrom, buffer.entries).map((row) => (
          <RowView key={row.key} row={row} {...parts} />
        ))
        : [],
    [isDrawn, items, before, newFrom, chat.changes.ofRows],
  );
  return (
    <div data-part={number} style={isDrawn ? {} : { height: `${height}px` }}>
      {rows}
    </div>
  );
}
