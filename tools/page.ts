/**
 * Builds the page for browsers, `dist/page.json`: its compressed files by their names. `deno
 * bundle` makes one script of `client/page/` and all that it imports.
 *
 * @module
 */

import { brotliCompressSync } from "node:zlib";
import { type PageFile, type PageFiles, versionOf } from "../server/net/page.ts";

/** The folder of the source. */
const SOURCE = "client/page";
/** The path of the result. */
const OUTPUT = "dist/page.json";
/** The largest size of the page, compressed, in bytes: it must load fast. */
const MOST_BYTES = 90_000;
/** The style sheets, in the order in which they become one. */
const STYLES = ["style/base.css", "style/messages.css", "style/chat.css", "style/dialogs.css"];

/**
 * Builds the page.
 *
 * @throws {Error} if `deno bundle` fails; the message is its output.
 */
export async function buildPage(): Promise<void> {
  const read = (name: string) => Deno.readTextFileSync(`${SOURCE}/${name}`);
  const files = pageFiles({
    "index.html": read("index.html"),
    "icon.svg": read("icon.svg"),
    "page.css": STYLES.map(read).join("\n"),
    "manifest.webmanifest": read("manifest.webmanifest"),
    "page.js": await bundle("main.tsx"),
    "worker.js": await bundle("worker/worker.ts"),
  });
  await Deno.mkdir("dist", { recursive: true });
  // The file is moved into place when it is complete, because a server may be loading the old one.
  await Deno.writeTextFile(`${OUTPUT}.new`, JSON.stringify(files));
  await Deno.rename(`${OUTPUT}.new`, OUTPUT);
}

/**
 * Returns the compressed files. The links of the page to its files get the versions of the files,
 * so that a browser asks for a file again only if it has changed.
 *
 * @throws {Error} if the files are too large.
 */
export function pageFiles(texts: Readonly<Record<PageFile, string>>): PageFiles {
  const files = {
    "icon.svg": packed(texts["icon.svg"]),
    "page.css": packed(texts["page.css"]),
    "manifest.webmanifest": packed(texts["manifest.webmanifest"]),
    "page.js": packed(texts["page.js"]),
    "worker.js": packed(texts["worker.js"]),
  };
  const versions = new Map(Object.entries(files).map(([name, file]) => [name, versionOf(file)]));
  const page = texts["index.html"].replace(
    /(?<=="\/-\/)[\w.]+(?=")/g,
    (name) => `${name}?${versions.get(name)}`,
  );
  const all = { ...files, "index.html": packed(page) };
  const bytes = Object.values(all).reduce(
    (sum, file) => sum + Uint8Array.fromBase64(file).length,
    0,
  );
  if (bytes > MOST_BYTES) throw new Error(`the page has ${bytes} bytes, not ${MOST_BYTES} at most`);
  return all;
}

function packed(text: string): string {
  return brotliCompressSync(text).toString("base64");
}

/** Resolves to a program of the page as one script. */
async function bundle(entry: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", "--minify", `${SOURCE}/${entry}`],
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await buildPage();
