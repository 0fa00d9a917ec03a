import { assertEquals, assertThrows } from "@std/assert";
import { Refused } from "../../../server/net/foreign.ts";
import type { HttpRequest } from "../../../server/net/http.ts";
import { parseRange } from "../../../shared/ip.ts";
import {
  binaryHeader,
  forwardedClient,
  type ProxiedClient,
  textHeader,
} from "../../../server/net/proxies.ts";
import { BY_TLS, NOT_BY_TLS, proxyV1, proxyV2 } from "../../support/proxy_header.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const readers = { text: textHeader, binary: binaryHeader };
const zeros = (count: number): number[] => Array(count).fill(0);

const IPV4 = { address: "192.0.2.1", local: { hostname: "9.9.9.9", port: 7342 } };
const IPV6 = {
  address: "2001:db8::1",
  local: { hostname: "909:909:909:909:909:909:909:909", port: 7342 },
};
const TO_IPV4 = { hostname: "192.0.2.9", port: 7342 };
const TO_IPV6 = { hostname: "2001:db8::9", port: 7342 };
const OPEN = { encrypted: false };

/** Headers, and the client that each names. */
const HEADERS: readonly (readonly [keyof typeof readers, Uint8Array, ProxiedClient | undefined])[] =
  [
    ["text", proxyV1("192.0.2.1"), { address: "192.0.2.1", local: TO_IPV4, ...OPEN }],
    ["text", proxyV1("2001:DB8:0:0::1"), { address: "2001:db8::1", local: TO_IPV6, ...OPEN }],
    ["text", proxyV1("::ffff:192.0.2.1", 6), { address: "192.0.2.1", local: TO_IPV6, ...OPEN }],
    ["text", bytes("PROXY UNKNOWN\r\n"), undefined],
    ["text", bytes("PROXY UNKNOWN 192.0.2.1 anything else\r\n"), undefined],
    ["text", bytes(`PROXY UNKNOWN ${"x".repeat(91)}\r\n`), undefined],
    ["binary", proxyV2(), { ...IPV4, ...OPEN }],
    ["binary", proxyV2({ source: [0x20, 1, 0xd, 0xb8, ...zeros(11), 1] }), { ...IPV6, ...OPEN }],
    ["binary", proxyV2({ source: [...zeros(10), 255, 255, 192, 0, 2, 1] }), {
      ...IPV6,
      address: "192.0.2.1",
      ...OPEN,
    }],
    ["binary", proxyV2({ fields: BY_TLS }), { ...IPV4, encrypted: true }],
    ["binary", proxyV2({ fields: NOT_BY_TLS }), { ...IPV4, ...OPEN }],
    ["binary", proxyV2({ fields: [0xe0, 0, 2, 0x20, 1, ...BY_TLS, 4, 0, 0] }), {
      ...IPV4,
      encrypted: true,
    }],
    ["binary", proxyV2({ fields: [4, 7, 0xe1, ...zeros(2017)] }), { ...IPV4, ...OPEN }],
    ["binary", proxyV2({ command: 0x20 }), undefined],
    ["binary", proxyV2({ command: 0x20, family: 0, length: 0 }).subarray(0, 16), undefined],
    ["binary", proxyV2({ family: 0x00, fields: BY_TLS }), undefined],
    ["binary", proxyV2({ family: 0x12 }), undefined],
    ["binary", proxyV2({ family: 0x31, source: zeros(108) }), undefined],
  ];

Deno.test("a PROXY header names the client, and ends before the bytes after it", () => {
  for (const [version, header, client] of HEADERS) {
    const read = readers[version];
    const expected = { length: header.length, ...client && { client } };
    assertEquals(read(header), expected);
    assertEquals(read(Uint8Array.of(...header, ...bytes("\r\nNICK ada\r\n"))), expected);
  }
});

Deno.test("a PROXY header that ends early, at any byte, is incomplete", () => {
  for (const [version, header] of HEADERS) {
    const read = readers[version];
    for (let length = 6; length < header.length; length++) {
      assertEquals(read(header.subarray(0, length)), undefined, `${length} of ${header}`);
    }
  }
});

