/**
 * The kinds of events by which users connect, change and leave.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { LoggedIn, LoggedOut, Quit, QuitUnheard, Returned } from "../events/events.ts";
import type { Network } from "../state/network.ts";
import { others, peersOf } from "../state/audience.ts";
import { admit, dismiss } from "../state/admitted.ts";
import { changeAccepted, changeHost, type MutableUser, newUser } from "../state/mutable_state.ts";
import { type NetworkState, NOBODY } from "../state/network_state.ts";
import type { User } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import { type Kinds, NOT_SHOWN, NOT_STORED } from "./kind.ts";
import { historyKeyOfChannel, inOwnChannels } from "./history_keys.ts";
import { saveChannel, savePresence } from "./saving.ts";
import { formatModes, optional } from "./wire.ts";

/** The kinds of events about users, by type. */
export const PEOPLE: Kinds<
  | "AcceptChanged"
  | "AwayChanged"
  | "Connected"
  | "HostChanged"
  | "LoggedIn"
  | "LoggedOut"
  | "NickChanged"
  | "Quit"
  | "QuitUnheard"
  | "RealnameChanged"
  | "Returned"
  | "Stayed"
  | "UserModesChanged"
> = {
  Connected: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, event) {
      state.people.add(newUser(event));
      return NOBODY;
    },
    monitored: ({ by: { nick, mask } }) => [{ nick, mask }],
  },
  Quit: {
    apply: quit,
    line: ({ reason }) => ({ command: "QUIT", params: [reason] }),
    needs: [],
    monitored: ({ by: { nick } }) => [{ nick, mask: undefined }],
    history: inOwnChannels,
    rewrite: undefined,
    mayEnd(event, network) {
      const channels = network.users.get(event.by.id)?.channels ?? [];
      return [...channels].filter(({ members }) => members.size === 1);
    },
    save: savePresences,
    whileFull: undefined,
    exported: ({ reason }) => ["quit", reason],
  },
  QuitUnheard: {
    apply: quitUnheard,
    line: ({ reason }) => ({ command: "QUIT", params: [reason] }),
    needs: [],
    monitored: undefined,
    ...NOT_STORED,
    // A history gets a plain `Quit`: with the names of up to a hundred channels, the event would
    // take long to store in as many histories.
    rewrite({ id, time, by, channels, reason }, _network, store) {
      if (store.trouble !== undefined) return;
      const stored = { type: "Quit", id, time, by, reason } as const;
      for (const name of channels) store.append(historyKeyOfChannel(name), stored);
    },
    mayEnd: ({ channels }, network) =>
      channels.flatMap((name) => network.channel(name) ?? [])
        .filter(({ members }) => members.size === 1),
  },
  NickChanged: {
    apply(state, { by, nick, time }) {
      const user = state.user(by.id);
      state.people.rename(user, nick, time);
      return peersOf(user);
    },
    line: ({ nick }) => ({ command: "NICK", params: [nick] }),
    needs: [],
    monitored({ by, nick }) {
      if (casefold(nick) === casefold(by.nick)) return [];
      const mask = nick + by.mask.slice(by.nick.length);
      return [{ nick: by.nick, mask: undefined }, { nick, mask }];
    },
    history: inOwnChannels,
    rewrite: undefined,
    mayEnd: undefined,
    save: undefined,
    whileFull: undefined,
    exported: ({ nick }) => ["nick", nick],
  },
  LoggedIn: {
    ...NOT_STORED,
    apply(state, { by, account, id }) {
      const user = state.user(by.id);
      state.markers.forget(by);
      dismissEarlier(user);
      state.people.byAccount.change(user, account);
      for (const channel of user.channels) {
        admit(user, channel, channel.arrivals.get(user) ?? id);
      }
      return peersOf(user);
    },
    line: ({ account }) => ({ command: "ACCOUNT", params: [account] }),
    needs: ["account-notify"], // https://ircv3.net/specs/extensions/account-notify
    monitored: "line",
    save: saveAdmissions,
  },
  LoggedOut: {
    ...NOT_STORED,
    apply(state, { by }) {
      const user = state.user(by.id);
      dismissEarlier(user);
      state.people.byAccount.change(user, undefined);
      return peersOf(user);
    },
    line: () => ({ command: "ACCOUNT", params: ["*"] }),
    needs: ["account-notify"],
    monitored: "line",
    save: saveAdmissions,
  },
  AwayChanged: {
    ...NOT_STORED,
    apply(state, { by, message }) {
      const user = state.user(by.id);
      user.away = message;
      return others(peersOf(user), user);
    },
    // The user's own clients get numerics in place of a line; see `deliverAway`.
    line: ({ message }) => ({ command: "AWAY", params: optional(message) }),
    needs: ["away-notify"], // https://ircv3.net/specs/extensions/away-notify
    monitored: "line",
    save: ({ by }, network, store) => savePresence(network.users.get(by.id), store),
  },
  HostChanged: {
    ...NOT_STORED,
    apply(state, event) {
      const user = state.user(event.by.id);
      changeHost(user, event);
      return peersOf(user);
    },
    line: ({ username, host }) => ({ command: "CHGHOST", params: [username, host] }),
    needs: ["chghost"], // https://ircv3.net/specs/extensions/chghost
    monitored: "line",
    save: ({ by }, network, store) => savePresence(network.users.get(by.id), store),
  },
  RealnameChanged: {
    ...NOT_STORED,
    apply(state, { by, realname }) {
      const user = state.user(by.id);
      user.realname = realname;
      return peersOf(user);
    },
    line: ({ realname }) => ({ command: "SETNAME", params: [realname] }),
    needs: ["setname"], // https://ircv3.net/specs/extensions/setname
    monitored: "line",
  },
  UserModesChanged: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { by, changes, byPassword = false }) {
      const user = state.user(by.id);
      for (const { add, letter } of changes) state.people.byMode.change(user, letter, add);
      user.isOperatorByPassword = user.modes.has("o") && (user.isOperatorByPassword || byPassword);
      return changes.length > 0 ? [user] : NOBODY;
    },
    line: ({ by, changes }) => ({ command: "MODE", params: [by.nick, ...formatModes(changes)] }),
  },
  AcceptChanged: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, event) {
      changeAccepted(state.user(event.by.id), event);
      return NOBODY;
    },
  },
  Stayed: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { by }) {
      state.user(by.id).isOffline = true;
      return NOBODY;
    },
    save: ({ by }, network, store) => savePresence(network.users.get(by.id), store),
  },
  Returned: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { by }) {
      state.user(by.id).isOffline = false;
      return NOBODY;
    },
    save: savePresences,
  },
};

