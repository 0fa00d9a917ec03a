import { assert, assertEquals } from "@std/assert";
import { fullMask, matchesMask, splitMask } from "../../../server/state/masks.ts";
import { Random } from "../../support/random.ts";

Deno.test("a partial mask is completed", () => {
  const table: readonly [given: string, full: string][] = [
    ["ada", "ada!*@*"],
    ["ad*", "ad*!*@*"],
    ["u@h", "*!u@h"],
    ["@h", "*!*@h"],
    ["u@", "*!u@*"],
    ["@", "*!*@*"],
    ["ada!u", "ada!u@*"],
    ["ada!", "ada!*@*"],
    ["!u", "*!u@*"],
    ["!@", "*!*@*"],
    ["ada!u@h", "ada!u@h"],
    ["*!*@192.0.2.*", "*!*@192.0.2.*"],
    ["ada!u@x@h", "ada!u@x@h"],
    ["", "*!*@*"],
  ];
  for (const [given, full] of table) {
    assertEquals(fullMask(given), full, given);
    assertEquals(fullMask(full), full, `${full} is complete`);
  }
});

Deno.test("a mask matches with * and ?, in upper or lower case", () => {
  const table: readonly [mask: string, text: string, matches: boolean][] = [
    ["*", "", true],
    ["*", "anything", true],
    ["", "", true],
    ["", "a", false],
    ["a", "", false],
    ["?", "", false],
    ["?", "a", true],
    ["?", "ab", false],
    ["a?c", "abc", true],
    ["a*c", "ac", true],
    ["a*c", "abbc", true],
    ["a*c", "abcd", false],
    ["*a*b", "xaxxab", true],
    ["a**b", "ab", true],
    ["ADA!*@*", "ada!u@h", true],
    ["*!*@127.0.0.*", "ada!u@127.0.0.1", true],
    ["*!*@127.0.0.*", "ada!u@128.0.0.1", false],
    ["a.c", "abc", false],
    ["[a]", "a", false],
    ["(", "(", true],
    ["É", "é", false],
  ];
  for (const [mask, text, matches] of table) {
    assertEquals(matchesMask(mask, text), matches, `${mask} and ${text}`);
  }
});

Deno.test("a mask matches the same texts as the equivalent regular expression", () => {
  const random = new Random(7);
  for (let i = 0; i < 20_000; i++) {
    const mask = random.text(["a", "b", "*", "?"], 6);
    const text = random.text(["a", "b"], 8);
    const expression = new RegExp(`^${mask.replaceAll("*", ".*").replaceAll("?", ".")}$`);
    assertEquals(matchesMask(mask, text), expression.test(text), `${mask} and ${text}`);
  }
});

Deno.test("a mask with many stars matches in a short time", () => {
  // A matcher that tries every distribution of the text over the stars would never end.
  assert(!matchesMask("*a".repeat(200) + "b", "a".repeat(5000)));
});

Deno.test("a question mark matches one character of any script", () => {
  assert(matchesMask("?", "𝒜"));
  assert(!matchesMask("??", "𝒜"));
});

Deno.test("an extended mask begins with letters that are each followed by a colon", () => {
  const table: readonly [extended: string, mutes: boolean, ofAccounts: boolean, mask: string][] = [
    ["m:bob!*@*", true, false, "bob!*@*"],
    ["a:bob", false, true, "bob"],
    ["a:m:b*", true, true, "b*"],
    ["m!*@*", false, false, "m!*@*"],
    ["x:bob!*@*", false, false, "x:bob!*@*"],
    ["M:bob", false, false, "M:bob"],
    ["*!*@::1", false, false, "*!*@::1"],
    ["", false, false, ""],
  ];
  for (const [extended, mutes, ofAccounts, mask] of table) {
    assertEquals(splitMask(extended), { mutes, ofAccounts, mask }, extended);
  }
  assertEquals(["m:bob", "m:u@h", "m:"].map(fullMask), ["m:bob!*@*", "m:*!u@h", "m:*!*@*"]);
  assertEquals(["a:bob", "a:m:bob", "a:"].map(fullMask), ["a:bob", "m:a:bob", "a:*"]);
});
