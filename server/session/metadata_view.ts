/**
 * Shows metadata to a client, in numerics and in parts of limited size. Callers check that the
 * client may see it.
 *
 * Source: as in `server/state/metadata.ts`.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { hasMetadataCaps, isEarlierVersion } from "../delivery/metadata.ts";
import { entriesAround, entriesOf, type MetadataEntry } from "../state/metadata.ts";
import type { Session } from "./session.ts";
import type { Channel, User } from "../state/state.ts";

/**
 * The largest number of entries in a response to SYNC: even the largest channel cannot fill a send
 * queue.
 */
const ENTRIES_PER_SYNC = 200;
/** The seconds that a client waits before it requests the rest. */
const SYNC_RETRY = "1";

/** Returns true if the client gets metadata without a request ("Definitions"). */
export function isMetadataAware(session: Session): boolean {
  return hasMetadataCaps(session.caps);
}

/** Sends the replies of `action` as a batch about `target`, if the client supports batches. */
export function inMetadataBatch(session: Session, target: string, action: () => void): void {
  session.inBatch({ type: "metadata", params: [target] }, action);
}

/** Sends all metadata of `user`, also keys that the client is not subscribed to. */
export function sendMetadata(session: Session, user: User): void {
  inMetadataBatch(session, user.actor.nick, () => {
    for (const entry of entriesOf(user, user.metadata.keys())) sendUnasked(session, entry);
  });
}

/** Sends one key with its value; its visibility is `*`, because every user may see it. */
export function sendEntry(session: Session, { target, key, value }: MetadataEntry): void {
  session.reply("RPL_KEYVALUE", target, key, "*", value);
}

/**
 * Sends one key with its value because of a subscription or a registration. `draft/metadata-2` has
 * a different message for this ("METADATA server message").
 */
function sendUnasked(session: Session, entry: MetadataEntry): void {
  const { target, key, value } = entry;
  if (isEarlierVersion(session.caps)) session.fromServer("METADATA", target, key, "*", value);
  else sendEntry(session, entry);
}

/** Tells a client to request the metadata of `target` later ("Postponed synchronization"). */
export function postponeSync(session: Session, target: string, seconds = "0"): void {
  session.reply("ERR_METADATASYNCLATER", target, seconds);
}

/**
 * Sends the keys that the client is subscribed to: those of `channels`, of their members, and of
 * `users` ("METADATA SYNC"). One response has a limited number of entries; the next request
 * continues after them.
 */
export function sync(
  session: Session,
  target: string,
  channels: Iterable<Channel>,
  users: Iterable<User>,
): void {
  const { metadata } = session;
  const of = casefold(target);
  const begun = metadata.unfinished?.of === of ? metadata.unfinished.entries : undefined;
  const entries = begun ?? entriesAround(channels, users, [...metadata.subscriptions]);
  metadata.unfinished = { of, entries };
  inMetadataBatch(session, target, () => {
    for (let sent = 0; sent < ENTRIES_PER_SYNC; sent++) {
      const { done, value } = entries.next();
      if (done) return metadata.unfinished = undefined;
      sendUnasked(session, value);
    }
  });
  if (metadata.unfinished) postponeSync(session, target, SYNC_RETRY);
}

/**
 * Sends the metadata of `channel`, which the user has just joined, and of its members ("Automatic
 * synchronization").
 */
export function syncOnJoin(session: Session, channel: Channel): void {
  if (!isMetadataAware(session)) return;
  session.metadata.unfinished = undefined;
  sync(session, channel.name, session.metadata.subscriptions.size > 0 ? [channel] : [], []);
}
