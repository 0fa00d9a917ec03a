/**
 * Runs the public conformance suite for IRC servers (https://github.com/progval/irctest) on
 * `chat serve`, and writes what it finds to `docs/conformance.md`: how many tests passed, by file, and
 * each that did not, with the reason that was written beside it there.
 *
 *     deno task conformance CHECKOUT [RUNNER]
 *
 * CHECKOUT is a checkout of the suite; RUNNER, the program that runs it, takes pytest's arguments and
 * finds CHECKOUT in $IRCTEST and the way to start the server in $CHAT.
 *
 * @module
 */

/** Where the page is kept. */
export const PATH = "docs/conformance.md";

const RUNNER = "../shared/irctest/run";

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

/** The reasons on a page made before, by test. */
export function readReasons(page: string): Map<string, string> {
  const rows = page.matchAll(/^\| `([^`]+)` *\| (?:failed|skipped) *\| (.*?) *\|$/gm);
  return new Map([...rows].map(([, test = "", reason = ""]) => [test, reason]));
}

/** The page about `outcomes`, with `reasons` for those that did not pass. */
export function conformancePage(
  outcomes: readonly Outcome[],
  reasons: ReadonlyMap<string, string>,
): string {
  const files = [...Map.groupBy(outcomes, ({ file }) => file)].sort(([a], [b]) => a < b ? -1 : 1);
  const open = outcomes.filter(({ result }) => result !== "passed")
    .map((outcome) => ({ ...outcome, name: cell(`${outcome.file}: ${outcome.test}`) }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  return [
    "# Conformance",
    "",
    "What [irctest](https://github.com/progval/irctest), the public conformance suite for IRC " +
    "servers, finds of `chat serve`, without the tests that its authors mark as deprecated or as " +
    "one server's own. Made by `deno task conformance`; reasons are written by hand, and kept.",
    "",
    ...table(["file", "passed", "failed", "skipped"], [
      ...files.map(([file, outcomes]) => [file, ...counts(outcomes)]),
      ["**all**", ...counts(outcomes)],
    ]),
    "",
    "## Tests that do not pass",
    "",
    ...table(
      ["test", "result", "reason"],
      open.map(({ name, result }) => [`\`${name}\``, result, reasons.get(name) ?? UNKNOWN]),
    ),
    "",
  ].join("\n");
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
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

/** Runs the suite; pytest leaves its report where everything that is made is put. */
async function runSuite(checkout: string, runner: string): Promise<Outcome[]> {
  await Deno.mkdir("dist", { recursive: true });
  const report = await Deno.realPath("dist") + "/conformance.xml";
  const main = await Deno.realPath("main.ts");
  const { code } = await new Deno.Command(runner, {
    args: [`--junit-xml=${report}`],
    env: { IRCTEST: checkout, CHAT: `${Deno.execPath()} run -q -P=serve ${main}` },
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
  const before = await Deno.readTextFile(PATH).catch(() => "");
  const outcomes = await runSuite(checkout, runner);
  await Deno.writeTextFile(PATH, conformancePage(outcomes, readReasons(before)));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", PATH] }).output();
}

if (import.meta.main) await main(Deno.args);
