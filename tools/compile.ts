/**
 * Makes the executable, `dist/chat`: with `deno compile`, or, where the runtime that this downloads
 * is not to be had, as a single file of another make. With `--target TRIPLE`, for another machine.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import manifest from "../deno.json" with { type: "json" };
import { permissionFlags } from "./permissions.ts";
import { singleFile } from "./single_file.ts";

/** Where the executable comes to be, and where it is made: it is moved there when it is whole. */
const DIST = "dist";
const WORKSHOP = "dist/new";

/**
 * How the runtime handles memory: what a storm of newcomers took is given back once it has been quiet
 * for a second; by itself it would wait for half a minute.
 */
const V8_FLAGS = "--gc-memory-reducer-start-delay-ms=1000,--memory-reducer-delay-ms=1000";

/** What a `deno` that was run came to. */
interface Outcome {
  readonly success: boolean;
  readonly stderr: string;
}

async function compile(target: string | undefined): Promise<void> {
  const system = target ?? Deno.build.target;
  const name = system.includes("windows") ? "chat.exe" : "chat";
  const made = `${WORKSHOP}/${name}`;
  await Deno.mkdir(WORKSHOP, { recursive: true });
  try {
    const how = await denoCompile(made, target) ? "deno compile" : await pack(made);
    await Deno.rename(made, `${DIST}/${name}`);
    console.log(`${DIST}/${name} is made, with ${how}.`);
  } finally {
    await Deno.remove(WORKSHOP, { recursive: true });
  }
}

/** Resolves to whether it is made; not, where there is another way and the runtime is not to be had. */
async function denoCompile(output: string, target: string | undefined): Promise<boolean> {
  const { success, stderr } = await deno([
    "compile",
    "--permission-set",
    "--no-prompt",
    "--exclude-unused-npm",
    `--v8-flags=${V8_FLAGS}`,
    ...(target === undefined ? [] : ["--target", target]),
    `--output=${output}`,
    "main.ts",
  ]);
  const lacksRuntime = stderr.includes("Setting up base binary") && !Deno.env.get("DENORT_BIN");
  const hasOtherWay = target === undefined && Deno.build.os !== "windows";
  if (!success && !(lacksRuntime && hasOtherWay)) throw new Error(stderr);
  return success;
}

/** Makes it of the Deno that runs this and the program in one file; resolves to what to call that. */
async function pack(output: string): Promise<string> {
  console.log("deno compile cannot download its runtime here, and DENORT_BIN names none.");
  const bundle = `${WORKSHOP}/chat.mjs`;
  const { success, stderr } = await deno(["bundle", "--quiet", `--output=${bundle}`, "main.ts"]);
  if (!success) throw new Error(stderr);
  const file = await singleFile({
    runtime: await Deno.readFile(Deno.execPath()),
    program: await Deno.readFile(bundle),
    flags: [
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      "--no-remote",
      "--no-npm",
      `--v8-flags=${V8_FLAGS}`,
      ...permissionFlags(manifest.permissions.default),
    ],
  });
  await Deno.writeFile(output, file, { mode: 0o755 });
  return "the Deno that is installed: it needs a shell and gzip to run";
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
