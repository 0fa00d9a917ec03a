/**
 * The row above the input line that lists the buffers: rooms and persons, each with its position
 * and the number of unread messages. Performs no I/O.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import { ROW_TEXTS } from "../texts/terminal.ts";
import { cells, firstCells } from "./cells.ts";
import { safeText, type Style } from "./format.ts";
import type { Segment } from "./screen.ts";

/** The largest number of cells of a name. */
const MAX_NAME = 20;

/**
 * Returns the row for `buffers`, with the names that `nameOf` returns; empty if there is only one
 * buffer. If not all buffers fit into `width` cells, the current buffer comes first, then buffers
 * with mentions of the user, then buffers with other unread messages, then the rest.
 */
export function bufferRow(
  buffers: readonly Buffer[],
  current: Buffer | undefined,
  style: Style,
  width: number,
  nameOf: (buffer: Buffer) => string,
): Segment[] {
  if (buffers.length < 2) return [];
  // A server can put the user into thousands of rooms, so only buffers that fit are formatted.
  const byRank: number[][] = [[], [], [], []];
  for (const [index, buffer] of buffers.entries()) byRank[rank(buffer)]?.push(index);
  const fitting: { readonly index: number; readonly segment: Segment }[] = [];
  let used = 0;
  for (const index of byRank.flat()) {
    const buffer = buffers[index];
    if (!buffer) break;
    const segment = segmentOf(buffer, nameOf(buffer), index + 1, buffer === current, style);
    used += cells(segment.text);
    if (used > width) break;
    fitting.push({ index, segment });
  }
  return fitting.toSorted((one, other) => one.index - other.index).map(({ segment }) => segment);

  function rank(buffer: Buffer): number {
    if (buffer === current) return 0;
    return buffer.mentions > 0 ? 1 : buffer.unread > 0 ? 2 : 3;
  }
}

function segmentOf(
  { mentions, unread }: Buffer,
  name: string,
  number: number,
  isCurrent: boolean,
  style: Style,
): Segment {
  const text = ROW_TEXTS.buffer(number, shortened(safeText(name)), unread, mentions > 0);
  if (isCurrent) return { text: ` ${text} `, paint: style.alarm };
  if (mentions > 0) return { text: ` ${text} `, paint: style.forMe };
  return unread > 0 ? { text: ` ${text} ` } : { text: ` ${text} `, paint: style.quiet };
}

function shortened(name: string): string {
  return cells(name) <= MAX_NAME ? name : `${firstCells(name, MAX_NAME - 1)}…`;
}
