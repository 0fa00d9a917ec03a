/**
 * Sends the errors and warnings of METADATA to a client, with the codes of the client's version of
 * the capability.
 *
 * Source: https://ircv3.net/specs/extensions/metadata, "Standard Replies"; for its revisions, see
 * `server/state/metadata.ts`.
 *
 * @module
 */

import { isEarlierVersion } from "../delivery/metadata.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "./session.ts";

/**
 * A function that converts an error to the form of `draft/metadata-2`. It takes the parameters that
 * follow the code in `draft/metadata-3`, and returns the earlier code and its parameters.
 */
type Earlier = (params: readonly string[]) => readonly string[];

/** The conversions, by the code in `draft/metadata-3`. Other errors are sent unchanged. */
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

/**
 * Returns `params`, an error's code and parameters of `draft/metadata-3`, in the form of the
 * client's version.
 */
function paramsFor(session: Session, params: readonly string[]): readonly string[] {
  const [code = "", ...rest] = params;
  const earlier = isEarlierVersion(session.caps) ? EARLIER.get(code) : undefined;
  return earlier?.(rest) ?? params;
}

/**
 * Runs `action`. If it throws an error of METADATA, throws the error in the form of the client's
 * version.
 */
export function withMetadataFaults(session: Session, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StandardError)) throw error;
    throw new StandardError(error.command, ...paramsFor(session, error.params));
  }
}

/**
 * Tells the client that nothing of its command was done. `params` are the code and its parameters,
 * as in `draft/metadata-3`.
 */
export function failMetadata(session: Session, ...params: readonly string[]): void {
  session.fail("METADATA", ...paramsFor(session, params));
}

/**
 * Tells the client that a part of its command was not done. In `draft/metadata-2`, this is also a
 * failure (FAIL).
 */
export function warnMetadata(session: Session, ...params: readonly string[]): void {
  if (isEarlierVersion(session.caps)) failMetadata(session, ...params);
  else session.warn("METADATA", ...params);
}
