/** A static import or re-export, of types too. */
const STATIC = /^(?:(?:import|export)\b[^;"'=()]*\bfrom|import)\s+"([^"]+)"/gm;

/** A dynamic import, which happens only when it is reached. */
const LAZY = /\bimport\(\s*"([^"]+)"/g;

/**
 * Returns the modules of this project that `entry` loads, directly or not: before it runs, or at
 * any time if `isLazy`.
 */
export function modulesOf(entry: string, isLazy = false): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [new URL(entry, ROOT)];
  for (let module = waiting.pop(); module; module = waiting.pop()) {
    const path = module.href.slice(ROOT.href.length);
    if (found.has(path)) continue;
    found.add(path);
    // JSON files import nothing, and the JSON file of the page may not exist yet.
    const text = path.endsWith(".json") ? "" : Deno.readTextFileSync(module);
    for (
      const [, specifier = ""] of [...text.matchAll(STATIC), ...isLazy ? text.matchAll(LAZY) : []]
    ) {
      if (specifier.startsWith(".")) waiting.push(new URL(specifier, module));
    }
  }
  return found;
}

const ROOT = new URL("../../", import.meta.url);
