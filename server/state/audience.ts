/**
 * Who sees what happens, taken from the state as it is.
 *
 * @module
 */

import { hasRank } from "./modes.ts";
import type { User } from "./state.ts";

/** Everybody who shares a channel with `user`, and `user`: those who see what happens to them. */
export function peersOf(user: User): readonly User[] {
  const [first] = user.channels;
  // Most are in one channel: when a thousand of them vanish at once, no thousand sets are made.
  if (first !== undefined && user.channels.size === 1) return first.members.everybody;
  const peers = new Set<User>([user]);
  for (const channel of user.channels) {
    for (const member of channel.members.everybody) peers.add(member);
  }
  return [...peers];
}

/** `users` without `user`, where that is one of them. */
export function others(users: readonly User[], user: User | undefined): readonly User[] {
  return users.filter((each) => each !== user);
}

/** Those members, each with their modes, who stand at the prefix `rank` or above it. */
export function membersOfRank(
  members: ReadonlyMap<User, string>,
  rank: string,
): readonly User[] {
  return [...members].flatMap(([member, modes]) => hasRank(modes, rank) ? [member] : []);
}
