import { assertEquals } from "@std/assert";
import { lookAlike } from "../../../server/state/nicks.ts";

Deno.test("nicks that look alike are found to look alike, in both directions", () => {
  for (
    const [one, other] of [
      ["paypal", "\u0440\u0430ypal"], // Cyrillic er, a
      ["bob", "b\u03bfb"], // Greek omicron
      ["user1", "userl"],
      ["O", "0"],
      ["Ada", "aDA"],
      ["paypaI", "paypal"], // a capital I
      ["Ian1", "ian1"],
      ["IAN", "\u0456an"], // Cyrillic i
      ["\u041a\u043e\u043b\u044f", "\u043a\u043e\u043b\u044f"], // Kolya, in Cyrillic
      ["ada", "\uff41\uff44\uff41"], // full width
      ["tom", "to\u217f"], // Roman numeral one thousand
      ["\u0451va", "\u00ebva"], // Cyrillic io
      ["n\u0303", "\u00f1"], // a letter and its mark, or both in one
    ] as const
  ) {
    assertEquals(lookAlike(one, other), true, one);
    assertEquals(lookAlike(other, one), true, other);
  }
});

Deno.test("nicks that look different are found to look different", () => {
  for (
    const [one, other] of [
      ["ada", "eda"],
      ["tom", "torn"],
      ["ian", "lan"],
      ["ren\u00e9", "rene"],
      ["bob", "bob_"],
      ["\u738b", "\u7389"],
    ] as const
  ) assertEquals(lookAlike(one, other), false, one);
});
