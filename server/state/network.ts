/**
 * The state of the network: its users, channels, accounts, bans, tokens and the like. It changes
 * only by {@linkcode Network.apply}, one event at a time; all other code only reads it. It has no
 * access to sockets, clocks or lines of text.
 *
 * @module
 */

import type { Event } from "../events/events.ts";
import type { Former } from "../events/restoring.ts";
import type { UserId } from "../events/actor.ts";
import type { AccountIndex } from "./account_index.ts";
import type { FormerUsers } from "./former.ts";
import { NetworkState } from "./network_state.ts";
import type { PushSubscriptions } from "./push_subscriptions.ts";
import type { ReadMarkers } from "./read_markers.ts";
import type { ServerBans } from "./server_bans.ts";
import type { Channel, User } from "./state.ts";
import type { Account } from "../events/records.ts";
import type { TimedBans } from "./timed_bans.ts";
import type { Tokens } from "./tokens.ts";
import type { Uploads } from "./uploads.ts";
import type { UsersByAccount } from "./users_by_account.ts";
import type { UsersByMode } from "./users_by_mode.ts";
import type { Waiting } from "./waiting.ts";

/** A function that changes `state` as `event` says, and returns the users that see the event. */
export type Apply = (state: NetworkState, event: Event) => readonly User[];

/** The state, for reading. */
export class Network {
  readonly #state = new NetworkState();
  readonly #apply: Apply;

  /** Makes an empty network, which `apply` changes. */
  constructor(apply: Apply) {
    this.#apply = apply;
  }

  /** Changes the state as `event` says; returns the users that see the event. */
  apply(event: Event): readonly User[] {
    return this.#apply(this.#state, event);
  }

  /** The accounts. */
  get accounts(): Pick<AccountIndex, "byName" | "with"> {
    return this.#state.accounts;
  }

  /** All channels, by folded name. */
  get channels(): ReadonlyMap<string, Channel> {
    return this.#state.channels.byName;
  }

  /** All users, by id, in the order in which they connected. */
  get users(): ReadonlyMap<UserId, User> {
    return this.#state.people.byId;
  }

  /** The messages that wait for owners of accounts. */
  get waiting(): Pick<Waiting, "all" | "of"> {
    return this.#state.waiting;
  }

  /** The read markers. */
  get markers(): Pick<ReadMarkers, "all" | "get" | "countOf" | "in" | "latestOf"> {
    return this.#state.markers;
  }

  /** The subscriptions to messages by Web Push. */
  get pushes(): Pick<PushSubscriptions, "accountCount" | "all" | "get" | "of"> {
    return this.#state.pushes;
  }

  /** The bans from the server. */
  get serverBans(): Pick<ServerBans, "all" | "get" | "ofAddress" | "ofUser"> {
    return this.#state.serverBans;
  }

  /** The timed bans of channels. */
  get timedBans(): Pick<TimedBans, "ended"> {
    return this.#state.channels.timedBans;
  }

  /** The tokens. */
  get tokens(): Pick<Tokens, "all" | "get" | "leadingTo"> {
    return this.#state.tokens;
  }

  /** The uploaded files. */
  get uploads(): Pick<Uploads, "all" | "bytes" | "bytesOf" | "get" | "of" | "size"> {
    return this.#state.uploads;
  }

  /**
   * The number of users, the largest number at one time, and the numbers of invisible users and
   * operators.
   */
  get counts(): { users: number; most: number; invisible: number; operators: number } {
    return {
      users: this.users.size,
      most: this.#state.people.most,
      invisible: this.withMode("i").size,
      operators: this.withMode("o").size,
    };
  }

  /** The users by account, the users by mode, and the users who left or changed nicks, in order. */
  get people(): {
    byAccount: Pick<UsersByAccount, "all">;
    byMode: Pick<UsersByMode, "all">;
    former: Pick<FormerUsers, "all">;
  } {
    return this.#state.people;
  }

  /** Returns the user whose nick is `nick`. */
  user(nick: string): User | undefined {
    return this.#state.people.nicks.get(nick);
  }

  /** Returns the users who have the nick `nick`, or one that looks like it. */
  holdersOf(nick: string): User[] {
    return this.#state.people.nicks.holdersOf(nick);
  }

  /** Returns true if a user other than `user` has the nick `nick`, or one that looks like it. */
  isTaken(nick: string, user?: User): boolean {
    return this.#state.people.nicks.isTaken(nick, user);
  }

  /** Returns the users with the user mode `letter`. */
  withMode(letter: string): ReadonlySet<User> {
    return this.#state.people.byMode.with(letter);
  }

  /** Returns the channel called `name`. */
  channel(name: string): Channel | undefined {
    return this.#state.channels.get(name);
  }

  /**
   * Returns the channel that was called `name` within the week before `now`, unless a channel has
   * that name now.
   */
  renamedChannel(name: string, now: number): Channel | undefined {
    return this.#state.channels.renamed(name, now);
  }

  /**
   * Returns true if the account called `account` may create, and so own, one more channel; see
   * `OWNED_LIMITS`.
   */
  canFound(account: string): boolean {
    return this.#state.channels.canFound(account);
  }

  /** Returns the account called `name`. */
  account(name: string): Account | undefined {
    return this.#state.accounts.get(name);
  }

  /** Returns the account that owns `nick` itself, and not only a nick that looks like it. */
  accountOfNick(nick: string): Account | undefined {
    return this.#state.accounts.ofNick(nick);
  }

  /** Returns the account that owns `nick`, or a nick that looks like it. */
  ownerOf(nick: string): Account | undefined {
    return this.#state.accounts.ownerOf(nick);
  }

  /**
   * Returns the users who are logged in to `account`: one for each nick that clients of the account
   * use at the same time.
   */
  usersOf(account: string): ReadonlySet<User> {
    return this.#state.people.byAccount.of(account);
  }

  /** Returns true if `nick` is neither in use nor owned by an account. */
  isFree(nick: string): boolean {
    return !this.isTaken(nick) && this.ownerOf(nick) === undefined;
  }

  /** Returns the users who had the nick `nick` before, the latest first. */
  former(nick: string): Former[] {
    return this.#state.people.former.of(nick);
  }
}
