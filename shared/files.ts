/**
 * Reads and writes the files and folders that the user names. The user can fix the errors, so each
 * message names the file, and says why and what to do. Does not know the contents of files.
 *
 * @module
 */

import { UserError } from "./errors.ts";

/**
 * Reads the text of a file, without the byte order mark that some editors write.
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

/** Returns true if `path`, which may be any text, names a file; false for a folder. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Makes a folder, which only its owner can read, and the missing folders above it. Does nothing if
 * the folder exists.
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
 * Writes `text` to a file that only its owner can read, atomically.
 *
 * @throws {UserError} if it cannot be written.
 */
export function writeSecret(path: string, text: string): void {
  const draft = `${path}.new`;
  try {
    // An earlier start may have left this file unfinished, and its permissions are unknown.
    if (isFile(draft)) Deno.removeSync(draft);
    Deno.writeTextFileSync(draft, text, { createNew: true, mode: 0o600 });
    Deno.renameSync(draft, path);
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${reason(error)}`);
  }
}

/** Removes a file, if it is there. */
export function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes a folder with all its contents, if it is there. */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Returns the reason for an error of the file system, as human-readable text. */
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
