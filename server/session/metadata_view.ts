/**
 * Shows metadata to a client, in numerics and in parts of limited size. Callers check that the
 * client may see it.
 *
 * Source: https://ircv3.net/specs/extensions/metadata; for its revisions, see
 * `server/state/metadata.ts`. Section names below are those of this specification.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { hasMetadataCaps, isEarlierVersion } from "../delivery/metadata.ts";
import { entriesAround, entriesOf, type MetadataEntry } from "../state/metadata.ts";
import type { Session } from "./session.ts";
import type { Steps } from "./slices.ts";
import type { Channel, User } from "../state/state.ts";

/**
 * The largest number of entries in one response to SYNC. So even the largest channel cannot fill a
 * send queue.
 */
const ENTRIES_PER_SYNC = 200;
/** The seconds that a client must wait before it requests the rest. */
const SYNC_RETRY = "1";

/** Returns true if the client gets metadata without a request ("Definitions"). */
export function isMetadataAware(session: Session): boolean {
  return hasMetadataCaps(session.caps);
}

/** Sends the replies of `action` as a batch about `target`, if the client supports batches. */
export function inMetadataBatch(session: Session, target: string, action: () => void): void {
  session.inBatch({ type: "metadata", params: [target] }, action);
}

/** Sends all metadata of `user`, including keys that the client is not subscribed to. */
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
 * Sends one key with its value because of a subscription, or because the client has registered.
 * `draft/metadata-2` has a different message for this ("METADATA server message").
 */
function sendUnasked(session: Session, entry: MetadataEntry): void {
  const { target, key, value } = entry;
  if (isEarlierVersion(session.caps)) session.fromServer("METADATA", target, key, "*", value);
  else sendEntry(session, entry);
}

/**
 * Tells a client to request the metadata of `target` once `seconds` have passed ("Postponed
 * synchronization").
 */
export function postponeSync(session: Session, target: string, seconds = "0"): void {
  session.reply("ERR_METADATASYNCLATER", target, seconds);
}

/**
 * The largest number of users whose metadata is looked up at once when a client joins a channel. So
 * a large channel does not keep the server from its other work.
 */
const USERS_PER_JOIN = 2000;

/** One response to SYNC. */
interface Response {
  readonly entries: MetadataEntry[];
  /** True if no entries are left for a further response. */
  isComplete: boolean;
}

/**
 * Returns the steps that send metadata of `channels`, of their members, and of `users`: the keys
 * that the client is subscribed to ("METADATA SYNC"). The steps first send the entries of `own`,
 * which only the client's own user sees. One response has a limited number of entries; the client's
 * next request for `target` continues after them.
 */
export function* syncSteps(
  session: Session,
  target: string,
  channels: Iterable<Channel>,
  users: Iterable<User>,
  own: Iterable<MetadataEntry> = [],
): Steps {
  const response: Response = { entries: [], isComplete: false };
  const { metadata: { subscriptions }, user: viewer } = session;
  if (!viewer) return;
  const all = joined(own, entriesAround(channels, users, { keys: [...subscriptions], viewer }));
  yield* collect(session, target, response, all);
  sendResponse(session, target, response);
}

function* joined(
  own: Iterable<MetadataEntry>,
  others: Iterable<MetadataEntry | undefined>,
): Generator<MetadataEntry | undefined> {
  yield* own;
  yield* others;
}

/**
 * Returns the steps that fill `response`: with the rest of an earlier response for `target`, if
 * there is one, and otherwise with `all`.
 */
function* collect(
  { metadata }: Session,
  target: string,
  response: Response,
  all: Iterator<MetadataEntry | undefined>,
): Steps {
  const of = casefold(target);
  const begun = metadata.unfinished?.of === of ? metadata.unfinished.entries : undefined;
  const entries = begun ?? all;
  metadata.unfinished = { of, entries };
  while (response.entries.length < ENTRIES_PER_SYNC) {
    const { done, value } = entries.next();
    if (done) {
      response.isComplete = true;
      return;
    }
    if (value) response.entries.push(value);
    yield;
  }
}

function sendResponse(session: Session, target: string, { entries, isComplete }: Response): void {
  inMetadataBatch(session, target, () => {
    for (const entry of entries) sendUnasked(session, entry);
  });
  if (isComplete) session.metadata.unfinished = undefined;
  else postponeSync(session, target, SYNC_RETRY);
}

/**
 * Sends the metadata of `channel`, which the user has just joined, and of its members ("Automatic
 * synchronization").
 */
export function syncOnJoin(session: Session, channel: Channel): void {
  if (!isMetadataAware(session)) return;
  const { metadata, user: viewer } = session;
  if (!viewer) return;
  metadata.unfinished = undefined;
  const channels = metadata.subscriptions.size > 0 ? [channel] : [];
  const response: Response = { entries: [], isComplete: false };
  const all = entriesAround(channels, [], { keys: [...metadata.subscriptions], viewer });
  const steps = collect(session, channel.name, response, all);
  for (let looked = 0; looked < USERS_PER_JOIN && !steps.next().done; looked++);
  sendResponse(session, channel.name, response);
}
