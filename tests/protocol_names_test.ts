import { assert, assertEquals } from "@std/assert";
import { casefold, isChannel, isNick, isTagKey, isUser } from "../protocol.ts";
import { Random } from "./support/random.ts";

/** Each validator, with valid and invalid names. */
const TABLE: readonly [
  isValid: (name: string) => boolean,
  valid: readonly string[],
  invalid: readonly string[],
][] = [
  [
    isNick,
    ["a", "Ada", "ada1", "a-b", "[a]", "{}", "^_^", "`|\\", "_", "Zoë", "Łukasz", "漢字", "Ωmega"]
      .concat("a".repeat(32), "é".repeat(16), "ह\u093f"),
    ["", "1a", "-a", "a b", "a,b", "a*", "a?", "a!b", "a@b", "a.b", ":a", "a:b", "$a", "#a", "@a"]
      .concat(
        "+a",
        "~a",
        "&a",
        "a\0",
        "a\r",
        "a\n",
        "a\x07",
        "a\u202eb",
        "a\u200b",
        "a\u00a0b",
        "😀",
      )
      .concat("a".repeat(33), "é".repeat(16) + "a", "e\u0301", "\u0301a", "\ud800", "/a", "a/b"),
  ],
  [
    isUser,
    ["a", "~a", "a.b", "a-b", "a+b", "1", "zoë", "a".repeat(16)],
    ["", "a b", "a@b", "a!b", "a:b", "a*", "a\0", "\u202e", "a".repeat(17), "é".repeat(9)],
  ],
  [
    isChannel,
    ["#a", "#A.b", "##", "#1", "#a:b", "#:a", "#a@b", "#zoë", "#漢字", "#😀", "#a!*?"]
      .concat("#" + "a".repeat(63)),
    ["", "#", "a", "&a", "+a", "# ", "#a b", "#a,b", "#a\x07", "#a\0", "#a\r", "#a\n", "#\u202e"]
      .concat("#a\u00a0b", "#a\u3000b", "#\u200b", "#e\u0301", "#" + "a".repeat(64), " #a"),
  ],
  [
    isTagKey,
    ["a", "+a", "a-b", "example.org/a", "+example.org/a-1", "1"],
    ["", "+", "a b", "a;b", "a=b", "a/b/c", "/a", "é", "++a", "a\n"],
  ],
];

for (const [isValid, valid, invalid] of TABLE) {
  Deno.test(`${isValid.name} accepts visible, unambiguous names only`, () => {
    for (const name of valid) assert(isValid(name), `${isValid.name}(${JSON.stringify(name)})`);
    for (const name of invalid) {
      assert(!isValid(name), `not ${isValid.name}(${JSON.stringify(name)})`);
    }
  });
}

Deno.test("valid names can be a parameter anywhere in a message", () => {
  const random = new Random(4);
  for (let i = 0; i < 50_000; i++) {
    const text = random.text(["#", ...fewCharacters(random)], 4, 1);
    for (const isValid of [isNick, isUser, isChannel]) {
      if (isValid(text)) assert(/^[^\s\0:][^\s\0]*$/.test(text), JSON.stringify(text));
    }
  }
});

function fewCharacters(random: Random): string[] {
  return random.list(3, 3, () => String.fromCharCode(random.below(random.pick([128, 0x3000]))));
}

Deno.test("only ASCII letters are case-folded", () => {
  assertEquals(casefold("AbC[]\\^É"), "abc[]\\^É");
  assertEquals(casefold("#LOBBY"), "#lobby");
  assertEquals(casefold(""), "");
});
