/**
 * What can be wrong with the files of a store, in words for people.
 *
 * @module
 */

import { UserError } from "../../errors.ts";

/** What SQLite or the system says, what that means, and what to do about it. */
const TROUBLES: readonly (readonly [sign: string, meaning: string, advice: string])[] = [
  [
    "not a database",
    "it is not a database, or it is damaged",
    "move it away and start again, or restore a backup",
  ],
  ["malformed", "it is damaged", "move it away and start again, or restore a backup"],
  // A table of the index that cannot be read.
  ["vtable constructor", "it is damaged", "move it away and start again, or restore a backup"],
  // A record that cannot.
  ["JSON", "it is damaged", "move it away and start again, or restore a backup"],
  [
    "readonly",
    "it cannot be written to",
    "check its permissions, or choose another folder with --data",
  ],
  [
    "unable to open",
    "it cannot be opened",
    "check its permissions, or choose another folder with --data",
  ],
  [
    "Permission denied",
    "permission is denied",
    "check its permissions, or choose another folder with --data",
  ],
  ["disk is full", "the disk is full", "free some space, or choose another folder with --data"],
  ["No space left", "the disk is full", "free some space, or choose another folder with --data"],
  ["locked", "another program has locked it", "stop that program"],
  ["disk I/O error", "the disk cannot be read or written", "check the system log"],
];

/** What went wrong, and what to do. */
export function troubleOf(error: unknown): { readonly meaning: string; readonly advice: string } {
  const message = error instanceof Error ? error.message : String(error);
  const [, meaning, advice] = TROUBLES.find(([sign]) => message.includes(sign)) ?? [];
  return { meaning: meaning ?? message, advice: advice ?? "check the system log" };
}

/** Says of the file in `path` that it cannot be used, and what to do. */
export function cannotUse(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { meaning, advice } = troubleOf(error);
  return new UserError(`cannot use ${path}: ${meaning}; ${advice}`);
}
