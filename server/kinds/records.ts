/**
 * The kinds of events that change the server's records, such as accounts, bans, tokens, metadata
 * and read markers. Clients get no line for most of them.
 *
 * @module
 */

import { identityOf } from "../state/person.ts";
import { casefold } from "../../protocol.ts";
import type { MetadataChanged } from "../events/events.ts";
import type { Network } from "../state/network.ts";
import { others, peersOf } from "../state/audience.ts";
import { withRankOrException } from "../state/channels.ts";
import type { Token } from "../events/records.ts";
import { setValue } from "../state/mutable_state.ts";
import { type NetworkState, NOBODY } from "../state/network_state.ts";
import { isAccount } from "../state/person.ts";
import { MARKER_LIMIT } from "../state/read_markers.ts";
import type { User } from "../state/state.ts";
import { withoutAccount } from "../state/tokens.ts";
import type { Store } from "../store/store.ts";
import { type Kinds, NOT_SHOWN, NOT_STORED } from "./kind.ts";
import { banRecordKey, saveChannel, saveMarker, saveWaiting } from "./saving.ts";
import { markerParams } from "./wire.ts";

/** The kinds of events about records, by type. */
export const RECORDS: Kinds<
  | "AccountRemoved"
  | "AccountSaved"
  | "MarkerMoved"
  | "MetadataChanged"
  | "OperatorAdded"
  | "OperatorRemoved"
  | "PushRemoved"
  | "PushSaved"
  | "ServerBanRemoved"
  | "ServerBanSaved"
  | "TokenRemoved"
  | "TokenSaved"
  | "TokenUsed"
  | "UploadRemoved"
  | "UploadSaved"
  | "WaitingChanged"
> = {
  AccountSaved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { account }) {
      state.accounts.save(account);
      return NOBODY;
    },
    save: ({ account }, _network, store) => store.keep("account", casefold(account.name), account),
    whileFull: ({ account }) => ["REGISTER", account.name],
  },
  AccountRemoved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { account }) {
      state.channels.forgetAccount(account);
      state.markers.forgetAccount(account);
      state.pushes.forgetAccount(account);
      state.accounts.remove(account);
      state.tokens.forget(account);
      state.uploads.forgetAccount(account);
      state.waiting.set(account, []);
      return NOBODY;
    },
    rewrite: ({ account }, network, store) => forgetAccount(account, network, store),
    mayEnd: ({ account }, { channels }) => withRankOrException(channels.values(), account),
    whileFull: ({ account }) => ["DROP", account],
  },
  OperatorAdded: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply: () => NOBODY,
    save({ account: name, request, time: since }, _network, store) {
      store.keep("operator", casefold(name), { name, since });
      if (request !== undefined) store.keep("request", request, undefined);
    },
  },
  OperatorRemoved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply: () => NOBODY,
    save({ account, request }, _network, store) {
      store.keep("operator", casefold(account), undefined);
      store.keep("request", request, undefined);
    },
  },
  PushSaved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { subscription }) {
      state.pushes.save(subscription);
      return NOBODY;
    },
    save: ({ subscription }, _network, store) =>
      store.keep("push", subscription.endpoint, subscription),
    whileFull: () => ["WEBPUSH", "REGISTER"],
  },
  PushRemoved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { endpoint }) {
      state.pushes.remove(endpoint);
      return NOBODY;
    },
    save: ({ endpoint }, _network, store) => store.keep("push", endpoint, undefined),
  },
  ServerBanSaved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { ban }) {
      state.serverBans.save(ban);
      return NOBODY;
    },
    save: ({ ban }, _network, store) => store.keep("ban", banRecordKey(ban), ban),
  },
  ServerBanRemoved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { ban }) {
      state.serverBans.remove(ban);
      return NOBODY;
    },
    save: ({ ban }, _network, store) => store.keep("ban", banRecordKey(ban), undefined),
  },
  TokenSaved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { token }) {
      state.tokens.save(token);
      const channel = state.channels.get(channelName(token));
      if (channel) channel.used = true;
      return NOBODY;
    },
    save({ token }, network, store) {
      store.keep("token", token.hash, token);
      saveChannel(network.channel(channelName(token)), store);
    },
    whileFull: () => ["REDEEM", "*"],
  },
  TokenUsed: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { hash, by }) {
      state.tokens.use(hash, identityOf(by));
      return NOBODY;
    },
    save: saveToken,
    whileFull: () => ["REDEEM", "*"],
  },
  TokenRemoved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { hash }) {
      state.tokens.remove(hash);
      return NOBODY;
    },
    save: saveToken,
  },
  UploadSaved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { upload }) {
      state.uploads.save(upload);
      return NOBODY;
    },
    save: ({ upload }, _network, store) => store.keep("upload", upload.id, upload),
    whileFull: () => ["UPLOAD", "*"],
  },
  UploadRemoved: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { upload }) {
      state.uploads.remove(upload);
      return NOBODY;
    },
    save: ({ upload }, _network, store) => store.keep("upload", upload, undefined),
  },
  WaitingChanged: {
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply(state, { account, messages }) {
      state.waiting.set(account, messages);
      return NOBODY;
    },
    save: ({ account }, network, store) => saveWaiting(account, network, store),
  },
  MarkerMoved: {
    ...NOT_STORED,
    apply(state, { marker }) {
      state.markers.set(marker);
      return usersWith(state, marker.reader);
    },
    line: ({ marker: { target, upTo } }) => ({
      command: "MARKREAD",
      params: markerParams(target, upTo),
    }),
    needs: ["draft/read-marker"], // https://ircv3.net/specs/extensions/read-marker
    monitored: undefined,
    save: ({ marker }, _network, store) => saveMarker(marker, marker.upTo, store),
  },
  MetadataChanged: {
    // Clients that subscribe to the metadata key get lines of another form; see `deliverMetadata`.
    ...NOT_SHOWN,
    ...NOT_STORED,
    apply: changeMetadata,
    save({ target }, network, store) {
      if (target.type === "channel") saveChannel(network.channel(target.channel), store);
    },
  },
};

