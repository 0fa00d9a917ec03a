import { assert, assertEquals } from "@std/assert";
import { type Key, KeyReader } from "../../../client/terminal/keys.ts";

const encoder = new TextEncoder();

function press(name: string): Key {
  return { type: "press", name };
}

function text(typed: string): Key {
  return { type: "text", text: typed };
}

/** Bytes that terminals send, and the keys they stand for. */
const TABLE: readonly [bytes: string, keys: readonly Key[]][] = [
  ["a", [text("a")]],
  ["hello wörld", [text("hello wörld")]],
  ["日本語 👨‍👩‍👧", [text("日本語 👨‍👩‍👧")]],
  ["\r", [press("enter")]],
  ["\n", [press("enter")]],
  ["hi\r", [text("hi"), press("enter")]],
  ["\t", [press("tab")]],
  ["\x7f", [press("backspace")]],
  ["\b", [press("backspace")]],
  ["\x01\x05", [press("ctrl-a"), press("ctrl-e")]],
  ["\x03", [press("ctrl-c")]],
  ["\x1a", [press("ctrl-z")]],
  ["\x1f", [press("ctrl-_")]],
  ["\x00", []],
  ["\u0085\u009b", []],
  ["\x1b[A\x1b[B\x1b[C\x1b[D", [press("up"), press("down"), press("right"), press("left")]],
  ["\x1bOA\x1bOH\x1bOF", [press("up"), press("home"), press("end")]],
  ["\x1b[H\x1b[F", [press("home"), press("end")]],
  ["\x1b[1~\x1b[7~\x1b[4~\x1b[8~", [press("home"), press("home"), press("end"), press("end")]],
  ["\x1b[3~", [press("delete")]],
  ["\x1b[Z", [press("shift-tab")]],
  ["\x1b[1;5C", [press("ctrl-right")]],
  ["\x1b[1;3D", [press("alt-left")]],
  ["\x1b[1;8A", [press("ctrl-alt-shift-up")]],
  ["\x1b[3;5~", [press("ctrl-delete")]],
  ["\x1bOc\x1bOd", [press("ctrl-right"), press("ctrl-left")]],
  ["\x1b\x1b[D", [press("alt-left")]],
  ["\x1bb", [press("alt-b")]],
  ["\x1bé", [press("alt-é")]],
  ["\x1b\x7f", [press("alt-backspace")]],
  ["\x1b\r", [press("alt-enter")]],
  ["\x1b[13;2u", [press("shift-enter")]],
  ["\x1b[97;5u", [press("ctrl-a")]],
  ["\x1b[200~two\r\nlines\rmore\x1b[201~x", [
    { type: "paste", text: "two\nlines\nmore" },
    text("x"),
  ]],
  ["\x1b[200~\x1b[31mred\x1b[201~", [{ type: "paste", text: "\x1b[31mred" }]],
  // Ignored: mouse reports, function keys, focus, cursor positions, colors, titles.
  ["\x1b[M !!a", [text("a")]],
  ["\x1b[<0;10;10Ma", [text("a")]],
  ["\x1b[[Aa", [text("a")]],
  ["\x1b[15~a", [text("a")]],
  ["\x1b[Ia", [text("a")]],
  ["\x1b[12;40Ra", [{ type: "position", row: 12, column: 40 }, text("a")]],
  ["\x1b]11;rgb:0000/0000/0000\x07a", [text("a")]],
  ["\x1b]11;rgb:0000/0000/0000\x1b\\a", [text("a")]],
  ["\x1bP1$r0m\x1b\\a", [text("a")]],
];

function keysOf(chunks: Iterable<Uint8Array>): Key[] {
  const reader = new KeyReader();
  const keys: Key[] = [];
  for (const chunk of chunks) keys.push(...reader.feed(chunk));
  return keys;
}

