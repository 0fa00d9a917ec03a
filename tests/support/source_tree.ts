/**
 * Reads the source of the whole tree.
 *
 * @module
 */

import { factsOf, type SourceFacts } from "./source_facts.ts";

/** The files of a tree by their path from its root, such as `server/state/network.ts`. */
export type SourceTree = ReadonlyMap<string, SourceFacts>;

/** Folders whose files are generated. */
const GENERATED = ["coverage", "dist", "node_modules"];

/** Returns the tree of these files, given as path and text. */
export function sourceTree(files: Iterable<readonly [string, string]>): SourceTree {
  return new Map(Iterator.from(files).map(([path, text]) => [path, factsOf(path, text)]));
}

/** Yields every TypeScript file below the current folder, as path and text. */
export function* readSource(folder = ""): Generator<readonly [string, string]> {
  for (const { name, isDirectory } of Deno.readDirSync(`./${folder}`)) {
    if (name.startsWith(".") || GENERATED.includes(name)) continue;
    const path = folder + name;
    if (isDirectory) yield* readSource(`${path}/`);
    else if (/\.tsx?$/.test(name)) yield [path, Deno.readTextFileSync(path)];
  }
}
