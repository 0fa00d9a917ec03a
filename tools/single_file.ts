/**
 * One file that is a whole program without `deno compile`: a runtime and a program, compressed behind
 * a shell script (`stub.sh`) that unpacks them once and runs the one with the other. For systems with
 * a POSIX shell and gzip.
 *
 * @module
 */

import { toBlob } from "@std/streams/to-blob";

/** What a single file is made of. */
export interface Parts {
  /** The executable of the runtime. */
  readonly runtime: Uint8Array<ArrayBuffer>;
  /** The program, one JavaScript module that imports nothing but what the runtime has. */
  readonly program: Uint8Array<ArrayBuffer>;
  /** What the runtime is told besides the program. They are words of the shell: no quoting is done. */
  readonly flags: readonly string[];
}

/** Puts the parts into one file. */
export async function singleFile({ runtime, program, flags }: Parts): Promise<Uint8Array> {
  const stub = await Deno.readTextFile(new URL("stub.sh", import.meta.url));
  const packedRuntime = await gzip(runtime);
  const packedProgram = await gzip(program);
  // Places are counted from the end: they then don't depend on the length of what names them.
  const values: Readonly<Record<string, string>> = {
    RUNTIME_NAME: `deno-${await hashOf(runtime)}`,
    RUNTIME_END: String(packedRuntime.size + packedProgram.size),
    RUNTIME_SIZE: String(packedRuntime.size),
    PROGRAM_NAME: `chat-${await hashOf(program)}.mjs`,
    PROGRAM_END: String(packedProgram.size),
    PROGRAM_SIZE: String(packedProgram.size),
    FLAGS: flags.join(" "),
  };
  const header = stub.replace(/@([A-Z_]+)@/g, (name, key: string) => values[key] ?? name);
  return await new Blob([header, packedRuntime, packedProgram]).bytes();
}

/** The beginning of the SHA-256 of `bytes`, long enough that no two contents have the same. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 32);
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  return await toBlob(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip")));
}
