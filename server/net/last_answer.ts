/**
 * Sends the last answer on a connection.
 *
 * @module
 */

import type { Socket } from "../../shared/socket.ts";

/**
 * The time between two reads of bytes that peers still send, for all peers together, in
 * milliseconds. With 64 KiB in each read, this makes 16 MB per second. Without this limit, a
 * thousand clients that send refused files at once would take most of the server's time.
 */
const BETWEEN_READS_MS = 4;
/**
 * The time by which reads may be ahead of this rate, in milliseconds: the time for one megabyte.
 */
const AHEAD_MS = 64;

/**
 * The buffer for the bytes that peers still send. The server does not use these bytes, so all
 * connections share the buffer. It is large because a read of many bytes costs no more than a read
 * of few, and a peer may be sending a file.
 */
const REST = new Uint8Array(64 * 1024);

/**
 * Writes `answer` and closes `socket` without waiting for the peer, so that a flood of connections
 * costs little.
 */
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
  while (await socket.read(REST) !== null) await turn();
}

/**
 * The time up to which the allowed reads are used up, in milliseconds; in a flood, it is ahead of
 * the clock.
 */
let spentUntil = 0;

/** Waits until the next read is allowed; returns `undefined` if there is no need to wait. */
function turn(): Promise<void> | undefined {
  const now = performance.now();
  spentUntil = Math.max(now, spentUntil) + BETWEEN_READS_MS;
  const wait = spentUntil - now - AHEAD_MS;
  return wait > 0 ? new Promise((resolve) => setTimeout(resolve, wait)) : undefined;
}
