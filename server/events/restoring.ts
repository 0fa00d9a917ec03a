/**
 * Events that restore users and channels from the store, or from the state of another server. They
 * are not shown to clients, and not stored. Like all events, they are plain data: they refer to
 * users by id, and to channels by name.
 *
 * @module
 */

import type { EventBase, UserId } from "./actor.ts";
import type { EventId } from "./ids.ts";
import type { FormerName, ListEntry, Topic } from "./records.ts";

/** Keys with their values, in order. A record would not keep the order of keys that are numbers. */
export type Entries<Value = string> = readonly (readonly [key: string, value: Value])[];

/** A channel with its members. Its fields have the same meanings as those of `Channel`. */
export interface ChannelState {
  /** The name. */
  readonly name: string;
  /** The time of creation, in milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** The id of the event that created it, if it is known. */
  readonly startId: EventId | undefined;
  /** The time when it was last renamed, in milliseconds since 1970-01-01 UTC; 0 if it was not. */
  readonly renamedAt: number;
  /** The most recent of its former names, the latest last. */
  readonly formerNames: readonly FormerName[];
  /** True once a message was sent, or a topic, mode or the like was set in it. */
  readonly used: boolean;
  /** The time of the last KNOCK, in milliseconds since 1970-01-01 UTC; 0 if there was none. */
  readonly knockedAt: number;
  /** The topic, if there is one. */
  readonly topic: Topic | undefined;
  /** The metadata, by key. */
  readonly metadata: Entries;
  /** The letters of the modes that are set and have no parameter. */
  readonly flags: string;
  /** The parameters of the modes that are set and have a parameter, by letter. */
  readonly settings: Entries;
  /** The lists, such as the bans, by the letter of their mode. */
  readonly lists: Entries<readonly ListEntry[]>;
  /** The member modes that accounts get back when they join again, by folded account name. */
  readonly ranks: Entries;
  /** The accounts that may come back without an invitation, by folded name. */
  readonly admitted: Entries<EventId>;
  /**
   * The members, in the order in which they joined, each with the letters of their member modes and
   * the id of the event that admitted them.
   */
  readonly members: readonly (readonly [user: UserId, memberModes: string, arrival: EventId])[];
  /** The times at which users last spoke, if the channel is slow (mode `W`), by identity. */
  readonly speakers: Entries<number>;
}

/** A channel was restored. Its members are connected already. */
export interface ChannelRestored extends EventBase<"ChannelRestored"> {
  /** The channel. */
  readonly channel: ChannelState;
}

/**
 * The rest of a connected user was restored: the facts that `Connected` does not contain. The
 * user's channels have been restored before, with the user as a member.
 */
export interface UserRestored extends EventBase<"UserRestored"> {
  /** The letters of the user modes. */
  readonly modes: string;
  /** True if the user became an operator of the server by OPER. */
  readonly isOperatorByPassword: boolean;
  /** The away message; `undefined` while the user is not away. */
  readonly away: string | undefined;
  /** True while the user stays in their channels without a connected client. */
  readonly isOffline: boolean;
  /** The users whose private messages the user accepts, the latest last. */
  readonly accepted: readonly UserId[];
  /** The metadata, by key. */
  readonly metadata: Entries;
  /** The names of the channels of the user, in the order in which the user joined them. */
  readonly channels: readonly string[];
  /**
   * The user's invitations, the latest last: the name of the channel, the time when the invitation
   * ends, and true if it stays valid when the channel becomes invitation-only.
   */
  readonly invitations: readonly (readonly [channel: string, until: number, opens?: boolean])[];
}

/** A user who left or changed nicks. */
export interface Former {
  /** The nick that they had. */
  readonly nick: string;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The host that others see. */
  readonly host: string;
  /** The address that they connected from. */
  readonly address: string;
  /** The real name. */
  readonly realname: string;
  /** The time when they left or changed nicks, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** The past was restored: facts that do not follow from the users who are present. */
export interface PastRestored extends EventBase<"PastRestored"> {
  /** The largest number of users at one time. */
  readonly most: number;
  /** The users who left or changed nicks, the latest last. */
  readonly former: readonly Former[];
  /**
   * For each account with several users, by folded name: the users in the order in which they
   * logged in.
   */
  readonly byAccount: Entries<readonly UserId[]>;
  /** For each user mode that several users have: the users in the order in which they got it. */
  readonly byMode: Entries<readonly UserId[]>;
}

/** Any event of this file. */
export type RestoringEvent = ChannelRestored | PastRestored | UserRestored;
