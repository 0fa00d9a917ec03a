/**
 * Who sees what happens, taken from the state as it is.
 *
 * @module
 */

import { hasRank } from "./modes.ts";
import type { User } from "./state.ts";

/** Everybody who shares a channel with `user`, and `user`: those who see what happens to them. */
export function peersOf(user: User): Iterable<User> {
  const [first] = user.channels;
  // Most are in one channel: when a thousand of them vanish at once, no thousand sets are made.
  if (first !== undefined && user.channels.size === 1) return first.members.keys();
  const peers = new Set<User>([user]);
  for (const channel of user.channels) {
    for (const member of channel.members.keys()) peers.add(member);
  }
  return peers;
}

/** `users` without `user`, where that is one of them. */
export function* others(users: Iterable<User>, user: User | undefined): Iterable<User> {
  for (const each of users) if (each !== user) yield each;
}

/** Those members, each with their modes, who stand at the prefix `rank` or above it. */
export function* membersOfRank(members: ReadonlyMap<User, string>, rank: string): Iterable<User> {
  for (const [member, modes] of members) {
    if (hasRank(modes, rank)) yield member;
  }
}
