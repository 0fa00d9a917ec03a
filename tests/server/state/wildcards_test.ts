import { assert, assertEquals } from "@std/assert";
import { codePoints, Pattern } from "../../../server/state/wildcards.ts";
import { Random } from "../../support/random.ts";

/** Returns true if `pattern` matches `text`, by definition and without regard to time. */
function isMatch(pattern: string, text: string): boolean {
  const expression = pattern.replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "su").test(text);
}

Deno.test("a pattern of any length matches the same texts as the equivalent regular expression", () => {
  const random = new Random(14);
  let matched = 0;
  for (let i = 0; i < 5000; i++) {
    const text = random.text(["a", "b", "\u{1d49c}"], 100);
    // Patterns made from the text, so that many of them match.
    const pattern = text.replace(/./gsu, (character) => {
      const draw = random.next();
      return draw < 0.05 ? "*" : draw < 0.1 ? "?" : draw < 0.11 ? "b" : character;
    });
    const expected = isMatch(pattern, text);
    assertEquals(new Pattern(pattern).matches(codePoints(text)), expected, `${pattern}, ${text}`);
    if (expected) matched++;
  }
  assert(matched > 500 && matched < 4500, `${matched} match`);
});

Deno.test("a pattern can be compared again after any result", () => {
  const pattern = new Pattern("a*b");
  const results = ["a", "ab", "b", "axb", "axbx"].map((text) => pattern.matches(codePoints(text)));
  assertEquals(results, [false, true, false, true, false]);
});

Deno.test("a long pattern costs little more than its length in machine words, whatever the text", () => {
  const text = codePoints("a".repeat(20_000));
  const time = (mask: string): number => {
    const pattern = new Pattern(mask);
    const times = Array.from({ length: 10 }, () => {
      const start = performance.now();
      for (let i = 0; i < 5; i++) pattern.matches(text);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  const short = time("*a*b");
  for (const mask of [`*${"a".repeat(400)}b`, "*a".repeat(200) + "b", `${"*?a".repeat(130)}*b`]) {
    // A matcher that goes back to the last star takes up to 400 times as long.
    const ratio = time(mask) / short;
    assert(ratio < 60, `${mask.slice(0, 10)}… takes ${ratio} times as long as a short pattern`);
  }
});
