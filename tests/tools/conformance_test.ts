import { assertEquals, assertMatch } from "@std/assert";
import { conformancePage, type Outcome, readReport } from "../../tools/conformance.ts";
import type { Reason } from "../../tools/conformance_reasons.ts";

const OUTCOMES: readonly Outcome[] = [
  { file: "join", test: "JoinTestCase.testJoin", result: "passed" },
  { file: "chmodes/ban", test: "BanTestCase.testBan[a|b]", result: "failed" },
  { file: "sasl", test: "SaslTestCase.testPlain", result: "skipped" },
];

Deno.test("the suite's report is parsed with passed, failed and skipped tests", () => {
  const attributes = (rest: string) => `classname="irctest.server_tests.${rest}" time="1.0"`;
  assertEquals(
    readReport(`<testsuite name="pytest" tests="3">
      <testcase ${attributes('join.JoinTestCase" name="testJoin')} />
      <testcase ${attributes('chmodes.ban.BanTestCase" name="testBan[a|b]')}>
        <failure message="x &lt; y">trace</failure>
      </testcase>
      <testcase ${attributes('sasl.SaslTestCase" name="testPlain')}><skipped>x</skipped></testcase>
    </testsuite>`),
    OUTCOMES,
  );
});

Deno.test("a test with an error counts as failed, and entities in its name are decoded", () => {
  const attributes =
    `classname="irctest.server_tests.join.JoinTestCase" name="test[&lt;&amp;&gt;]"`;
  assertEquals(readReport(`<testcase ${attributes}><error message="x">trace</error></testcase>`), [
    { file: "join", test: "JoinTestCase.test[<&>]", result: "failed" },
  ]);
});

Deno.test("the page lists the tests that did not pass, in alphabetical order", () => {
  const failed = (file: string): Outcome => ({ file, test: "A.test", result: "failed" });
  const page = conformancePage([failed("who"), ...OUTCOMES, failed("away")], []);
  assertEquals([...page.matchAll(/^\| `([^:]+):/gm)].map(([, file]) => file), [
    "away",
    "chmodes/ban",
    "sasl",
    "who",
  ]);
});

Deno.test("the page counts by file, and does not depend on the order of the tests", () => {
  const page = conformancePage(OUTCOMES, []);
  assertMatch(page, /^\| chmodes\/ban \| 0 \| 1 \| 0 \|$/m);
  assertMatch(page, /^\| \*\*all\*\* \| 1 \| 1 \| 1 \|$/m);
  assertMatch(page, /^\| `chmodes\/ban: BanTestCase.testBan\[a\\\|b\]` \| failed \|/m);
  assertEquals(conformancePage(OUTCOMES.toReversed(), []), page);
});

Deno.test("a test that does not pass has its reason beside it, or a note that it has none", () => {
  const reasons: readonly Reason[] = [
    { why: "We do.", says: "“MUST” (RFC 1).", tests: ["chmodes/ban: BanTestCase.testBan[a|b]"] },
  ];
  const page = conformancePage(OUTCOMES, reasons);
  assertMatch(page, /testBan\[a\\\|b\]` \| failed \| We do\. “MUST” \(RFC 1\)\. \|$/m);
  assertMatch(page, /testPlain` \| skipped \| \(not investigated yet\) \|$/m);
});

Deno.test("a reason for a test that passes or does not exist is listed as stale", () => {
  const tests = ["join: JoinTestCase.testJoin", "part: PartTestCase.testGone"];
  const page = conformancePage(OUTCOMES, [{ why: "It was so once.", tests }]);
  assertMatch(page, /^## Reasons that are stale$/m);
  assertMatch(page, /^\| `join: JoinTestCase.testJoin` \| it passes \|$/m);
  assertMatch(page, /^\| `part: PartTestCase.testGone` \| the suite has no such test \|$/m);
});

Deno.test("the page has no list of failures if every test passes", () => {
  const page = conformancePage(OUTCOMES.slice(0, 1), []);
  assertEquals([...page.matchAll(/^## /gm)].length, 0);
});
