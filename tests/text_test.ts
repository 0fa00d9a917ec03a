import { assert, assertEquals, assertThrows } from "@std/assert";
import { byteLength, joinInLines, printable, splitText } from "../text.ts";
import { Random } from "./support/random.ts";

const encodedLength = (text: string): number => new TextEncoder().encode(text).length;

/** User-perceived characters of one to twenty-five bytes. */
const CHARACTERS = ["a", " ", "é", "漢", "😀", "e\u0301", "👩‍👩‍👧‍👦", "🇩🇪", "हि", "\r\n"];

Deno.test("text is as long as its UTF-8", () => {
  const random = new Random(5);
  for (const character of ["", "\0", "\x7f", "\x80", "\u07ff", "\u0800", "\uffff", "\u{10000}"]) {
    assertEquals(byteLength(character), encodedLength(character), JSON.stringify(character));
  }
  for (let i = 0; i < 2000; i++) {
    const text = random.text(CHARACTERS, 20);
    assertEquals(byteLength(text), encodedLength(text));
  }
});

Deno.test("what acts on a terminal is taken out, and everything else stays", () => {
  const table: readonly [string, string][] = [
    ["plain é 漢 😀", "plain é 漢 😀"],
    ["\x1b[31mred\x1b[0m", "[31mred[0m"],
    ["\x9b31m", "31m"],
    ["a\0\x07\b\t\r\nb\x7f", "ab"],
    ["user\u202egnp.exe", "usergnp.exe"],
    ["\u2066a\u2067b\u2068c\u2069\u200e\u200f\u061c", "abc"],
    ["a\u2028b\u2029c", "abc"],
    ["👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"],
  ];
  for (const [text, shown] of table) assertEquals(printable(text), shown);
});

Deno.test("text is split at the limit, best behind a space", () => {
  const table: readonly [text: string, maxBytes: number, pieces: string[]][] = [
    ["", 10, [""]],
    ["short", 10, ["short"]],
    ["exactly 10", 10, ["exactly 10"]],
    ["one two three", 10, ["one two ", "three"]],
    // A space only in the first two thirds would waste too much.
    ["one twothreefour", 10, ["one twothr", "eefour"]],
    ["abcdefghijkl", 5, ["abcde", "fghij", "kl"]],
    ["ééééé", 4, ["éé", "éé", "é"]],
    ["😀😀", 7, ["😀", "😀"]],
    ["e\u0301e\u0301", 4, ["e\u0301", "e\u0301"]],
    // One character that is longer than the limit by itself has to be cut somewhere.
    ["e" + "\u0301".repeat(4), 5, ["e\u0301\u0301", "\u0301\u0301"]],
  ];
  for (const [text, maxBytes, pieces] of table) assertEquals(splitText(text, maxBytes), pieces);
});

Deno.test("a limit in which not every character fits is refused", () => {
  assertThrows(() => splitText("text", 3), RangeError, "3 bytes");
});

Deno.test("however text is split, nothing is lost, over the limit or cut in two", () => {
  const random = new Random(6);
  const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (let i = 0; i < 2000; i++) {
    const text = random.text(CHARACTERS, 60);
    const maxBytes = 25 + random.below(40); // No character of the table is longer.
    const pieces = splitText(text, maxBytes);
    assertEquals(pieces.join(""), text);
    const borders = new Set(Array.from(graphemes.segment(text), ({ index }) => index));
    let at = 0;
    for (const piece of pieces) {
      assert(encodedLength(piece) <= maxBytes);
      assert(at === text.length || borders.has(at), `cut at ${at} in ${JSON.stringify(text)}`);
      at += piece.length;
    }
  }
});

Deno.test("a long text is split in time that grows with its length only", () => {
  const pieces = splitText("word ".repeat(40_000), 400);
  assertEquals(pieces.length, 500);
});

Deno.test("words are joined in as few lines as hold them, and none is left out or cut", () => {
  assertEquals(joinInLines([], ",", 5), []);
  assertEquals(joinInLines(["a", "bb", "ccc", "dddddd", "e"], ",", 5), [
    "a,bb",
    "ccc",
    "dddddd",
    "e",
  ]);
  assertEquals(joinInLines(["éé", "é", "e"], " ", 7), ["éé é", "e"], "bytes count, not letters");
});
