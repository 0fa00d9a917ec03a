/**
 * Reads the paths of files as users type them, or as a terminal pastes them when a file is dropped
 * on its window. Completes them.
 *
 * @module
 */

/** The largest number of names that are offered. */
const NAMES_LIMIT = 200;

/**
 * Returns the path that the user means. A `~` at the start stands for the folder `HOME`, and the
 * quotes and backslashes of a shell are removed.
 */
export function typedPath(typed: string): string {
  const [, , quoted] = /^(['"])(.*)\1$/.exec(typed) ?? [];
  const path = quoted ?? typed.replace(/\\([ '"()&])/g, "$1");
  const isInHome = /^~(?=\/|$)/.test(path);
  return isInHome ? `${Deno.env.get("HOME") ?? "~"}${path.slice(1)}` : path;
}

/** Returns the paths of files and folders that begin with the path `typed`; a `~` in it stays. */
export function pathsLike(typed: string): string[] {
  const end = typed.lastIndexOf("/") + 1;
  const [folder, begin] = [typed.slice(0, end), typed.slice(end)];
  try {
    const entries = Array.from(Deno.readDirSync(typedPath(folder) || "."))
      .filter(({ name }) => name.startsWith(begin))
      .filter(({ name }) => begin !== "" || !name.startsWith("."));
    return entries.map(({ name, isDirectory }) => `${folder}${name}${isDirectory ? "/" : ""}`)
      .sort().slice(0, NAMES_LIMIT);
  } catch {
    // There is no such folder, or the user may not read it.
    return [];
  }
}
