/**
 * Runs the public conformance suite for IRC servers (https://github.com/progval/irctest) on the
 * executable, and writes what it finds to `docs/conformance.md`: how many tests passed, by file, and
 * each that did not, with its reason from `conformance_reasons.ts`. The same outcomes make the same
 * page, byte by byte.
 *
 *     deno task conformance CHECKOUT [RUNNER]
 *
 * CHECKOUT is a checkout of the suite, with what it needs installed; RUNNER, instead of
 * `tools/irctest/run`, takes pytest's arguments and finds CHECKOUT in $IRCTEST and the way to start
 * the server in $CHAT.
 *
 * @module
 */

import { type Reason, REASONS } from "./conformance_reasons.ts";

/** Where the page is kept. */
export const PATH = "docs/conformance.md";

const RUNNER = "tools/irctest/run";

/** How one test ended. */
export interface Outcome {
  /** The file, without its folder and ending: `join`. */
  readonly file: string;
  /** The test: `JoinTestCase.testJoin`. */
  readonly test: string;
  /** How it ended. */
  readonly result: "passed" | "failed" | "skipped";
}

/** What is said of a test that nobody has looked into yet. */
const UNKNOWN = "(not looked into yet)";

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

/** The page about `outcomes`, with the `reasons` why some did not pass. */
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
    "What [irctest](https://github.com/progval/irctest), the public conformance suite for IRC " +
    "servers, finds of `chat serve`, without the tests that its authors mark as deprecated or as " +
    "one server's own. Made by `deno task conformance`; the reasons are those of " +
    "`tools/conformance_reasons.ts`.",
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
      ["test", "what is wrong"],
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

/** A heading and its table; nothing where there is nothing to tell. */
function section(title: string, head: readonly string[], rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : ["", `## ${title}`, "", ...table(head, rows)];
}

/** Text that ends no cell of a table. */
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

/** Runs the suite; pytest leaves its report where everything that is made is put. */
async function runSuite(checkout: string, runner: string): Promise<Outcome[]> {
  const dist = await Deno.realPath("dist");
  const report = `${dist}/conformance.xml`;
  const { code } = await new Deno.Command(runner, {
    args: [`--junit-xml=${report}`],
    env: { IRCTEST: checkout, CHAT: `${dist}/chat` },
    stdout: "inherit",
  }).spawn().status;
  // pytest ends with 1 where tests failed, which is what is to be told.
  if (code > 1) throw new Error(`${runner} ended with ${code}`);
  return readReport(await Deno.readTextFile(report));
}

async function main([checkout, runner = RUNNER]: readonly string[]): Promise<void> {
  if (checkout === undefined) {
    console.error("conformance: say where a checkout of irctest is");
    Deno.exit(2);
  }
  const outcomes = await runSuite(checkout, runner);
  await Deno.writeTextFile(PATH, conformancePage(outcomes, REASONS));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", PATH] }).output();
}

if (import.meta.main) await main(Deno.args);
