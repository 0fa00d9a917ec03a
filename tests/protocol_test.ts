import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Ctcp,
  encodeLine,
  format,
  formatCtcp,
  FormatError,
  type Message,
  parse,
  parseCtcp,
  parseSource,
  type Source,
} from "../protocol.ts";
import { Random } from "./support/random.ts";

/** Lines that are formatted as they were parsed. */
const ROUND_TRIPS: readonly [line: string, message: Message][] = [
  ["PING", { command: "PING", params: [] }],
  ["NICK ada", { command: "NICK", params: ["ada"] }],
  ["PRIVMSG #a :", { command: "PRIVMSG", params: ["#a", ""] }],
  ["PRIVMSG #a :hi", { command: "PRIVMSG", params: ["#a", "hi"] }],
  ["PRIVMSG #a :hi there", { command: "PRIVMSG", params: ["#a", "hi there"] }],
  ["PRIVMSG #a ::-)", { command: "PRIVMSG", params: ["#a", ":-)"] }],
  ["PRIVMSG #a : two  spaces ", { command: "PRIVMSG", params: ["#a", " two  spaces "] }],
  ["MODE #a +o ada", { command: "MODE", params: ["#a", "+o", "ada"] }],
  ["USER u 0 * :", { command: "USER", params: ["u", "0", "*", ""] }],
  [":a.b 001 ada :Welcome, ada", {
    source: "a.b",
    command: "001",
    params: ["ada", "Welcome, ada"],
  }],
  [":ada!u@h QUIT :bye", { source: "ada!u@h", command: "QUIT", params: ["bye"] }],
  ["@a=1;+b/c-d=2;e :s PART #a :", {
    tags: new Map([["a", "1"], ["+b/c-d", "2"], ["e", ""]]),
    source: "s",
    command: "PART",
    params: ["#a", ""],
  }],
  ["@k=\\:\\s\\\\\\r\\n PING x", {
    tags: new Map([["k", "; \\\r\n"]]),
    command: "PING",
    params: ["x"],
  }],
];

Deno.test("a line is parsed to its message", () => {
  for (const [line, message] of ROUND_TRIPS) assertEquals(parse(line), message, line);
});

Deno.test("a message is formatted as its line", () => {
  for (const [line, message] of ROUND_TRIPS) assertEquals(format(message), line);
});

/** Lines that are valid but never written this way. */
const PARSE_ONLY: readonly [line: string, message: Message | undefined][] = [
  ["", undefined],
  ["   ", undefined],
  [":source", undefined],
  [":source ", undefined],
  ["@tag", undefined],
  ["@tag=1 :source ", undefined],
  ["  PING x", { command: "PING", params: ["x"] }],
  ["PING   x   y  ", { command: "PING", params: ["x", "y"] }],
  ["PING x   :y z", { command: "PING", params: ["x", "y z"] }],
  [":s   PING  x", { source: "s", command: "PING", params: ["x"] }],
  ["@a=1   :s   PING", { tags: new Map([["a", "1"]]), source: "s", command: "PING", params: [] }],
  ["privmsg #a :Hi", { command: "PRIVMSG", params: ["#a", "Hi"] }],
  ["PRIVMSG #a hi:there", { command: "PRIVMSG", params: ["#a", "hi:there"] }],
  ["PING :", { command: "PING", params: [""] }],
  ["@ PING", { tags: new Map(), command: "PING", params: [] }],
  ["@;;a;; PING", { tags: new Map([["a", ""]]), command: "PING", params: [] }],
  ["@a= PING", { tags: new Map([["a", ""]]), command: "PING", params: [] }],
  ["@a=1;a=2 PING", { tags: new Map([["a", "2"]]), command: "PING", params: [] }],
  ["@a=b=c PING", { tags: new Map([["a", "b=c"]]), command: "PING", params: [] }],
  ["@a=\\b\\x PING", { tags: new Map([["a", "bx"]]), command: "PING", params: [] }],
  ["@a=end\\ PING", { tags: new Map([["a", "end"]]), command: "PING", params: [] }],
];

Deno.test("the variants that other programs write are parsed", () => {
  for (const [line, message] of PARSE_ONLY) assertEquals(parse(line), message, line);
});

Deno.test("a line break in a message is refused", () => {
  for (const breaker of ["\r", "\n", "\0", "\r\nQUIT"]) {
    const bad = `a${breaker}b`;
    const messages: readonly Message[] = [
      { command: bad, params: [] },
      { command: "PING", params: [bad] },
      { command: "PRIVMSG", params: [bad, "text"] },
      { command: "PRIVMSG", params: ["#a", bad] },
      { source: bad, command: "PING", params: [] },
      { tags: new Map([[bad, "1"]]), command: "PING", params: [] },
    ];
    for (const message of messages) assertThrows(() => format(message), FormatError);
  }
});

Deno.test("the value of a tag can contain line ends, which are escaped, but no NUL", () => {
  const tagged = (value: string) =>
    format({ tags: new Map([["a", value]]), command: "A", params: [] });
  assertEquals(tagged("\r\n"), "@a=\\r\\n A");
  assertThrows(() => tagged("\0"), FormatError);
});

