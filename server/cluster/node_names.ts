/**
 * Keeps two servers of a cluster from having the same name: each would count the other as an earlier
 * process of its own.
 *
 * @module
 */

import { RequestError, TimeoutError } from "@nats-io/nats-core";
import type { NatsBus } from "./nats_bus.ts";

/** The time that a server has to say that it has a name, in milliseconds. */
const ANSWER_MS = 500;

/**
 * Takes the name of a node; returns false if another process has it.
 *
 * @throws {Error} if the connection to NATS is lost.
 */
export async function takeName(
  { connection, subjects }: Pick<NatsBus, "connection" | "subjects">,
  node: string,
): Promise<boolean> {
  const subject = subjects.name(node);
  try {
    await connection.request(subject, undefined, { timeout: ANSWER_MS });
    return false;
  } catch (error) {
    // A process that is stopped or cut off does not answer. It counts as gone soon.
    const isSilent = error instanceof TimeoutError;
    const isNobody = error instanceof RequestError && error.isNoResponders();
    if (!isSilent && !isNobody) throw error;
  }
  connection.subscribe(subject, {
    callback(_, question) {
      question.respond();
    },
  });
  return true;
}
