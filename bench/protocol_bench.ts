/**
 * Measures parsing, formatting and encoding a message, and reading lines from chunks of bytes.
 *
 * @module
 */

import { LineReader } from "../lines.ts";
import { encodeLine, format, type Message, parse } from "../protocol.ts";

const MESSAGES: readonly [name: string, message: Message][] = [
  ["a short command", { command: "PING", params: ["x"] }],
  ["a message", {
    source: "ada!~ada@192.0.2.1",
    command: "PRIVMSG",
    params: ["#lobby", "x".repeat(64)],
  }],
  ["a message with tags", {
    tags: new Map([["time", "2026-01-01T00:00:00.000Z"], ["msgid", "0123abcd-1x"]]),
    source: "ada!~ada@192.0.2.1",
    command: "PRIVMSG",
    params: ["#lobby", "x".repeat(64)],
  }],
];

for (const [name, message] of MESSAGES) {
  const line = format(message);
  Deno.bench(`parse: ${name}`, { group: "parse" }, () => {
    parse(line);
  });
  Deno.bench(`format: ${name}`, { group: "format" }, () => {
    format(message);
  });
  Deno.bench(`encode: ${name}`, { group: "encode" }, () => {
    encodeLine(message);
  });
}

const LINES = 1000;
const said = new TextEncoder().encode(`PRIVMSG #lobby :${"x".repeat(64)}\r\n`.repeat(LINES));

// A thousand lines are read in chunks of each size, in bytes.
for (const size of [1, 100, 1400, 16 * 1024]) {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < said.length; at += size) chunks.push(said.subarray(at, at + size));
  Deno.bench(`read ${LINES} lines in chunks of ${size} bytes`, { group: "read" }, () => {
    const reader = new LineReader();
    for (const chunk of chunks) {
      reader.feed(chunk);
      while (reader.next());
    }
  });
}
