import { assert, assertEquals } from "@std/assert";
import { LineReader, type Received, SERVER_LIMITS } from "../lines.ts";
import { LIMITS } from "../protocol.ts";
import { Random } from "./support/random.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const line = (text: string): Received => ({ type: "line", text });
const TOO_LONG: Received = { type: "too-long" };

/** Returns everything that a reader finds in `chunks`. */
function read(chunks: readonly Uint8Array[], reader = new LineReader()): Received[] {
  const found: Received[] = [];
  for (const chunk of chunks) {
    reader.feed(chunk);
    for (let next = reader.next(); next; next = reader.next()) found.push(next);
  }
  return found;
}

/** Yields `bytes` split in two at every position, and split into single bytes. */
function* splits(bytes: Uint8Array): Iterable<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
}

Deno.test("lines end with CR LF or LF, and empty ones are skipped", () => {
  assertEquals(read([encode("a\r\nb\n\r\n\nc d\r\n")]), [line("a"), line("b"), line("c d")]);
});

Deno.test("the lines do not depend on the boundaries of chunks", () => {
  const bytes = encode("PRIVMSG #a :é漢😀\r\n@a=ü PING\nNICK ada\r\n\r\nQUIT\r\n");
  const lines = ["PRIVMSG #a :é漢😀", "@a=ü PING", "NICK ada", "QUIT"].map(line);
  for (const chunks of splits(bytes)) assertEquals(read(chunks), lines);
});

Deno.test("lines in one chunk are read as if each came alone", () => {
  const random = new Random(11);
  const parts = ["x".repeat(40), "é", "漢字", "😀", "\ufffd", " :a", "\0"].map(encode);
  const broken = [Uint8Array.of(0xe9), Uint8Array.of(0xf0, 0x9f)];
  const letters = encode("abcdefghij");
  for (let round = 0; round < 200; round++) {
    const lines = Array.from({ length: 60 }, () => {
      const odd = random.below(20) === 0 ? random.pick(broken) : random.pick(parts);
      const bytes = [letters.subarray(0, 1 + random.below(10))];
      if (random.below(3) === 0) bytes.push(odd);
      bytes.push(letters.subarray(0, random.below(10)), encode("\r\n"));
      return Uint8Array.from(bytes.flatMap((part) => [...part]));
    });
    const chunk = Uint8Array.from(lines.flatMap((bytes) => [...bytes]));
    assertEquals(read([chunk]), lines.flatMap((bytes) => read([bytes])));
  }
});

Deno.test("a partial line is kept until its end arrives", () => {
  const reader = new LineReader();
  assertEquals(read([encode("PI")], reader), []);
  assert(reader.hasPartial);
  assertEquals(read([encode("NG\r")], reader), []);
  assertEquals(read([encode("\nNI")], reader), [line("PING")]);
  assertEquals(reader.takePartial(), line("NI"));
  assert(!reader.hasPartial);
  assertEquals(reader.takePartial(), undefined);
});

Deno.test("the caller may overwrite bytes once they are read", () => {
  const reader = new LineReader();
  const buffer = encode("PRIV");
  assertEquals(read([buffer], reader), []);
  buffer.fill(0);
  assertEquals(read([encode("MSG\n")], reader), [line("PRIVMSG")]);
});

Deno.test("bytes can be fed before all earlier lines are taken", () => {
  const reader = new LineReader();
  reader.feed(encode("a\nb\nc"));
  assertEquals(reader.next(), line("a"));
  reader.feed(encode("d\ne\n"));
  assertEquals([reader.next(), reader.next(), reader.next(), reader.next()], [
    line("b"),
    line("cd"),
    line("e"),
    undefined,
  ]);
});

const CONTENT = LIMITS.line - 2;

/** Returns tags of `bytes` bytes, including the `@` and the space. */
const tagsOf = (bytes: number): string => `@${"t".repeat(bytes - 2)} `;

/** Lines at a limit, and one byte over it. */
const AT_LIMITS: readonly [description: string, text: string, isOver: boolean][] = [
  ["content at its limit", "x".repeat(CONTENT), false],
  ["content over its limit", "x".repeat(CONTENT + 1), true],
  ["wide content at its limit", "é".repeat(CONTENT / 2), false],
  ["wide content over its limit", "é".repeat(CONTENT / 2) + "x", true],
  ["tags at their limit", tagsOf(LIMITS.tags) + "x".repeat(CONTENT), false],
  ["tags over their limit", tagsOf(LIMITS.tags + 1) + "x", true],
  ["content over its limit behind tags", tagsOf(10) + "x".repeat(CONTENT + 1), true],
  ["tags without an end", "@" + "t".repeat(LIMITS.tags), true],
];

