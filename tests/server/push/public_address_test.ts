import { assertEquals } from "@std/assert";
import { isPublic } from "../../../server/push/public_address.ts";

Deno.test("only addresses of the internet are public", () => {
  const cases: readonly (readonly [address: string, isPublic: boolean])[] = [
    ["9.9.9.9", true],
    ["2620:fe::fe", true],
    ...[
      ...["0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.0.1"],
      ...["192.168.1.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "255.255.255.255", "::", "::1"],
      ...["::ffff:127.0.0.1", "64:ff9b::a00:1", "fc00::1", "fe80::1", "2002:7f00:1::", "ff02::1"],
      ...["2001:db8::1", "2001:0:1::1", "localhost", ""],
    ].map((address) => [address, false] as const),
  ];
  for (const [address, expected] of cases) assertEquals(isPublic(address), expected, address);
});
