import { assertEquals } from "@std/assert";
import { type Interface, invitation } from "../server/invite.ts";

const LOOPBACK: readonly Interface[] = [
  { family: "IPv4", address: "127.0.0.1" },
  { family: "IPv6", address: "::1" },
];
const HOME: readonly Interface[] = [
  ...LOOPBACK,
  { family: "IPv6", address: "fe80::1" },
  { family: "IPv6", address: "2001:db8::7" },
  { family: "IPv4", address: "169.254.1.1" },
  { family: "IPv4", address: "192.168.1.7" },
];

Deno.test("a server at every address names the one that others reach", () => {
  assertEquals(
    invitation({ kind: "irc", hostname: "0.0.0.0", port: 7342 }, HOME),
    "Listening on 0.0.0.0:7342. A friend types: chat connect 192.168.1.7",
  );
  assertEquals(
    invitation({ kind: "irc", hostname: "::", port: 7342 }, HOME),
    "Listening on [::]:7342. A friend types: chat connect 192.168.1.7",
  );
  const v6Only = HOME.filter(({ family }) => family === "IPv6");
  assertEquals(
    invitation({ kind: "irc", hostname: "::", port: 6667 }, v6Only),
    "Listening on [::]:6667. A friend types: chat connect [2001:db8::7]:6667",
  );
});

Deno.test("a server at one address names that, and a port that is not the usual one", () => {
  assertEquals(
    invitation({ kind: "irc", hostname: "192.0.2.1", port: 40123 }, HOME),
    "Listening on 192.0.2.1:40123. A friend types: chat connect 192.0.2.1:40123",
  );
});

Deno.test("people with nc are told what to type as well", () => {
  assertEquals(
    invitation({ kind: "plain", hostname: "0.0.0.0", port: 7343 }, HOME),
    "Listening on 0.0.0.0:7343. A friend types: nc 192.168.1.7 7343",
  );
});

Deno.test("nobody is told to come from elsewhere where only this machine can", () => {
  assertEquals(
    invitation({ kind: "irc", hostname: "127.0.0.1", port: 7342 }, HOME),
    "Listening on 127.0.0.1:7342. On this machine, type: chat connect 127.0.0.1",
  );
  assertEquals(
    invitation({ kind: "irc", hostname: "0.0.0.0", port: 7342 }, LOOPBACK),
    "Listening on 0.0.0.0:7342. On this machine, type: chat connect localhost",
  );
});
