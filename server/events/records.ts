/**
 * Accounts, channels, bans, tokens and the other records that the server keeps, as plain data.
 *
 * @module
 */

import type { EventBase, Target } from "./actor.ts";

/** What is kept of a password for SCRAM (RFC 5802, section 3); all but the number in base64. */
export interface ScramKeys {
  /** As clients are told it. */
  readonly salt: string;
  /** As clients are told it: how often they repeat their hashing. */
  readonly iterations: number;
  /** Recognizes the client's proof. */
  readonly storedKey: string;
  /** Makes the server's proof. */
  readonly serverKey: string;
}

/** What is kept of a password: enough to recognize it, and too little to find it out. */
export interface Credentials {
  /** For who sends the password itself. */
  readonly scrypt: ScryptHash;
  /** For who proves to know it without sending it. */
  readonly scram: ScramKeys;
}

/** A password's hash, with all that it takes to make it again (RFC 7914). */
export interface ScryptHash {
  /** In base64. */
  readonly salt: string;
  /** In base64. */
  readonly hash: string;
  /** The parameter N, a power of two: time and memory grow with it. */
  readonly cost: number;
  /** The parameter r. */
  readonly blockSize: number;
  /** The parameter p. */
  readonly parallelization: number;
}

/** An account, by which a user is recognized when they come again. Plain data, as the store keeps it. */
export interface Account {
  /** The name, as its owner wrote it; the owner also owns the nick of this name. */
  readonly name: string;
  /** The time of creation, in milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** The hashes of its password; absent if it has none, and only keys log in to it. */
  readonly credentials?: Credentials;
  /** The e-mail address that its owner gave. */
  readonly email?: string;
  /** The fingerprints of the certificates that log in to it. */
  readonly fingerprints: readonly string[];
  /** True if its owner stays in their channels while offline. */
  readonly stays?: boolean;
}

/** A channel topic. */
export interface Topic {
  /** The text. */
  readonly text: string;
  /** The mask of the user who set it. */
  readonly by: string;
  /** The time, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** An entry of a channel's list, such as a ban. */
export interface ListEntry {
  /** The mask. */
  readonly mask: string;
  /** The mask of the user who set it. */
  readonly by: string;
  /** The time, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** A channel as the store keeps it: without its members. */
export interface ChannelRecord {
  /** Its name. */
  readonly name: string;
  /** When it was made; milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** Its topic, if it has one. */
  readonly topic?: Topic;
  /** The letters of its modes without a parameter. */
  readonly flags: string;
  /** Its modes with one parameter, by letter. */
  readonly settings: Readonly<Record<string, string>>;
  /** The member modes of accounts, by folded account. */
  readonly ranks: Readonly<Record<string, string>>;
  /** Its lists, by letter. */
  readonly lists: Readonly<Record<string, readonly ListEntry[]>>;
  /** Its metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A read marker. */
export interface ReadMarker {
  /** The identity of the user, as in history. */
  readonly reader: string;
  /** The channel, or the nick of the other user. */
  readonly target: string;
  /** The time of the last message that was read, in milliseconds since 1970-01-01 UTC. */
  readonly upTo: number;
}

/** The kind and the target of a ban. */
export interface BanKey {
  /** The kind of target: an address or range, or a mask of `nick!user@host`. */
  readonly kind: "address" | "mask";
  /** The target, as `parseRange` or `fullMask` write it. */
  readonly target: string;
}

/** A ban from the server, as plain data. */
export interface ServerBan extends BanKey {
  /** The nick of the operator who set it. */
  readonly by: string;
  /** The time when it was set, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The time when it ends, as `time`; absent if it never does. */
  readonly until?: number;
  /** The reason, as text for people; may be empty. */
  readonly reason: string;
}

/** The right that a token gives to the user who redeems it. */
export type Grant =
  /** Makes them an operator of the server, and founder of the room that newcomers join. */
  | { readonly kind: "owner" }
  /** Logs another client of theirs in to an account, given by its folded name. */
  | { readonly kind: "link"; readonly account: string }
  /** Gives them back an account, given by its folded name, whose keys they have lost. */
  | { readonly kind: "recovery"; readonly account: string }
  /** Lets them in to the server and, if it names one, to a channel. */
  | {
    readonly kind: "invitation";
    /** The user who made it: their folded account, or `~` and their address. */
    readonly maker: string;
    /** The channel; its creation time tells it from a later channel of the same name. */
    readonly channel?: {
      /** Its name. */
      readonly name: string;
      /** When it was made; milliseconds since 1970-01-01 UTC. */
      readonly createdAt: number;
      /** True if it also opens a channel that needs an invitation, as its maker could allow. */
      readonly opens: boolean;
    };
  };

/** A token, as plain data. */
export interface Token {
  /** The hash of its text, as `hashOf` makes it. */
  readonly hash: string;
  /** The right that it gives. */
  readonly worth: Grant;
  /** The nick of the user who made it, or the server's name. */
  readonly by: string;
  /** The time when it was made, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The time when it ends, as `time`; absent if it never does. */
  readonly until?: number;
  /** The number of times that it can still be used. */
  readonly uses: number;
  /** The folded accounts that have used it, which can use it again without being counted. */
  readonly usedBy: readonly string[];
}

/** The place of a message that waits. */
export type WaitingMessage = Pick<EventBase, "id" | "by"> & { readonly to: Target };

/** The kinds of records, and the type of each. */
export interface RecordTypes {
  /** Accounts, by their folded names. */
  account: Account;
  /** Bans from the server, by kind and target. */
  ban: ServerBan;
  /** Channels that exist, by their folded names. */
  channel: ChannelRecord;
  /** Messages that wait for the owners of accounts, by the folded names of these. */
  waiting: readonly WaitingMessage[];
  /** Read markers of users with accounts, by reader and folded target. */
  marker: ReadMarker;
  /**
   * Accounts whose owners are operators of the server, by folded name; `chat operators` writes these,
   * too.
   */
  operator: OperatorRecord;
  /** Secrets of the server, in base64, by purpose. */
  secret: string;
  /** Tokens, by hash. */
  token: Token;
  /** Users who stay in their channels while offline, by the folded names of their accounts. */
  presence: Presence;
}

/** An account whose owner is an operator of the server. */
export interface OperatorRecord {
  /** The account's name. */
  readonly name: string;
  /** The time from which they are one, in milliseconds since 1970-01-01 UTC. */
  readonly since: number;
}

/** A user who stays in their channels while offline. */
export interface Presence {
  /** The nick. */
  readonly nick: string;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The address that they last connected from, as others see it. */
  readonly host: string;
  /** The real name. */
  readonly realname: string;
  /** Their channels, each with their member modes there. */
  readonly channels: readonly (readonly [name: string, memberModes: string])[];
}
