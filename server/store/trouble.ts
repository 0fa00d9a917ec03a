/**
 * Explains errors about the files of a store to users.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { Fields } from "../../shared/log.ts";
import { STORE_TEXTS } from "../texts/store.ts";

/** Reports damage, or data left out because of it, by a phrase and by fields with details. */
export type Report = (message: string, fields: Fields) => void;

const DAMAGED = "the file is damaged";
const REPLACE = "move it away and start again, or restore a backup";

/** Known errors of SQLite or the system: a substring of the message, its meaning, and advice. */
const TROUBLES: readonly (readonly [part: string, meaning: string, advice: string])[] = [
  [
    "not a database",
    "the file is not a database, or is damaged",
    REPLACE,
  ],
  ["malformed", DAMAGED, REPLACE],
  // A table of the index cannot be read.
  ["vtable constructor", DAMAGED, REPLACE],
  // The names of the tables or columns are damaged, or the number of the version is.
  ["no such", DAMAGED, REPLACE],
  ["already exists", DAMAGED, REPLACE],
  ["duplicate column", DAMAGED, REPLACE],
  ["unsupported file format", DAMAGED, REPLACE],
  ["syntax error", DAMAGED, REPLACE],
  // The index has words of messages that are not indexed yet.
  ["constraint failed", DAMAGED, REPLACE],
  [
    "readonly",
    "the file cannot be written",
    "check its permissions, or choose another folder with --data",
  ],
  [
    "unable to open",
    "the file cannot be opened",
    "check its permissions, or choose another folder with --data",
  ],
  [
    "Permission denied",
    "permission is denied",
    "check its permissions, or choose another folder with --data",
  ],
  ["disk is full", "the disk is full", "free some space, or choose another folder with --data"],
  ["No space left", "the disk is full", "free some space, or choose another folder with --data"],
  [
    "Too many open files",
    "the system has no file descriptors left",
    "raise the limit on open files (ulimit -n)",
  ],
  ["locked", "another program has locked the file", "stop that program"],
  ["disk I/O error", "the disk cannot be read or written", "check the system log"],
];

/** Returns the meaning of an error, and advice. */
export function troubleOf(error: unknown): { readonly meaning: string; readonly advice: string } {
  const message = error instanceof Error ? error.message : String(error);
  const [, meaning, advice] = TROUBLES.find(([part]) => message.includes(part)) ?? [];
  return { meaning: meaning ?? message, advice: advice ?? "check the system log" };
}

/**
 * Returns true if an error means that a file is damaged, rather than that it cannot be used now.
 */
export function isDamage(error: unknown): boolean {
  return troubleOf(error).meaning === DAMAGED;
}

/** Returns the error for a file that cannot be used, with the meaning of `error` and advice. */
export function unusableFile(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { meaning, advice } = troubleOf(error);
  return new UserError(STORE_TEXTS.cannotUse(path, meaning, advice));
}
