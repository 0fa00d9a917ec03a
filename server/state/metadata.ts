/**
 * Metadata: what users and channels tell of themselves under keys, such as `avatar` or `url`. What
 * keys and values may be, and what one client has asked to be told of. Knows nothing of how it is
 * told.
 *
 * Source: `draft/metadata-3`, the revision of https://ircv3.net/specs/extensions/metadata in
 * https://github.com/ircv3/ircv3-specifications/pull/613
 *
 * @module
 */

import { byteLength } from "../../text.ts";
import { TokenBucket } from "../net/rate.ts";
import type { Channel, User } from "./state.ts";

/** Keys and their values. */
export type Metadata = ReadonlyMap<string, string>;

/** Told in the capability's value. A key with its value fits into a line, whoever it is about. */
export const METADATA_LIMITS = {
  /** Keys that one client may ask to be told of. */
  subscriptions: 50,
  /** Keys that one user, or one channel, may have. */
  keys: 20,
  /** The longest key. */
  keyBytes: 32,
  /** The longest value. */
  valueBytes: 300,
} as const;

/** So many changes, and requests for much at once, a client may make in the long run and at once. */
const REQUESTS_PER_SECOND = 1;
const REQUEST_BURST = 50;

/** "Keys and Values". */
const KEY = /^[a-z0-9_./-]+$/;

/** Whether `key` can be one. */
export function isMetadataKey(key: string): boolean {
  return KEY.test(key) && byteLength(key) <= METADATA_LIMITS.keyBytes;
}

/** A key that somebody, or a channel, has. */
export interface MetadataEntry {
  /** The nick or the channel's name. */
  readonly target: string;
  /** The key. */
  readonly key: string;
  /** Its value. */
  readonly value: string;
}

/** What is under those of `keys` that are set, each looked up when it is asked for. */
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

/** What is under `keys` of all these channels, of who is in them, and of `users`; of each once. */
export function* entriesAround(
  channels: Iterable<Channel>,
  users: Iterable<User>,
  keys: Iterable<string>,
): Generator<MetadataEntry> {
  const seen = new Set<User>();
  for (const channel of channels) {
    yield* entriesOf(channel, keys);
    yield* ofUsers(channel.members.keys());
  }
  yield* ofUsers(users);

  function* ofUsers(found: Iterable<User>): Generator<MetadataEntry> {
    for (const user of found) {
      if (user.metadata.size === 0 || seen.has(user)) continue;
      seen.add(user);
      yield* entriesOf(user, keys);
    }
  }
}

/** What one client has asked for; a part of its session, as its capabilities are. */
export class MetadataClient {
  /** The keys it wants to be told of. */
  readonly subscriptions: Set<string> = new Set();
  /** What it has set before it registered. */
  readonly early: Map<string, string> = new Map();
  /** What is left of a synchronization that was too much for one answer, and of what. */
  unfinished: { readonly of: string; readonly entries: Iterator<MetadataEntry> } | undefined;
  #requests: TokenBucket | undefined;

  /** Whether it may now make a change, or ask for much at once; `now` is in milliseconds. */
  tryRequest(now: number): boolean {
    this.#requests ??= new TokenBucket(REQUESTS_PER_SECOND, REQUEST_BURST, now);
    return this.#requests.tryTake(now);
  }

  /** "`draft/metadata-3` Capability": who gives it back wants to be told of nothing any more. */
  forget(): void {
    this.subscriptions.clear();
    this.unfinished = undefined;
  }
}
