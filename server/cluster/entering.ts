/**
 * Keeps a server out of a cluster if it does not understand the other servers, or has the name of
 * one of them: of two servers with one name, each would take the other for an earlier process of
 * its own.
 *
 * @module
 */

import { RequestError, TimeoutError } from "@nats-io/nats-core";
import { UserError } from "../../shared/errors.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";
import type { NatsBus } from "./nats_bus.ts";

/**
 * The format of entries, messages and copies. It gets another number when older servers would not
 * understand them, or would change their states differently, for example by a new event.
 */
export const FORMAT = "2";

/** The time that another server has to answer a question, in milliseconds. */
const ANSWER_MS = 500;

/** The connection with the cluster. */
export type EnteringBus = Pick<NatsBus, "connection" | "subjects">;

/**
 * Takes the name of a node, and answers the questions of servers that start later. This server
 * answers before it asks: of two servers that take a name at the same time, at most one gets it.
 *
 * @throws {UserError} if another process has the name, or the others have another format.
 * @throws {Error} if the connection to NATS is lost.
 */
export async function enter(bus: EnteringBus, node: string): Promise<void> {
  const { connection, subjects } = bus;
  const names = [subjects.name(node), subjects.format];
  for (const subject of names) {
    connection.subscribe(subject, { callback: (_, question) => void question.respond(FORMAT) });
  }
  const [holder, format] = await Promise.all(names.map((subject) => ask(bus, subject)));
  if (holder !== undefined) throw new UserError(CLUSTER_TEXTS.nameTaken(node));
  if (format !== undefined && format !== FORMAT) throw new UserError(CLUSTER_TEXTS.otherFormat);
}

/** Returns the answer of any server to a question; `undefined` if there is none. */
async function ask({ connection }: EnteringBus, subject: string): Promise<string | undefined> {
  try {
    return (await connection.request(subject, undefined, { timeout: ANSWER_MS })).string();
  } catch (error) {
    // A process that is stopped or cut off does not answer. It counts as gone soon.
    const isSilent = error instanceof TimeoutError;
    const isNobody = error instanceof RequestError && error.isNoResponders();
    if (isSilent || isNobody) return undefined;
    throw error;
  }
}
