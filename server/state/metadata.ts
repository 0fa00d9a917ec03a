/**
 * Metadata of users and channels: keys, such as `avatar` or `url`, with their values and limits,
 * and the keys that a client is subscribed to.
 *
 * Source: https://ircv3.net/specs/extensions/metadata, in the revision `draft/metadata-3` of
 * https://github.com/ircv3/ircv3-specifications/pull/613; and `draft/metadata-2`, the revision
 * before it, which differs only in some messages and codes.
 *
 * @module
 */

import { byteLength } from "../../shared/text.ts";
import { isVisible, mayReadAbout } from "./visibility.ts";
import type { Channel, User } from "./state.ts";

/**
 * The limits, which clients learn from the value of the capability (in CAP LS). They are low enough
 * that a key with its value always fits into a line.
 */
export const METADATA_LIMITS = {
  /** The number of keys that one client can subscribe to. */
  subscriptions: 50,
  /** The number of keys that one user or channel can have. */
  keys: 20,
  /** The length of a key, in bytes. */
  keyBytes: 32,
  /** The length of a value, in bytes. */
  valueBytes: 300,
} as const;

/** Matches the keys that the specification allows ("Keys and Values"). */
const KEY = /^[a-z0-9_./-]+$/;

/** Returns true if `key` has the characters and the length of a metadata key. */
export function isMetadataKey(key: string): boolean {
  return KEY.test(key) && byteLength(key) <= METADATA_LIMITS.keyBytes;
}

/** A metadata key of a user or channel, with its value. */
export interface MetadataEntry {
  /** The nick or the channel's name. */
  readonly target: string;
  /** The key. */
  readonly key: string;
  /** Its value. */
  readonly value: string;
}

/**
 * Yields the entries that `target` has for `keys`. Each value is looked up when the caller asks for
 * the next entry, so it is not outdated.
 */
export function* entriesOf(
  target: User | Channel,
  keys: Iterable<string>,
): Generator<MetadataEntry> {
  if (target.metadata.size === 0) return;
  const name = "actor" in target ? target.actor.nick : target.name;
  for (const key of keys) {
    const value = target.metadata.get(key);
    if (value !== undefined) yield { target: name, key, value };
  }
}

/**
 * Yields the entries for `keys` of the channels, of their members, and of `users`, each user once.
 * Yields `undefined` before each user, so that the caller can pause there. Leaves out entries of
 * channels and members that `viewer` may not see. Checks this during the iteration, because the
 * viewer may have to leave a channel meanwhile.
 */
export function* entriesAround(
  channels: Iterable<Channel>,
  users: Iterable<User>,
  { keys, viewer }: { readonly keys: Iterable<string>; readonly viewer: User },
): Generator<MetadataEntry | undefined> {
  const seen = new Set<User>();
  for (const channel of channels) {
    for (const entry of mayReadAbout(channel, viewer) ? entriesOf(channel, keys) : []) {
      if (mayReadAbout(channel, viewer)) yield entry;
    }
    yield* ofUsers(channel.members.keys(), (user) =>
      channel.members.has(viewer) ||
      (mayReadAbout(channel, viewer) && isVisible(user, viewer)));
  }
  yield* ofUsers(users, () => true);

  function* ofUsers(
    found: Iterable<User>,
    isShown: (user: User) => boolean,
  ): Generator<MetadataEntry | undefined> {
    for (const user of found) {
      yield undefined;
      if (user.metadata.size === 0 || seen.has(user) || !isShown(user)) continue;
      seen.add(user);
      yield* entriesOf(user, keys);
    }
  }
}
