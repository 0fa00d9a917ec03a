import { assert, assertEquals, assertThrows } from "@std/assert";
import { byteLength, characters, joinInLines, printable, splitText } from "../../shared/text.ts";
import { Random } from "../support/random.ts";

const encodedLength = (text: string): number => new TextEncoder().encode(text).length;

/** User-perceived characters of one to twenty-five bytes. */
const CHARACTERS = ["a", " ", "é", "漢", "😀", "e\u0301", "👩‍👩‍👧‍👦", "🇩🇪", "हि", "\r\n"];

Deno.test("byteLength is the length of the UTF-8", () => {
  const random = new Random(5);
  for (const character of ["", "\0", "\x7f", "\x80", "\u07ff", "\u0800", "\uffff", "\u{10000}"]) {
    assertEquals(byteLength(character), encodedLength(character), JSON.stringify(character));
  }
  for (let i = 0; i < 2000; i++) {
    const text = random.text(CHARACTERS, 20);
    assertEquals(byteLength(text), encodedLength(text));
  }
});

Deno.test("printable removes the characters that control a terminal, and no others", () => {
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

Deno.test("text is split at the limit, preferably after a space", () => {
  const table: readonly [text: string, maxBytes: number, pieces: string[]][] = [
    ["", 10, [""]],
    ["short", 10, ["short"]],
    ["exactly 10", 10, ["exactly 10"]],
    ["one two three", 10, ["one two ", "three"]],
    // Splitting at a space in the first two thirds would waste too much.
    ["one twothreefour", 10, ["one twothr", "eefour"]],
    ["abcdefghijkl", 5, ["abcde", "fghij", "kl"]],
    ["ééééé", 4, ["éé", "éé", "é"]],
    ["😀😀", 7, ["😀", "😀"]],
    ["e\u0301e\u0301", 4, ["e\u0301", "e\u0301"]],
    // A character longer than the limit has to be split.
    ["e" + "\u0301".repeat(4), 5, ["e\u0301\u0301", "\u0301\u0301"]],
  ];
  for (const [text, maxBytes, pieces] of table) assertEquals(splitText(text, maxBytes), pieces);
});

Deno.test("a limit below the size of a character is refused", () => {
  assertThrows(() => splitText("text", 3), RangeError, "3 bytes");
});

Deno.test("splitting random text loses nothing, keeps the limit and splits no character", () => {
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

Deno.test("a long text is split in linear time", () => {
  const pieces = splitText("word ".repeat(40_000), 400);
  assertEquals(pieces.length, 500);
});

Deno.test("words are joined into as few lines as possible, and none is dropped or split", () => {
  assertEquals(joinInLines([], ",", 5), []);
  assertEquals(joinInLines(["a", "bb", "ccc", "dddddd", "e"], ",", 5), [
    "a,bb",
    "ccc",
    "dddddd",
    "e",
  ]);
  assertEquals(
    joinInLines(["éé", "é", "e"], " ", 7),
    ["éé é", "e"],
    "the limit counts bytes, not letters",
  );
});

Deno.test("the characters of a text are those that users perceive", () => {
  const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
  const perceived = (text: string) => Array.from(graphemes.segment(text), ({ segment }) => segment);
  const units = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  const texts = units.filter((unit) => unit.isWellFormed()).map((unit) =>
    `a${unit}b${unit}${unit}`
  );
  for (const text of [...texts, CHARACTERS.join(""), "\r\n\n\r"]) {
    assertEquals([...characters(text)], perceived(text), JSON.stringify(text));
  }
});
