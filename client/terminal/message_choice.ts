/**
 * The choice of a message for the command in the input line. It belongs to the text of the line and
 * goes where the text goes: into the draft of its conversation, into the history of the line, and back.
 * Without its choice, a command would act on another message. Performs no I/O.
 *
 * @module
 */

import type { Entries, Entry } from "../session/entries.ts";

/** A message that the user has chosen. */
export interface MessageChoice {
  /** The messages of its conversation. Those of another server may have the same ids. */
  readonly among: Entries;
  /** Its id. */
  readonly id: string;
  /** True if the line has the command for it; false while keys can still begin one. */
  readonly isBegun: boolean;
}

/**
 * Returns the message that `choice` means in the conversation with `entries`: "missing" if it is
 * not there, and undefined if none is chosen.
 */
export function chosenOf(
  choice: MessageChoice | undefined,
  entries: Entries | undefined,
): Entry | "missing" | undefined {
  if (!choice) return undefined;
  return choice.among === entries && entries.find(choice.id) || "missing";
}

/** Returns true if both choices mean the same message, or none. */
export function isSameChoice(
  one: MessageChoice | undefined,
  other: MessageChoice | undefined,
): boolean {
  return one?.id === other?.id && one?.among === other?.among;
}
