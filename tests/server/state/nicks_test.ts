import { assertEquals } from "@std/assert";
import { skeleton } from "../../../server/state/nicks.ts";

Deno.test("texts that look alike have the same skeleton", () => {
  for (
    const [one, other] of [
      ["paypal", "\u0440\u0430ypal"], // Cyrillic er, a
      ["bob", "b\u03bfb"], // Greek omicron
      ["user1", "userl"],
      ["O", "0"],
      ["Ada", "aDA"],
      ["ada", "\uff41\uff44\uff41"], // full width
      ["tom", "to\u217f"], // Roman numeral one thousand
      ["\u0451va", "\u00ebva"], // Cyrillic io
      ["n\u0303", "\u00f1"], // a letter and its mark, or both in one
    ] as const
  ) assertEquals(skeleton(one), skeleton(other), one);
});

Deno.test("texts that look different have different skeletons", () => {
  for (
    const [one, other] of [
      ["ada", "eda"],
      ["tom", "torn"],
      ["ren\u00e9", "rene"],
      ["bob", "bob_"],
      ["\u738b", "\u7389"],
    ] as const
  ) assertEquals(skeleton(one) === skeleton(other), false, one);
});
