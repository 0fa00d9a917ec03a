/**
 * The messages of a conversation. Only the parts near the visible area have elements, so that a
 * list of 100,000 messages scrolls like a short one.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { printable } from "../../shared/text.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import type { ClientEvent } from "../session/events.ts";
import { type RowParts, type RowProps, RowView } from "./message.tsx";
import { waitingIn } from "./conversations.ts";
import { jumpTo, walk } from "./jumping.ts";
import { type ListPart, partsOf } from "./parts.ts";
import { rowsOf } from "./rows.ts";
import { steady } from "./steady.tsx";
import { type Scrolling, useScrolling } from "./scrolling.ts";
import type { Item } from "./timeline.ts";

/**
 * The time after which the messages of a part get their buttons, in milliseconds. The buttons are
 * half of the work of drawing a message, and of no use to a user who scrolls fast.
 */
const SETTLED_MS = 200;
/**
 * The time from the buttons of one part to the buttons of the next part, if both parts were drawn
 * at the same time; in milliseconds.
 */
const STAGGER_MS = 20;

/** The messages of a conversation. */
export function MessageList({ chat, buffer }: RowParts): VNode {
  const timeline = chat.timelineOf(buffer);
  const { items, isLoading, isWhole, isCut, newFrom, wanted } = timeline;
  const { list, content, heights, near, newAbove, scrolled } = useScrolling(chat, buffer);
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
            {isLoading && !isCut
              ? PAGE_TEXTS.loading
              : isWhole
              ? PAGE_TEXTS.beginning[buffer.kind](name)
              : ""}
          </p>
          <div ref={content}>
            {parts.map(({ number, items }, index) => (
              <SteadyPart
                key={number}
                number={number}
                items={items}
                before={parts[index - 1]?.items.at(-1)?.event}
                newFrom={newFrom}
                isDrawn={near.has(number) || !heights.has(number) || has(items, wanted)}
                height={heights.get(number)}
                changes={chat.changes.ofRows}
                chat={chat}
                buffer={buffer}
              />
            ))}
          </div>
          {isCut && <p class="divider quiet">{PAGE_TEXTS.loadingLater}</p>}
          {waitingIn(chat, buffer).map((line, index) => (
            <article key={index} class="message waiting">
              <div class="text">{printable(line.text.replaceAll("\n", " "))}</div>
              <span class="quiet">{PAGE_TEXTS.onItsWay}</span>
            </article>
          ))}
        </div>
      </div>
      <Ways chat={chat} buffer={buffer} newAbove={newAbove} />
    </div>
  );
}

/** The buttons that lead to the first new message, to the newest one, and back to a search. */
function Ways({ chat, buffer, newAbove }: RowParts & Pick<Scrolling, "newAbove">) {
  const { newFrom, seen, newBelow, mentionsBelow } = chat.timelineOf(buffer);
  const { results } = chat;
  return (
    <>
      {results && !chat.answer && (
        <button
          type="button"
          class="to-results"
          onClick={() => chat.show(results)}
        >
          {PAGE_TEXTS.backToResults}
        </button>
      )}
      {newAbove > 0 && newFrom?.id !== undefined && (
        <button
          type="button"
          class="to-new"
          onClick={() => jumpTo(chat, buffer, newFrom.id ?? "")}
        >
          {PAGE_TEXTS.toFirstNew(newAbove)}
        </button>
      )}
      {seen !== undefined && (
        <button
          type="button"
          class={mentionsBelow > 0 ? "to-end mentioned" : "to-end"}
          onClick={() => chat.paging.toNewest(buffer)}
        >
          {newBelow > 0 ? PAGE_TEXTS.toNewer(newBelow, mentionsBelow) : PAGE_TEXTS.toNewest}
        </button>
      )}
    </>
  );
}

function has(items: readonly Item[], wanted: Item | undefined): boolean {
  return wanted !== undefined && items.includes(wanted);
}

// A list has many parts and rows, most of which stay the same at a change.
const SteadyPart = steady(Part);
const SteadyRow = steady(({ changes: _, ...props }: SteadyRowProps) => <RowView {...props} />);

interface SteadyRowProps extends RowProps {
  /** The number of changes that may concern the row. */
  readonly changes: number;
}

interface PartProps extends RowParts {
  readonly number: number;
  readonly items: readonly Item[];
  readonly before: ClientEvent | undefined;
  readonly newFrom: Pick<ClientEvent, "id"> | undefined;
  readonly isDrawn: boolean;
  /** The height while it is not drawn, in pixels. */
  readonly height: number | undefined;
  /** The number of changes that may concern its rows. */
  readonly changes: number;
}

function Part(
  { number, items, before, newFrom, isDrawn, height, changes, ...parts }: PartProps,
) {
  const { buffer } = parts;
  const rows = useMemo(
    () => isDrawn ? rowsOf(items, before, newFrom, buffer.entries) : [],
    [isDrawn, items, before, newFrom, changes],
  );
  const hasActions = useSettled(isDrawn, number);
  return (
    <div data-part={number} style={isDrawn ? {} : { height: `${height}px` }}>
      {rows.map((row) => (
        <SteadyRow
          key={row.key}
          row={row}
          hasActions={hasActions}
          changes={changes}
          {...parts}
        />
      ))}
    </div>
  );
}

/**
 * Returns true once a part has been drawn for a while, so that its messages get their buttons. The
 * time differs from part to part, because the buttons of one part take much of a frame.
 */
function useSettled(isDrawn: boolean, number: number): boolean {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    if (!isDrawn) return setSettled(false);
    const wait = SETTLED_MS + Math.abs(number % 8) * STAGGER_MS;
    const timer = setTimeout(() => setSettled(true), wait);
    return () => clearTimeout(timer);
  }, [isDrawn]);
  return isSettled;
}
