/**
 * Completes the last word that the user types: a command, a room, a nick or the name of an emoji. Performs no I/O.
 *
 * @module
 */

import { COMMANDS } from "../commands/commands.ts";
import { EMOJI } from "../session/emoji.ts";
import type { Buffer } from "../session/buffer.ts";
import type { Chat } from "./chat.ts";

/** Returns `text` with its last word completed; `undefined` if there is nothing to complete. */
export function completed(
  text: string,
  { session, buffers }: Pick<Chat, "session" | "buffers">,
  buffer: Buffer,
): string | undefined {
  const [, before = "", word = ""] = /^(.*?)(\S+)$/s.exec(text) ?? [];
  if (word === "") return undefined;
  const isFirst = before === "";
  const [, name] = /^:([\w+-]{2,})$/.exec(word) ?? [];
  if (name !== undefined) {
    const found = find(name, [...EMOJI.keys()]);
    return found === undefined ? undefined : `${before}${EMOJI.get(found)} `;
  }
  if (isFirst && word.startsWith("/")) {
    const name = find(word.slice(1), COMMANDS.map(({ name }) => name));
    return name === undefined ? undefined : `/${name} `;
  }
  const { isupport, rooms } = session.state;
  if (isupport.isRoom(word)) {
    const name = find(word, buffers.all.map(({ name }) => name));
    return name === undefined ? undefined : `${before}${name} `;
  }
  const nicks = rooms.get(buffer.name)?.nicks ?? [buffer.name];
  const nick = find(word, nicks);
  return nick === undefined ? undefined : `${before}${nick}${isFirst ? ": " : " "}`;
}

function find(start: string, words: readonly string[]): string | undefined {
  return words.find((word) => word.toLowerCase().startsWith(start.toLowerCase()));
}
