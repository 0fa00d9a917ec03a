import { assertEquals, assertThrows } from "@std/assert";
import { parseTarget, type Target } from "../client/target.ts";
import { UsageError } from "../errors.ts";

const TARGETS: readonly (readonly [text: string, target: Target])[] = [
  ["localhost", { host: "localhost", port: 7342 }],
  ["localhost:6667", { host: "localhost", port: 6667 }],
  ["localhost/", { host: "localhost", port: 7342 }],
  ["localhost/kitchen", { host: "localhost", port: 7342, room: "#kitchen" }],
  ["localhost:6667/#kitchen", { host: "localhost", port: 6667, room: "#kitchen" }],
  ["localhost/##", { host: "localhost", port: 7342, room: "##" }],
  ["localhost/&here", { host: "localhost", port: 7342, room: "&here" }],
  ["localhost/küche/tisch", { host: "localhost", port: 7342, room: "#küche/tisch" }],
  ["[::1]", { host: "::1", port: 7342 }],
  ["[2001:db8::1]:6667/kitchen", { host: "2001:db8::1", port: 6667, room: "#kitchen" }],
];

Deno.test("a target is a host, perhaps a port and perhaps a room", () => {
  for (const [text, target] of TARGETS) assertEquals(parseTarget(text), target, text);
});

const WRONG: readonly (readonly [text: string, message: string])[] = [
  ["", "the host is missing"],
  ["/kitchen", "the host is missing"],
  ["localhost:0", "a port from 1 to 65535"],
  ["localhost:65536", "a port from 1 to 65535"],
  ["localhost:irc", "a port from 1 to 65535"],
  ["::1", "in brackets"],
  ["2001:db8::1:6667/kitchen", "in brackets"],
  ["localhost/a b", "no spaces or commas"],
  ["localhost/a,b", "no spaces or commas"],
];

Deno.test("a wrong target is refused with what is wrong about it", () => {
  for (const [text, message] of WRONG) assertThrows(() => parseTarget(text), UsageError, message);
});
