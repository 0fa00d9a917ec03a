/**
 * Rules for the source as a whole. Each takes a tree and returns one line for each violation, with
 * advice on how to mend it.
 *
 * @module
 */

import type { FunctionFacts } from "./source_facts.ts";
import type { SourceTree } from "./source_tree.ts";

/**
 * Layers from the bottom up, each with the layers that it may import. A layer is a folder or a file
 * of the top folder. Every layer may import itself.
 */
export type Layers = Readonly<Record<string, readonly string[]>>;

/** The nodes of a graph, each with the nodes that it leads to. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The most lines that a function may have, from its first to its last. */
const FUNCTION_LINES = 70;

/** The most lines that a file may have. */
const FILE_LINES = 400;

const QUESTION =
  /^(What|Whether|Who|Whom|Whose|Which|How|Where|When|Why|So many|So much)(?![\w-])/i;

/** Folders outside of the program: they may import every layer, and no layer imports them. */
const OUTSIDE = ["bench", "tests", "tools"];

/** Folders of tests that test the program as a whole. */
const WHOLE_TESTS = ["tests", "tests/e2e"];

/** Returns a line for each import that the layers do not allow, and each file in no layer. */
export function wrongImports(tree: SourceTree, layers: Layers): string[] {
  return program(tree).flatMap(([path, { imports }]) => {
    const from = layerOf(path);
    const allowed = layers[from];
    if (!allowed) return [`${path} is in no layer: move it, or give ${from} a row in the table`];
    return imports.flatMap(({ target, relative, line }) => {
      if (target === "") return [`${path}:${line} imports a computed path: write it out`];
      const to = layerOf(target);
      if (!relative || to === from || allowed.includes(to)) return [];
      return [`${path} imports ${target}: ${from} may import ${allowed.join(", ") || "nothing"}`];
    });
  });
}

/** Returns a line for each layer that may import a layer that is not listed before it. */
export function layersOutOfOrder(layers: Layers): string[] {
  return Object.entries(layers).flatMap(([layer, allowed], row, rows) => {
    const below = rows.slice(0, row).map(([other]) => other);
    return allowed.filter((other) => !below.includes(other)).map((other) =>
      `${layer} may import ${other}, which has no row before it in the table: ` +
      `a layer imports only lower ones`
    );
  });
}

/**
 * Returns a line for each layer without files. Files that are not TypeScript count only if they are
 * imported.
 */
export function emptyLayers(tree: SourceTree, layers: Layers): string[] {
  const imported = [...tree.values()].flatMap(({ imports }) => imports.map(({ target }) => target));
  const used = new Set([...tree.keys(), ...imported].map(layerOf));
  return Object.keys(layers)
    .filter((layer) => !used.has(layer) && !layer.endsWith(".json"))
    .map((layer) => `${layer} has a row in the table but no files: remove the row`);
}

/** Returns a line for each circle of files that import each other. */
export function circlesOfFiles(tree: SourceTree): string[] {
  const graph = new Map(program(tree).map(([path]) => [path, importedBy(tree, path)]));
  return circles(graph).map((circle) =>
    `${circle}: these files import each other; move what they share into a file below them`
  );
}

/** Returns a line for each circle of layers that import each other. */
export function circlesOfLayers(tree: SourceTree): string[] {
  const graph = new Map<string, Set<string>>();
  for (const [path] of program(tree)) {
    const from = layerOf(path);
    const to = [...importedBy(tree, path)].map(layerOf).filter((layer) => layer !== from);
    graph.set(from, new Set([...graph.get(from) ?? [], ...to]));
  }
  return circles(graph).map((circle) =>
    `${circle}: these layers import each other; move what they share into a layer below them`
  );
}

/**
 * Returns a line for each file directly in one of `folders` ("." is the top) that is not allowed.
 */
export function looseFiles(
  tree: SourceTree,
  folders: readonly string[],
  allowed: readonly string[],
): string[] {
  return [...tree.keys()]
    .filter((path) => folders.includes(folderOf(path)) && !allowed.includes(path))
    .map((path) => `${path} lies beside the folders: move it into the folder of its subject`);
}

