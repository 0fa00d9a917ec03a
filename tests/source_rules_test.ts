import { assert, assertEquals } from "@std/assert";
import {
  circlesOfFiles,
  circlesOfLayers,
  emptyLayers,
  type Layers,
  layersOutOfOrder,
  longFiles,
  longFunctions,
  looseFiles,
  questions,
  runtimeUses,
  strayTests,
  uncheckedCode,
  wrongImports,
} from "./support/source_rules.ts";
import { sourceTree } from "./support/source_tree.ts";

const SMALL: Layers = { "low": [], "high": ["low"] };

const IMPORTS = [
  'import { b } from "../high/b.ts";',
  'import "../high/b.ts";',
  'import type { B } from "../high/b.ts";',
  'import { type B } from "../high/b.ts";',
  'export { b } from "../high/b.ts";',
  'export type { B } from "../high/b.ts";',
  'export * from "../high/b.ts";',
  'export * as b from "../high/b.ts";',
  'const b = await import("../high/b.ts");',
  'let b: import("../high/b.ts").B;',
  'let b: typeof import("../high/b.ts");',
  'import b = require("../high/b.ts");',
];

for (const source of IMPORTS) {
  Deno.test(`an import of an upper layer is reported: ${source}`, () => {
    assertEquals(wrongImports(treeOf({ "low/a.ts": source }), SMALL), [
      "low/a.ts imports high/b.ts: low may import nothing",
    ]);
  });
}

Deno.test("imports of a lower layer, of the same layer and of packages are allowed", () => {
  const source = 'import "../low/a.ts"; import "./b.ts"; import "node:path"; import "@std/assert";';
  assertEquals(wrongImports(treeOf({ "high/a.ts": source }), SMALL), []);
});

Deno.test("the message about a wrong import says what the layer may import", () => {
  const tree = treeOf({ "server/state/x.ts": 'import type { Y } from "../session/y.ts";' });
  assertEquals(wrongImports(tree, { "server/state": ["shared", "server/events"] }), [
    "server/state/x.ts imports server/session/y.ts: server/state may import shared, server/events",
  ]);
});

Deno.test("imports of a file at the top and from it are reported", () => {
  const tree = treeOf({ "low/a.ts": 'import "../main.ts";', "main.ts": 'import "./high/a.ts";' });
  assertEquals(wrongImports(tree, { "low": [], "main.ts": ["low"] }), [
    "low/a.ts imports main.ts: low may import nothing",
    "main.ts imports high/a.ts: main.ts may import low",
  ]);
});

Deno.test("the program imports no tests, and tests import all of it", () => {
  const tree = treeOf({
    "low/a.ts": 'import "../tests/a.ts";',
    "tests/a.ts": 'import "../high/a.ts";',
  });
  assertEquals(wrongImports(tree, SMALL), ["low/a.ts imports tests/a.ts: low may import nothing"]);
});

Deno.test("a computed import is reported", () => {
  const tree = treeOf({ "low/a.ts": "\nconst b = await import(name);" });
  assertEquals(wrongImports(tree, SMALL), ["low/a.ts:2 imports a computed path: write it out"]);
});

Deno.test("a file in no layer is reported", () => {
  assertEquals(wrongImports(treeOf({ "low/new/a.ts": "" }), SMALL), [
    "low/new/a.ts is in no layer: move it, or give low/new a row in the table",
  ]);
});

Deno.test("a table that allows an import upwards is reported", () => {
  assertEquals(layersOutOfOrder({ "low": ["high"], "high": ["low"] }), [
    "low may import high, which has no row before it in the table: " +
    "a layer imports only lower ones",
  ]);
});

Deno.test("a layer without files is reported", () => {
  assertEquals(emptyLayers(treeOf({ "low/a.ts": "" }), SMALL), [
    "high has a row in the table but no files: remove the row",
  ]);
});

