/**
 * Sends changes of metadata to subscribers. A numeric is encoded once for all of them.
 *
 * Source: as in `state/metadata.ts`.
 *
 * @module
 */

import { encodeLine } from "../../protocol.ts";
import type { MetadataChanged } from "../events/events.ts";
import type { Reachable, Recipient } from "../state/recipient.ts";
import { NUMERICS } from "../irc/replies.ts";
import type { Caps } from "../irc/capabilities.ts";

/** Returns true if clients with `caps` get metadata without a request ("Definitions"). */
export function hasMetadataCaps(caps: Caps): boolean {
  return caps.has("draft/metadata-3") && caps.has("batch");
}

/**
 * Sends a changed value, or its removal, to the subscribers in `audience` ("Notifications"). One line
 * for all is addressed to `*`, as the numerics of MONITOR are.
 */
export function deliverMetadata(
  { target, key, value }: MetadataChanged,
  audience: readonly Reachable[],
  server: string,
): void {
  const name = target.type === "user" ? target.nick : target.channel;
  const [notSet, text] = NUMERICS.RPL_KEYNOTSET;
  const [isSet] = NUMERICS.RPL_KEYVALUE;
  const message = value === undefined
    ? { source: server, command: notSet, params: ["*", name, key, text] }
    : { source: server, command: isSet, params: ["*", name, key, "*", value] };
  let line: Uint8Array | undefined;
  for (const recipient of clientsWithMetadata(audience)) {
    if (!recipient.subscriptions.has(key)) continue;
    line ??= encodeLine(message);
    recipient.outbox.push(line);
  }
}

/**
 * Tells users who monitor `nick`, which came into use, to request its metadata ("Automatic
 * synchronization").
 */
export function deliverSyncLater(
  watchers: Iterable<Reachable>,
  nick: string,
  server: string,
): void {
  const [command, text] = NUMERICS.ERR_METADATASYNCLATER;
  let line: Uint8Array | undefined;
  for (const recipient of clientsWithMetadata(watchers)) {
    line ??= encodeLine({ source: server, command, params: ["*", nick, "0", text] });
    recipient.outbox.push(line);
  }
}

function* clientsWithMetadata(audience: Iterable<Reachable>): Iterable<Recipient> {
  for (const { recipients } of audience) {
    for (const recipient of recipients.all) if (hasMetadataCaps(recipient.caps)) yield recipient;
  }
}
