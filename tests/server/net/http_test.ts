import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  HEAD_BYTES,
  headLength,
  httpAnswer,
  httpResponse,
  parseHead,
} from "../../../server/net/http.ts";
import { processorTime } from "../../support/processor_time.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("a head ends at an empty line", () => {
  const text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest\r\n\r\n";
  assertEquals(headLength(bytes(text)), text.indexOf("rest"));
  for (const part of ["", "GET / HTTP/1.1\r\n", "\r\n\r", "\n\r\n", "a\r\r\n\r"]) {
    assertEquals(headLength(bytes(part)), undefined, JSON.stringify(part));
  }
});

Deno.test("field names are lower-cased, and repeated fields become a list", () => {
  const head =
    "GET /a?b HTTP/1.1\r\nX-A: 1\r\nhost:x:1 \t\r\nx-a:\t2\r\n__proto__: y\r\nE:\r\n\r\n";
  assertEquals(parseHead(bytes(head)), {
    method: "GET",
    target: "/a?b",
    headers: Object.fromEntries([["x-a", "1, 2"], ["host", "x:1"], ["__proto__", "y"], ["e", ""]]),
  });
});

Deno.test("an invalid head is rejected", () => {
  for (
    const head of [
      "\r\n\r\n",
      "GET / HTTP/2.0\r\n\r\n",
      "get / HTTP/1.1\r\n\r\n",
      "GET /a b HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\na : b\r\n\r\n",
      "GET / HTTP/1.1\r\na: b\r\n folded\r\n\r\n",
      "GET / HTTP/1.1\r\na: b\nc: d\r\n\r\n",
      "GET / HTTP/1.1\r\na: \0\r\n\r\n",
    ]
  ) {
    assertEquals(parseHead(bytes(head)), undefined, JSON.stringify(head));
  }
});

Deno.test("spaces in a value are kept, and spaces around it are not part of it", () => {
  const head = "GET / HTTP/1.1\r\na:  \t x \t y\u00a0 \t \r\nb: \t \r\n\r\n";
  assertEquals(parseHead(Uint8Array.from(head, (letter) => letter.charCodeAt(0)))?.headers, {
    a: "x \t y\u00a0",
    b: "",
  });
});

Deno.test("the time to read a head is short, whatever is in it", () => {
  const start = "GET / HTTP/1.1\r\n";
  const left = HEAD_BYTES - `${start}\r\n\r\n`.length;
  const run = (text: string, length: number) => text.repeat(Math.floor(length / text.length));
  const heads = [
    `${start}a:${run(" ", left - 3)}\0`,
    `${start}a:x${run(" ", left - 4)}x`,
    `${start}a:${run(" \t", left - 2)}`,
    `${start}a:${run("\r", left - 2)}`,
    `${start}${run("a", left)}`,
    `${start}${run(":", left)}`,
    start + run("a:\r\n", left),
    `GET /${run("/ ", left - 1)}`,
    `${run("A", left)}`,
    run(" ", left),
  ];
  const spent = processorTime();
  for (const head of heads) parseHead(bytes(`${head}\r\n\r\n`));
  // Each head takes less than a millisecond. If the time grew with the square of the length, each
  // of the first two alone would exceed the limit.
  assert(spent() < 50, "the time grows with the length alone");
});

Deno.test("a response has its length in bytes", () => {
  const answer = new TextDecoder().decode(httpAnswer(403, "Nö."));
  assertMatch(answer, /^HTTP\/1\.1 403 Forbidden\r\n/);
  assertMatch(answer, /\r\nContent-Length: 5\r\n\r\nNö\.\n$/);
});

Deno.test("a response that has no body does not state a length", () => {
  const answer = new TextDecoder().decode(httpResponse(204, "", { Allow: "POST" }));
  assertMatch(answer, /^HTTP\/1\.1 204 No Content\r\n(?:[^\r]+\r\n)+\r\n$/);
  assert(!answer.includes("Content-Length"), answer);
});
