/**
 * The kinds of events by which channels change.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { ChannelModesChanged, ModeChange } from "../events/events.ts";
import type { EventBase } from "../events/actor.ts";
import {
  changeChannelMode,
  changeRank,
  changeTopic,
  type MutableChannel,
  takeRank,
} from "../state/mutable_state.ts";
import { changeMemberModes } from "../state/modes.ts";
import type { NetworkState } from "../state/network_state.ts";
import type { User } from "../state/state.ts";
import { type Kinds, NOT_STORED } from "./kind.ts";
import { historyKeysOfChannel, inChannel } from "./history_keys.ts";
import { saveChannel, saveItsChannel, saveMarker, savePresence } from "./saving.ts";
import { formatModes } from "./wire.ts";

/** The kinds of events about channels, by type. */
export const CHANNELS: Kinds<"ChannelModesChanged" | "Renamed" | "TopicChanged"> = {
  TopicChanged: {
    apply(state, event) {
      const channel = state.channel(event.channel);
      changeTopic(channel, event);
      return channel.members.everybody;
    },
    line: ({ channel, topic }) => ({ command: "TOPIC", params: [channel, topic] }),
    needs: [],
    monitored: undefined,
    history: inChannel,
    rewrite: undefined,
    mayEnd: undefined,
    save: saveItsChannel,
    whileFull: undefined,
    exported: ({ topic }) => ["topic", topic],
  },
  ChannelModesChanged: {
    apply: changeModes,
    line: ({ channel, changes }) => ({
      command: "MODE",
      params: [channel, ...formatModes(changes)],
    }),
    needs: [],
    monitored: undefined,
    history: inChannel,
    rewrite: undefined,
    mayEnd: undefined,
    save({ channel, changes }, network, store) {
      for (const { user } of changes) {
        if (user !== undefined) savePresence(network.users.get(user), store);
      }
      saveChannel(network.channel(channel), store);
    },
    whileFull: undefined,
    exported: ({ changes }) => ["mode", formatModes(changes).join(" ")],
  },
  Renamed: {
    apply(state, { channel: from, name, time }) {
      const channel = state.channel(from);
      state.channels.rename(channel, name, time);
      state.tokens.rename(from, name);
      state.markers.rename(from, name);
      return channel.members.everybody;
    },
    line: ({ channel, name, reason }) => ({ command: "RENAME", params: [channel, name, reason] }),
    // Clients without channel-rename get PART and JOIN; see `deliverRenamed`.
    needs: ["draft/channel-rename"],
    monitored: undefined,
    ...NOT_STORED,
    rewrite({ channel, name }, { markers }, store) {
      const keys = historyKeysOfChannel(name);
      for (const [i, key] of historyKeysOfChannel(channel).entries()) store.move(key, keys[i]);
      const moved = markers.in(channel);
      for (const marker of [...moved, ...markers.in(name)]) saveMarker(marker, undefined, store);
      for (const marker of moved) saveMarker({ ...marker, target: name }, marker.upTo, store);
    },
    save({ channel: from, name }, network, store) {
      store.keep("channel", casefold(from), undefined);
      for (const token of network.tokens.leadingTo(name)) store.keep("token", token.hash, token);
      const channel = network.channel(name);
      // The records of users who stay while offline refer to a channel by its start id, if it has
      // one. Such records stay valid, and are not saved again: there may be thousands of them.
      const members = channel?.startId === undefined ? channel?.members.keys() : undefined;
      for (const member of members ?? []) savePresence(member, store);
      saveChannel(channel, store);
    },
    whileFull: ({ channel }) => ["RENAME", channel],
  },
};

function changeModes(state: NetworkState, event: ChannelModesChanged): readonly User[] {
  const channel = state.channel(event.channel);
  // The author with the id 0 is the server. It only restores the ranks of members, which does not
  // count as a use of the channel.
  if (event.by.id !== 0) channel.used = true;
  for (const change of event.changes) changeMode(state, channel, change, event);
  if (event.changes.some(({ letter }) => letter === "b")) state.channels.timedBans.follow(channel);
  return channel.members.everybody;
}

function changeMode(
  state: NetworkState,
  channel: MutableChannel,
  change: ModeChange,
  event: EventBase,
): void {
  const { add, letter, user: id, account } = change;
  if (account !== undefined) return takeRank(channel, account, letter);
  if (id === undefined) return changeChannelMode(channel, change, event);
  const user = state.user(id);
  const memberModes = channel.members.get(user) ?? "";
  changeRank(channel, user, changeMemberModes(memberModes, letter, add));
}
