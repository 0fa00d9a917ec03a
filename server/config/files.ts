/**
 * Files and folders that the operator names: failing to use one is the operator's to mend, so every
 * failure says which, why, and what to do. Knows nothing of what is in them.
 *
 * @module
 */

import { UserError } from "../../errors.ts";

/**
 * The text of a file. A byte order mark, as some editors write it, is left out.
 *
 * @throws {UserError} if it cannot be read.
 */
export function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path).replace(/^\uFEFF/, "");
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${reason(error)}`);
  }
}

/** Whether there is a file, and not a folder or nothing, at `path`. Any text may be asked about. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Makes a folder that only its owner can look into, with those above it, unless it is there.
 *
 * @throws {UserError} if it cannot be made.
 */
export function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(`cannot create the folder ${path}: ${reason(error)}`);
  }
}

/**
 * Puts `text` into a file that only its owner can read, whole or not at all.
 *
 * @throws {UserError} if it cannot be written.
 */
export function writeSecret(path: string, text: string): void {
  const draft = `${path}.new`;
  try {
    // What an earlier start left unfinished; its mode could be any.
    if (isFile(draft)) Deno.removeSync(draft);
    Deno.writeTextFileSync(draft, text, { createNew: true, mode: 0o600 });
    Deno.renameSync(draft, path);
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${reason(error)}`);
  }
}

/** Why the system refused, in words. */
export function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.AlreadyExists) return "a file has that name";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.NotADirectory) return "part of its path is a file";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "permission denied; choose another path or change its permissions";
  }
  // As in "No space left on device (os error 28): mkdir '/data'".
  return error instanceof Error ? error.message.replace(/ \(os error .*$/s, "") : String(error);
}
