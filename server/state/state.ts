/**
 * The parts of the network's state, as they are read: users, accounts and channels.
 *
 * @module
 */

import type { Actor, UserId } from "../events/actor.ts";
import type { EventId } from "../events/ids.ts";
import type { Recipient, Recipients } from "./recipient.ts";
import type { FormerName, ListEntry, Topic } from "../events/records.ts";

/** Keys and their values. */
export type Metadata = ReadonlyMap<string, string>;

/** A registered user. */
export interface User {
  /** The nick, mask and account. */
  readonly actor: Actor;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The host that others see. */
  readonly host: string;
  /** The address that the user connects from, whatever others see. */
  readonly address: string;
  /** The real name. */
  readonly realname: string;
  /** The time of registration, in milliseconds since 1970-01-01 UTC. */
  readonly connectedAt: number;
  /** The metadata. */
  readonly metadata: Metadata;
  /** True for a user of the plain text door. */
  readonly plain: boolean;
  /** The letters of the user modes. */
  readonly modes: ReadonlySet<string>;
  /**
   * True for an operator by OPER. Such an operator keeps the rights after logging out of an
   * account.
   */
  readonly isOperatorByPassword: boolean;
  /** The away message; `undefined` while the user is not away. */
  readonly away: string | undefined;
  /** True while the user stays in their channels without a connected client. */
  readonly isOffline: boolean;
  /** The users whose private messages the user accepts despite user mode R, the latest last. */
  readonly accepted: ReadonlySet<UserId>;
  /** The channels that the user is in. */
  readonly channels: ReadonlySet<Channel>;
  /**
   * The channels that the user was invited to and has not joined since, each with the end of the
   * invitation, in milliseconds since 1970-01-01 UTC.
   */
  readonly invitations: ReadonlyMap<Channel, number>;
  /** The user's connected clients, which are not part of the state. */
  readonly recipients: Recipients;
  /** The connected client, if there is exactly one. It is not part of the state. */
  readonly only: Recipient | undefined;
}

/** A channel, which exists while it has members or {@linkcode lasts}. */
export interface Channel {
  /** The name, as its creator wrote it. */
  readonly name: string;
  /** The time of creation, in milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** The id that all its events come after; `undefined` if only the time of creation is known. */
  readonly startId: EventId | undefined;
  /** The time when it was last renamed, in the form of {@linkcode createdAt}; 0 if it never was. */
  readonly renamedAt: number;
  /** The last names that it had before, the latest last. */
  readonly formerNames: readonly FormerName[];
  /** True once something was said or set in it. */
  readonly used: boolean;
  /** The time when a user last asked for an invitation, in the same form; 0 if none did. */
  readonly knockedAt: number;
  /** The topic, if there is one. */
  readonly topic: Topic | undefined;
  /** The metadata. */
  readonly metadata: Metadata;
  /** The letters of the modes without a parameter. */
  readonly flags: ReadonlySet<string>;
  /** The modes with one parameter, such as the key `k` and the limit `l`, with their values. */
  readonly settings: ReadonlyMap<string, string>;
  /** The lists, by the letter of their mode: each entry by its folded mask. */
  readonly lists: ReadonlyMap<string, ReadonlyMap<string, ListEntry>>;
  /** The members, each with their member modes, highest first. */
  readonly members: ReadonlyMap<User, string> & {
    /** All members. */
    readonly everybody: readonly User[];
    /**
     * A number that changes when a member leaves, or gets another nick, user name, host or member
     * modes.
     */
    readonly revision: number;
  };
  /** The member modes that accounts get back when they join again, by folded account. */
  readonly ranks: ReadonlyMap<string, string>;
  /**
   * The id of the first event that each member may read: the member's join or, if the channel needs
   * an invitation, the event that first admitted the member.
   */
  readonly arrivals: ReadonlyMap<User, EventId>;
  /** The accounts that may come back without an invitation, each with the event that admitted it. */
  readonly admitted: ReadonlyMap<string, EventId>;
  /** The users who were invited and have not joined since. */
  readonly invited: ReadonlySet<User>;
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
  /** The time, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}
