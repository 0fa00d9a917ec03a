/**
 * Recognizes messages that name a room or a user by a name that no command can carry: with a space,
 * with a leading colon, or empty. The client could not answer these messages, or request their
 * history. Performs no I/O.
 *
 * @module
 */

import { isMiddle, type Message, nickOf } from "../../protocol.ts";

/**
 * The functions that find the names in each kind of message. These are names that the client later
 * sends back to the server, for example to answer the message.
 */
const NAMES: Readonly<Record<string, (message: Message) => readonly (string | undefined)[]>> = {
  JOIN: ({ params: [room] }) => [room],
  NICK: ({ params: [to] }) => [to],
  RENAME: ({ params: [, to] }) => [to],
  PRIVMSG: ({ source, params: [to] }) => [nickOf(source ?? ""), to],
  "001": ({ params: [nick] }) => [nick],
};

/** Returns true if all rooms and users in `message` can be named in a command. */
export function hasPossibleNames(message: Message): boolean {
  const names = NAMES[message.command]?.(message) ?? [];
  return names.every((name) => name !== undefined && isMiddle(name));
}
