/**
 * Sends the errors and warnings of METADATA to a client, with the codes of the version that the
 * client supports.
 *
 * Source: as in `server/state/metadata.ts`, "Standard Replies".
 *
 * @module
 */

import { isEarlierVersion } from "../delivery/metadata.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "./session.ts";

/** Makes the code and parameters of `draft/metadata-2` from the parameters of `draft/metadata-3`. */
type Earlier = (params: readonly string[]) => readonly string[];

/** The codes of `draft/metadata-3` that `draft/metadata-2` does not have in the same form. */
const EARLIER: ReadonlyMap<string, Earlier> = new Map<string, Earlier>([
  ["INVALID_KEY", (params) => ["KEY_INVALID", ...params]],
  ["INVALID_PARAMS", (params) => ["SUBCOMMAND_INVALID", ...params]],
  ["INVALID_VALUE", (params) => ["VALUE_INVALID", ...params.slice(-1)]],
  [
    "LIMIT_REACHED",
    ([subcommand = "", item = "", , text = ""]) => [
      subcommand === "SUB" ? "TOO_MANY_SUBS" : "LIMIT_REACHED",
      item,
      text,
    ],
  ],
]);

/** Returns the parameters of a fault in the form of the client's version. */
function paramsFor(session: Session, params: readonly string[]): readonly string[] {
  const [code = "", ...rest] = params;
  const earlier = isEarlierVersion(session.caps) ? EARLIER.get(code) : undefined;
  return earlier?.(rest) ?? params;
}

/** Runs `action`; converts an error of METADATA to the form of the client's version. */
export function withMetadataFaults(session: Session, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StandardError)) throw error;
    throw new StandardError(error.command, ...paramsFor(session, error.params));
  }
}

/** Tells the client that nothing was done; `params` are the code and its parameters. */
export function failMetadata(session: Session, ...params: readonly string[]): void {
  session.fail("METADATA", ...paramsFor(session, params));
}

/** Tells the client that one part was not done. In `draft/metadata-2`, this is also a failure. */
export function warnMetadata(session: Session, ...params: readonly string[]): void {
  if (isEarlierVersion(session.caps)) failMetadata(session, ...params);
  else session.warn("METADATA", ...params);
}