/** Returns a line for each function that is too long and is not a table. */
export function longFunctions(tree: SourceTree): string[] {
  const isLong = ({ lines, isTable }: FunctionFacts) => lines > FUNCTION_LINES && !isTable;
  return [...tree].flatMap(([path, { functions }]) =>
    functions.filter(isLong).map(({ name, line, lines }) =>
      `${path}:${line} ${name} has ${lines} lines: split it, or make it one table; ` +
      `at most ${FUNCTION_LINES}`
    )
  );
}

/** Returns a line for each file that is too long. */
export function longFiles(tree: SourceTree): string[] {
  return [...tree]
    .filter(([, { lines }]) => lines > FILE_LINES)
    .map(([path, { lines }]) =>
      `${path} has ${lines} lines: split it by subject; at most ${FILE_LINES}`
    );
}

/** Returns a line for each doc comment that begins with a question word. */
export function questions(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, { docs }]) =>
    docs.flatMap(({ text, line }) => {
      const word = QUESTION.exec(text)?.[0];
      const isCommand = word === "WHO";
      if (!word || isCommand) return [];
      return [
        `${path}:${line} has a doc comment that begins with "${word}": begin that of a function ` +
        `with a verb ("Returns…"), any other with a noun`,
      ];
    })
  );
}

/** Returns a line for each cast, `any`, `!` and suppressed check. */
export function uncheckedCode(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, { unchecked }]) =>
    unchecked.map(({ text, line }) =>
      `${path}:${line} escapes the checks of the compiler or the linter: ${text.split("\n")[0]}`
    )
  );
}

/**
 * Returns a line for each use of `Deno` or `node:` in `folder` and in all files that it imports.
 */
export function runtimeUses(tree: SourceTree, folder: string): string[] {
  const start = [...tree.keys()].filter((path) => path.startsWith(`${folder}/`));
  return [...reach(start, (path) => importedBy(tree, path))].flatMap((path) => {
    const { imports = [], runtime = [] } = tree.get(path) ?? {};
    const names = [
      ...imports.filter(({ target }) => target.startsWith("node:")).map(({ target }) => target),
      ...runtime.map(({ text }) => text),
    ];
    return [...new Set(names)].map((name) =>
      `${path} uses ${name}: ${folder}, with all that it imports, also runs in a browser`
    );
  });
}

/** Returns a line for each test in a folder that the source does not have. */
export function strayTests(tree: SourceTree): string[] {
  const paths = [...tree.keys()];
  const inSource = (folder: string) => paths.some((path) => path.startsWith(`${folder}/`));
  return paths
    .filter((path) => path.startsWith("tests/") && path.endsWith("_test.ts"))
    .filter((path) => !WHOLE_TESTS.includes(folderOf(path)))
    .filter((path) => !inSource(folderOf(path).slice("tests/".length)))
    .map((path) =>
      `${path} lies in a folder that the source does not have: move it to the folder of what it tests`
    );
}

/** Returns the files of the program itself. */
function program(tree: SourceTree) {
  return [...tree].filter(([path]) => !OUTSIDE.includes(path.split("/", 1)[0] ?? ""));
}

/** Returns the folder of a file, "." for the top. */
function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

/** Returns the layer of a file: its folder, or itself at the top. */
function layerOf(path: string): string {
  return path.includes("/") ? folderOf(path) : path;
}

/** Returns the files of the tree that the file at `path` imports. */
function importedBy(tree: SourceTree, path: string): Set<string> {
  const imports = tree.get(path)?.imports ?? [];
  return new Set(imports.map(({ target }) => target).filter((target) => tree.has(target)));
}

/**
 * Returns circles, as short as possible, that together contain every node that lies on a circle.
 */
function circles(graph: Graph): string[] {
  const seen = new Set<string>();
  return [...graph.keys()].flatMap((node) => {
    const circle = seen.has(node) ? undefined : circleThrough(graph, node);
    circle?.forEach((each) => seen.add(each));
    return circle ? [circle.join(" → ")] : [];
  });
}

/** Returns the shortest way from `start` back to itself, both ends included, if there is one. */
function circleThrough(graph: Graph, start: string): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return [...way, start];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

/** Returns the nodes of `start` and all nodes that they lead to. */
function reach(start: Iterable<string>, next: (node: string) => Iterable<string>): Set<string> {
  const reached = new Set(start);
  for (const node of reached) {
    for (const each of next(node)) reached.add(each);
  }
  return reached;
}
