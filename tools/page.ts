/**
 * Builds the page for browsers, `dist/page.json`: its files by their names. `deno bundle` makes one script
 * of `client/page/` and all that it imports.
 *
 * @module
 */

import type { PageFiles } from "../server/net/page.ts";

/** The folder of the source, and the path of the result. */
const SOURCE = "client/page";
const OUTPUT = "dist/page.json";
/** The style sheets, in the order in which they become one. */
const STYLES = ["style/base.css", "style/messages.css", "style/chat.css", "style/dialogs.css"];

/**
 * Builds the page.
 *
 * @throws {Error} if `deno bundle` fails; the message is its output.
 */
export async function buildPage(): Promise<void> {
  const read = (name: string) => Deno.readTextFileSync(`${SOURCE}/${name}`);
  const files = {
    "index.html": read("index.html"),
    "icon.svg": read("icon.svg"),
    "page.css": STYLES.map(read).join("\n"),
    "manifest.webmanifest": read("manifest.webmanifest"),
    "page.js": await bundle("main.tsx"),
    "worker.js": await bundle("worker/worker.ts"),
  } satisfies PageFiles;
  await Deno.mkdir("dist", { recursive: true });
  // The file is moved into place when it is complete, because a server may be loading the old one.
  await Deno.writeTextFile(`${OUTPUT}.new`, JSON.stringify(files));
  await Deno.rename(`${OUTPUT}.new`, OUTPUT);
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
