/**
 * How metadata shows to a client: in which numerics, how much at a time. Whether it may see something
 * is asked elsewhere.
 *
 * Source: as in `server/state/metadata.ts`.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { knowsMetadata } from "../delivery/metadata.ts";
import { entriesAround, entriesOf, type MetadataEntry } from "../state/metadata.ts";
import type { Session } from "./session.ts";
import type { Channel, User } from "../state/state.ts";

/** What an answer to SYNC has at most, so that the largest channel overruns no send queue. */
const ENTRIES_PER_SYNC = 200;
/** Seconds to wait before asking for the rest. */
const SYNC_RETRY = "1";

/** "Definitions": whether the client is to be told of metadata unasked. */
export function isAware(session: Session): boolean {
  return knowsMetadata(session.caps);
}

/** Sends what `action` answers as a batch about `target`, if the client understands that. */
export function inMetadataBatch(session: Session, target: string, action: () => void): void {
  session.inBatch("metadata", action, target);
}

/** Sends all that `user` has, whatever the client is subscribed to. */
export function sendMetadata(session: Session, user: User): void {
  inMetadataBatch(session, user.actor.nick, () => {
    for (const entry of entriesOf(user, user.metadata.keys())) sendEntry(session, entry);
  });
}

/** One key and its value; everybody may see everything, which is what `*` says. */
export function sendEntry(session: Session, { target, key, value }: MetadataEntry): void {
  session.reply("RPL_KEYVALUE", target, key, "*", value);
}

/** Tells a client that it is to ask for the metadata of `target` ("Postponed synchronization"). */
export function postponeSync(session: Session, target: string, seconds = "0"): void {
  session.reply("ERR_METADATASYNCLATER", target, seconds);
}

/**
 * "METADATA SYNC": all that the client is subscribed to, of `channels`, of who is in them, and of
 * `users`. What is too much for one answer comes in the next ones, as often as it asks.
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
      sendEntry(session, value);
    }
  });
  if (metadata.unfinished) postponeSync(session, target, SYNC_RETRY);
}

/** "Automatic synchronization": for who has just come into `channel`. */
export function syncOnJoin(session: Session, channel: Channel): void {
  if (!isAware(session)) return;
  session.metadata.unfinished = undefined;
  sync(session, channel.name, session.metadata.subscriptions.size > 0 ? [channel] : [], []);
}
