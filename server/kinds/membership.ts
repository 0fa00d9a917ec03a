/**
 * The kinds of events by which users join and leave channels, are invited, and ask for an
 * invitation.
 *
 * @module
 */

import type { Joined, Kicked, Parted } from "../events/events.ts";
import type { UserId } from "../events/actor.ts";
import type { Network } from "../state/network.ts";
import { membersOfRank, others } from "../state/audience.ts";
import { admit, admittedSince, dismiss } from "../state/admitted.ts";
import { changeRank, forgetInvitation, invite, newChannel } from "../state/mutable_state.ts";
import type { NetworkState } from "../state/network_state.ts";
import type { Channel, User } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import { type Kinds, NOT_SHOWN, NOT_STORED } from "./kind.ts";
import { inChannel } from "./history_keys.ts";
import { saveChannel, savePresence } from "./saving.ts";
import { optional } from "./wire.ts";
import { requestForInvitation } from "../texts/permissions.ts";

/** The kinds of events about members and invitations, by type. */
export const MEMBERSHIP: Kinds<
  "AwayShown" | "InvitationShown" | "Invited" | "Joined" | "Kicked" | "Knocked" | "Parted"
> = {
  Joined: {
    apply: join,
    // https://ircv3.net/specs/extensions/extended-join
    line: ({ channel, by: { account = "*" }, realname }, caps) => ({
      command: "JOIN",
      params: caps.has("extended-join") ? [channel, account, realname] : [channel],
    }),
    needs: [],
    monitored: undefined,
    history: inChannel,
    rewrite: undefined,
    mayEnd: undefined,
    save(event, network, store) {
      const channel = network.channel(event.channel);
      const user = network.users.get(event.by.id);
      if (!channel || !user) return;
      // Most joins do not change the channel's record. Saving it each time would take long: a
      // record may be large, and one JOIN may name many channels.
      const isNew = channel.startId === event.id;
      const isAdmitted = admittedSince(user, channel) === event.id;
      if (isNew || isAdmitted || event.memberModes !== "") saveChannel(channel, store);
    },
    whileFull: undefined,
    exported: () => ["join", ""],
  },
  Parted: {
    apply: (state, { by, channel }) => leave(state, by.id, channel),
    line: ({ channel, reason }) => ({ command: "PART", params: [channel, ...optional(reason)] }),
    needs: [],
    monitored: undefined,
    history: inChannel,
    rewrite: undefined,
    mayEnd: ifLastMember,
    save: saveAdmitted,
    whileFull: undefined,
    exported: ({ reason }) => ["part", reason ?? ""],
  },
  Kicked: {
    apply: (state, { user, channel }) => leave(state, user, channel),
    line: ({ channel, nick, reason }) => ({ command: "KICK", params: [channel, nick, reason] }),
    needs: [],
    monitored: undefined,
    history: inChannel,
    rewrite: undefined,
    mayEnd: ifLastMember,
    save(event, network, store) {
      savePresence(network.users.get(event.user), store);
      saveAdmitted(event, network, store);
    },
    whileFull: undefined,
    exported: ({ nick, reason }) => ["kick", `${nick} ${reason}`],
  },
  AwayShown: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply: showToOthers,
    line: ({ message }) => ({ command: "AWAY", params: [message] }),
    needs: ["away-notify"], // https://ircv3.net/specs/extensions/away-notify
  },
  Invited: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, event) {
      const user = state.user(event.user);
      invite(user, state.channel(event.channel), event);
      return [user];
    },
    line: inviteLine,
  },
  InvitationShown: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply: showToOthers,
    line: inviteLine,
    needs: ["invite-notify"], // https://ircv3.net/specs/extensions/invite-notify
  },
  Knocked: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, event) {
      const channel = state.channel(event.channel);
      channel.knockedAt = event.time;
      return membersOfRank(channel.members, "%");
    },
    // RPL_KNOCK (710) usually begins with the recipient's nick. Here, it begins with the channel,
    // so that all members who get it get the same line.
    line({ channel, mask, text }) {
      return { command: "710", params: [channel, channel, mask, requestForInvitation(text)] };
    },
  },
};

function join(state: NetworkState, event: Joined): readonly User[] {
  const { channel: name, id, memberModes, time } = event;
  const user = state.user(event.by.id);
  const channel = state.channels.get(name) ??
    state.channels.add(newChannel(name, { createdAt: time, startId: id }));
  if (memberModes === "") channel.members.set(user, "");
  else changeRank(channel, user, memberModes);
  channel.arrivals.set(user, admittedSince(user, channel) ?? event.id);
  admit(user, channel, event.id);
  forgetInvitation(user, channel);
  user.channels.add(channel);
  return channel.members.everybody;
}

/** Removes a user who left a channel or was kicked from it; returns the users who see that. */
function leave(state: NetworkState, id: UserId, name: string): readonly User[] {
  const channel = state.channel(name);
  const audience = channel.members.everybody;
  const user = state.user(id);
  dismiss(user, channel);
  state.channels.leave(user, channel);
  return audience;
}

/**
 * Saves the channel if it is invitation-only: its record contains the accounts that may come back
 * without an invitation.
 */
function saveAdmitted(event: Parted | Kicked, network: Network, store: Store): void {
  const channel = network.channel(event.channel);
  if (channel?.flags.has("i")) saveChannel(channel, store);
}

function ifLastMember({ channel: name }: Parted | Kicked, network: Network): readonly Channel[] {
  const channel = network.channel(name);
  return channel?.members.size === 1 ? [channel] : [];
}

function showToOthers(
  state: NetworkState,
  { channel, by }: { readonly channel: string; readonly by: { readonly id: UserId } },
): readonly User[] {
  return others(state.channel(channel).members.everybody, state.people.byId.get(by.id));
}

function inviteLine({ nick, channel }: { readonly nick: string; readonly channel: string }) {
  return { command: "INVITE", params: [nick, channel] };
}
