/**
 * Completes the word before the cursor to a command, a room or a nick. Pure.
 *
 * @module
 */

import { COMMANDS } from "../commands/commands.ts";
import type { Conversation } from "../session/conversation.ts";
import type { Completions } from "./editor.ts";

/**
 * Returns the completions of the last word of `before`: commands for a slash at the beginning of the
 * line, rooms if the word begins like one, and otherwise the nicks in `room`, the last to speak first.
 */
export function complete(
  before: string,
  state: Conversation,
  room: string | undefined,
): Completions {
  const from = before.search(/\S*$/);
  const word = before.slice(from);
  const isFirst = from === 0;
  if (isFirst && word.startsWith("/")) {
    const names = COMMANDS.map(({ name }) => `/${name}`);
    return { from, options: matching(names, word.toLowerCase(), (name) => name, " ") };
  }
  const fold = (name: string) => state.isupport.fold(name);
  if (state.isupport.isRoom(`${word}x`)) {
    const names = Array.from(state.rooms, ({ name }) => name);
    return { from, options: matching(names, word, fold, " ") };
  }
  const here = room === undefined ? undefined : state.rooms.get(room);
  const nicks = (here?.nicks ?? []).filter((nick) => !state.isMe(nick));
  return { from, options: matching(nicks, word, fold, isFirst ? ": " : " ") };
}

function matching(
  names: readonly string[],
  word: string,
  fold: (name: string) => string,
  ending: string,
): string[] {
  const start = fold(word);
  return names.filter((name) => fold(name).startsWith(start)).map((name) => name + ending);
}
