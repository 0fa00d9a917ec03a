/**
 * Decides from the state alone which channels and users a user may see.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import type { Channel, User } from "./state.ts";

/** Matches the masks that consist of wildcards alone, and so match all users. */
const ALL_USERS = /^[*?]+![*?]+@[*?]+$/;

/**
 * Returns true if `channel` is meant for some users only: it needs a channel key, an invitation or
 * an account, it is secret or private, or one of its bans matches all users. Some channels are
 * neither restricted nor {@linkcode isOpen}: those with a limit of members or with other bans.
 */
export function isRestricted({ flags, settings, lists }: Channel): boolean {
  return ["R", "i", "p", "s"].some((letter) => flags.has(letter)) || settings.has("k") ||
    Array.from(lists.get("b")?.values() ?? []).some(({ mask }) => ALL_USERS.test(mask));
}

/**
 * Returns true if all users can find and join `channel`: it is not restricted, and has no limit of
 * members and no bans.
 */
export function isOpen(channel: Channel): boolean {
  return !isRestricted(channel) && !channel.settings.has("l") && !channel.lists.get("b")?.size;
}

/**
 * Returns true if `viewer` may know that `channel` exists: a secret channel is known only to its
 * members and to operators of the server (Modern IRC, "Secret Channel Mode").
 */
export function isKnown(channel: Channel, viewer: User): boolean {
  return !channel.flags.has("s") || channel.members.has(viewer) || viewer.modes.has("o");
}

/**
 * Returns true if `viewer` may be shown `channel` without having named it: users who are not
 * members see a private channel only if they name it (RFC 2811, section 4.2.6).
 */
export function isShown(channel: Channel, viewer: User): boolean {
  return isKnown(channel, viewer) &&
    (!channel.flags.has("p") || channel.members.has(viewer) || viewer.modes.has("o"));
}

/**
 * Returns true if `viewer` may read the topic and the metadata of `channel`. Members of the channel
 * and operators of the server may. Other users may if they may know of the channel, and it needs
 * neither an invitation nor a channel key.
 */
export function mayReadAbout(channel: Channel, viewer: User): boolean {
  if (channel.members.has(viewer) || viewer.modes.has("o")) return true;
  return isKnown(channel, viewer) && !channel.flags.has("i") && !channel.settings.has("k");
}

/**
 * Returns true if `viewer` may be shown `user` in lists: an invisible user is shown only to users
 * who share a channel with them, and to operators of the server (Modern IRC, "User Modes").
 */
export function isVisible(user: User, viewer: User): boolean {
  if (user === viewer || !user.modes.has("i") || viewer.modes.has("o")) return true;
  return shareChannel(user, viewer);
}

/** Returns true if there is a channel of which both users are members. */
export function shareChannel(one: User, other: User): boolean {
  for (const channel of one.channels) if (channel.members.has(other)) return true;
  return false;
}