Deno.test("tags and the rest of a line have separate limits", () => {
  for (const [description, text, isOver] of AT_LIMITS) {
    for (const end of ["\n", "\r\n"]) {
      const bytes = encode(`${text}${end}next\n`);
      const expected = [isOver ? TOO_LONG : line(text), line("next")];
      assertEquals(read([bytes]), expected, description);
      assertEquals(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), expected, description);
    }
  }
});

Deno.test("a line over the normal limit is marked as long, up to the limit of long lines", () => {
  const longest = LIMITS.longLine - 2;
  for (const tags of ["", tagsOf(10), tagsOf(LIMITS.tags)]) {
    const table: readonly [length: number, type: Received["type"]][] = [
      [CONTENT, "line"],
      [CONTENT + 1, "long"],
      [longest, "long"],
      [longest + 1, "too-long"],
    ];
    for (const [length, type] of table) {
      const text = tags + "x".repeat(length);
      const bytes = encode(`${text}\r\nnext\n`);
      const expected = [type === "too-long" ? TOO_LONG : { type, text }, line("next")];
      assertEquals(read([bytes], new LineReader(SERVER_LIMITS)), expected);
      const one = Array.from(bytes, (byte) => Uint8Array.of(byte));
      assertEquals(read(one, new LineReader(SERVER_LIMITS)), expected);
    }
  }
});

Deno.test("a line over the limit is reported once and at once, and skipped to its end", () => {
  const reader = new LineReader();
  const flood = encode("x".repeat(64 * 1024));
  assertEquals(read([flood], reader), [TOO_LONG]);
  for (let i = 0; i < 1000; i++) {
    assertEquals(read([flood], reader), []);
    assert(!reader.hasPartial, "nothing of it is kept");
  }
  assertEquals(read([encode("x\nPING\n")], reader), [line("PING")]);
});

/** Returns the result for a refused line of that command. */
function refusal(command: string, code: "INVALID_UTF8" | "INVALID_CHARACTERS"): Received {
  return { type: "refused", command, code, isLong: false };
}

Deno.test("a line that is not UTF-8 is refused with the name of its command", () => {
  const table: readonly [number[], string][] = [
    [[...encode("PRIVMSG #a :"), 0xff], "PRIVMSG"],
    [[...encode("privmsg #a :"), 0xc3], "PRIVMSG"], // cut short
    [[...encode("TOPIC #a :"), 0xc0, 0xaf], "TOPIC"], // overlong
    [[...encode("X :"), 0xed, 0xa0, 0x80], "X"], // a surrogate
    [[0xfe, 0xff], "*"],
    [[...encode("@a="), 0xff, ...encode(" PING x")], "PING"],
  ];
  for (const [bytes, command] of table) {
    const refused = refusal(command, "INVALID_UTF8");
    assertEquals(read([Uint8Array.from([...bytes, 0x0a, 0x41, 0x0a])]), [refused, line("A")]);
  }
});

Deno.test("a line with an inner NUL or CR is refused", () => {
  const refused = refusal("PRIVMSG", "INVALID_CHARACTERS");
  for (const inside of ["\0", "\r", "\r\r", "\0\r"]) {
    assertEquals(read([encode(`PRIVMSG #a :x${inside}y\r\n`)]), [refused]);
  }
});

Deno.test("a reader can have other limits, and a decoder that replaces invalid UTF-8", () => {
  const reader = new LineReader({ content: 4, tags: 0 }, new TextDecoder());
  const bytes = Uint8Array.of(0xff, 0x61, 0x0a, ...encode("@b c\n@b c d\n"));
  assertEquals(read([bytes], reader), [line("\ufffda"), line("@b c"), TOO_LONG]);
});

/** Reads random bytes, which include line ends and NUL; returns all results. */
function readRandom(): ReturnType<typeof read> {
  const random = new Random(3);
  const reader = new LineReader();
  return Array.from({ length: 2000 }, () => {
    const bytes = random.bytes(random.below(600));
    // Random bytes rarely contain a line end, so some are added.
    for (let n = 0; n < 5; n++) {
      bytes[random.below(bytes.length + 1)] = random.pick([10, 13, 0, 64]);
    }
    return read([bytes], reader);
  }).flat();
}

Deno.test("random bytes never make a reader throw", () => {
  assert(readRandom().length > 0);
});

Deno.test("lines from random bytes have no line ends and no NUL, and are not empty", () => {
  for (const found of readRandom()) {
    if (found.type === "line") assert(found.text !== "" && !/[\0\r\n]/.test(found.text));
  }
});
