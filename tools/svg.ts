/**
 * Draws screens of a terminal as one SVG picture that shows them one after the other. Performs no
 * I/O.
 *
 * @module
 */

/** A cell of the screen that is not empty. */
export interface Cell {
  /** The character. */
  readonly text: string;
  /** The number of columns that it takes. */
  readonly width: number;
  /** The number of its color in the palette; absent if it has the default color. */
  readonly color?: number;
  /** True if it is dimmed. */
  readonly isDim: boolean;
  /** True if it is bold. */
  readonly isBold: boolean;
  /** True if its color and the background are exchanged. */
  readonly isInverse: boolean;
  /** True if it is struck out. */
  readonly isStruck: boolean;
}

/** A screen, and the time for which it is shown. */
export interface Frame {
  /** The cells, by row. */
  readonly cells: readonly (readonly Cell[])[];
  /** The place of the cursor. */
  readonly cursor: { readonly column: number; readonly row: number };
  /** The time in milliseconds. */
  readonly ms: number;
}

const CELL_WIDTH = 8;
const CELL_HEIGHT = 17;
const MARGIN = 10;
const FOREGROUND = "#d8dee4";
const BACKGROUND = "#15191e";

/** The six values of red, green and blue in the palette of 256 colors, from number 16 on. */
const LEVELS = [0, 95, 135, 175, 215, 255];

/** Returns the picture of `frames`. */
export function svg(frames: readonly Frame[], columns: number, rows: number): string {
  const width = columns * CELL_WIDTH + 2 * MARGIN;
  const height = rows * CELL_HEIGHT + 2 * MARGIN;
  const total = frames.reduce((sum, { ms }) => sum + ms, 0);
  let start = 0;
  const groups = frames.map((frame) => {
    const group = `<g class="f" style="animation-delay:${start - total}ms">`;
    const share = (frame.ms / total) * 100;
    start += frame.ms;
    return { share, text: `${group}\n${drawn(frame)}\n</g>` };
  });
  // A frame is visible during its share of the time. Each different share has an animation of its
  // own.
  const shares = [...new Set(groups.map(({ share }) => share.toFixed(3)))];
  const styles = shares.map((share, i) =>
    `@keyframes k${i}{0%{opacity:1}${share}%{opacity:0}100%{opacity:0}}` +
    `.s${i}{animation:k${i} ${total}ms step-end infinite}`
  );
  const shown = groups.map(({ share, text }) =>
    text.replace('class="f"', `class="f s${shares.indexOf(share.toFixed(3))}"`)
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}">`,
    `<style>text{font:13px monospace;white-space:pre;fill:${FOREGROUND}}` +
    `.d{opacity:.6}.b{font-weight:bold}.s{text-decoration:line-through}.f{opacity:0}.f:last-of-type{opacity:1}`,
    ...styles,
    // If the viewer prefers no motion, only the last frame is visible.
    `@media (prefers-reduced-motion:reduce){.f{animation:none}}</style>`,
    `<rect width="${width}" height="${height}" rx="6" fill="${BACKGROUND}"/>`,
    ...shown,
    "</svg>\n",
  ].join("\n");
}

function drawn({ cells, cursor }: Frame): string {
  const x = MARGIN + cursor.column * CELL_WIDTH;
  const y = MARGIN + cursor.row * CELL_HEIGHT;
  const block =
    `<rect x="${x}" y="${y}" width="${CELL_WIDTH}" height="${CELL_HEIGHT}" fill="${FOREGROUND}"/>`;
  return [block, ...cells.flatMap(drawnRow)].join("\n");
}

function drawnRow(cells: readonly Cell[], row: number): string[] {
  const runs: { text: string; column: number; width: number; look: string }[] = [];
  let column = 0;
  for (const cell of cells) {
    const last = runs.at(-1);
    const look = lookOf(cell);
    if (last?.look === look) {
      last.text += cell.text;
      last.width += cell.width;
    } else runs.push({ text: cell.text, column, width: cell.width, look });
    column += cell.width;
  }
  const y = MARGIN + row * CELL_HEIGHT + 13;
  return runs.filter(({ text }) => text.trim() !== "").map(({ text, column, width, look }) => {
    const end = text.trimEnd();
    const length = (width - (text.length - end.length)) * CELL_WIDTH;
    const place = `x="${MARGIN + column * CELL_WIDTH}" y="${y}" textLength="${length}"`;
    return `<text ${place}${look}>${escaped(end)}</text>`;
  });
}

function lookOf({ color, isBold, isDim, isInverse, isStruck }: Cell): string {
  const marks = [["b", isBold || isInverse], ["d", isDim], ["s", isStruck]] as const;
  const names = marks.flatMap(([name, isOn]) => isOn ? [name] : []).join(" ");
  const fill = color === undefined ? "" : ` style="fill:${colorOf(color)}"`;
  return (names === "" ? "" : ` class="${names}"`) + fill;
}

/** Returns a color of the palette: those from 16 on are a cube, and those from 232 on are gray. */
function colorOf(number: number): string {
  if (number < 16) return FOREGROUND;
  if (number >= 232) return `rgb(${Array(3).fill(8 + (number - 232) * 10)})`;
  const parts = [36, 6, 1].map((size) => LEVELS[Math.floor((number - 16) / size) % 6]);
  return `rgb(${parts})`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
