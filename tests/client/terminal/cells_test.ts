import { assertEquals } from "@std/assert";
import { cells, firstLength, lastLength, layOut } from "../../../client/terminal/cells.ts";

Deno.test("characters count as wide as the widest terminal makes them", () => {
  const widths: readonly [string, number][] = [
    ["abc", 3],
    ["é", 1],
    ["a…─ß", 4],
    ["©️", 2],
    ["e\u0301", 1],
    ["日本", 4],
    ["ｶ", 1],
    ["🎉", 2],
    ["👨‍👩‍👧", 6],
    ["🇫🇷", 2],
    ["❤️", 2],
    ["👍🏽", 4],
    ["กำ", 2],
    ["क्षि", 3],
    ["\u00ad", 1],
    ["\u200b", 0],
    ["", 0],
  ];
  for (const [text, width] of widths) assertEquals(cells(text), width, JSON.stringify(text));
});

Deno.test("the first and last lengths cover a whole grapheme", () => {
  assertEquals(lastLength("a👨‍👩‍👧"), "👨‍👩‍👧".length);
  assertEquals(firstLength("👨‍👩‍👧a"), "👨‍👩‍👧".length);
  assertEquals(lastLength(""), 0);
  assertEquals(firstLength(""), 0);
});

Deno.test("text is laid out in rows no wider than the screen", () => {
  assertEquals(layOut("abcdefgh", "", 5).rows, ["abcde", "fgh"]);
  assertEquals(layOut("日本語", "", 5).rows, ["日本", "語"]);
  assertEquals(layOut("ab\ncd", "", 5).rows, ["ab", "cd"]);
});

Deno.test("the cursor follows the text before it, in a cell of its own", () => {
  assertEquals(layOut("ab", "cd", 5), { rows: ["abcd"], cursorRow: 0, cursorAt: 2 });
  assertEquals(layOut("abcde", "", 5), { rows: ["abcde", ""], cursorRow: 1, cursorAt: 0 });
  assertEquals(layOut("abcde", "f", 5), { rows: ["abcde", "f"], cursorRow: 1, cursorAt: 0 });
  assertEquals(layOut("日本", "", 10), { rows: ["日本"], cursorRow: 0, cursorAt: 2 });
});
