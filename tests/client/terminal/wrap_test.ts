import { assertEquals } from "@std/assert";
import { wrapped } from "../../../client/terminal/wrap.ts";

const rows = (line: string, columns: number) => wrapped(line, columns).split("\r\n");

Deno.test("a line that fits stays as it is", () => {
  for (
    const line of [
      "",
      "12:00 <bob> hi",
      "日本 🎉",
      "x".repeat(20),
      `\x1b[2m${"x".repeat(20)}\x1b[22m`,
    ]
  ) {
    assertEquals(rows(line, 20), [line]);
  }
});

Deno.test("words wrap, and the rows after the first begin under the text", () => {
  assertEquals(rows("12:00 <bob> one two three four five six seven eight", 40), [
    "12:00 <bob> one two three four five six",
    "            seven eight",
  ]);
  assertEquals(rows("12:00 -- ann joined a room with a long name", 36), [
    "12:00 -- ann joined a room with a",
    "         long name",
  ]);
  assertEquals(rows("10 12:00 #tea <bob> one two three four five six seven", 48), [
    "10 12:00 #tea <bob> one two three four five six",
    "      seven",
  ]);
  assertEquals(rows(" 1 12:00 <bob> one two three four five six seven eight", 48), [
    " 1 12:00 <bob> one two three four five six seven",
    "               eight",
  ]);
  assertEquals(rows("12:00 <bob> 日本 日本 日本 日本 日本 日本", 24 + 12), [
    "12:00 <bob> 日本 日本 日本 日本 日本",
    "            日本",
  ]);
});

Deno.test("the text of a table wraps under itself, or with a small indent if it has little room", () => {
  assertEquals(rows("/go ROOM     switch to a room by a part of its name", 40), [
    "/go ROOM     switch to a room by a part",
    "             of its name",
  ]);
  assertEquals(rows("bell    on       ring for a private message", 40), [
    "bell    on       ring for a private",
    "      message",
  ]);
  assertEquals(rows("/search [ROOM] [WORDS]  search the messages of a room", 40), [
    "/search [ROOM] [WORDS]  search the",
    "      messages of a room",
  ]);
  assertEquals(rows("Alt-A          switch to the next with something new", 40), [
    "Alt-A          switch to the next with",
    "      something new",
  ]);
});

Deno.test("the second line of a message wraps under its text, too", () => {
  assertEquals(rows("      one two three four five", 20), [
    "      one two three",
    "      four five",
  ]);
});

Deno.test("under a long nick, the rows begin under the time's end", () => {
  assertEquals(rows("12:00 <somebody_long> one two three four", 30), [
    "12:00 <somebody_long> one two",
    "      three four",
  ]);
});

Deno.test("a word that is longer than a row is left to the terminal, which copies it whole", () => {
  const address = `https://example.org/${"x".repeat(60)}`;
  assertEquals(rows(`12:00 <bob> see ${address} there`, 40), [`12:00 <bob> see ${address} there`]);
});

Deno.test("attributes and links end before a row does, and go on after the indent", () => {
  const link = "\x1b]8;;https://a.org/\x1b\\";
  const end = "\x1b]8;;\x1b\\";
  assertEquals(rows(`12:00 <b> \x1b[1mone ${link}two three${end} four\x1b[0m`, 18), [
    `12:00 <b> \x1b[1mone ${link}two${end}\x1b[0m`,
    `    \x1b[1m${link}three${end} four\x1b[0m`,
  ]);
});
