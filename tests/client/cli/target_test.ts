import { assertEquals, assertThrows } from "@std/assert";
import { parseTarget, type Target } from "../../../client/cli/target.ts";
import { UsageError } from "../../../shared/errors.ts";

const FINGERPRINT = "0123456789abcdef".repeat(4);
const CAPITALS = FINGERPRINT.toUpperCase().replace(/..(?!$)/g, "$&:");

const TARGETS: readonly (readonly [text: string, target: Target])[] = [
  ["localhost", { host: "localhost", port: 7342, isHere: true }],
  ["localhost:6667", { host: "localhost", port: 6667, isHere: true }],
  ["localhost/", { host: "localhost", port: 7342, isHere: true }],
  ["localhost/kitchen", { host: "localhost", port: 7342, isHere: true, room: "#kitchen" }],
  ["localhost:6667/#kitchen", { host: "localhost", port: 6667, isHere: true, room: "#kitchen" }],
  ["localhost/##", { host: "localhost", port: 7342, isHere: true, room: "##" }],
  ["localhost/!!safe", { host: "localhost", port: 7342, isHere: true, room: "!!safe" }],
  ["localhost/&here", { host: "localhost", port: 7342, isHere: true, room: "&here" }],
  ["localhost/küche/tisch", { host: "localhost", port: 7342, isHere: true, room: "#küche/tisch" }],
  ["[::1]", { host: "::1", port: 7342, isHere: true }],
  ["127.8.0.1", { host: "127.8.0.1", port: 7342, isHere: true }],
  ["127.example", { host: "127.example", port: 7342, tls: {} }],
  ["192.0.2.1", { host: "192.0.2.1", port: 7342, tls: {} }],
  ["localhost.example", { host: "localhost.example", port: 7342, tls: {} }],
  ["[2001:db8::1]:6667/kitchen", { host: "2001:db8::1", port: 6667, tls: {}, room: "#kitchen" }],
  ["[fe80::1%eth0]", { host: "fe80::1%eth0", port: 7342, tls: {} }],
  ["irc://[fe80::1%wlP2]:1", { host: "fe80::1%wlP2", port: 1 }],
  ["chat://[fe80::1%25eth0]/a", { host: "fe80::1%eth0", port: 7342, tls: {}, room: "#a" }],
  ["chat://localhost", { host: "localhost", port: 7342, tls: {} }],
  ["Chat://[::1]:1/a", { host: "::1", port: 1, tls: {}, room: "#a" }],
  ["chat://h/", { host: "h", port: 7342, tls: {} }],
  ["chat://h/%23k%C3%BCche", { host: "h", port: 7342, tls: {}, room: "#küche" }],
  ["chat://h/a%3Ffp=b", { host: "h", port: 7342, tls: {}, room: "#a?fp=b" }],
  ["ircs://h/a", { host: "h", port: 6697, tls: {}, room: "#a" }],
  ["irc://h/#a", { host: "h", port: 6667, room: "#a" }],
  ["irc://h:7342", { host: "h", port: 7342 }],
  [`chat://h?fp=${FINGERPRINT}`, { host: "h", port: 7342, tls: { fingerprint: FINGERPRINT } }],
  [`chat://h/a?fp=${CAPITALS}`, {
    host: "h",
    port: 7342,
    tls: { fingerprint: FINGERPRINT },
    room: "#a",
  }],
  ["chat://h/a?token=Ab_-9", { host: "h", port: 7342, tls: {}, room: "#a", token: "Ab_-9" }],
  [`chat://h?token=t&fp=${FINGERPRINT}`, {
    host: "h",
    port: 7342,
    tls: { fingerprint: FINGERPRINT },
    token: "t",
  }],
];

Deno.test("a target is a host with an optional port and room", () => {
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
  ["localhost/a,,b", "no spaces or commas"],
  ["https://h", "does not support https://"],
  ["chat://", "the host is missing"],
  ["chat://ann@h", "is not a valid address"],
  ["chat://h:0", "a port from 1 to 65535"],
  ["chat://h/%0A", "no spaces or commas"],
  ["chat://h/%E9", "write % as %25"],
  [`chat://h?fp=${FINGERPRINT.slice(1)}`, "is not valid"],
  [`chat://h?fp=${FINGERPRINT}0`, "is not valid"],
  [`chat://h?fp=${FINGERPRINT.replace("f", "g")}`, "is not valid"],
  ["chat://h?fp=", "is not valid"],
  ["chat://h?fp", "is not valid"],
  [`chat://h?pf=${FINGERPRINT}`, "pf cannot be"],
  [`chat://h?fp=${FINGERPRINT}&fp=${FINGERPRINT}`, "fp cannot be"],
  [`h/a?fp=${FINGERPRINT}`, "needs a URL: write chat://"],
  ["chat://h?token=", "the token in the URL is not valid"],
  ["chat://h?token=a%0d", "the token in the URL is not valid"],
  ["chat://h?token=a&token=b", "token cannot be"],
  ["ircs://h?token=a", "a token works only with chat"],
  ["h/a?token=a", "needs a URL: write chat://"],
  [`irc://h?fp=${FINGERPRINT}`, "plain text, which has no fingerprint"],
];

Deno.test("an invalid target is refused with the reason", () => {
  for (const [text, message] of WRONG) assertThrows(() => parseTarget(text), UsageError, message);
});
