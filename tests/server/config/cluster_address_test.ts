import { assertEquals } from "@std/assert";
import { parseClusterAddress } from "../../../server/config/cluster_address.ts";

Deno.test("the address of a cluster lists NATS servers, and may name the cluster", () => {
  assertEquals(parseClusterAddress("nats://a"), {
    servers: ["a:4222"],
    isEncrypted: false,
    name: "chat",
  });
  assertEquals(parseClusterAddress("nats://10.0.0.1:4223,nats://[::1]:4222,nats://b/tea-room"), {
    servers: ["10.0.0.1:4223", "[::1]:4222", "b:4222"],
    isEncrypted: false,
    name: "tea-room",
  });
});

Deno.test("tls:// in the address of a cluster demands encryption", () => {
  assertEquals(parseClusterAddress("tls://a,tls://b/")?.isEncrypted, true);
});

const WRONG = [
  "",
  "a:4222",
  "http://a:4222",
  "nats://",
  "nats://ada:sesame@a",
  "nats://a:99999",
  "nats://a,b",
  "nats://a/chat,nats://b",
  "nats://a,tls://b",
  "nats://a/tea.room",
  "nats://a/tea room",
  `nats://a/${"x".repeat(33)}`,
];

for (const text of WRONG) {
  Deno.test(`the address of a cluster is not ${text || "an empty text"}`, () => {
    assertEquals(parseClusterAddress(text), undefined);
  });
}
