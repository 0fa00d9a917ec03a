/**
 * Connects for a session. Returns a stream of messages, or an error that says what to do, within a
 * time limit.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { type DialSocket, SocketStream } from "./socket_stream.ts";
import type { Dial } from "../session/message_stream.ts";
import { unreachableError } from "./unreachable.ts";

/** The time in which a connection must be made, in milliseconds. */
const TIME_LIMIT = 20_000;

/**
 * Returns a function that connects with `dialSocket`, within a time limit on `clock`.
 *
 * @param encoding - The encoding of lines that are not UTF-8.
 */
export function streamDialer(dialSocket: DialSocket, clock: Clock, encoding?: string): Dial {
  return async (hostname, port, signal) => {
    const limit = new AbortController();
    const cancel = clock.after(TIME_LIMIT, () => limit.abort());
    try {
      return new SocketStream(
        await dialSocket(hostname, port, AbortSignal.any([signal, limit.signal])),
        encoding,
      );
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw unreachableError({ hostname, port }, error, limit.signal.aborted);
    } finally {
      cancel();
    }
  };
}
