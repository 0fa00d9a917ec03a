import { assertEquals } from "@std/assert";
import {
  changeMemberModes,
  CHANNEL_MODES,
  channelModes,
  hasRank,
  isMemberMode,
  MEMBER_MODES,
  prefixesOf,
  USER_MODES,
} from "../server/state/modes.ts";

/** All that a member's modes can be: every choice of them, highest first. */
const ALL_MEMBER_MODES = ["", "o", "v", "ov"];

Deno.test("no letter has two meanings", () => {
  const letters = [...CHANNEL_MODES.keys(), ...MEMBER_MODES.map(({ letter }) => letter)];
  assertEquals(new Set(letters).size, letters.length);
  assertEquals(letters.every((letter) => /^[A-Za-z]$/.test(letter)), true);
  assertEquals(letters.filter(isMemberMode), ["q", "a", "o", "h", "v"]);
});

Deno.test("the channel modes of each kind are those that clients are told of", () => {
  assertEquals((["list", "setting", "limit", "flag"] as const).map(channelModes), [
    "beI",
    "k",
    "fl",
    "CMRcimnpst",
  ]);
  assertEquals([...USER_MODES.keys()], ["B", "R", "i", "o", "s", "w"]);
});

Deno.test("member modes show as their signs, highest first", () => {
  assertEquals(ALL_MEMBER_MODES.map(prefixesOf), ["", "@", "+", "@+"]);
});

Deno.test("a member mode is added and removed, and the order stays", () => {
  const changed = (letter: string, add: boolean) =>
    ALL_MEMBER_MODES.map((modes) => changeMemberModes(modes, letter, add));
  assertEquals(changed("o", true), ["o", "o", "ov", "ov"]);
  assertEquals(changed("v", true), ["v", "ov", "v", "ov"]);
  assertEquals(changed("o", false), ["", "", "v", "v"]);
  assertEquals(changed("v", false), ["", "o", "", "o"]);
});

Deno.test("a rank includes those above it", () => {
  const ranked = (prefix: string) => ALL_MEMBER_MODES.map((modes) => hasRank(modes, prefix));
  assertEquals(ranked("@"), [false, true, false, true]);
  assertEquals(ranked("+"), [false, true, true, true]);
});
