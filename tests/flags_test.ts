import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CONNECT } from "../client/options.ts";
import { UsageError } from "../errors.ts";
import { type Command, helpText, overview, parseFlags } from "../flags.ts";
import { SERVE } from "../server/config/config.ts";

const BREW: Command = {
  name: "brew",
  operand: "CUP",
  summary: "Make tea",
  description: ["Makes tea."],
  flags: [
    { name: "leaf", value: "KIND", default: "assam", group: "Tea", help: "Which." },
    { name: "add", value: "WHAT", repeatable: true, group: "Tea", help: "What else." },
    { name: "secret", value: "TEXT", variable: "BREW_SECRET", group: "Tea", help: "How." },
    { name: "sweet", value: "HOW", alone: "honey", group: "Tea", help: "How sweet." },
    { name: "iced", group: "Tea", help: "Cold." },
  ],
  examples: [{ line: "chat brew blue", does: "In the blue cup." }],
};

function parse(args: readonly string[], environment: Record<string, string> = {}) {
  const { operands, switches, values } = parseFlags(
    BREW,
    args,
    new Map(Object.entries(environment)),
  );
  return { operands, switches: [...switches], values: Object.fromEntries(values) };
}

Deno.test("flags, switches and operands can be in any order", () => {
  const expected = { operands: ["blue"], switches: ["iced"], values: { leaf: ["mint"] } };
  assertEquals(parse(["blue", "--leaf", "mint", "--iced"]), expected);
  assertEquals(parse(["--iced", "--leaf=mint", "blue"]), expected);
});

Deno.test("a repeatable flag keeps all its values, another only the last", () => {
  const args = ["--add", "milk", "--leaf", "mint", "--add=", "--leaf", "sage"];
  assertEquals(parse(args).values, { add: ["milk", ""], leaf: ["sage"] });
});

Deno.test("a flag with an optional value takes it only after =", () => {
  const { operands, values } = parse(["--sweet", "blue"]);
  assertEquals({ operands, values }, { operands: ["blue"], values: { sweet: ["honey"] } });
  assertEquals(parse(["--sweet", "--sweet=sugar"]).values, { sweet: ["sugar"] });
});

Deno.test("everything after -- is an operand", () => {
  assertEquals(parse(["--", "--iced", "-x"]).operands, ["--iced", "-x"]);
});

Deno.test("an operand that looks like a number stays text", () => {
  assertEquals(parse(["0x10", "007", "1e3"]).operands, ["0x10", "007", "1e3"]);
});

Deno.test("an environment variable sets its flag, and the flag overrides it", () => {
  const environment = { BREW_SECRET: "slowly" };
  assertEquals(parse([], environment).values, { secret: ["slowly"] });
  assertEquals(parse(["--secret", "fast"], environment).values, { secret: ["fast"] });
  assertEquals(parse([], { BREW_SECRET: "" }).values, {});
});

const WRONG: readonly (readonly [args: string, message: string])[] = [
  ["--laef mint", "unknown flag --laef; did you mean --leaf?"],
  ["--ICED", "unknown flag --ICED; did you mean --iced?"],
  ["--no-iced", "unknown flag --no-iced; did you mean --iced?"],
  ["--__proto__", "unknown flag --__proto__; did you mean"],
  ["-i", "unknown flag -i; did you mean --"],
  ["--leaf", "--leaf needs a value: --leaf KIND"],
  ["--leaf --iced", "--leaf needs a value: --leaf KIND"],
  ["--iced=yes", "--iced takes no value"],
];

Deno.test("a wrong flag is refused with a suggestion", () => {
  for (const [args, message] of WRONG) {
    assertThrows(() => parse(args.split(" ")), UsageError, message);
  }
});

Deno.test("help has every flag with its default, in its group, and the examples", () => {
  assertEquals(
    helpText(BREW),
    `Usage: chat brew [FLAGS] CUP

Makes tea.

Tea:
  --leaf KIND             Which. (default: assam)
  --add WHAT              What else. (may be given several times)
  --secret TEXT           How. (or BREW_SECRET in the environment)
  --sweet[=HOW]           How sweet.
  --iced                  Cold.

Help:
  --help                  Show this and leave.

Examples:
  chat brew blue
      In the blue cup.`,
  );
});

Deno.test("no line of help is wider than 80 columns", () => {
  for (const text of [helpText(SERVE), helpText(CONNECT), overview([SERVE, CONNECT])]) {
    for (const line of text.split("\n")) assert(line.length <= 80, line);
  }
});

Deno.test("the overview has every command", () => {
  const text = overview([SERVE, BREW]);
  assertStringIncludes(text, "chat serve [FLAGS]");
  assertStringIncludes(text, "Start a server");
  assertStringIncludes(text, "chat brew [FLAGS] CUP");
});
