/**
 * Reads one source file into the facts that `source_rules.ts` is about: imports, functions, doc
 * comments and the like. Deno's own parser does the work, through its interface for lint plugins:
 * it reads what Deno runs, takes milliseconds, and needs no permissions and no package.
 *
 * @module
 */

import { posix } from "node:path";

/** One import or re-export; types and dynamic imports count. */
export interface Import {
  /** The path from the root of the tree, the name of a package, or "" for a computed path. */
  readonly target: string;
  readonly relative: boolean;
  readonly line: number;
}

/** One function, method or arrow function. */
export interface FunctionFacts {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  /** True if the function does nothing but return one table; see {@linkcode factsOf}. */
  readonly isTable: boolean;
}

/** A piece of text and its line. */
export interface Found {
  readonly text: string;
  readonly line: number;
}

/** The facts about one file. */
export interface SourceFacts {
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionFacts[];
  /** Doc comments, without their stars. */
  readonly docs: readonly Found[];
  /**
   * Code that escapes the checks of the compiler or the linter: casts, `any`, `!`, suppressions.
   */
  readonly unchecked: readonly Found[];
  /** Uses of the global `Deno`. */
  readonly runtime: readonly Found[];
}

type Node = Deno.lint.Node;

/** The comments by which code escapes the checks; this file looks for them, and has none. */
const SUPPRESSION = /^\s*(deno-lint-ignore|@ts-(ignore|expect-error|nocheck))\b/;

/**
 * Returns the facts about the file at `path`.
 *
 * A function is a table if its whole body is one array or object literal, returned bare or as the
 * only argument of a call (`new Map([…])`). The functions in such a table have facts of their own.
 *
 * @throws {SyntaxError} if `text` is not TypeScript.
 */
export function factsOf(path: string, text: string): SourceFacts {
  const imports: Import[] = [];
  const functions: FunctionFacts[] = [];
  const docs: Found[] = [];
  const unchecked: Found[] = [];
  const runtime: Found[] = [];
  const lineAt = lineCounter(text);
  const found = ({ range }: { range: Deno.lint.Range }): Found => ({
    text: text.slice(...range),
    line: lineAt(range[0]),
  });

  const addImport = (node: Node, specifier: string) => {
    const relative = specifier.startsWith(".");
    const target = relative ? posix.join(posix.dirname(path), specifier) : specifier;
    imports.push({ target, relative, line: lineAt(node.range[0]) });
  };
  const addFunction = (node: FunctionNode) => {
    const [start, end] = node.range;
    functions.push({
      name: nameOf(node, text),
      line: lineAt(start),
      lines: lineAt(end) - lineAt(start) + 1,
      isTable: isTable(node.body),
    });
  };
  const addComment = (comment: Deno.lint.LineComment | Deno.lint.BlockComment) => {
    const line = lineAt(comment.range[0]);
    if (SUPPRESSION.test(comment.value)) unchecked.push({ text: comment.value.trim(), line });
    if (comment.type !== "Block" || !comment.value.startsWith("*")) return;
    docs.push({ text: comment.value.replaceAll(/^[*\s]+|\s+$/g, ""), line });
  };
  const addUnchecked = (node: Node) => unchecked.push(found(node));

  visit(path, text, (source) => {
    source.getAllComments().forEach(addComment);
    return {
      ImportDeclaration: (node) => addImport(node, node.source.value),
      ExportAllDeclaration: (node) => addImport(node, node.source.value),
      ExportNamedDeclaration: (node) => node.source && addImport(node, node.source.value),
      ImportExpression: (node) => addImport(node, literal(node.source)),
      TSExternalModuleReference: (node) => addImport(node, literal(node.expression)),
      TSImportType: ({ argument }) =>
        addImport(argument, argument.type === "TSLiteralType" ? literal(argument.literal) : ""),
      FunctionDeclaration: addFunction,
      FunctionExpression: addFunction,
      ArrowFunctionExpression: addFunction,
      TSAsExpression: (node) =>
        !text.slice(...node.range).endsWith(" as const") && addUnchecked(node),
      TSTypeAssertion: addUnchecked,
      TSAnyKeyword: addUnchecked,
      TSNonNullExpression: addUnchecked,
      VariableDeclarator: (node) => node.definite && addUnchecked(node),
      PropertyDefinition: (node) => text[node.key.range[1]] === "!" && addUnchecked(node),
      Identifier: (node) => node.name === "Deno" && runtime.push(found(node)),
    };
  });
  const lines = lineAt(text.endsWith("\n") ? text.length - 1 : text.length);
  return { lines, imports, functions, docs, unchecked, runtime };
}

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** Parses `text` and walks its nodes with the visitor that `create` makes. */
function visit(
  path: string,
  text: string,
  create: (source: Deno.lint.SourceCode) => Deno.lint.LintVisitor,
): void {
  const rule: Deno.lint.Rule = { create: ({ sourceCode }) => create(sourceCode) };
  Deno.lint.runPlugin({ name: "source", rules: { facts: rule } }, path, text);
}

/** Returns a function that returns the line of an offset, counted from 1. */
function lineCounter(text: string): (offset: number) => number {
  const starts = [0, ...text.matchAll(/\n/g).map((match) => match.index + 1)];
  return (offset) => {
    const next = starts.findIndex((start) => start > offset);
    return next < 0 ? starts.length : next;
  };
}

/** Returns the value of a literal string; "" for all else. */
function literal(node: Node): string {
  return node.type === "Literal" && typeof node.value === "string" ? node.value : "";
}

/**
 * Returns the name of a function: its own, or that of the variable or property whose value it is.
 */
function nameOf(node: FunctionNode, text: string): string {
  if (node.id) return node.id.name;
  const { parent } = node;
  if (parent.type === "VariableDeclarator") return text.slice(...parent.id.range);
  if (parent.type === "MethodDefinition" || parent.type === "Property") {
    return text.slice(...parent.key.range);
  }
  return "a function";
}

/** Returns true if a body is one table; see {@linkcode factsOf}. */
function isTable(body: Node | null): boolean {
  switch (body?.type) {
    case "ArrayExpression":
    case "ObjectExpression":
      return true;
    case "BlockStatement":
      return body.body.length === 1 && isTable(body.body[0] ?? null);
    case "ReturnStatement":
      return isTable(body.argument);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return isTable(body.expression);
    case "CallExpression":
    case "NewExpression":
      return body.arguments.length === 1 && isTable(body.arguments[0] ?? null);
    default:
      return false;
  }
}
