/**
 * Sends changes of metadata to the clients that subscribe to the changed key. There are two forms
 * of a line: `draft/metadata-3` has numerics where `draft/metadata-2` has the message METADATA.
 * Each form is encoded once for all clients that get it.
 *
 * Source: https://ircv3.net/specs/extensions/metadata, in two revisions; see
 * `server/state/metadata.ts`. Section names below are those of this specification.
 *
 * @module
 */

import { encodeLine, type Message } from "../../protocol.ts";
import type { MetadataChanged } from "../events/events.ts";
import type { Monitors } from "../state/monitors.ts";
import type { Reachable, Recipient } from "../state/recipient.ts";
import { NUMERICS } from "../irc/replies.ts";
import type { Caps } from "../irc/capabilities.ts";

/** Returns true if clients with `caps` get metadata without a request ("Definitions"). */
export function hasMetadataCaps(caps: Caps): boolean {
  const hasVersion = caps.has("draft/metadata-3") || caps.has("draft/metadata-2");
  return hasVersion && caps.has("batch");
}

/**
 * Returns true if clients with `caps` get the form of `draft/metadata-2`. Clients with both
 * versions get that of `draft/metadata-3`.
 */
export function isEarlierVersion(caps: Caps): boolean {
  return caps.has("draft/metadata-2") && !caps.has("draft/metadata-3");
}

/**
 * A changed metadata key of the user or channel `name`. The value is `undefined` if the key was
 * removed.
 */
interface Change {
  readonly name: string;
  readonly key: string;
  readonly value: string | undefined;
}

/** The forms in which a change is announced, by version of the capability. */
const ANNOUNCED = {
  2: ({ name, key, value }: Change) => ({
    command: "METADATA",
    params: [name, key, "*", ...(value === undefined ? [] : [value])],
  }),
  3({ name, key, value }: Change) {
    const [notSet, text] = NUMERICS.RPL_KEYNOTSET;
    const [isSet] = NUMERICS.RPL_KEYVALUE;
    return value === undefined
      ? { command: notSet, params: ["*", name, key, text] }
      : { command: isSet, params: ["*", name, key, "*", value] };
  },
} satisfies Record<number, (change: Change) => Message>;

/**
 * Sends a changed value, or its removal, to the clients of `audience` that subscribe to the key,
 * and to the subscribers that monitor the changed user ("Notifications"). The same line goes to all
 * of them, so it is addressed to `*` in place of a nick, as the numerics of MONITOR are.
 */
export function deliverMetadata(
  { by, target, key, value }: MetadataChanged,
  audience: readonly Reachable[],
  monitors: Pick<Monitors, "watchersOf">,
  server: string,
): void {
  const name = target.type === "user" ? target.nick : target.channel;
  const lines: { 2?: Uint8Array; 3?: Uint8Array } = {};
  const tell = (recipient: Recipient): void => {
    if (!recipient.subscriptions.has(key) || !hasMetadataCaps(recipient.caps)) return;
    const version = isEarlierVersion(recipient.caps) ? 2 : 3;
    const line = lines[version] ??= encodeLine({
      source: server,
      ...ANNOUNCED[version]({ name, key, value }),
    });
    recipient.outbox.push(line);
  };
  for (const recipient of clientsOf(audience)) tell(recipient);
  const watchers = target.type === "user" ? monitors.watchersOf(target.nick) : [];
  // A set of thousands of clients is made only if it is needed.
  let told: ReadonlySet<Recipient> | undefined;
  for (const watcher of watchers) {
    // The author gets a reply in place of a notification.
    if (watcher.user?.actor.id === by.id) continue;
    told ??= new Set(clientsOf(audience));
    if (!told.has(watcher)) tell(watcher);
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
