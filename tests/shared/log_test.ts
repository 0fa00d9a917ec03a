import { assertEquals } from "@std/assert";
import { changeableLog, createLog, type LogOptions, silentLog } from "../../shared/log.ts";
import { FakeClock } from "../support/fake_clock.ts";

function record(options: Partial<LogOptions>) {
  const lines: string[] = [];
  const log = createLog({
    level: "debug",
    format: "text",
    clock: new FakeClock(),
    write: (line) => lines.push(line),
    ...options,
  });
  return { log, lines };
}

Deno.test("a text line has the time, the level, the message and its fields", () => {
  const { log, lines } = record({});
  log.info("joined", { nick: "ada", members: 2, secure: false });
  log.error("failed");
  assertEquals(lines, [
    "2026-01-01T00:00:00.000Z info  joined nick=ada members=2 secure=false",
    "2026-01-01T00:00:00.000Z error failed",
  ]);
});

Deno.test("a JSON line has them as members", () => {
  const { log, lines } = record({ format: "json" });
  log.warn("refused", { reason: "full house", members: 2 });
  assertEquals(lines.map((line) => JSON.parse(line)), [{
    time: "2026-01-01T00:00:00.000Z",
    level: "warn",
    message: "refused",
    reason: "full house",
    members: 2,
  }]);
});

Deno.test("messages below the level are not written", () => {
  const { log, lines } = record({ level: "warn" });
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  assertEquals(lines.map((line) => line.at(-1)), ["c", "d"]);
});

Deno.test("a value cannot look like another field", () => {
  const { log, lines } = record({});
  log.info("disconnected", { reason: 'bye nick=root "x"', empty: "", pair: "a=b" });
  assertEquals(
    lines,
    ['2026-01-01T00:00:00.000Z info  disconnected reason="bye nick=root \\"x\\"" empty="" pair="a=b"'],
  );
});

Deno.test("no value contains a line end or control characters, in either format", () => {
  const evil = "a\r\n2026 error forged\x1b[2J\u009b1m\u202e\u2028b";
  const { log: text, lines: textLines } = record({});
  text.info(evil, { evil });
  assertEquals(textLines, [
    '2026-01-01T00:00:00.000Z info  a2026 error forged[2J1mb evil="a2026 error forged[2J1mb"',
  ]);
  const { log: json, lines: jsonLines } = record({ format: "json" });
  json.info("x", { evil });
  assertEquals(
    jsonLines,
    [
      '{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"x",' +
      '"evil":"a2026 error forged[2J1mb"}',
    ],
  );
});

Deno.test("the silent log accepts messages", () => {
  silentLog.error("lost", { nick: "ada" });
});

Deno.test("the level and the format of a log can change", () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const write = (line: string) => lines.push(line);
  const log = changeableLog({ level: "warn", format: "text", clock, write });
  const { info } = log;
  info("one");
  log.change({ level: "info", format: "json" });
  info("two");
  const time = "2026-01-01T00:00:00.000Z";
  assertEquals(lines.map((line) => JSON.parse(line)), [{ time, level: "info", message: "two" }]);
});

const HIDDEN: readonly (readonly [text: string, shown: string])[] = [
  ["Banned: 192.0.2.1", "Banned: -"],
  ["*!*@192.0.2.* and 192.0.2.0/24", "*!*@-.* and -/24"],
  ["*!*@2001:db8:1:2:*", "*!*@-*"],
  ["2001:db8::7, 2001:DB8::/32, ::1, ::ffff:192.0.2.9", "-, -/32, -, -"],
  ["connect 192.0.2.1:7342 [2001:db8::1]:7342", "connect - [-]:7342"],
  ["at 16:10:03 in 1.2 s, version 1.14.3", "at 16:10:03 in 1.2 s, version -"],
  ["dad's cafe, deadbeef, facade::x", "dad's cafe, deadbeef, facade::x"],
  ["a reason: none", "a reason: none"],
];

Deno.test("a log without addresses has none in its fields, nor in their texts", () => {
  const { log, lines } = record({ withoutAddresses: true });
  log.info("connected", { nick: "ada", address: "192.0.2.7" });
  assertEquals(lines, ["2026-01-01T00:00:00.000Z info  connected nick=ada"]);
  for (const [text, shown] of HIDDEN) {
    lines.splice(0);
    log.info("x", { text: `${text} .` });
    assertEquals(lines, [`2026-01-01T00:00:00.000Z info  x text=${JSON.stringify(`${shown} .`)}`]);
  }
});

Deno.test("a line can be made without being written, in the present format", () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log = changeableLog({ level: "warn", format: "text", clock: new FakeClock(), write });
  assertEquals(
    log.line("error", "lost", { count: 2 }),
    "2026-01-01T00:00:00.000Z error lost count=2",
  );
  log.change({ level: "warn", format: "json", withoutAddresses: true });
  assertEquals(JSON.parse(log.line("error", "lost", { address: "::1" }))["message"], "lost");
  assertEquals(lines, []);
});
