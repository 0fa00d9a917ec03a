/**
 * Runs the public conformance suite for IRC servers (https://github.com/progval/irctest) on the
 * executable and writes the results to `docs/conformance.md`: the number of tests that passed in
 * each file, and each test that did not pass, with its reason from `conformance_reasons.ts`. The
 * same results always produce the same page.
 *
 * deno task conformance CHECKOUT [RUNNER]
 *
 * CHECKOUT is a checkout of the suite, with its requirements installed. RUNNER replaces
 * `tools/irctest/run`: it gets the arguments for pytest. $IRCTEST has CHECKOUT, and $CHAT has the
 * command that starts the server.
 *
 * @module
 */

import { type Reason, REASONS } from "./conformance_reasons.ts";

/** The path of the page. */
export const PATH = "docs/conformance.md";

const RUNNER = "tools/irctest/run";

/** The result of one test. */
export interface Outcome {
  /** The name of the file, without folder and extension: `join`. */
  readonly file: string;
  /** The name of the test: `JoinTestCase.testJoin`. */
  readonly test: string;
  /** The result. */
  readonly result: "passed" | "failed" | "skipped";
}

/** The text for a test that has no reason in `conformance_reasons.ts`. */
const UNKNOWN = "(not investigated yet)";

/** Reads the outcomes from the report that pytest writes with `--junit-xml`. */
export function readReport(xml: string): Outcome[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, attributes = "", inside = ""]) => {
      const attribute = (name: string) =>
        unescape(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
      const place = attribute("classname").split(".");
      const file = place.slice(place.indexOf("server_tests") + 1, -1).join("/");
      return {
        file,
        test: `${place.at(-1)}.${attribute("name")}`,
        result: /<(?:failure|error)\b/.test(inside)
          ? "failed"
          : /<skipped\b/.test(inside)
          ? "skipped"
          : "passed",
      };
    },
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  quot: '"',
};

function unescape(text: string): string {
  return text.replace(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all);
}

/** Returns the page for `outcomes`; `reasons` explain the tests that did not pass. */
export function conformancePage(
  outcomes: readonly Outcome[],
  reasons: readonly Reason[],
): string {
  const tests = outcomes.map((outcome) => ({
    ...outcome,
    name: `${outcome.file}: ${outcome.test}`,
  }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const files = [...Map.groupBy(tests, ({ file }) => file)].sort(([a], [b]) => a < b ? -1 : 1);
  const open = new Map(
    tests.filter(({ result }) => result !== "passed").map(({ name, result }) => [name, result]),
  );
  const why = new Map(reasons.flatMap((reason) => reason.tests.map((test) => [test, reason])));
  const stale = [...why.keys()].filter((test) => !open.has(test)).sort();
  return [
    "# Conformance",
    "",
    "The results of [irctest](https://github.com/progval/irctest), the public conformance suite for " +
    "IRC servers, for `chat serve`. Tests that the authors of the suite mark as deprecated, or as " +
    "specific to one implementation, are left out. `deno task conformance` generates this page; the reasons " +
    "come from `tools/conformance_reasons.ts`.",
    "",
    ...table(["file", "passed", "failed", "skipped"], [
      ...files.map(([file, outcomes]) => [file, ...counts(outcomes)]),
      ["**all**", ...counts(tests)],
    ]),
    ...section(
      "Tests that do not pass",
      ["test", "result", "reason"],
      [...open].map(([test, result]) => [`\`${test}\``, result, explained(why.get(test))]),
    ),
    ...section(
      "Reasons that are stale",
      ["test", "problem"],
      stale.map((test) => [
        `\`${test}\``,
        tests.some(({ name }) => name === test) ? "it passes" : "the suite has no such test",
      ]),
    ),
    "",
  ].join("\n");
}

function explained(reason: Reason | undefined): string {
  if (reason === undefined) return UNKNOWN;
  return reason.says === undefined ? reason.why : `${reason.why} ${reason.says}`;
}

/** Returns a heading and its table, or nothing if there are no rows. */
function section(title: string, head: readonly string[], rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : ["", `## ${title}`, "", ...table(head, rows)];
}

/** Escapes the character that separates the cells of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function counts(outcomes: readonly Outcome[]): string[] {
  return (["passed", "failed", "skipped"] as const)
    .map((wanted) => String(outcomes.filter(({ result }) => result === wanted).length));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map(cell).join(" | ")} |`);
}

/** Runs the suite; pytest writes its report to `dist`. */
async function runSuite(checkout: string, runner: string): Promise<Outcome[]> {
  const dist = await Deno.realPath("dist");
  const report = `${dist}/conformance.xml`;
  const { code } = await new Deno.Command(runner, {
    args: [`--junit-xml=${report}`],
    env: { IRCTEST: checkout, CHAT: `${dist}/chat` },
    stdout: "inherit",
  }).spawn().status;
  // pytest exits with 1 if tests failed; the page reports these.
  if (code > 1) throw new Error(`${runner} ended with ${code}`);
  return readReport(await Deno.readTextFile(report));
}

async function main([checkout, runner = RUNNER]: readonly string[]): Promise<void> {
  if (checkout === undefined) {
    console.error("conformance: name a checkout of irctest: deno task conformance CHECKOUT");
    Deno.exit(2);
  }
  const outcomes = await runSuite(checkout, runner);
  await Deno.writeTextFile(PATH, conformancePage(outcomes, REASONS));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", PATH] }).output();
}

if (import.meta.main) await main(Deno.args);
