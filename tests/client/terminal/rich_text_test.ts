import { assertEquals } from "@std/assert";
import { richText } from "../../../client/terminal/rich_text.ts";

const ALL = { hasAttributes: true, hasLinks: true };

/** Texts, and their form in a terminal, with ESC as `^` and links as `{address|text}`. */
const TEXTS: readonly [text: string, shown: string][] = [
  ["plain", "plain"],
  // Names of properties that every object of JavaScript has.
  ["constructor", "constructor"],
  ["__proto__", "__proto__"],
  ["\x02toString\x02", "^[1mtoString^[0m"],
  ["\x02bold\x02 plain", "^[1mbold^[0m plain"],
  ["\x02\x1dboth\x0f none", "^[1;3mboth^[0m none"],
  ["\x034red\x03 \x0399far\x03", "^[38;5;161mred^[0m far"],
  ["\x031,1spoiler", "spoiler"],
  ["\x1eout\x1e \x1funder\x1f", "^[9mout^[0m ^[4munder^[0m"],
  ["use `a*b*c` *now*", "use ^[38;5;67m`a*b*c`^[0m ^[3m*now*^[0m"],
  ["2*3*4 and * this *", "2*3*4 and * this *"],
  ["see https://example.org/a_(b).", "see {https://example.org/a_(b)|https://example.org/a_(b)}."],
  ["(http://example.org)", "({http://example.org/|http://example.org})"],
  ["(http://example.org/a_(b)).", "({http://example.org/a_(b)|http://example.org/a_(b)})."],
  ["https://ex.org/ü", "{https://ex.org/%C3%BC|https://ex.org/ü}"],
  ["javascript:alert(1) file:///etc ftp://x", "javascript:alert(1) file:///etc ftp://x"],
  ["https://", "https://"],
  // Hostile texts: no control sequence of the message is left, and none can be put together from
  // its parts.
  ["\x1b[31mred\x1b[0m", "red"],
  ["\x1b\x02[31mred", "^[1m[31mred^[0m"],
  ["\x1b]8;;https://evil.org\x1b\\click\x1b]8;;\x1b\\", "click"],
  ["https://a.org/\x1b\\\x07x", "{https://a.org//x|https://a.org/\\x}"],
  ["\x9d8;;http://evil\x9cx", "8;;{http://evilx/|http://evilx}"],
  ["https://a.org/\u202egpj", "{https://a.org/gpj|https://a.org/gpj}"],
];

function visible(text: string): string {
  return text.replaceAll(/\x1b\]8;;([^\x1b]+)\x1b\\(.*?)\x1b\]8;;\x1b\\/g, "{$1|$2}")
    .replaceAll("\x1b", "^");
}

Deno.test("formatting, code, emphasis and addresses are shown, and nothing else gets through", () => {
  for (const [text, shown] of TEXTS) {
    assertEquals(visible(richText(text, ALL)), shown, JSON.stringify(text));
  }
});

Deno.test("without attributes or links, only the text is left", () => {
  const text = "\x02a\x02 `b` https://c.org";
  assertEquals(richText(text, { hasAttributes: false, hasLinks: false }), "a `b` https://c.org");
});
