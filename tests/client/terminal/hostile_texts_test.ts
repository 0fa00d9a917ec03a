import { assert } from "@std/assert";
import { LAST_WORD } from "../../../client/commands/completion.ts";
import { addressOf, spansOf } from "../../../client/session/formatting.ts";
import { nickHash } from "../../../client/session/nick_hash.ts";
import { safeText } from "../../../client/terminal/format.ts";
import { richText } from "../../../client/terminal/rich_text.ts";
import { countRows, wrapped } from "../../../client/terminal/wrap.ts";
import { splitText, trimSignsAtEnd } from "../../../shared/text.ts";
import { processorTime } from "../../support/processor_time.ts";

/** The length of the shorter texts, in characters; the others are twice as long. */
const LENGTH = 32 * 1024;

/** A time, in milliseconds, that any text may take: a slow machine may need it. */
const SHORT_MS = 150;

/** Texts of about `n` characters, each the worst for some pattern. */
const SHAPES: Readonly<Record<string, (n: number) => string>> = {
  "an address with dots": (n) => `http://a${".".repeat(n)}x`,
  "an address with parentheses": (n) => `http://a${")".repeat(n)}`,
  "an address with dots and parentheses": (n) => `http://a${".)".repeat(n / 2)}`,
  "an address in open parentheses": (n) => `(http://a(${").".repeat(n / 2)}`,
  "many addresses": (n) => "http://a ".repeat(n / 9),
  "spaces after a letter": (n) => `a${" ".repeat(n)}`,
  "spaces before a tab": (n) => `/${" ".repeat(n)}\t`,
  "many gaps": (n) => `a${"  b".repeat(n / 3)}`,
  "emphasis without an end": (n) => "*a".repeat(n / 2),
  "emphasis with spaces": (n) => `*a${" ".repeat(n)}*`,
  "backticks": (n) => "`".repeat(n),
  "code without an end": (n) => `\`${"a".repeat(n)}`,
  "colors": (n) => "\x0304,12a".repeat(n / 7),
  "bold and not": (n) => "\x02a".repeat(n / 2),
  "escapes": (n) => "\x1b[".repeat(n / 2),
  "a sequence without an end": (n) => `\x1b${";?".repeat(n / 2)}`,
  "control strings without an end": (n) => "\x1b]".repeat(n / 2),
  "one word": (n) => "a".repeat(n),
  "words": (n) => `00:00 <a${" a".repeat(n / 2)}`,
  "marks on one letter": (n) => `a${"\u0301".repeat(n)}`,
  "joiners": (n) => "\u200d".repeat(n),
  "wide characters": (n) => "漢".repeat(n),
  "underscores": (n) => `${"_".repeat(n)}a`,
  "line ends": (n) => `${"\n".repeat(n)}a`,
};

/** The functions that such a text passes on its way to the screen. */
const FUNCTIONS: Readonly<Record<string, (text: string) => unknown>> = {
  spansOf,
  addressOf,
  safeText,
  nickHash,
  richText: (text) => richText(text, { hasAttributes: true, hasLinks: true }),
  wrapped: (text) => wrapped(text, 80),
  "wrapped in few columns": (text) => wrapped(`00:00 <bob> ${text}`, 20),
  countRows: (text) => countRows(`${text}\r\n`, 80),
  "the last word": (text) => `${text} `.search(LAST_WORD),
  trimSignsAtEnd: (text) => trimSignsAtEnd(text, "\n"),
};

/** Returns the processor time that `action` takes, in milliseconds. */
function timeOf(action: () => unknown): number {
  const spent = processorTime();
  action();
  return spent();
}

for (const [name, act] of Object.entries(FUNCTIONS)) {
  Deno.test(`the time for a hostile text grows no faster than its length: ${name}`, () => {
    for (const [shape, textOf] of Object.entries(SHAPES)) {
      const [text, longer] = [textOf(LENGTH), textOf(2 * LENGTH)];
      const once = timeOf(() => act(text));
      let twice = timeOf(() => act(longer));
      const limit = 3 * Math.max(once, SHORT_MS);
      // The runtime may have collected garbage meanwhile.
      if (twice > limit) twice = timeOf(() => act(longer));
      assert(twice <= limit, `${shape}: ${once} ms, and ${twice} ms for twice the length`);
    }
  });
}

Deno.test("an address has no punctuation at its end, and a parenthesis only if it opens in it", () => {
  const cases = [
    ["(see https://a.org/x).", "https://a.org/x"],
    ["https://a.org/x_(y)!?", "https://a.org/x_(y)"],
    ["https://a.org/x.).)',", "https://a.org/x"],
    ["https://a.org/(x.)", "https://a.org/(x.)"],
  ];
  for (const [text = "", address] of cases) {
    const found = spansOf(text).find(({ kind }) => kind === "link");
    assert(found?.text === address, `${text}: ${found?.text}`);
  }
});

Deno.test("a text for others is divided in a time that grows no faster than its length", () => {
  const once = timeOf(() => splitText("a".repeat(16 * LENGTH), 400));
  const twice = timeOf(() => splitText("a".repeat(32 * LENGTH), 400));
  assert(twice <= 3 * Math.max(once, SHORT_MS), `${once} ms, ${twice} ms`);
});
