import { assertEquals } from "@std/assert";
import { ClientHello, offersHttp } from "../../../server/net/client_hello.ts";

const isWholeHello = (records: Uint8Array): boolean => new ClientHello().isWhole(records);

/** Returns a record with this content. */
const record = (...content: number[]): number[] => [0x16, 3, 1, 0, content.length, ...content];

Deno.test("the first message of TLS is whole at its end, however records divide it", () => {
  const message = [1, 0, 0, 5, 1, 2, 3, 4, 5];
  for (let size = 1; size <= message.length; size++) {
    const bytes: number[] = [];
    const hello = new ClientHello();
    for (let at = 0; at < message.length; at += size) {
      bytes.push(...record(...message.slice(at, at + size)));
    }
    const wholeAt = bytes.findIndex((_, i) => isWholeHello(Uint8Array.from(bytes.slice(0, i))));
    assertEquals([wholeAt, isWholeHello(Uint8Array.from(bytes))], [-1, true], `size ${size}`);
    const comesWholeAt = bytes.findIndex((_, i) =>
      hello.isWhole(Uint8Array.from(bytes.slice(0, i)))
    );
    assertEquals([comesWholeAt, hello.isWhole(Uint8Array.from(bytes))], [-1, true], "byte by byte");
  }
});

Deno.test("bytes that do not begin a first message count as a whole message, so that they are refused", () => {
  for (
    const [bytes, isWhole] of [
      [[0x16], false],
      [[0x16, 3, 1, 0x40, 0], false],
      [[0x16, 3, 1, 0x40, 1], true],
      [[0x16, 3, 1, 0, 0], true],
      [[...record(1, 0, 0, 5), 0x17], true],
    ] as const
  ) {
    assertEquals(isWholeHello(Uint8Array.from(bytes)), isWhole, `${bytes}`);
  }
});

Deno.test("a ClientHello with HTTP in ALPN is a browser's", () => {
  const record = (text: string) => new TextEncoder().encode(`\x16\x03\x01..${text}..`);
  assertEquals(offersHttp(record("\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1")), true);
  assertEquals(offersHttp(record("\0\x10\0\x0b\0\x09\x08http/1.1")), true);
  assertEquals(offersHttp(record("\0\x10\0\x06\0\x04\x03irc")), false);
  assertEquals(offersHttp(record("\0\0\0\x0d\0\x0b\0\0\x08http.test")), false);
});
