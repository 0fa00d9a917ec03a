/**
 * The users and channels of the network's state, as code outside of `server/kinds/` sees them:
 * read-only.
 *
 * @module
 */

import type { Actor, UserId } from "../events/actor.ts";
import type { EventId } from "../events/ids.ts";
import type { Recipient, Recipients } from "./recipient.ts";
import type { Speakers } from "./speakers.ts";
import type { FormerName, ListEntry, Topic } from "../events/records.ts";

/** The metadata of a user or a channel: values by key. */
export type Metadata = ReadonlyMap<string, string>;

/** A registered user. */
export interface User {
  /** The nick, mask and account. */
  readonly actor: Actor;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The host that others see. */
  readonly host: string;
  /** The address that the user connects from, even if others see another host. */
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
   * True if the user became an operator of the server by OPER. Such an operator keeps the rights
   * after logging out of an account.
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

/**
 * A channel. It exists while it has members; without members, it exists if {@linkcode lasts}
 * returns true for it.
 */
export interface Channel {
  /** The name, as the user who created or renamed it wrote it. */
  readonly name: string;
  /** The time of creation, in milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /**
   * The id of the event that created it; all its other events have greater ids. `undefined` if only
   * the time of creation is known.
   */
  readonly startId: EventId | undefined;
  /**
   * The time when it was last renamed, in milliseconds since 1970-01-01 UTC; 0 if that has not
   * happened since the server started.
   */
  readonly renamedAt: number;
  /** The most recent of its former names, the latest last. */
  readonly formerNames: readonly FormerName[];
  /** True once a message was sent, or a topic, mode or the like was set in it. */
  readonly used: boolean;
  /**
   * The time when a user last asked for an invitation (KNOCK), in milliseconds since 1970-01-01
   * UTC; 0 if none did.
   */
  readonly knockedAt: number;
  /** The topic, if there is one. */
  readonly topic: Topic | undefined;
  /** The metadata. */
  readonly metadata: Metadata;
  /** The letters of the modes that are set and have no parameter. */
  readonly flags: ReadonlySet<string>;
  /**
   * The modes that are set and have one parameter, such as the channel key (`k`) and the limit of
   * members (`l`): parameters by letter.
   */
  readonly settings: ReadonlyMap<string, string>;
  /**
   * The lists, such as the bans, by the letter of their mode. A list has its entries by folded
   * mask.
   */
  readonly lists: ReadonlyMap<string, ReadonlyMap<string, ListEntry>>;
  /** The members, each with the letters of their member modes, highest first. */
  readonly members: ReadonlyMap<User, string> & {
    /** All members. */
    readonly everybody: readonly User[];
    /**
     * A number that changes when a member leaves, or gets another nick, user name, host or member
     * modes.
     */
    readonly revision: number;
  };
  /** The member modes that accounts get back when they join again, by folded account name. */
  readonly ranks: ReadonlyMap<string, string>;
  /**
   * For each member, the id of the event that admitted the member: the join, or the event that
   * first admitted the member's account. While the channel is invitation-only, the member may read
   * only later events.
   */
  readonly arrivals: ReadonlyMap<User, EventId>;
  /**
   * The accounts that may come back without an invitation, by folded name, each with the id of the
   * event that admitted it.
   */
  readonly admitted: ReadonlyMap<string, EventId>;
  /** The users who have spoken lately; empty unless the channel is slow (mode `W`). */
  readonly speakers: Pick<Speakers, "all" | "lastTime">;
  /**
   * The users who were invited and have not joined since, each with true if the invitation stays
   * valid when the channel becomes invitation-only.
   */
  readonly invited: ReadonlyMap<User, boolean>;
}
