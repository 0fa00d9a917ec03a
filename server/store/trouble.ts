/**
 * Explains errors about the files of a store to people.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import { STORE_TEXTS } from "../texts/store.ts";

/** Known errors of SQLite or the system: a substring of the message, its meaning, and advice. */
const TROUBLES: readonly (readonly [part: string, meaning: string, advice: string])[] = [
  [
    "not a database",
    "the file is not a database, or is damaged",
    "move it away and start again, or restore a backup",
  ],
  ["malformed", "the file is damaged", "move it away and start again, or restore a backup"],
  // A table of the index cannot be read.
  [
    "vtable constructor",
    "the file is damaged",
    "move it away and start again, or restore a backup",
  ],
  // A record cannot be read.
  ["JSON", "the file is damaged", "move it away and start again, or restore a backup"],
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
  ["locked", "another program has locked the file", "stop that program"],
  ["disk I/O error", "the disk cannot be read or written", "check the system log"],
];

/** Returns the meaning of an error, and advice. */
export function troubleOf(error: unknown): { readonly meaning: string; readonly advice: string } {
  const message = error instanceof Error ? error.message : String(error);
  const [, meaning, advice] = TROUBLES.find(([part]) => message.includes(part)) ?? [];
  return { meaning: meaning ?? message, advice: advice ?? "check the system log" };
}

/** Returns the error for a file that cannot be used, with the meaning of `error` and advice. */
export function unusableFile(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { meaning, advice } = troubleOf(error);
  return new UserError(STORE_TEXTS.cannotUse(path, meaning, advice));
}