Deno.test("a message that would be parsed differently is refused", () => {
  const messages: readonly Message[] = [
    { command: "", params: [] },
    { command: "A B", params: [] },
    { command: "12", params: [] },
    { command: "1234", params: [] },
    { command: "@A", params: [] },
    { command: "MODE", params: ["", "b"] },
    { command: "MODE", params: ["a b", "c"] },
    { command: "MODE", params: [":a", "b"] },
    { source: "", command: "PING", params: [] },
    { source: "a b", command: "PING", params: [] },
    { tags: new Map([["", "1"]]), command: "PING", params: [] },
    { tags: new Map([["a b", "1"]]), command: "PING", params: [] },
    { tags: new Map([["a;b", "1"]]), command: "PING", params: [] },
    { tags: new Map([["a=b", "1"]]), command: "PING", params: [] },
  ];
  for (const message of messages) {
    assertThrows(() => format(message), FormatError, undefined);
  }
});

Deno.test("an encoded line has its line end, and is cut at the limit", () => {
  const text = (message: Message) => new TextDecoder().decode(encodeLine(message));
  const tags = new Map([["a", "b".repeat(600)]]);
  const said = (length: number): Message => ({
    command: "NOTICE",
    params: ["#a", "é".repeat(length)],
  });
  assertEquals(text({ command: "PING", params: ["x"] }), "PING x\r\n");
  assertEquals(text(said(249)), `NOTICE #a :${"é".repeat(249)}\r\n`);
  assertEquals(text(said(250)), `NOTICE #a :${"é".repeat(249)}\r\n`);
  assertEquals(
    text({ ...said(249), tags }),
    `@a=${"b".repeat(600)} NOTICE #a :${"é".repeat(249)}\r\n`,
  );
  assertEquals(text({ ...said(400), tags }), text({ ...said(249), tags }));
  assertThrows(() => encodeLine({ command: "PING", params: ["\n"] }), FormatError);
});

Deno.test("an encoded line is not changed by encoding more lines", () => {
  const random = new Random(12);
  const texts = Array.from(
    { length: 2000 },
    (_, i) => `${i} ${"é漢a".repeat(random.below(60))}`.slice(0, 150),
  );
  const tags = new Map([["a", "😀".repeat(5000)]]);
  const messages = texts.map((text, i): Message => ({
    ...(i % 500 === 0 && { tags }),
    command: "NOTICE",
    params: ["#a", text],
  }));
  const lines = messages.map(encodeLine);
  for (const [i, bytes] of lines.entries()) {
    const message = messages[i];
    assertEquals(new TextDecoder().decode(bytes), message && `${format(message)}\r\n`);
  }
});

Deno.test("a random message is parsed back unchanged", () => {
  const random = new Random(1);
  const words = ["a", "Z", "0", ":", "@", "#", ";", "=", "\\", "é", "漢", "😀", "\x01", "\t"];
  const word = () => "w" + random.text(words, 6);
  for (let i = 0; i < 3000; i++) {
    const tags = random.list(0, 3, (): [string, string] => [
      random.pick(["a", "+b", "c/d", "+e.f/g-h"]),
      random.text([...words, " ", "\r", "\n"], 8),
    ]);
    const trailing = random.list(0, 1, () => random.text([...words, " "], 12));
    const message: Message = {
      ...(tags.length > 0 && { tags: new Map(tags) }),
      ...(random.below(2) === 0 && { source: word() }),
      command: random.pick(["PRIVMSG", "X", "001", "TOPIC"]),
      params: [...random.list(0, 4, word), ...trailing],
    };
    assertEquals(parse(format(message)), message);
  }
});

Deno.test("random text never makes parse throw, and a parsed message has a command", () => {
  const random = new Random(2);
  const pieces = ["@", ":", " ", ";", "=", "\\", "a", "1", "#", "\0", "\x01", "é", "\ud800", ","];
  for (let i = 0; i < 20_000; i++) {
    const message = parse(random.text(pieces, 20));
    if (message) assert(message.command !== "" && !message.command.includes(" "));
  }
});

Deno.test("a source is split into nick, user and host", () => {
  const table: readonly [string, Source][] = [
    ["ada!u@h", { nick: "ada", user: "u", host: "h" }],
    ["chat.test", { nick: "chat.test", user: "", host: "" }],
    ["ada@h", { nick: "ada", user: "", host: "h" }],
    ["ada!u", { nick: "ada", user: "u", host: "" }],
    ["ada!u@::1", { nick: "ada", user: "u", host: "::1" }],
    ["", { nick: "", user: "", host: "" }],
  ];
  for (const [source, parts] of table) assertEquals(parseSource(source), parts, source);
});

Deno.test("a CTCP message is recognized", () => {
  const table: readonly [string, Ctcp | undefined][] = [
    ["\x01ACTION waves\x01", { command: "ACTION", text: "waves" }],
    ["\x01ACTION waves", { command: "ACTION", text: "waves" }],
    ["\x01action  waves\x01", { command: "ACTION", text: " waves" }],
    ["\x01VERSION\x01", { command: "VERSION", text: "" }],
    ["\x01", { command: "", text: "" }],
    ["ACTION waves", undefined],
    ["", undefined],
    ["a \x01ACTION b\x01", undefined],
  ];
  for (const [text, ctcp] of table) assertEquals(parseCtcp(text), ctcp, text);
  assertEquals(formatCtcp({ command: "ACTION", text: "waves" }), "\x01ACTION waves\x01");
  assertEquals(formatCtcp({ command: "VERSION", text: "" }), "\x01VERSION\x01");
});
