import { assertEquals } from "@std/assert";
import { offersHttp, recordLength } from "../../../server/net/client_hello.ts";

Deno.test("the length of a record is in its header, if that length is valid", () => {
  for (
    const [bytes, length] of [
      [[0x16], 5],
      [[0x16, 3, 1, 0], 5],
      [[0x16, 3, 1, 2, 1], 5 + 0x201],
      [[0x16, 3, 1, 0x40, 0], 5 + 0x4000],
      [[0x16, 3, 1, 0x40, 1], 5],
    ] as const
  ) {
    assertEquals(recordLength(Uint8Array.from(bytes)), length);
  }
});

Deno.test("a ClientHello with HTTP in ALPN is a browser's", () => {
  const record = (text: string) => new TextEncoder().encode(`\x16\x03\x01..${text}..`);
  assertEquals(offersHttp(record("\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1")), true);
  assertEquals(offersHttp(record("\0\x10\0\x0b\0\x09\x08http/1.1")), true);
  assertEquals(offersHttp(record("\0\x10\0\x06\0\x04\x03irc")), false);
  assertEquals(offersHttp(record("\0\0\0\x0d\0\x0b\0\0\x08http.test")), false);
});
