/** The databases of earlier versions in `tests/fixtures`. */

import type { TempFolder } from "./temp_folder.ts";

/** Unpacks a database of that version; resolves to its path. */
export async function fixture(version: number, folder: TempFolder): Promise<string> {
  const file = await Deno.open(`tests/fixtures/chat-v${version}.db.gz`);
  const path = `${folder.path}/chat.db`;
  await Deno.writeFile(path, file.readable.pipeThrough(new DecompressionStream("gzip")));
  return path;
}
