/**
 * Builds the executable, `dist/chat`, with `deno compile`. If the runtime cannot be downloaded,
 * packs the installed Deno and the program into one file instead (`single_file.ts`). `--target
 * TRIPLE` builds for another system.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import manifest from "../deno.json" with { type: "json" };
import { permissionFlags } from "./permissions.ts";
import { buildPage } from "./page.ts";
import { singleFile } from "./single_file.ts";

/** The folder of the executable. */
const DIST = "dist";
/** The folder in which the executable is built before it is moved. */
const WORKSHOP = "dist/new";

/**
 * The memory settings of V8. A burst of new connections takes memory. V8 returns it to the system
 * after one quiet second; by default, it does so after half a minute.
 */
const V8_FLAGS = ["--gc-memory-reducer-start-delay-ms=1000", "--memory-reducer-delay-ms=1000"];

/**
 * Further settings for the modes of the client. With them, V8 keeps the heap small, which would
 * make a server slower. V8 reads its flags only at its start (in Deno 2.9.6, `setFlagsFromString`
 * of `node:v8` changes nothing), so that only the single file can have other flags for some modes.
 */
const CLIENT_V8_FLAGS = ["--max-semi-space-size=2", "--heap-growing-percent=20"];
/** The modes of the client. */
const CLIENT_MODES = ["connect", "send", "tail", "history"];

/** The result of a `deno` command. */
interface Outcome {
  readonly success: boolean;
  readonly stderr: string;
}

async function compile(target: string | undefined): Promise<void> {
  const system = target ?? Deno.build.target;
  const name = system.includes("windows") ? "chat.exe" : "chat";
  const made = `${WORKSHOP}/${name}`;
  await buildPage();
  await Deno.mkdir(WORKSHOP, { recursive: true });
  try {
    const how = await denoCompile(made, target) ? "deno compile" : await pack(made);
    await Deno.rename(made, `${DIST}/${name}`);
    console.log(`Built ${DIST}/${name} with ${how}.`);
  } finally {
    await Deno.remove(WORKSHOP, { recursive: true });
  }
}

/**
 * Builds with `deno compile`; resolves to false if the runtime cannot be downloaded, and `pack` can
 * build the executable instead.
 */
async function denoCompile(output: string, target: string | undefined): Promise<boolean> {
  const { success, stderr } = await deno([
    "compile",
    "--permission-set",
    "--no-prompt",
    "--exclude-unused-npm",
    `--v8-flags=${V8_FLAGS.join(",")}`,
    ...(target === undefined ? [] : ["--target", target]),
    `--output=${output}`,
    "main.ts",
  ]);
  const lacksRuntime = stderr.includes("Setting up base binary") && !Deno.env.get("DENORT_BIN");
  const hasOtherWay = target === undefined && Deno.build.os !== "windows";
  if (!success && !(lacksRuntime && hasOtherWay)) throw new Error(stderr);
  return success;
}

/**
 * Builds a single file from the running Deno and the bundled program; resolves to its description.
 */
async function pack(output: string): Promise<string> {
  console.log("deno compile cannot download its runtime, and DENORT_BIN is not set.");
  const file = await singleFile({
    runtime: await Deno.readFile(Deno.execPath()),
    program: await bundle(),
    flags: [
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      "--no-remote",
      "--no-npm",
      ...permissionFlags(manifest.permissions.default),
    ],
    v8Flags: V8_FLAGS,
    ofModes: { modes: CLIENT_MODES, v8Flags: CLIENT_V8_FLAGS },
  });
  await Deno.writeFile(output, file, { mode: 0o755 });
  return "the installed Deno; the file needs a POSIX shell and gzip to run";
}

/**
 * Returns the modules of the program, `main` first. Each mode has a module of its own, so the
 * runtime reads and compiles only the modules of the mode that runs.
 */
async function bundle(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const folder = `${WORKSHOP}/modules`;
  const { success, stderr } = await deno([
    "bundle",
    "--quiet",
    "--code-splitting",
    `--outdir=${folder}`,
    "main.ts",
  ]);
  if (!success) throw new Error(stderr);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  const others = names.filter((name) => name !== "main.js").sort();
  return new Map(
    ["main.js", ...others].map((name) => {
      const text = withLazyRequire(Deno.readTextFileSync(`${folder}/${name}`));
      const shown = name === "main.js" ? withLazyModes(text) : text;
      return [asModule(name), new TextEncoder().encode(withModuleNames(shown, names))];
    }),
  );
}

/**
 * Returns `text` with each import of one of the modules `names` changed to the name that {@linkcode
 * asModule} gives it.
 */
function withModuleNames(text: string, names: readonly string[]): string {
  return text.replace(
    /"\.\/([\w.-]+\.js)"/g,
    (path, name: string) => names.includes(name) ? `"./${asModule(name)}"` : path,
  );
}

/**
 * Returns `text` with a `__require` that uses `node:module` only when it is called. The bundler's
 * own `__require` uses that module at once, and thereby loads most of the runtime's modules for
 * Node, although only one package calls `__require`.
 */
export function withLazyRequire(text: string): string {
  return text.replace(
    /import \{ createRequire as (\w+) \} from "node:module";\nvar __require = \1\(import\.meta\.url\);/,
    `var __require = (name) => process.getBuiltinModule("node:module")
  .createRequire(import.meta.url)(name);`,
  );
}

/**
 * Returns the text of `main`, in which the names of the modes' modules are hidden from the runtime.
 * The runtime reads each module that another one names, and keeps it in memory even if it is never
 * run. The names in the modes' own modules stay, so that a mode needs no files once it runs.
 */
export function withLazyModes(text: string): string {
  return text.replace(/\bimport\(("\.\/[\w.-]+")\)/g, "import(import.meta.resolve($1))");
}

/**
 * Returns a file name that always means a JavaScript module (`.mjs`), even if a `package.json` in a
 * folder above says otherwise.
 */
function asModule(name: string): string {
  return name.replace(/\.js$/, ".mjs");
}

async function deno(args: readonly string[]): Promise<Outcome> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdout: "inherit",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}

function refuse(word: string): never {
  throw new Error(`unknown argument ${word}: only --target TRIPLE is accepted`);
}

if (import.meta.main) {
  try {
    const { target } = parseArgs(Deno.args, { string: ["target"], unknown: refuse });
    await compile(target);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
