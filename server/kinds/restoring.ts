/**
 * The kinds of events that restore users and channels as they were. They are applied to an empty
 * network, after a `Connected` for each user; the result is the state that they were made from.
 *
 * @module
 */

import type { UserId } from "../events/actor.ts";
import type { ChannelRestored, PastRestored, UserRestored } from "../events/restoring.ts";
import { restoredChannel } from "../state/mutable_state.ts";
import { type NetworkState, NOBODY } from "../state/network_state.ts";
import type { User } from "../state/state.ts";
import { type Kinds, NOT_SHOWN, NOT_STORED } from "./kind.ts";

/** The kinds of events that restore users and channels, by type. */
export const RESTORING: Kinds<"ChannelRestored" | "PastRestored" | "UserRestored"> = {
  ChannelRestored: { ...NOT_SHOWN, ...NOT_STORED, apply: restoreChannel },
  UserRestored: { ...NOT_SHOWN, ...NOT_STORED, apply: restoreUser },
  PastRestored: { ...NOT_SHOWN, ...NOT_STORED, apply: restorePast },
};

function restoreChannel(state: NetworkState, event: ChannelRestored): readonly User[] {
  const channel = restoredChannel(event.channel);
  for (const [id, memberModes, arrival] of event.channel.members) {
    const user = state.user(id);
    channel.members.set(user, memberModes);
    channel.arrivals.set(user, arrival);
  }
  state.channels.add(channel);
  return NOBODY;
}

function restoreUser(state: NetworkState, event: UserRestored): readonly User[] {
  const user = state.user(event.by.id);
  for (const letter of event.modes) state.people.byMode.change(user, letter, true);
  user.isOperatorByPassword = event.isOperatorByPassword;
  user.away = event.away;
  user.isOffline = event.isOffline;
  for (const id of event.accepted) user.accepted.add(id);
  for (const [key, value] of event.metadata) user.metadata.set(key, value);
  for (const name of event.channels) user.channels.add(state.channel(name));
  for (const [name, until, opens = false] of event.invitations) {
    const channel = state.channel(name);
    user.invitations.set(channel, until);
    channel.invited.set(user, opens);
  }
  return NOBODY;
}

function restorePast({ people }: NetworkState, event: PastRestored): readonly User[] {
  const usersOf = (ids: readonly UserId[]) => ids.flatMap((id) => people.byId.get(id) ?? []);
  people.noteMost(event.most);
  for (const former of event.former) people.former.save(former);
  for (const [account, ids] of event.byAccount) people.byAccount.order(account, usersOf(ids));
  for (const [letter, ids] of event.byMode) people.byMode.order(letter, usersOf(ids));
  return NOBODY;
}
