import { assertEquals, assertMatch } from "@std/assert";
import type { Received } from "../../../lines.ts";
import { protocolOfBytes, protocolOfLine } from "../../../server/net/foreign.ts";

const line = (text: string): Received => ({ type: "line", text });

Deno.test("a TLS client is recognized by its first byte, and gets an alert", () => {
  const hello = Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00);
  assertEquals(protocolOfBytes(hello)?.protocol, "TLS");
  // A record of the type alert (21), two bytes long: fatal (2), protocol_version (70).
  assertEquals(protocolOfBytes(hello)?.answer, Uint8Array.of(21, 3, 1, 0, 2, 2, 70));
});

Deno.test("other first bytes are not foreign", () => {
  for (const text of ["NICK ada\r\n", "@a PING", "\x15", "\x00", ""]) {
    assertEquals(protocolOfBytes(new TextEncoder().encode(text)), undefined);
  }
});

Deno.test("an HTTP request line is recognized, and gets an HTTP response", () => {
  for (
    const text of ["GET / HTTP/1.1", "POST /x?y=z HTTP/1.0", "OPTIONS * HTTP/1.1", "PRI * HTTP/2.0"]
  ) {
    const answer = new TextDecoder().decode(protocolOfLine(line(text))?.answer);
    assertMatch(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    assertMatch(body, /^This is a chat server/);
    assertMatch(head, new RegExp(`Content-Length: ${body.length}$`));
  }
});

Deno.test("the answer to HEAD has no body", () => {
  const answer = new TextDecoder().decode(protocolOfLine(line("HEAD / HTTP/1.1"))?.answer);
  assertMatch(answer, /^HTTP\/1\.1 400 [^]*Content-Length: [1-9]\d*\r\n\r\n$/);
});

Deno.test("a line of IRC or plain text is not a request line", () => {
  for (
    const text of ["NICK ada", "GET HTTP/1.1", "PRIVMSG #a :GET / HTTP/1.1", "get / http/1.1", ""]
  ) {
    assertEquals(protocolOfLine(line(text)), undefined, text);
  }
});

Deno.test("a first line over the limit is foreign", () => {
  const foreign = protocolOfLine({ type: "too-long" });
  assertEquals(foreign?.protocol, "an unknown protocol");
  assertMatch(
    new TextDecoder().decode(foreign?.answer),
    /^ERROR :The first line is too long\..*\r\n$/,
  );
});

Deno.test("a first line with invalid characters is not foreign", () => {
  const bad = { command: "NICK", code: "INVALID_UTF8", isLong: false } as const;
  const refused: Received = { type: "refused", ...bad };
  assertEquals(protocolOfLine(refused), undefined);
});