/**
 * Returns the name of the channel that `token` is an invitation to; empty if `token` is not an
 * invitation to a channel.
 */
function channelName({ worth }: Token): string {
  return worth.kind === "invitation" ? worth.channel?.name ?? "" : "";
}

function saveToken({ hash }: { readonly hash: string }, network: Network, store: Store): void {
  store.keep("token", hash, network.tokens.get(hash));
}

/** Returns the users whose identity (see `identityOf`) is `identity`. */
function usersWith({ people }: NetworkState, identity: string): readonly User[] {
  if (isAccount(identity)) return [...people.byAccount.of(identity)];
  const guest = people.byId.get(Number(identity.slice(1)));
  return guest ? [guest] : NOBODY;
}

/**
 * Changes metadata of a user or channel. Returns the users who see the change, without its author:
 * the members of the channel, or the user and all users who share a channel with the user.
 */
function changeMetadata(state: NetworkState, event: MetadataChanged): readonly User[] {
  const { by, target, key, value } = event;
  const changed = target.type === "user" ? state.user(target.user) : state.channel(target.channel);
  setValue(changed.metadata, key, value);
  if ("members" in changed) changed.used = true;
  const audience = "members" in changed ? changed.members.everybody : peersOf(changed);
  return others(audience, state.people.byId.get(by.id));
}

/** Removes from `store` the records that belong to the account called `name`. */
function forgetAccount(name: string, network: Network, store: Store): void {
  const { markers, pushes, tokens, uploads } = network;
  const account = casefold(name);
  for (const kind of ["account", "operator", "presence", "waiting"] as const) {
    store.keep(kind, account, undefined);
  }
  for (const target of markers.latestOf(account, MARKER_LIMIT)) {
    store.keep("marker", `${account} ${target}`, undefined);
  }
  for (const upload of uploads.all()) {
    if (upload.account === account) store.keep("upload", upload.id, undefined);
  }
  for (const { endpoint } of pushes.of(account)) store.keep("push", endpoint, undefined);
  for (const token of tokens.all()) {
    const left = withoutAccount(token, account);
    if (left !== token) store.keep("token", token.hash, left);
  }
}
