import { assertEquals } from "@std/assert";
import { formatDuration, parseDuration } from "../../shared/durations.ts";

Deno.test("a duration is parsed, and its formatted text is parsed to the same duration", () => {
  const table: readonly [text: string, seconds: number][] = [
    ["1s", 1],
    ["90m", 5400],
    ["1d12h", 129_600],
    ["2W", 1_209_600],
    ["1y", 31_536_000],
    ["0s", 0],
  ];
  for (const [text, seconds] of table) {
    assertEquals(parseDuration(text), seconds * 1000, text);
    assertEquals(parseDuration(formatDuration(seconds * 1000)), seconds * 1000, text);
  }
  assertEquals([1, 59_001, 93_784_000].map(formatDuration), ["1s", "1m", "1d2h"]);
});

Deno.test("text that is not a duration is rejected", () => {
  for (const text of ["", "10", "h", "1x", "-1h", "1.5h", "1h ", "1000d", "1m".repeat(16)]) {
    assertEquals(parseDuration(text), undefined, text);
  }
});