Deno.test("a circle of files is reported, also one of type imports", () => {
  const tree = treeOf({
    "low/start.ts": 'import "./b.ts";',
    "low/a.ts": 'import "./b.ts";',
    "low/b.ts": 'import "./c.ts"; import "./d.ts";',
    "low/c.ts": 'import type { A } from "./a.ts";',
    "low/d.ts": "",
  });
  assertEquals(circlesOfFiles(tree), [
    "low/a.ts → low/b.ts → low/c.ts → low/a.ts: these files import each other; " +
    "move what they share into a file below them",
  ]);
});

Deno.test("a circle of layers is reported, even without a circle of files", () => {
  const tree = treeOf({
    "low/a.ts": 'import "../high/a.ts";',
    "high/a.ts": "",
    "high/b.ts": 'import type { B } from "../low/b.ts";',
    "low/b.ts": 'import "./c.ts";',
    "low/c.ts": "",
  });
  assertEquals(circlesOfFiles(tree), []);
  assertEquals(circlesOfLayers(tree), [
    "low → high → low: these layers import each other; " +
    "move what they share into a layer below them",
  ]);
});

Deno.test("a file beside the folders is reported, at the top and below", () => {
  const tree = treeOf({
    "main.ts": "",
    "clock.ts": "",
    "server/log.ts": "",
    "server/net/a.ts": "",
  });
  assertEquals(looseFiles(tree, [".", "server"], ["main.ts"]), [
    "clock.ts lies beside the folders: move it into the folder of its subject",
    "server/log.ts lies beside the folders: move it into the folder of its subject",
  ]);
});

Deno.test("a test whose folder has no source is reported", () => {
  const tree = treeOf({
    "server/net/a.ts": "",
    "tests/server/net/a_test.ts": "",
    "tests/server/door/a_test.ts": "",
    "tests/support/a.ts": "",
    "tests/e2e/a_test.ts": "",
    "tests/all_test.ts": "",
  });
  assertEquals(strayTests(tree), [
    "tests/server/door/a_test.ts lies in a folder that the source does not have: " +
    "move it to the folder of what it tests",
  ]);
});

const LONG_FUNCTIONS = {
  "long": (lines: string) => `\nfunction long() {\n${lines}}`,
  "#long": (lines: string) => `class A {\n#long() {\n${lines}}}`,
  "{ a, b }": (lines: string) => `\nconst { a, b } = () => {\n${lines}};`,
  "long ": (lines: string) => `const table = {\nlong: async function () {\n${lines}}};`,
  "a function": (lines: string) => `start(\n() => {\n${lines}});`,
};

for (const [name, sourceOf] of Object.entries(LONG_FUNCTIONS)) {
  Deno.test(`a function of more than 70 lines is reported: ${sourceOf("…\n").trim()}`, () => {
    assertEquals(longFunctions(treeOf({ "a.ts": sourceOf("f();\n".repeat(68)) })), []);
    assertEquals(longFunctions(treeOf({ "a.ts": sourceOf("f();\n".repeat(69)) })), [
      `a.ts:2 ${name.trim()} has 71 lines: split it, or make it one table; at most 70`,
    ]);
  });
}

Deno.test("a function that is one table may be long, but not the functions in it", () => {
  const rows = "['a', 1],\n".repeat(99);
  const body = "f();\n".repeat(70);
  const tree = treeOf({
    "bare.ts": `const f = () => [\n${rows}];`,
    "braces.ts": `const f = () => ({\n${"a: 1,\n".repeat(99)}} as const);`,
    "returned.ts": `function f() {\nreturn [\n${rows}];\n}`,
    "map.ts": `function f() {\nreturn new Map([\n${rows}]);\n}`,
    "work.ts": `function f() {\nstart();\nreturn [\n${rows}];\n}`,
    "helper.ts": `function f() {\nreturn [\ng()];\nfunction g() {\n${"f();\n".repeat(66)}}\n}`,
    "inside.ts": `const f = () => ({\nlong() {\n${body}}\n});`,
  });
  assertEquals(longFunctions(tree), [
    "work.ts:1 f has 104 lines: split it, or make it one table; at most 70",
    "helper.ts:1 f has 72 lines: split it, or make it one table; at most 70",
    "inside.ts:2 long has 72 lines: split it, or make it one table; at most 70",
  ]);
});