/** Joins neighboring texts, because a chunk can end anywhere in a text. */
function joined(keys: readonly Key[]): Key[] {
  const result: Key[] = [];
  for (const key of keys) {
    const last = result.at(-1);
    if (key.type === "text" && last?.type === "text") {
      result[result.length - 1] = text(last.text + key.text);
    } else result.push(key);
  }
  return result;
}

Deno.test("bytes become the keys that a terminal sends them for", () => {
  for (const [bytes, keys] of TABLE) {
    assertEquals(keysOf([encoder.encode(bytes)]), [...keys], JSON.stringify(bytes));
  }
});

Deno.test("the keys are the same if their bytes arrive one at a time", () => {
  for (const [bytes, keys] of TABLE) {
    const single = Array.from(encoder.encode(bytes), (byte) => Uint8Array.of(byte));
    assertEquals(joined(keysOf(single)), [...keys], JSON.stringify(bytes));
  }
});

Deno.test("an ESC with no more bytes is a key after a pause", () => {
  const reader = new KeyReader();
  assertEquals(reader.feed(encoder.encode("\x1b")), []);
  assert(reader.isUndecided);
  assertEquals(reader.settle(), [press("escape")]);
  assertEquals(reader.feed(encoder.encode("a")), [text("a")]);
});

Deno.test("an Alt-[ is a key after a pause, not the beginning of a sequence", () => {
  const reader = new KeyReader();
  assertEquals(reader.feed(encoder.encode("\x1b[")), []);
  assertEquals(reader.settle(), [press("alt-[")]);
});

Deno.test("a paste is kept up to a limit", () => {
  const reader = new KeyReader();
  reader.feed(encoder.encode("\x1b[200~"));
  const chunk = encoder.encode("x".repeat(60_000));
  for (let i = 0; i < 10; i++) assertEquals(reader.feed(chunk), []);
  const [paste] = reader.feed(encoder.encode("\x1b[201~"));
  assertEquals(paste, { type: "paste", text: "x".repeat(64 * 1024) });
});

Deno.test("a paste without an end is a paste after a pause, and later bytes are keys again", () => {
  for (const begun of ["", "\x1b", "\x1b[201"]) {
    const reader = new KeyReader();
    assertEquals(reader.feed(encoder.encode(`\x1b[200~two\r\nlines${begun}`)), []);
    assert(reader.isUndecided && reader.isPasting);
    assertEquals(reader.settle(), [{ type: "paste", text: "two\nlines" }]);
    assert(!reader.isUndecided && !reader.isPasting);
    assertEquals(reader.feed(encoder.encode("a\x03")), [text("a"), press("ctrl-c")]);
  }
});

Deno.test("a sequence without an end is dropped", () => {
  const reader = new KeyReader();
  assertEquals(reader.feed(encoder.encode(`\x1b[${"1;".repeat(500)}`)), []);
  assertEquals(reader.feed(encoder.encode("a")), [text("a")]);
});

/** Reads random bytes, many of them parts of sequences; returns all keys. */
function readRandom(): Key[] {
  const keys: Key[] = [];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const special = [..."\x1b\x1b[]OPM~;0129\x07\\<u\r\x7f"].map((c) => c.charCodeAt(0));
  for (let round = 0; round < 3000; round++) {
    const reader = new KeyReader();
    for (let chunk = 0; chunk < 4; chunk++) {
      const bytes = Uint8Array.from(
        { length: random(12) },
        () => random(2) ? special[random(special.length)] ?? 0 : random(256),
      );
      keys.push(...reader.feed(bytes), ...(random(4) ? [] : reader.settle()));
    }
  }
  return keys;
}

Deno.test("random bytes never make the reader throw", () => {
  assert(readRandom().length > 0);
});

Deno.test("text from random bytes has no control characters", () => {
  for (const key of readRandom()) {
    if (key.type === "text") assert(!/[\x00-\x1f\x7f-\x9f]/.test(key.text));
  }
});
