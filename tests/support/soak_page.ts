/** The report of a soak, a page for `docs/`. */

import type { RoundFigures, SoakFindings } from "./soak.ts";

/** The number of rounds in one row of the table. */
const ROW = 10;

type Column = readonly [head: string, cell: (rounds: readonly RoundFigures[]) => number | string];

const COLUMNS: readonly Column[] = [
  ["Rounds", (rounds) => rangeOf(rounds.map(({ round }) => round + 1))],
  ["Restarts", (rounds) => rounds.filter(({ isFirstLife }) => !isFirstLife).length],
  ["Messages", (rounds) => rounds.reduce((sum, { said }) => sum + said, 0)],
  ["PING, median (ms)", (rounds) => median(rounds.map(({ p50 }) => p50)).toFixed(1)],
  ["PING, p99.9 (ms)", (rounds) => median(rounds.map(({ p999 }) => p999)).toFixed(0)],
  ["PING, longest (ms)", (rounds) => most(rounds.map(({ max }) => max))],
  ["Timers late (ms)", (rounds) => most(rounds.map(({ late }) => late))],
  ["Memory (MB)", (rounds) => rangeOf(rounds.map(({ rssMb }) => rssMb))],
  ["Heap (MB)", (rounds) => rangeOf(rounds.map(({ heapMb }) => heapMb))],
  ["Descriptors", (rounds) => rangeOf(rounds.map(({ descriptors }) => descriptors))],
  ["Timers", (rounds) => rangeOf(rounds.map(({ timers }) => timers))],
  ["Store (MB)", (rounds) => rangeOf(rounds.map(({ storeMb }) => storeMb))],
  ["Faults", (rounds) => most(rounds.map(({ faults }) => faults))],
];

/** Returns the page about a soak that ran on `date` with `seed`. */
export function soakPage({ rounds, told, wrong, leftOut }: SoakFindings, seed: number, date: Date) {
  const rows: RoundFigures[][] = [];
  for (let at = 0; at < rounds.length; at += ROW) rows.push(rounds.slice(at, at + ROW));
  const stories = Object.entries(told).toSorted(([a], [b]) => a < b ? -1 : 1);
  return [
    "# Soak",
    "",
    `\`deno task soak ${rounds.length} ${seed} docs/soak.md\` wrote this page on ` +
    `${date.toISOString().slice(0, 10)}: ${rounds.length} rounds of about a minute.`,
    "Clients talk, come, go, flood, stall and send garbage, the clock leaps, and the disk fills.",
    "After each round, all that each client heard is compared with all that it must have heard, and",
    "with the history that the server has kept; then the use of the machine is measured. In each",
    "round of the last sixth, the server is ended or killed.",
    "",
    `- Differences found: ${wrong.length}`,
    `- Not tried: ${leftOut.length === 0 ? "nothing" : leftOut.join("; ")}`,
    `- Troubles, by kind: ${stories.map(([name, count]) => `${count} × ${name}`).join(", ")}`,
    "",
    "A late timer in the clients means that the machine was busy with something else.",
    "",
    tableRow(COLUMNS.map(([head]) => head)),
    tableRow(COLUMNS.map(() => "---")),
    ...rows.map((row) => tableRow(COLUMNS.map(([, cell]) => `${cell(row)}`))),
    "",
  ].join("\n");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function most(values: readonly number[]): string {
  return Math.max(...values).toFixed(0);
}

function rangeOf(values: readonly number[]): string {
  const [low, high] = [Math.min(...values).toFixed(0), Math.max(...values).toFixed(0)];
  return low === high ? low : `${low}–${high}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