/**
 * Ends the admissions of the account of `user`, who is about to log out, or to log in to another
 * account. Otherwise, a user who logs out before being removed from a channel could log in again
 * and come back.
 */
function dismissEarlier(user: MutableUser): void {
  for (const channel of user.channels) dismiss(user, channel);
}

/** Saves the accounts that may come back to the channels of the author. */
function saveAdmissions({ by }: LoggedIn | LoggedOut, network: Network, store: Store): void {
  for (const channel of network.users.get(by.id)?.channels ?? []) {
    if (channel.flags.has("i")) saveChannel(channel, store);
  }
}

/**
 * Removes a user who quits from channels that hear no reason; returns the members who share no
 * other channel with the user.
 */
function quitUnheard(state: NetworkState, { by, channels }: QuitUnheard): readonly User[] {
  const user = state.user(by.id);
  const audience = new Set<User>();
  for (const name of channels) {
    const channel = state.channel(name);
    for (const member of channel.members.everybody) audience.add(member);
    state.channels.leave(user, channel);
  }
  for (const peer of peersOf(user)) audience.delete(peer);
  return [...audience];
}

function quit(state: NetworkState, event: Quit): readonly User[] {
  const user = state.user(event.by.id);
  const audience = others(peersOf(user), user);
  state.markers.forget(user.actor);
  for (const channel of user.channels) state.channels.leave(user, channel);
  for (const channel of user.invitations.keys()) channel.invited.delete(user);
  state.people.remove(user, event.time);
  return audience;
}

/**
 * Updates the record of the user of the author's account who stays while offline. After the author
 * has left or returned, this may be another user of the account, with another nick.
 */
function savePresences({ by: { account } }: Quit | Returned, network: Network, store: Store): void {
  if (account === undefined) return;
  store.keep("presence", casefold(account), undefined);
  for (const user of network.usersOf(account)) savePresence(user, store);
}
