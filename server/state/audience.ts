/**
 * The users who see an event, according to the state.
 *
 * @module
 */

import { hasRank } from "./modes.ts";
import type { Channel, User } from "./state.ts";

/**
 * Returns `user` and all users who share a channel with `user`: they see, for example, that `user`
 * changes nicks or leaves.
 */
export function peersOf(user: User): readonly User[] {
  const [first] = user.channels;
  // Most users are in only one channel. They need no set, which saves much when a thousand leave at
  // once.
  if (first !== undefined && user.channels.size === 1) return first.members.everybody;
  const peers = new Set<User>([user]);
  for (const channel of user.channels) {
    for (const member of channel.members.everybody) peers.add(member);
  }
  return [...peers];
}

/** Returns `users` without `user`, or all of `users` if `user` is `undefined`. */
export function others(users: readonly User[], user: User | undefined): readonly User[] {
  return users.filter((each) => each !== user);
}

/**
 * Returns the members of `channel` that a message reaches: all of them or, if the message is for a
 * rank, the members with that rank or a higher one. `rank` is the rank's prefix, such as `@`.
 */
export function addressed({ members }: Channel, rank: string | undefined): readonly User[] {
  return rank === undefined ? members.everybody : membersOfRank(members, rank);
}

/** Returns the members with the rank whose prefix is `rank`, or with a higher one. */
export function membersOfRank(
  members: ReadonlyMap<User, string>,
  rank: string,
): readonly User[] {
  return [...members].flatMap(([member, modes]) => hasRank(modes, rank) ? [member] : []);
}
