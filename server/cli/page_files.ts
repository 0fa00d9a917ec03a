/**
 * Loads the files of the page, which `deno task page` builds. The executable contains them.
 *
 * @module
 */

import type { PageFile, PageFiles } from "../net/page.ts";

const NAMES: readonly PageFile[] = [
  "icon.svg",
  "index.html",
  "manifest.webmanifest",
  "page.css",
  "page.js",
  "worker.js",
];

/** Resolves to the files; `undefined` if the program runs from source and they are not built. */
export async function loadPageFiles(): Promise<PageFiles | undefined> {
  try {
    const { default: found }: { default: unknown } = await import("../../dist/page.json", {
      with: { type: "json" },
    });
    return isComplete(found) ? found : undefined;
  } catch (error) {
    // The page is not built, so there is no such module.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function isComplete(found: unknown): found is PageFiles {
  if (typeof found !== "object" || found === null) return false;
  const files = new Map<string, unknown>(Object.entries(found));
  return NAMES.every((name) => typeof files.get(name) === "string");
}
