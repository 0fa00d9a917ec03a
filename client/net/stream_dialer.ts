/**
 * Dialling for a session: it ends, within a time limit, in a stream of messages or in an error that
 * says what to do.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { type DialSocket, SocketStream } from "./socket_stream.ts";
import type { Dial } from "../session/message_stream.ts";
import { unreachableError } from "./unreachable.ts";

/** Milliseconds until a connection has to stand. */
const TIME_LIMIT = 20_000;

/** Makes connections with `dialSocket`, each within a time limit on `clock`. */
export function streamDialer(dialSocket: DialSocket, clock: Clock): Dial {
  return async (hostname, port, signal) => {
    const limit = new AbortController();
    const cancel = clock.after(TIME_LIMIT, () => limit.abort());
    try {
      return new SocketStream(
        await dialSocket(hostname, port, AbortSignal.any([signal, limit.signal])),
      );
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw unreachableError({ hostname, port }, error, limit.signal.aborted);
    } finally {
      cancel();
    }
  };
}
