import { assert, assertEquals } from "@std/assert";
import { Editor, type Outcome } from "../../../client/terminal/editor.ts";
import { KeyReader } from "../../../client/terminal/keys.ts";

const encoder = new TextEncoder();

const LEFT = "\x1b[D";
const RIGHT = "\x1b[C";
const UP = "\x1b[A";
const DOWN = "\x1b[B";

/** Types `keys`, as a terminal sends them; returns the outcome of each. */
function type(editor: Editor, keys: string): Outcome[] {
  const reader = new KeyReader();
  return reader.feed(encoder.encode(keys)).map((key) => editor.press(key));
}

/** Returns the text with `|` in place of the cursor. */
function state(editor: Editor): string {
  return `${editor.before}|${editor.after}`;
}

/** Keystrokes, and the line they produce. */
const TABLE: readonly [keys: string, line: string][] = [
  ["abc", "abc|"],
  [`abc${LEFT}x`, "abx|c"],
  [`abc${LEFT}${LEFT}${RIGHT}x`, "abx|c"],
  ["abc\x02\x02\x06x", "abx|c"],
  ["abc\x01x", "x|abc"],
  ["abc\x01\x05x", "abcx|"],
  ["abc\x1b[Hx\x1b[Fy", "xabcy|"],
  ["abc\x7f", "ab|"],
  ["\x7fabc", "abc|"],
  ["abc\x01\x04", "|bc"],
  ["abc\x01\x1b[3~", "|bc"],
  ["one two\x17", "one |"],
  ["one two  \x17", "one |"],
  ["one two\x17\x17", "|"],
  ["one-two\x1b\x7f", "one-|"],
  ["one two\x01\x1bd", "| two"],
  ["one two\x1bb\x1bbx", "x|one two"],
  ["one two\x01\x1bfx", "onex| two"],
  ["one two\x1b[1;5Dx", "one x|two"],
  ["one two\x01\x1b[1;5Cx", "onex| two"],
  ["one two\x1bb\x0b", "one |"],
  ["one two\x1bb\x15", "|two"],
  ["one two\x15\x19!", "one two!|"],
  // Consecutive kills are joined, in the order of the text.
  ["one two\x17\x17\x19", "one two|"],
  ["one two\x1bb\x15\x0b\x19", "one two|"],
  // Other kills replace the killed text.
  ["one two\x17x\x17\x19\x19", "one xx|"],
  ["ab\x14", "ba|"],
  ["abc\x02\x14", "acb|"],
  ["a\x14", "a|"],
  // One user-perceived character is one step.
  ["a👨‍👩‍👧\x7f", "a|"],
  ["👍🏽x\x02\x02", "|👍🏽x"],
  ["e\u0301x\x02\x7f", "|x"],
  ["🇫🇷🇩🇪\x7f", "🇫🇷|"],
  ["日本\x02x", "日x|本"],
  ["日👍🏽\x14", "👍🏽日|"],
  // Characters that control a terminal are not inserted.
  ["a\u202eb", "ab|"],
  // Several lines.
  ["one\x1b\rtwo", "one\ntwo|"],
  ["one\x1b\rtwo\x01x", "one\nx|two"],
  [`one\x1b\rtwo${UP}x`, "onex|\ntwo"],
  [`one\x1b\rtwo\x01${UP}x`, "x|one\ntwo"],
  [`one\x1b\rtwo${UP}${DOWN}x`, "one\ntwox|"],
  [`longer\x1b\rab${UP}${UP}x`, "lox|nger\nab"],
  ["one\x1b\rtwo\x15\x15", "one|"],
  ["\x1b[200~one\r\ntwo\r\n\x1b[201~", "one\ntwo|"],
  ["\x1b[200~a\tb\x1b[31m\x1b[201~", "a    b[31m|"],
  // Unknown keys change nothing.
  ["ab\x1b[15~\x1b[2~\x1bq", "ab|"],
  // Ctrl-C clears the line.
  ["abc\x03", "|"],
];

Deno.test("keys edit the line as Emacs does", () => {
  for (const [keys, line] of TABLE) {
    const editor = new Editor();
    type(editor, keys);
    assertEquals(state(editor), line, JSON.stringify(keys));
  }
});

Deno.test("Enter submits the whole line wherever the cursor is, and clears it", () => {
  const editor = new Editor();
  assertEquals(type(editor, "abc\x01\r").at(-1), {
    type: "submitted",
    text: "abc",
    choice: undefined,
  });
  assertEquals(state(editor), "|");
});

Deno.test("a line of spaces is not submitted", () => {
  assertEquals(type(new Editor(), "  \r").at(-1), { type: "edited" });
});

Deno.test("a paste of several lines does not submit", () => {
  const outcomes = type(new Editor(), "\x1b[200~one\ntwo\n\x1b[201~");
  assertEquals(outcomes, [{ type: "edited" }]);
});

Deno.test("Ctrl-C and Ctrl-D leave on an empty line only", () => {
  for (const key of ["\x03", "\x04"]) {
    assertEquals(type(new Editor(), key), [{ type: "leave" }]);
    assert(type(new Editor(), `a\x01${key}`).at(-1)?.type !== "leave");
  }
});

Deno.test("the history returns lines, the last first, and the draft at its end", () => {
  const editor = new Editor();
  type(editor, `one\rtwo\rdraft${UP}`);
  assertEquals(state(editor), "two|");
  type(editor, UP);
  assertEquals(state(editor), "one|");
  assertEquals(type(editor, UP), [{ type: "nothing" }]);
  type(editor, DOWN + DOWN);
  assertEquals(state(editor), "draft|");
  assertEquals(type(editor, DOWN), [{ type: "nothing" }]);
});

Deno.test("a line submitted twice in a row is in the history once", () => {
  const editor = new Editor();
  type(editor, `one\rtwo\rtwo\r${UP}${UP}`);
  assertEquals(state(editor), "one|");
});

Deno.test("Tab cycles through the completions, and Shift-Tab goes back", () => {
  const editor = new Editor(() => ({ from: 3, options: ["ann ", "anton "] }));
  const states = ["hi a\t", "\t", "\t", "\x1b[Z"].map((keys) => {
    type(editor, keys);
    return state(editor);
  });
  assertEquals(states, ["hi ann |", "hi anton |", "hi ann |", "hi anton |"]);
});

Deno.test("Tab does nothing without a completion", () => {
  assertEquals(type(new Editor(), "\t"), [{ type: "nothing" }]);
});

Deno.test("the length of a line is limited", () => {
  const editor = new Editor();
  for (let i = 0; i < 40; i++) type(editor, "x".repeat(1000));
  assertEquals(editor.text.length, 16 * 1024);
  assertEquals(type(editor, "x"), [{ type: "full", limit: 16 * 1024 }]);
});

Deno.test("random keys never make the editor throw or split a character", () => {
  let seed = 11;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const keys = [
    "a",
    "é",
    "👨‍👩‍👧",
    "🇫🇷",
    " ",
    "\x1b\r",
    LEFT,
    RIGHT,
    UP,
    DOWN,
    "\x7f",
    "\x04",
    "\x17",
    "\x0b",
  ]
    .concat(["\x15", "\x19", "\x14", "\x1bb", "\x1bf", "\x1bd", "\x01", "\x05", "\r", "\t"]);
  for (let round = 0; round < 300; round++) {
    const editor = new Editor((before) => ({ from: before.search(/\S*$/), options: ["日本 "] }));
    for (let i = 0; i < 60; i++) {
      type(editor, keys[random(keys.length)] ?? "");
      assert(editor.before.isWellFormed() && editor.after.isWellFormed());
    }
  }
});
