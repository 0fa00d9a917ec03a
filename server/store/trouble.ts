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
    "it is no database, or is damaged",
    "move it away and start again, or restore a copy",
  ],
  ["malformed", "it is damaged", "move it away and start again, or restore a copy"],
  // A table of the index that cannot be read.
  ["vtable constructor", "it is damaged", "move it away and start again, or restore a copy"],
  // A record that cannot.
  ["JSON", "it is damaged", "move it away and start again, or restore a copy"],
  [
    "readonly",
    "it cannot be written to",
    "see to its permissions, or choose another folder with --data",
  ],
  [
    "unable to open",
    "it cannot be opened",
    "see to its permissions, or choose another folder with --data",
  ],
  [
    "Permission denied",
    "permission is denied",
    "see to its permissions, or choose another folder with --data",
  ],
  ["disk is full", "the disk is full", "make room, or choose another folder with --data"],
  ["No space left", "the disk is full", "make room, or choose another folder with --data"],
  ["locked", "another program has locked it", "end that one"],
  ["disk I/O error", "the disk cannot be read or written", "see what the system says of it"],
];

/** What went wrong, and what to do. */
export function troubleOf(error: unknown): { readonly meaning: string; readonly advice: string } {
  const message = error instanceof Error ? error.message : String(error);
  const [, meaning, advice] = TROUBLES.find(([sign]) => message.includes(sign)) ?? [];
  return { meaning: meaning ?? message, advice: advice ?? "see what the system says of it" };
}

/** Says of the file in `path` that it cannot be used, and what to do. */
export function cannotUse(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { meaning, advice } = troubleOf(error);
  return new UserError(`cannot use ${path}: ${meaning}; ${advice}`);
}
