/**
 * Wraps the words of a line that is wider than the terminal; the rows after the first begin under
 * the text. A line that fits stays as it is. So does a word that is too long for a row: the
 * terminal itself wraps the word, so that it can be copied whole. Performs no I/O.
 *
 * @module
 */

import { cells } from "./cells.ts";

/** The sequences that the client puts into lines: attributes and links. */
const SEQUENCE = /(\x1b\[[0-9;]*m|\x1b\]8;;[\x21-\x7e]*\x1b\\)/;
const SEQUENCES = new RegExp(SEQUENCE.source, "g");
const LINK = "\x1b]8;;";
const LINK_END = `${LINK}\x1b\\`;

/**
 * Matches the part before the text of a line: an indent, or the number of a result, the time, and a
 * room, a nick or a mark.
 */
const HEAD =
  /^ *(?:\d+ (?=\d\d:\d\d ))?(?:\d{4}-\d\d-\d\d )?(?:\d\d:\d\d(?::\d\d)? )?(?:[#&]\S* )?(?:<\S+> |-\S+- |-- |\* )?/u;

/** Returns the rows of `line`, joined by line ends, in a terminal of `columns` cells. */
export function wrapped(line: string, columns: number): string {
  const visible = line.replace(SEQUENCES, "");
  // Most lines are short, and counting cells is slow.
  if (visible.length <= columns && /^[\x20-\x7e]*$/.test(visible)) return line;
  if (cells(visible) <= columns) return line;
  const head = cells(firstColumns(visible) ?? HEAD.exec(visible)?.[0] ?? "");
  return wrapWords(line, columns, head > columns / 3 ? Math.min(6, Math.floor(columns / 4)) : head);
}

/**
 * Returns the first columns of a line of a table, before its text: a command, a setting or a key.
 * Searches from the end, since a pattern would take quadratic time for many spaces.
 */
function firstColumns(line: string): string | undefined {
  if (!/^[/A-Za-z↑]/.test(line)) return undefined;
  for (let end = line.length - 1; end > 2; end--) {
    const isAfterGap = line[end - 1] === " " && line[end - 2] === " ";
    if (isAfterGap && /\S/.test(line.charAt(end))) return line.slice(0, end);
  }
  return undefined;
}

/**
 * Returns the number of rows that printed `rows`, each with its line end, take in `columns` cells.
 */
export function countRows(rows: string, columns: number): number {
  const texts = rows.replace(SEQUENCES, "").split("\r\n").slice(0, -1);
  return texts.reduce((sum, text) => sum + Math.max(1, Math.ceil(cells(text) / columns)), 0);
}

/**
 * Returns the number of rows that printed `rows` take in `columns` cells; undefined if terminals
 * may disagree.
 */
export function surelyRows(rows: readonly string[], columns: number): number | undefined {
  let count = 0;
  for (const row of rows) {
    const text = row.replace(SEQUENCES, "");
    const isPlain = /^[\x20-\x7e]*$/.test(text);
    if (!isPlain && cells(text) > columns) return undefined;
    count += Math.max(1, Math.ceil((isPlain ? text.length : 1) / columns));
  }
  return count;
}

function wrapWords(line: string, columns: number, indent: number): string {
  const rows: string[] = [];
  let row = "";
  let used = 0;
  /** The attributes and the link at this place, to be set again after the indent. */
  let attributes = "";
  let link = "";
  const follow = (text: string) => {
    for (const [sequence] of text.matchAll(SEQUENCES)) {
      if (sequence.startsWith(LINK)) link = sequence === LINK_END ? "" : sequence;
      else attributes = /^\x1b\[0?m$/.test(sequence) ? "" : attributes + sequence;
    }
  };
  for (const { gap, word } of wordsOf(line)) {
    const space = cells(gap.replace(SEQUENCES, ""));
    const width = cells(word.replace(SEQUENCES, ""));
    const isTooWide = used + space + width > columns && width <= columns - indent;
    follow(gap);
    if (isTooWide && used > indent) {
      rows.push(row + gap.replaceAll(" ", "") + (link && LINK_END) + (attributes && "\x1b[0m"));
      row = " ".repeat(indent) + attributes + link + word;
      used = indent + width;
    } else {
      row += gap + word;
      used += space + width;
      // The terminal has wrapped a long word.
      while (used > columns) used -= columns;
    }
    follow(word);
  }
  return [...rows, row].join("\r\n");
}

/** Divides a line into words, each with the spaces and sequences before it. */
function wordsOf(line: string): { gap: string; word: string }[] {
  const words = [{ gap: "", word: "" }];
  for (const part of line.split(SEQUENCE).flatMap((piece) => piece.split(/( +)/))) {
    const last = words.at(-1);
    const isSequence = SEQUENCE.test(part);
    const isSpace = part.startsWith(" ");
    if (!last || part === "") continue;
    if (last.word === "" && (isSpace || isSequence)) last.gap += part;
    else if (isSpace) words.push({ gap: part, word: "" });
    else last.word += part;
  }
  return words;
}
