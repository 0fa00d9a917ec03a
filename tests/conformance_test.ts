import { assertEquals, assertMatch } from "@std/assert";
import { conformancePage, type Outcome, readReasons, readReport } from "../tools/conformance.ts";

const OUTCOMES: readonly Outcome[] = [
  { file: "join", test: "JoinTestCase.testJoin", result: "passed" },
  { file: "chmodes/ban", test: "BanTestCase.testBan[a|b]", result: "failed" },
  { file: "sasl", test: "SaslTestCase.testPlain", result: "skipped" },
];

Deno.test("the suite's report is read, whatever is in it", () => {
  const place = (rest: string) => `classname="irctest.server_tests.${rest}" time="1.0"`;
  assertEquals(
    readReport(`<testsuite name="pytest" tests="3">
      <testcase ${place('join.JoinTestCase" name="testJoin')} />
      <testcase ${place('chmodes.ban.BanTestCase" name="testBan[a|b]')}>
        <failure message="x &lt; y">trace</failure>
      </testcase>
      <testcase ${place('sasl.SaslTestCase" name="testPlain')}><skipped>x</skipped></testcase>
    </testsuite>`),
    OUTCOMES,
  );
});

Deno.test("a test that could not be run has failed, and its name is told as it is written", () => {
  const place = `classname="irctest.server_tests.join.JoinTestCase" name="test[&lt;&amp;&gt;]"`;
  assertEquals(readReport(`<testcase ${place}><error message="x">trace</error></testcase>`), [
    { file: "join", test: "JoinTestCase.test[<&>]", result: "failed" },
  ]);
});

Deno.test("the page lists what did not pass and nothing else, in alphabetical order", () => {
  const failed = (file: string): Outcome => ({ file, test: "A.test", result: "failed" });
  const page = conformancePage([failed("who"), ...OUTCOMES, failed("away")], new Map());
  assertEquals([...page.matchAll(/^\| `([^:]+):/gm)].map(([, file]) => file), [
    "away",
    "chmodes/ban",
    "sasl",
    "who",
  ]);
});

Deno.test("the page counts by file, and keeps the reasons that were written into it", () => {
  const first = conformancePage(OUTCOMES, new Map());
  assertMatch(first, /^\| chmodes\/ban \| 0 \| 1 \| 0 \|$/m);
  assertMatch(first, /^\| \*\*all\*\* \| 1 \| 1 \| 1 \|$/m);
  assertMatch(first, /^\| `chmodes\/ban: BanTestCase.testBan\[a\\\|b\]` \| failed \|/m);
  const edited = first.replace(
    "| skipped | (not looked into yet) |",
    "| skipped | There are none |",
  );
  const reasons = readReasons(edited.replaceAll(" | ", "   | "));
  assertEquals(reasons.get("sasl: SaslTestCase.testPlain"), "There are none");
  assertEquals(conformancePage(OUTCOMES, reasons), edited);
});
