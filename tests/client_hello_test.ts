import { assertEquals } from "@std/assert";
import { offersHttp, recordLength } from "../server/net/client_hello.ts";

Deno.test("a record is as long as its head says, if a record can be", () => {
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

Deno.test("a browser says that it wants to speak HTTP", () => {
  const record = (text: string) => new TextEncoder().encode(`\x16\x03\x01..${text}..`);
  assertEquals(offersHttp(record("\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1")), true);
  assertEquals(offersHttp(record("\0\x10\0\x0b\0\x09\x08http/1.1")), true);
  assertEquals(offersHttp(record("\0\x10\0\x06\0\x04\x03irc")), false);
  assertEquals(offersHttp(record("\0\0\0\x0d\0\x0b\0\0\x08http.test")), false);
});
