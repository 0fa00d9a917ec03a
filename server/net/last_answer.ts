/**
 * Sends the last answer on a connection.
 *
 * @module
 */

import type { Socket } from "../../shared/socket.ts";

/** The size of one read of the bytes that the peer still sends. */
const BUFFER_BYTES = 512;

/** Writes `answer` and closes `socket` without lingering, so that a flood of connections costs little. */
export function closeAfter(socket: Socket, answer: Uint8Array): void {
  socket.write(answer).catch(() => {}).finally(() => socket.close());
}

/**
 * Sends `answer`, and resolves when the peer has closed its side, too. Then the caller closes the
 * socket. Closing a connection with unread bytes would reset it, and the peer could lose the
 * answer.
 *
 * @throws the errors of the socket.
 */
export async function sendLast(socket: Socket, answer: Uint8Array): Promise<void> {
  for (let at = 0; at < answer.length;) at += await socket.write(answer.subarray(at));
  await socket.closeWrite();
  const rest = new Uint8Array(BUFFER_BYTES);
  while (await socket.read(rest) !== null);
}
