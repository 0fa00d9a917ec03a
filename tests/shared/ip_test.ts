import { assertEquals } from "@std/assert";
import { parse } from "../../protocol.ts";
import {
  addressOf,
  canonicalAddress,
  isWithin,
  parseRange,
  unmapped,
  withLostColons,
} from "../../shared/ip.ts";

Deno.test("an IPv4-mapped IPv6 address becomes the IPv4 address", () => {
  assertEquals(unmapped("::ffff:192.0.2.1"), "192.0.2.1");
  for (const address of ["192.0.2.1", "::1", "::ffff:1", "2001:db8::ffff:1"]) {
    assertEquals(unmapped(address), address);
  }
});

/** Ranges as given and as formatted, with addresses inside and outside. */
const RANGES: readonly [given: string, text: string, inside: string[], outside: string[]][] = [
  ["192.0.2.7", "192.0.2.7", ["192.0.2.7"], ["192.0.2.6", "::c000:207"]],
  ["192.0.2.7/24", "192.0.2.0/24", ["192.0.2.0", "192.0.2.255"], ["192.0.3.0", "192.0.1.255"]],
  ["10.0.0.1/9", "10.0.0.0/9", ["10.127.0.1"], ["10.128.0.1"]],
  ["0.0.0.0/0", "0.0.0.0/0", ["1.2.3.4"], ["::1"]],
  ["192.0.2.7/32", "192.0.2.7", ["192.0.2.7"], ["192.0.2.8"]],
  ["::ffff:192.0.2.7", "192.0.2.7", ["192.0.2.7"], []],
  ["0:0:0:0:0:FFFF:c000:207", "192.0.2.7", ["192.0.2.7", "::ffff:192.0.2.7"], ["::c000:207"]],
  ["::ffff:192.0.2.7/24", "192.0.2.0/24", ["192.0.2.1"], ["192.0.3.1"]],
  ["::ffff:192.0.2.7/120", "192.0.2.0/24", ["192.0.2.1"], ["192.0.3.1"]],
  ["2001:DB8:0:0::7", "2001:db8::7", ["2001:db8::7", "2001:0db8::0007"], ["2001:db8::8"]],
  ["2001:db8:1::/32", "2001:db8::/32", ["2001:db8:ffff::1"], ["2001:db9::", "32.1.13.184"]],
  ["::1", "0::1", ["::1", "0:0:0:0:0:0:0:1"], ["::", "1::"]],
  ["::/0", "0::/0", ["2001:db8::1"], ["192.0.2.7"]],
  ["64:ff9b::192.0.2.7/96", "64:ff9b::/96", ["64:ff9b::c000:207"], ["64:ff9b:1::"]],
];

Deno.test("a range has one canonical form, and contains its addresses and no others", () => {
  for (const [given, text, inside, outside] of RANGES) {
    const range = parseRange(given);
    assertEquals(range?.text, text);
    const holds = (address: string) => isWithin(address, range ? [range] : []);
    for (const address of inside) assertEquals(holds(address), true, `${address} in ${given}`);
    for (const address of outside) assertEquals(holds(address), false, `${address} in ${given}`);
    assertEquals(parseRange(text), range);
  }
});

/** Addresses as given, and their canonical form. */
const ADDRESSES: readonly [given: string, text: string | undefined][] = [
  ["192.0.2.7", "192.0.2.7"],
  ["2001:DB8:0:0:0:0:0:07", "2001:db8::7"],
  ["::", "::"],
  ["64:ff9b::192.0.2.7", "64:ff9b::c000:207"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:c000:0207", "192.0.2.7"],
  ["192.0.2.07", undefined],
  ["192.0.2.7:80", undefined],
  ["[::1]", undefined],
  ["fe80::1%eth0", undefined],
  ["localhost", undefined],
  ["", undefined],
];

Deno.test("an address has one canonical form", () => {
  for (const [given, text] of ADDRESSES) assertEquals(canonicalAddress(given), text, given);
  assertEquals(addressOf(Uint8Array.of(192, 0, 2, 7)), "192.0.2.7");
  assertEquals(addressOf(Uint8Array.of(0x20, 1, 0xd, 0xb8, ...Array(11), 7)), "2001:db8::7");
  assertEquals(addressOf(Uint8Array.of(...Array(10), 255, 255, 192, 0, 2, 7)), "192.0.2.7");
});

Deno.test("text that is not an address or a range is rejected", () => {
  const none = ["", "1", "1.2.3", "010.1.1.1", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "/24"];
  for (
    const text of [
      ...none,
      "::1/129",
      "fe80::1%eth0",
      "::ffff:1.2.3.4/95",
      "::ffff:1.2.3.4/129",
      "ada",
      "1.2.3.4/2/3",
    ]
  ) {
    assertEquals(parseRange(text), undefined, text);
  }
});

Deno.test("the colon that an address lost as the last parameter is put back", () => {
  const table: [line: string, params: string[]][] = [
    ["::1", ["::1"]],
    ["::1 spam", ["::1", "spam"]],
    ["::1 :much spam", ["::1", "much spam"]],
    ["::1 ::2 :a : b", ["::1", "::2", "a : b"]],
    ["1h ::ffff:10.0.0.1/104 :spam", ["1h", "::ffff:10.0.0.1/104", "spam"]],
    ["::", ["::"]],
    [":x", ["x"]],
    ["a :x ::1", ["a", "x ::1"]],
    ["10.0.0.1 :::1", ["10.0.0.1", "::1"]],
    ["10.0.0.1", ["10.0.0.1"]],
  ];
  for (const [line, params] of table) {
    assertEquals(withLostColons(parse(`DLINE ${line}`)?.params ?? []), params, line);
  }
});
