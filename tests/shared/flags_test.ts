import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../shared/errors.ts";
import { type Command, type Heading, helpText, overview, parseFlags } from "../../shared/flags.ts";
import { MODES } from "../../main.ts";

const HEADING: Heading = { name: "brew", operand: "CUP", summary: "Make tea" };

const BREW: Command = {
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

Deno.test("a value that looks like a number, or is empty, stays as it was typed", () => {
  for (const value of ["0x10", "007", "1e3", "", "true"]) {
    assertEquals(parse(["--leaf", value, "blue"]).values, { leaf: [value] });
    assertEquals(parse(["--leaf", value, "blue"]).operands, ["blue"]);
    assertEquals(parse([`--add=${value}`]).values, { add: [value] });
  }
});

Deno.test("a value may be any text if = joins it to its flag", () => {
  for (const value of ["-1", "--", "--iced", "a=b", "a\nb"]) {
    assertEquals(parse([`--leaf=${value}`]).values, { leaf: [value] });
  }
});

Deno.test("a switch takes no word that follows it", () => {
  for (const word of ["true", "false", "", "-"]) {
    assertEquals(parse(["--iced", word]).operands, [word]);
    assertEquals(parse(["--iced", word]).switches, ["iced"]);
    assertEquals(parse(["--sweet", word]).values, { sweet: ["honey"] });
  }
});

Deno.test("-h is --help, and can be repeated", () => {
  for (const word of ["--help", "-h", "-hh"]) {
    assertEquals(parse([word, "blue"]), { operands: ["blue"], switches: ["help"], values: {} });
  }
});

Deno.test("a flag that is not given has no value", () => {
  assertEquals(parse(["blue"]), { operands: ["blue"], switches: [], values: {} });
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
  ["--no-iced=x", "unknown flag --no-iced; did you mean --iced?"],
  ["--no-leaf=mint", "unknown flag --no-leaf; did you mean --leaf?"],
  ["--constructor", "unknown flag --constructor"],
  ["--iced.hot", "unknown flag --iced.hot; did you mean --iced?"],
  ["--_", "unknown flag --_"],
  ["--__proto__", "unknown flag --__proto__"],
  ["-i", "unknown flag -i; did you mean --iced?"],
  ["-5", "unknown flag -5"],
  ["-hi", "unknown flag -i; did you mean --iced?"],
  ["--leaf -1", "--leaf needs a value: --leaf KIND"],
  ["--leaf -- mint", "--leaf needs a value: --leaf KIND"],
  ["--leaf", "--leaf needs a value: --leaf KIND"],
  ["--leaf --iced", "--leaf needs a value: --leaf KIND"],
  ["--iced=yes", "--iced takes no value"],
  ["--iced=no", "--iced takes no value"],
  ["--iced=", "--iced takes no value"],
];

Deno.test("a wrong flag is refused with a suggestion", () => {
  for (const [args, message] of WRONG) {
    assertThrows(() => parse(args.split(" ")), UsageError, message);
  }
});

Deno.test("every flag has a name in kebab case that does not begin with no-", async () => {
  for (const { name, load } of MODES) {
    const { command: { flags } } = await load();
    for (const flag of flags) assertMatch(flag.name, /^(?!no-)[a-z]+(-[a-z]+)*$/, name);
  }
});

Deno.test("help has every flag with its default, in its group, and the examples", () => {
  assertEquals(
    helpText(HEADING, BREW),
    `Usage: chat brew [FLAGS] CUP

Makes tea.

Tea:
  --leaf KIND             Which. (default: assam)
  --add WHAT              What else. (can be repeated)
  --secret TEXT           How. (or BREW_SECRET in the environment)
  --sweet[=HOW]           How sweet.
  --iced                  Cold.

Help:
  --help                  Show this help and exit.

Examples:
  chat brew blue
      In the blue cup.`,
  );
});

Deno.test("no line of the overview is wider than 80 columns", () => {
  for (const line of overview(MODES).split("\n")) assert(line.length <= 80, line);
});

Deno.test("the overview has every command", () => {
  const text = overview([...MODES, HEADING]);
  assertStringIncludes(text, "chat serve [FLAGS]");
  assertStringIncludes(text, "Start a server");
  assertStringIncludes(text, "chat brew [FLAGS] CUP");
});
