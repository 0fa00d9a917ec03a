/**
 * What the state of the network is made of, as everybody but {@linkcode Network} sees it: to be read,
 * not written.
 *
 * @module
 */

import type { Actor, UserId } from "../events.ts";
import type { Members } from "./members.ts";
import type { Metadata } from "./metadata.ts";
import type { Credentials } from "../accounts/passwords.ts";
import type { Recipients } from "../recipient.ts";

/** Somebody who is connected and registered. */
export interface User {
  /** Their nick and mask. */
  readonly actor: Actor;
  /** The middle of `nick!user@host`. */
  readonly username: string;
  /** The address they connect from, as others see it. */
  readonly host: string;
  /** The host they came with, whatever others see now. */
  readonly address: string;
  /** What they say of themselves. */
  readonly realname: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly connectedAt: number;
  /** What they tell of themselves under keys. */
  readonly metadata: Metadata;
  /** They have only `nc`. */
  readonly plain: boolean;
  /** Letters of their own modes. */
  readonly modes: ReadonlySet<string>;
  /** What they say of being away; `undefined` while they are not. */
  readonly away: string | undefined;
  /** Whom they hear in private although user mode R would keep them from it, the latest last. */
  readonly accepted: ReadonlySet<UserId>;
  /** The channels they are in. */
  readonly channels: ReadonlySet<Channel>;
  /**
   * Channels they were invited to and have not joined since, to when each invitation ends, or has
   * ended; milliseconds since 1970-01-01 UTC.
   */
  readonly invitations: ReadonlyMap<Channel, number>;
  /** The user's connected clients; no part of the state. */
  readonly recipients: Recipients;
}

/** Somebody who can be recognized when they come again. Plain data, as it is kept. */
export interface Account {
  /** Its name, as its owner wrote it; the nick of the same name is theirs. */
  readonly name: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** What is kept of its password; absent, there is none, and nobody can log in by one. */
  readonly credentials?: Credentials;
  /** The address its owner gave for mail. */
  readonly email?: string;
  /** The fingerprints of certificates that log in to it. */
  readonly fingerprints: readonly string[];
  /** Its owner stays where they are while they are not connected. */
  readonly stays?: boolean;
}

/** A channel, which exists as long as somebody is in it. */
export interface Channel {
  /** Its name, as whoever made it wrote it. */
  readonly name: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** When it got its name, as above; 0 as long as that is the one it began with. */
  readonly renamedAt: number;
  /** When somebody last asked to be invited, as above; 0 if nobody did. */
  readonly knockedAt: number;
  /** Its topic, if it has one. */
  readonly topic: Topic | undefined;
  /** What is told of it under keys. */
  readonly metadata: Metadata;
  /** Letters of the modes that have no parameter. */
  readonly flags: ReadonlySet<string>;
  /** The modes that have one parameter, such as the key `k` and the limit `l`, to what they are set to. */
  readonly settings: ReadonlyMap<string, string>;
  /** The lists, by their mode's letter: each mask, folded, to its entry. */
  readonly lists: ReadonlyMap<string, ReadonlyMap<string, ListEntry>>;
  /** Each member, with their member modes, highest first. */
  readonly members: ReadonlyMap<User, string> & Pick<Members, "everybody">;
  /** What members with accounts are again when they come back: member modes by folded account. */
  readonly ranks: ReadonlyMap<string, string>;
  /** The id of the event by which each member came. */
  readonly arrivals: ReadonlyMap<User, string>;
  /** Users who were invited and have not joined since. */
  readonly invited: ReadonlySet<User>;
}

/** A topic, by whom it was set (their mask) and when. */
export interface Topic {
  /** What it says. */
  readonly text: string;
  /** The mask of who set it. */
  readonly by: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** An entry of a channel's list, such as a ban. */
export interface ListEntry {
  /** What it matches. */
  readonly mask: string;
  /** The mask of who set it. */
  readonly by: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** What is remembered of somebody who went by a nick. */
export interface Former {
  /** The nick they went by. */
  readonly nick: string;
  /** The middle of `nick!user@host`. */
  readonly username: string;
  /** The address they connect from, as others see it. */
  readonly host: string;
  /** The host they came with. */
  readonly address: string;
  /** What they say of themselves. */
  readonly realname: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}
