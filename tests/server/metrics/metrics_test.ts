import { assert, assertEquals } from "@std/assert";
import { exposition } from "../../../server/metrics/exposition.ts";
import { Histogram, Tally } from "../../../server/metrics/metrics.ts";

/** Messages about refused or closed connections, and the label each is counted under. */
const MESSAGES: readonly (readonly [message: string, reason: string])[] = [
  ["Banned for 1d: spam", "banned"],
  ["Connection closed", "closed"],
  ["Connection reset", "reset"],
  ["Killed (root (Quit it))", "killed"],
  ["Password required", "password"],
  ["Wrong password", "password"],
  ["Ping timeout: 240 seconds", "ping_timeout"],
  [
    "This server is invitation-only. That token has already been used: ask for another",
    "invitation",
  ],
  ["Quit: Connection reset", "quit"],
  ["Read error", "error"],
  ["Registration timed out", "registration_timeout"],
  ["Send queue exceeded", "send_queue"],
  ["The client speaks HTTP", "protocol"],
  ["The client speaks TLS", "protocol"],
  ["The server is shutting down", "shutdown"],
  ["Too many connections from your address", "too_many"],
  ['somebody"s\nown words', "other"],
];

for (const [message, reason] of MESSAGES) {
  Deno.test(`${JSON.stringify(message)} counts as ${reason} only`, () => {
    const tally = new Tally();
    const before = [...tally].length;
    tally.add(message);
    assertEquals([...tally].filter(([, count]) => count > 0), [[reason, 1]]);
    assertEquals([...tally].length, before);
  });
}

Deno.test("a duration counts in its bucket and all larger ones", () => {
  const histogram = new Histogram();
  for (const ms of [0.05, 0.1, 0.2, 7, 60_000]) histogram.observe(ms);
  const counts = new Map(histogram.cumulative());
  assertEquals([0.0001, 0.0005, 0.005, 0.01, 1, Infinity].map((bound) => counts.get(bound)), [
    2,
    3,
    3,
    4,
    4,
    5,
  ]);
  assert(Math.abs(histogram.sum - 60.00735) < 1e-9);
});

Deno.test("metrics have the format of Prometheus", () => {
  const text = exposition([
    { name: "a_total", help: "Back\\slash\nand line.", type: "counter", samples: [{ value: 3 }] },
    {
      name: "b",
      help: "Labels.",
      type: "gauge",
      samples: [
        { labels: { x: 'say "hi"\\\n', y: "2" }, value: 0.5 },
        { suffix: "_bucket", labels: { le: "+Inf" }, value: Infinity },
      ],
    },
    { name: "c", help: "None.", type: "gauge", samples: [] },
  ]);
  assertEquals(text.split("\n"), [
    "# HELP a_total Back\\\\slash\\nand line.",
    "# TYPE a_total counter",
    "a_total 3",
    "# HELP b Labels.",
    "# TYPE b gauge",
    'b{x="say \\"hi\\"\\\\\\n",y="2"} 0.5',
    'b_bucket{le="+Inf"} +Inf',
    "",
  ]);
});
