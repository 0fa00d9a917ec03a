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
} from "../../../server/state/modes.ts";

/** Every combination of a member's modes, the highest first. */
const ALL_MEMBER_MODES = ["", "o", "v", "ov"];

Deno.test("each mode letter has one meaning", () => {
  const letters = [...CHANNEL_MODES.keys(), ...MEMBER_MODES.map(({ letter }) => letter)];
  assertEquals(new Set(letters).size, letters.length);
  assertEquals(letters.every((letter) => /^[A-Za-z]$/.test(letter)), true);
  assertEquals(letters.filter(isMemberMode), ["q", "a", "o", "h", "v"]);
});

Deno.test("each kind of channel mode has the letters sent to clients", () => {
  assertEquals((["list", "setting", "limit", "flag"] as const).map(channelModes), [
    "beI",
    "k",
    "flHW",
    "CMRcimnpst",
  ]);
  assertEquals([...USER_MODES.keys()], ["B", "R", "i", "o", "s", "w"]);
});

Deno.test("member modes are shown as prefixes, the highest first", () => {
  assertEquals(ALL_MEMBER_MODES.map(prefixesOf), ["", "@", "+", "@+"]);
});

Deno.test("adding and removing a member mode keeps the order", () => {
  const changed = (letter: string, add: boolean) =>
    ALL_MEMBER_MODES.map((modes) => changeMemberModes(modes, letter, add));
  assertEquals(changed("o", true), ["o", "o", "ov", "ov"]);
  assertEquals(changed("v", true), ["v", "ov", "v", "ov"]);
  assertEquals(changed("o", false), ["", "", "v", "v"]);
  assertEquals(changed("v", false), ["", "o", "", "o"]);
});

Deno.test("a rank includes the ranks above it", () => {
  const haveRank = (prefix: string) => ALL_MEMBER_MODES.map((modes) => hasRank(modes, prefix));
  assertEquals(haveRank("@"), [false, true, false, true]);
  assertEquals(haveRank("+"), [false, true, true, true]);
});
