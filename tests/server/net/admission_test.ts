import { assert, assertEquals } from "@std/assert";
import { Admission } from "../../../server/net/admission.ts";

Deno.test("each address has its own limit", () => {
  const admission = new Admission();
  const admitted = (address: string) => [1, 2, 3].map(() => admission.admit(address, 2));
  assertEquals(admitted("192.0.2.1"), [true, true, false]);
  assertEquals(admitted("192.0.2.2"), [true, true, false]);
  assertEquals(admitted("2001:db8::1"), [true, true, false]);
});

Deno.test("a released place can be taken again", () => {
  const admission = new Admission();
  for (let i = 0; i < 3; i++) {
    assert(admission.admit("192.0.2.1", 1));
    assert(!admission.admit("192.0.2.1", 1));
    admission.release("192.0.2.1");
  }
});

Deno.test("a refused connection takes no place, and so releases none", () => {
  const admission = new Admission();
  assertEquals([1, 2, 3].map(() => admission.admit("192.0.2.1", 2)), [true, true, false]);
  admission.release("192.0.2.1");
  assertEquals([1, 2].map(() => admission.admit("192.0.2.1", 2)), [true, false]);
});

/** Pairs of addresses; true if they share one limit. */
const PAIRS: readonly [string, string, boolean][] = [
  ["192.0.2.1", "192.0.2.2", false],
  ["2001:db8:1:2::1", "2001:db8:1:2::2", true],
  ["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", true],
  ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
  ["2001:db8::1", "2001:db8:0:0:1::", true],
  ["2001:db8::1:2:3:4:5", "2001:db8:0:1::", true],
  ["::1", "2001:db8::1", false],
  ["::1", "::2", true],
  ["1::", "1:0:0:0:ffff::", true],
];

Deno.test("IPv6 addresses of one /64 network share a limit, IPv4 addresses do not", () => {
  for (const [one, other, same] of PAIRS) {
    const admission = new Admission();
    assert(admission.admit(one, 1));
    assertEquals(!admission.admit(other, 1), same, `${one} and ${other}`);
  }
});
