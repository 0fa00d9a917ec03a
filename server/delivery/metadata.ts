/**
 * Sends changes of metadata to subscribers. A numeric is encoded once for all of them.
 *
 * Source: as in `state/metadata.ts`.
 *
 * @module
 */

import { encodeLine } from "../../protocol.ts";
import type { MetadataChanged } from "../events/events.ts";
import type { Monitors } from "../state/monitors.ts";
import type { Reachable, Recipient } from "../state/recipient.ts";
import { NUMERICS } from "../irc/replies.ts";
import type { Caps } from "../irc/capabilities.ts";

/** Returns true if clients with `caps` get metadata without a request ("Definitions"). */
export function hasMetadataCaps(caps: Caps): boolean {
  return caps.has("draft/metadata-3") && caps.has("batch");
}

/**
 * Sends a changed value, or its removal, to the subscribers in `audience` and among the clients that
 * monitor the target ("Notifications"). One line for all is addressed to `*`, as the numerics of
 * MONITOR are.
 */
export function deliverMetadata(
  { by, target, key, value }: MetadataChanged,
  audience: readonly Reachable[],
  monitors: Pick<Monitors, "watchersOf">,
  server: string,
): void {
  const name = target.type === "user" ? target.nick : target.channel;
  const [notSet, text] = NUMERICS.RPL_KEYNOTSET;
  const [isSet] = NUMERICS.RPL_KEYVALUE;
  const message = value === undefined
    ? { source: server, command: notSet, params: ["*", name, key, text] }
    : { source: server, command: isSet, params: ["*", name, key, "*", value] };
  let line: Uint8Array | undefined;
  const subscribers = new Set(clientsOf(audience));
  if (target.type === "user") {
    // The author gets a reply in place of a notification.
    for (const watcher of monitors.watchersOf(target.nick)) {
      if (watcher.user?.actor.id !== by.id) subscribers.add(watcher);
    }
  }
  for (const recipient of subscribers) {
    if (!hasMetadataCaps(recipient.caps) || !recipient.subscriptions.has(key)) continue;
    line ??= encodeLine(message);
    recipient.outbox.push(line);
  }
}

/**
 * Tells clients that monitor `nick`, which came into use, to request its metadata ("Automatic
 * synchronization").
 */
export function deliverSyncLater(
  watchers: Iterable<Recipient>,
  nick: string,
  server: string,
): void {
  const [command, text] = NUMERICS.ERR_METADATASYNCLATER;
  let line: Uint8Array | undefined;
  for (const recipient of watchers) {
    if (!hasMetadataCaps(recipient.caps)) continue;
    line ??= encodeLine({ source: server, command, params: ["*", nick, "0", text] });
    recipient.outbox.push(line);
  }
}

function* clientsOf(audience: Iterable<Reachable>): Iterable<Recipient> {
  for (const { recipients } of audience) yield* recipients.all;
}
