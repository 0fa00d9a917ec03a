/**
 * Answers the lines of clients while no server leads, or the log takes no entries: they would wait
 * for an unknown time, so the clients are told that nothing was done.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import { type Message, parse } from "../../protocol.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";

/** The commands that wait all the same, because nobody expects an answer. */
const PATIENT = new Set(["PONG", "QUIT"]);

/**
 * Returns the answer of the server called `name` to a line that would have to wait; `undefined` if
 * the line must wait all the same.
 */
export function refusalOf(line: Received, name: string): Message | undefined {
  const message = line.type === "line" || line.type === "long" ? parse(line.text) : undefined;
  const { command = "*", params = [] } = message ?? {};
  if (PATIENT.has(command)) return undefined;
  // The connection between this server and the client works.
  if (command === "PING") return { source: name, command: "PONG", params: [name, params[0] ?? ""] };
  const text = CLUSTER_TEXTS.noLeader;
  return { source: name, command: "FAIL", params: [command, "TEMPORARILY_UNAVAILABLE", text] };
}
