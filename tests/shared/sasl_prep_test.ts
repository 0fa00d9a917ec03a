import { assertEquals } from "@std/assert";
import { passwordForms, saslPrep } from "../../shared/sasl_prep.ts";

Deno.test("SASLprep maps the examples of section 3 of RFC 4013", () => {
  const cases: readonly (readonly [typed: string, prepared: string])[] = [
    ["I\u00adX", "IX"],
    ["user", "user"],
    ["USER", "USER"],
    ["\u00aa", "a"],
    ["\u2168", "IX"],
    ["one\u00a0two", "one two"],
    ["wait\u2026here", "wait...here"],
    ["5\u00b2=25", "52=25"],
    ["e\u0301", "\u00e9"],
  ];
  for (const [typed, prepared] of cases) assertEquals(saslPrep(typed), prepared);
});

Deno.test("a password has several forms only where preparing it changes it", () => {
  assertEquals(passwordForms("sesame"), ["sesame"]);
  assertEquals(passwordForms("5\u00b2"), ["52", "5\u00b2"]);
  assertEquals(passwordForms("5\u00b2\u00ad"), ["52", "52\u00ad", "5\u00b2\u00ad"]);
});
