/**
 * Answers the lines of clients while no server leads, or the log takes no entries. Without an
 * answer, the lines would wait for an unknown time. The answers say that nothing was done.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import { type Message, parse } from "../../protocol.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";

/** The commands that wait all the same, because nobody expects an answer. */
const PATIENT = new Set(["PONG", "QUIT"]);

/** The code of the `FAIL` that refuses a line. */
export const UNAVAILABLE = "TEMPORARILY_UNAVAILABLE";

/** A line as a part of a batch. */
export interface BatchPart {
  /** The reference of the batch; `undefined` if the line belongs to no batch. */
  readonly batch: string | undefined;
  /** The part of the batch that the line is. */
  readonly part: "begin" | "line" | "end";
}

/** Returns `line` as a part of a batch. */
export function batchPartOf(line: Received): BatchPart {
  const { command, params: [reference = ""] = [], tags } = messageIn(line) ?? {};
  if (command !== "BATCH") return { batch: tags?.get("batch"), part: "line" };
  return { batch: reference.slice(1), part: reference.startsWith("-") ? "end" : "begin" };
}

function messageIn(line: Received): Message | undefined {
  return line.type === "line" || line.type === "long" ? parse(line.text) : undefined;
}

/**
 * Returns the answer of the server called `name` to a line that would have to wait; `undefined` if
 * the line must wait all the same. The answer has the label of the line if `isLabeled`, which is
 * true if the client has negotiated labeled-response.
 */
export function refusalOf(name: string, line: Received, isLabeled: boolean): Message | undefined {
  const { command = "*", params = [], tags } = messageIn(line) ?? {};
  if (PATIENT.has(command)) return undefined;
  // A PING is answered, because the connection between this server and the client works.
  const answer = command === "PING"
    ? { source: name, command: "PONG", params: [name, params[0] ?? ""] }
    : { source: name, command: "FAIL", params: [command, UNAVAILABLE, CLUSTER_TEXTS.noLeader] };
  // By the label, the client knows which of its lines was not performed.
  const label = isLabeled ? tags?.get("label") : undefined;
  return label === undefined ? answer : { ...answer, tags: new Map([["label", label]]) };
}