/** Malformed headers, and the error of each. */
const MALFORMED: readonly (readonly [keyof typeof readers, Uint8Array, string])[] = [
  ...[
    "PROXY \r\n",
    "PROXY TCP4\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.9 1\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.9 1 2 3\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.9 1 65536\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.9 01 2\r\n",
    "PROXY TCP4  192.0.2.1 192.0.2.9 1 2\r\n",
    "PROXY TCP4 192.0.2.01 192.0.2.9 1 2\r\n",
    "PROXY TCP4 2001:db8::1 192.0.2.9 1 2\r\n",
    "PROXY TCP4 192.0.2.1 2001:db8::9 1 2\r\n",
    "PROXY TCP6 192.0.2.1 192.0.2.9 1 2\r\n",
    "PROXY TCP6 fe80::1%eth0 2001:db8::9 1 2\r\n",
    "PROXY TCP5 192.0.2.1 192.0.2.9 1 2\r\n",
    "PROXY UDP4 192.0.2.1 192.0.2.9 1 2\r\n",
    "PROXY tcp4 192.0.2.1 192.0.2.9 1 2\r\n",
    "PROXY UNKNOWNS\r\n",
    "PROXY TCP4 192.0.2.1\n192.0.2.9 1 2\r\n",
  ].map((line) => ["text", bytes(line), "does not follow version 1"] as const),
  ["text", bytes(`PROXY UNKNOWN ${"x".repeat(93)}`), "is longer than 107 bytes"],
  ["text", bytes(`PROXY UNKNOWN ${"x".repeat(92)}\r\n`), "is longer than 107 bytes"],
  ["binary", proxyV2({ command: 0x11 }), "has an unknown version or command"],
  ["binary", proxyV2({ command: 0x22 }), "has an unknown version or command"],
  ["binary", proxyV2({ family: 0x13 }), "has an unknown address family"],
  ["binary", proxyV2({ family: 0x41 }), "has an unknown address family"],
  ["binary", proxyV2({ length: 11 }), "is too short for its addresses"],
  ["binary", proxyV2({ family: 0x21 }), "is too short for its addresses"],
  ["binary", proxyV2({ length: 2033 }), "is longer than 2048 bytes"],
  ["binary", proxyV2({ fields: [0x20, 0, 9, 1, 0, 0, 0, 0] }), "has a truncated field"],
  ["binary", proxyV2({ fields: [0x20] }), "has a truncated field"],
];

Deno.test("a malformed header is refused with the reason", () => {
  for (const [version, header, reason] of MALFORMED) {
    const error = assertThrows(() => readers[version](header), Refused);
    assertEquals(
      error.message,
      `PROXY header refused: it ${reason}; check the proxy's configuration`,
      `${header}`,
    );
    assertEquals(error.answer, bytes(`ERROR :PROXY header refused: it ${reason}\r\n`));
  }
});

const PROXIES = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"].flatMap((each) =>
  parseRange(each) ?? []
);

function request(list: string | undefined, scheme?: string): HttpRequest {
  return {
    method: "GET",
    target: "/",
    headers: { "x-forwarded-for": list, "x-forwarded-proto": scheme },
  };
}

/** Lists of addresses, and the client's address in each. */
const LISTS: readonly (readonly [list: string | undefined, address: string | undefined])[] = [
  [undefined, undefined],
  ["192.0.2.1", "192.0.2.1"],
  ["198.51.100.7, 192.0.2.1", "192.0.2.1"],
  ["what I like, 198.51.100.7,192.0.2.1", "192.0.2.1"],
  ["198.51.100.7, 192.0.2.1, 10.1.2.3, 127.0.0.1", "192.0.2.1"],
  ["10.1.2.3, 127.0.0.1", "10.1.2.3"],
  ["127.0.0.1, 192.0.2.1, 2001:DB8::5", "192.0.2.1"],
  ["2a00:0:0:0::1", "2a00::1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
];

Deno.test("the client is the last address in the list that is not a trusted proxy", () => {
  for (const [list, address] of LISTS) {
    const client = forwardedClient(request(list), PROXIES);
    assertEquals(client, address === undefined ? undefined : { address, ...OPEN }, list);
  }
});

Deno.test("a list with something other than an address up to the client's is refused", () => {
  for (const list of ["", "unknown", "192.0.2.1, ", "192.0.2.1:4711", "[2a00::1]", "a, 10.0.0.1"]) {
    assertThrows(() => forwardedClient(request(list), PROXIES), Refused, "X-Forwarded-For");
  }
});

Deno.test("a client counts as encrypted only if X-Forwarded-Proto lists https alone", () => {
  for (
    const [scheme, encrypted] of [
      ["https", true],
      ["HTTPS", true],
      ["https, https", true],
      ["http", false],
      ["https, http", false],
      ["http, https", false],
      ["httpsx", false],
      ["", false],
      [undefined, false],
    ] as const
  ) {
    assertEquals(forwardedClient(request("192.0.2.1", scheme), [])?.encrypted, encrypted, scheme);
  }
});
