/** The databases of earlier versions, and keys of several kinds, in `tests/fixtures`. */

import type { TempFolder } from "./temp_folder.ts";

/** Unpacks a database of this version; resolves to its path. */
export async function fixture(version: number, folder: TempFolder): Promise<string> {
  const file = await Deno.open(`tests/fixtures/chat-v${version}.db.gz`);
  const path = `${folder.path}/chat.db`;
  await Deno.writeFile(path, file.readable.pipeThrough(new DecompressionStream("gzip")));
  return path;
}

/**
 * Returns a private key of this kind, and its certificate, which is valid for a century. They were
 * made with `openssl req -x509`.
 */
export function keyOfKind(kind: string): { readonly key: string; readonly cert: string } {
  const text = Deno.readTextFileSync(`tests/fixtures/keys/${kind}.pem`);
  const split = text.indexOf("-----BEGIN CERTIFICATE-----");
  return { key: text.slice(0, split), cert: text.slice(split) };
}
