/**
 * Tells a client about features of the server that have changed with its settings.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import { joinInLines } from "../../shared/text.ts";
import { bytesLeft } from "../irc/limits.ts";
import type { ServeOptions } from "../config/config.ts";
import { VERSION_WITH_VALUES } from "../irc/capabilities.ts";
import { capsWithValues } from "./capability_values.ts";
import { isupportTokens, ownValues } from "./isupport.ts";
import type { Session } from "./session.ts";

/**
 * Sends the client those capabilities and tokens of RPL_ISUPPORT whose values are not the same as
 * with the options `before`.
 */
export function showReconfigured(session: Session, before: ServeOptions): void {
  sendCapabilities(session, before);
  if (!session.user) return;
  const values = ownValues(session);
  const tokens = changedTokens(
    isupportTokens(before, values),
    isupportTokens(session.context.options, values),
  );
  if (tokens.length > 0) session.reply("RPL_ISUPPORT", ...tokens);
}

/**
 * Returns the tokens that are new or have new values, and the names of removed tokens, each after a
 * `-` (Modern IRC, "RPL_ISUPPORT").
 */
function changedTokens(before: readonly string[], now: readonly string[]): string[] {
  const nameOf = (token: string) => token.replace(/=.*/, "");
  const names = new Set(now.map(nameOf));
  return [
    ...now.filter((token) => !before.includes(token)),
    ...before.map(nameOf).filter((name) => !names.has(name)).map((name) => `-${name}`),
  ];
}

/**
 * Sends the capabilities whose value has changed
 * (https://ircv3.net/specs/extensions/capability-negotiation, "The CAP NEW subcommand"). No setting
 * adds or removes a capability.
 */
function sendCapabilities(session: Session, before: ServeOptions): void {
  const { certificate, context: { options }, nick, sts } = session;
  const known = new Set(capsWithValues(before, { certificate, sts }));
  // A client that uses TLS gets a duration (https://ircv3.net/specs/extensions/sts, "The `duration`
  // key").
  if (sts?.startsWith("duration=")) session.sts = `duration=${Math.floor(options.stsMs / 1000)}`;
  if (!session.caps.has("cap-notify") || session.capVersion < VERSION_WITH_VALUES) return;
  const changed = capsWithValues(options, session).filter((item) => !known.has(item));
  for (const line of joinInLines(changed, " ", bytesLeft(options.name, "CAP", nick, "NEW"))) {
    session.fromServer("CAP", nick, "NEW", line);
  }
}
