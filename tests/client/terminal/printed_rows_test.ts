import { assertEquals } from "@std/assert";
import { PrintedRows } from "../../../client/terminal/printed_rows.ts";
import { Screen } from "../../../client/terminal/screen.ts";

/** Returns the rows above the cursor at which a replacement is drawn, in the order of drawing. */
function rowsUp(sequences: string): number[] {
  return Array.from(sequences.matchAll(/\r\x1b\[(\d+)A/g), ([, count]) => Number(count));
}

const REPLACEMENT = { line: "b", by: "B" };

/** Returns the rows of four lines, the second and the last of which are `b`. */
function four(): PrintedRows {
  const rows = new PrintedRows();
  for (const line of ["a", "b", "c", "b"]) rows.add(line, [line], 10);
  rows.drawn(0, 2);
  return rows;
}

Deno.test("each equal line is replaced at its distance from the cursor, while it is on the screen", () => {
  const at = { columns: 20, rows: 10, drawn: 2, cursorRow: 1 };
  assertEquals(rowsUp(four().replace(REPLACEMENT, at)), [2, 4]);
  assertEquals(rowsUp(four().replace(REPLACEMENT, { ...at, cursorRow: 0 })), [1, 3]);
  assertEquals(rowsUp(four().replace(REPLACEMENT, { ...at, rows: 5 })), [2, 4]);
  assertEquals(rowsUp(four().replace(REPLACEMENT, { ...at, rows: 4 })), [2]);
  const once = four();
  once.replace(REPLACEMENT, at);
  assertEquals(once.replace(REPLACEMENT, at), "");
});

Deno.test("rows that the input line has given back count as empty below it, until lines fill them", () => {
  const at = { columns: 20, rows: 6, drawn: 2, cursorRow: 1 };
  const rows = four();
  rows.drawn(2, 4);
  rows.drawn(4, 2);
  assertEquals(rowsUp(rows.replace(REPLACEMENT, at)), [2]);
  rows.add("d", ["d"], 10);
  rows.add("b", ["b"], 10);
  rows.drawn(2, 2);
  assertEquals(rowsUp(rows.replace(REPLACEMENT, at)), [2]);
  assertEquals(rowsUp(rows.replace({ line: "c", by: "C" }, at)), [5]);
});

Deno.test("nothing is drawn above a row whose height terminals may disagree about, or after a resize", () => {
  const at = { columns: 4, rows: 20, drawn: 1, cursorRow: 0 };
  const rows = (line: string) => {
    const all = new PrintedRows();
    for (const each of ["b", line]) all.add(each, [each], 20);
    all.drawn(0, 1);
    return all.replace(REPLACEMENT, at);
  };
  assertEquals(rowsUp(rows("abcdef")), [3]);
  assertEquals(rows("日日日"), "");
  const prompt = { label: "> ", before: "", after: "" };
  const screen = new Screen({ columns: 20, rows: 10 });
  screen.print(["b"], prompt);
  screen.resize({ columns: 18, rows: 10 });
  screen.print([], prompt);
  assertEquals(screen.replace(REPLACEMENT), "");
  screen.print(["b"], prompt);
  assertEquals(rowsUp(screen.replace(REPLACEMENT)), [1]);
});

Deno.test("a shorter text leaves the other rows of the line empty, and a longer text is not drawn", () => {
  const at = { columns: 20, rows: 10, drawn: 1, cursorRow: 0 };
  const rows = new PrintedRows();
  rows.add("one\ntwo", ["one", "two"], 10);
  rows.drawn(0, 1);
  assertEquals(rows.replace({ line: "one\ntwo", by: "1\n2\n3" }, at), "");
  assertEquals(
    rows.replace({ line: "one\ntwo", by: "1" }, at),
    "\x1b7\r\x1b[2A1\x1b[K\r\x1b[1B\x1b[K\x1b8",
  );
});