Deno.test("a file of more than 400 lines is reported", () => {
  const tree = treeOf({ "a.ts": "f();\n".repeat(400), "tests/b_test.ts": "f();\n".repeat(401) });
  assertEquals(longFiles(tree), [
    "tests/b_test.ts has 401 lines: split it by subject; at most 400",
  ]);
});

Deno.test("a doc comment that begins with a question word is reported", () => {
  const tree = treeOf({
    "a.ts": `
/** Whether it is open. */
interface Door { /** So many keys. */ keys: number }
/**
 * who comes in
 */
function enter() {}
/** Returns what is open. */
function door() {}
/** Who-is replies. */
/** WHO, the command. */
// What follows is not a doc comment, and the next one is not either.
/* What else? */
const a = "/** What is quoted. */";
`,
  });
  assertEquals(questions(tree).map((line) => line.slice(0, line.indexOf(": "))), [
    'a.ts:2 has a doc comment that begins with "Whether"',
    'a.ts:3 has a doc comment that begins with "So many"',
    'a.ts:4 has a doc comment that begins with "who"',
  ]);
});

/** Code that the rule must report. It is only text here, and never compiled. */
const UNCHECKED = [
  "const a = b as string;",
  "const a = b as unknown as string;",
  "const a = <string> b;",
  "let a: any;",
  "const a: Map<string, any[]> = b;",
  "const a = b!;",
  "let a!: string;",
  "class A { #b!: string }",
  "// deno-lint-ignore no-explicit-any",
  "// deno-lint-ignore-file",
  "// @ts-ignore: it works",
  "// @ts-expect-error",
  "/* @ts-nocheck */",
];

for (const source of UNCHECKED) {
  Deno.test(`code that the compiler does not check is reported: ${source}`, () => {
    const [line = ""] = uncheckedCode(treeOf({ "a.ts": `f();\n${source}` }));
    assert(line.startsWith("a.ts:2 escapes the checks of the compiler or the linter: "), line);
  });
}

Deno.test("checked code is allowed, although it looks like a cast or a suppression", () => {
  // Only text, too: names and comments that have the words, but escape no check.
  const source = `
import { a as b } from "./a.ts";
export { b as any };
const c = ["a"] as const;
const d = c satisfies unknown;
const e = !b, f = e !== b;
// The word deno-lint-ignore is only mentioned; any as well.
class G { h = 1; i?: string; }
`;
  assertEquals(uncheckedCode(treeOf({ "a.ts": source })), []);
});

Deno.test("a use of Deno or Node in the session, or in a file that it imports, is reported", () => {
  const tree = treeOf({
    "client/session/a.ts": 'import "../../shared/a.ts"; import { Buffer } from "node:buffer";',
    "client/session/b.ts": 'import type { C } from "./c.ts"; /** Without Deno. */ f("Deno");',
    "client/net/a.ts": "Deno.exit();",
    "shared/a.ts": 'import type { B } from "./b.ts";',
    "shared/b.ts": "export type B = Deno.Conn;",
    "shared/c.ts": "Deno.exit();",
  });
  const reason = "client/session, with all that it imports, also runs in a browser";
  assertEquals(runtimeUses(tree, "client/session"), [
    `client/session/a.ts uses node:buffer: ${reason}`,
    `shared/b.ts uses Deno: ${reason}`,
  ]);
});

/** Returns the tree of these files, each path with its text. */
function treeOf(files: Readonly<Record<string, string>>) {
  return sourceTree(Object.entries(files));
}
