import { assertEquals } from "@std/assert";
import { type Address, formatAddress, parseAddress } from "../../shared/address.ts";

const ADDRESSES: readonly (readonly [text: string, address: Address])[] = [
  ["localhost", { hostname: "localhost" }],
  ["chat.example.org:6667", { hostname: "chat.example.org", port: 6667 }],
  ["192.0.2.7:0", { hostname: "192.0.2.7", port: 0 }],
  ["[::1]", { hostname: "::1" }],
  ["[2001:db8::1]:7342", { hostname: "2001:db8::1", port: 7342 }],
  ["[fe80::1%eth0]:65535", { hostname: "fe80::1%eth0", port: 65535 }],
  ["bücher.example", { hostname: "bücher.example" }],
];

Deno.test("an address is a host and an optional port, and is formatted as it was parsed", () => {
  for (const [text, address] of ADDRESSES) {
    assertEquals(parseAddress(text), address, text);
    assertEquals(formatAddress(address), text);
  }
});

Deno.test("text that is not an address is rejected", () => {
  const wrong = [
    ..."|:|:80|a:|a:b|a:65536|a:-1|a:123456|a b|::1|::1:80|[::1|[::1]x|[]:1|[a]|[1]:2|a/b|a\x1b:1"
      .split("|"),
    "",
  ];
  for (const text of wrong) assertEquals(parseAddress(text), undefined, text);
});
