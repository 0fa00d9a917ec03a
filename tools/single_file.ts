/**
 * Makes a program of one file without `deno compile`: a runtime and a program, compressed and
 * appended to a shell script (`stub.sh`) that unpacks both once and runs them. It needs a POSIX
 * shell and gzip.
 *
 * @module
 */

import { toBlob } from "@std/streams/to-blob";

/** The number of pieces of the runtime, which processors unpack at the same time. */
const PIECES = 4;

/** The parts of a single file. */
export interface Parts {
  /** The runtime's executable. */
  readonly runtime: Uint8Array<ArrayBuffer>;
  /**
   * The program: JavaScript modules by their names, in one folder. They import only each other and
   * modules of the runtime. The first one is run.
   */
  readonly program: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** The runtime's flags. They are written into the shell script without quotes. */
  readonly flags: readonly string[];
  /** The flags of V8 for all modes of the program. */
  readonly v8Flags: readonly string[];
  /**
   * The modes with further flags of V8, and these flags. These modes also keep less unused memory.
   * The first argument of the program names the mode.
   */
  readonly ofModes: { readonly modes: readonly string[]; readonly v8Flags: readonly string[] };
}

/** Returns the bytes of the single file. */
export async function singleFile(
  { runtime, program, flags, v8Flags, ofModes }: Parts,
): Promise<Uint8Array> {
  const stub = await Deno.readTextFile(new URL("stub.sh", import.meta.url));
  const modules = await new Blob([...program.values()]).bytes();
  const table = Array.from(program, ([name, { length }]) => `${name} ${length}`).join("\n");
  const [entry = ""] = program.keys();
  const pieces = await Promise.all(piecesOf(runtime).map(gzip));
  const packedModules = await gzip(modules);
  // Offsets count from the end of the file, so they do not depend on the length of the script.
  const values: Readonly<Record<string, string>> = {
    RUNTIME_NAME: `deno-${await hashOf(runtime)}`,
    PIECES: tableOf(pieces, packedModules.size),
    PROGRAM_NAME: `chat-${await hashOf(await new Blob([table, modules]).bytes())}`,
    PROGRAM_END: String(packedModules.size),
    PROGRAM_SIZE: String(packedModules.size),
    PROGRAM_LENGTH: String(modules.length),
    MODULES: table,
    ENTRY: entry,
    FLAGS: flags.join(" "),
    ENGINE_FLAGS: v8Flags.join(","),
    MODES: ofModes.modes.join(" | "),
    ENGINE_FLAGS_OF_MODES: ofModes.v8Flags.join(","),
  };
  const header = stub.replace(/@([A-Z_]+)@/g, (name, key: string) => values[key] ?? name);
  return await new Blob([header, ...pieces, packedModules]).bytes();
}

/**
 * Returns a line for each of the `pieces`: its number, the number of bytes from its start to the
 * end of the file, and its size. `after` is the number of bytes after the last piece.
 */
function tableOf(pieces: readonly Blob[], after: number): string {
  let end = pieces.reduce((sum, { size }) => sum + size, after);
  return pieces.map(({ size }, index) => {
    const line = `${index + 1} ${end} ${size}`;
    end -= size;
    return line;
  }).join("\n");
}

function piecesOf(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const length = Math.ceil(bytes.length / PIECES);
  return Array.from({ length: PIECES }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}

/** Returns the first 128 bits of the SHA-256 of `bytes`, in hexadecimal. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 32);
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  return await toBlob(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip")));
}
