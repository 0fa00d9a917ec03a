/**
 * Accounts, channels, bans, tokens and the other records that the server keeps, as plain data.
 *
 * @module
 */

import type { EventId } from "./ids.ts";
import type { EventBase, Target } from "./actor.ts";

/**
 * The two keys of SCRAM (RFC 5802, section 3) for one form of a password, in base64; see {@linkcode
 * ScramKeys.others}.
 */
export interface ScramKeyPair {
  /** The key that checks a client's proof. */
  readonly storedKey: string;
  /** The key that makes the server's proof. */
  readonly serverKey: string;
}

/** The keys of a password for SCRAM. */
export interface ScramKeys extends ScramKeyPair {
  /** The salt, in base64, which clients get. */
  readonly salt: string;
  /** The number of rounds of hashing, which clients get. */
  readonly iterations: number;
  /**
   * The keys for other forms of the same password: some clients normalize it (SASLprep, RFC 4013),
   * and others do not. Absent if all forms are the same text.
   */
  readonly others?: readonly ScramKeyPair[];
}

/** The hashes of a password, which can check it but do not reveal it. */
export interface Credentials {
  /** The hash that checks a password which a client sends. */
  readonly scrypt: ScryptHash;
  /** The keys that check the proof of a client that knows the password, but does not send it. */
  readonly scram: ScramKeys;
}

/** The hash of a password, with the parameters that it was computed with (RFC 7914). */
export interface ScryptHash {
  /** The salt, in base64. */
  readonly salt: string;
  /** The hash, in base64. */
  readonly hash: string;
  /** The parameter N, a power of two; time and memory grow with it. */
  readonly cost: number;
  /** The parameter r. */
  readonly blockSize: number;
  /** The parameter p. */
  readonly parallelization: number;
}

/** An account, which identifies a user when they connect again. */
export interface Account {
  /** The name, as its owner wrote it; the owner also owns the nick of this name. */
  readonly name: string;
  /** The time of creation, in milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** An id that is lower than the ids of all its events; absent in records of earlier versions. */
  readonly startId?: EventId;
  /** The hashes of its password; absent if only certificates can log in to the account. */
  readonly credentials?: Credentials;
  /** The email address that its owner gave. */
  readonly email?: string;
  /** The fingerprints of the certificates that log in to it. */
  readonly fingerprints: readonly string[];
  /** The nicks that it owns besides its name; absent if there are none. */
  readonly nicks?: readonly string[];
  /** True if its owner stays in their channels while offline. */
  readonly stays?: boolean;
  /** True if the users of the account are marked as bots. */
  readonly bot?: boolean;
  /** The channels and nicks that its owner has muted; absent if the owner never muted any. */
  readonly muted?: readonly string[];
}

/** A channel topic. */
export interface Topic {
  /** The text. */
  readonly text: string;
  /** The mask of the user who set it. */
  readonly by: string;
  /** The time when it was set, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** An entry of a channel's list, such as a ban. */
export interface ListEntry {
  /** The mask. */
  readonly mask: string;
  /** The mask of the user who set it. */
  readonly by: string;
  /** The time when it was set, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The time when it ends, in the same unit as `time`; absent if it never does. */
  readonly until?: number;
}

/** A stored channel, without its members. */
export interface ChannelRecord {
  /** The name. */
  readonly name: string;
  /** The time of creation, in milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  /** The id of the event that created it; absent in records of earlier versions. */
  readonly startId?: EventId;
  /** The topic, if it has one. */
  readonly topic?: Topic;
  /** The letters of the modes that are set and have no parameter. */
  readonly flags: string;
  /** The parameters of the modes that are set and have a parameter, by letter. */
  readonly settings: Readonly<Record<string, string>>;
  /** The member modes that the owners of accounts get when they join, by folded account name. */
  readonly ranks: Readonly<Record<string, string>>;
  /**
   * The accounts that may come back without an invitation, by folded name, each with the id of the
   * event that admitted it; absent if there are none.
   */
  readonly admitted?: Readonly<Record<string, EventId>>;
  /** The lists, such as the bans, by the letter of their mode. */
  readonly lists: Readonly<Record<string, readonly ListEntry[]>>;
  /** The metadata, by key. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * True if no message had been sent and no topic, mode or the like had been set in the channel
   * when the record was saved.
   */
  readonly unused?: true;
  /** The most recent of its former names, the latest last; absent if it was never renamed. */
  readonly formerNames?: readonly FormerName[];
}

/** A name that a channel had. */
export interface FormerName {
  /** The name. */
  readonly name: string;
  /** The time when it was renamed, in milliseconds since 1970-01-01 UTC. */
  readonly until: number;
}

/** A read marker: the time up to which a user has read a channel or a private conversation. */
export interface ReadMarker {
  /** The user: a folded account name, or `~` and the user's id for a user without an account. */
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
  /**
   * The target, in the one form that all its spellings have in common: an address without needless
   * zeros, a range such as `192.0.2.0/24`, or a full mask such as `*!*@*.example.org`.
   */
  readonly target: string;
}

/** A ban from the server. */
export interface ServerBan extends BanKey {
  /** The nick of the operator who set it. */
  readonly by: string;
  /** The time when it was set, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The time when it ends, in the same unit as `time`; absent if it never does. */
  readonly until?: number;
  /** The reason, as human-readable text; may be empty. */
  readonly reason: string;
}

/** The right that a token gives to the user who redeems it. */
export type Grant =
  /** Makes the user an operator of the server, and a founder of the default channel. */
  | { readonly kind: "owner" }
  /** Logs another client of a user in to the user's account; `account` is its folded name. */
  | { readonly kind: "link"; readonly account: string }
  /**
   * Logs a user in to an account whose password or keys the user has lost; `account` is its folded
   * name.
   */
  | { readonly kind: "recovery"; readonly account: string }
  /** Admits a user to the server, and to `channel` if it is present. */
  | {
    readonly kind: "invitation";
    /** The user who made it: their folded account, or `~` and their address. */
    readonly maker: string;
    /**
     * The channel, if the invitation is for a channel. Its creation time distinguishes it from a
     * later channel of the same name.
     */
    readonly channel?: {
      /** The name. */
      readonly name: string;
      /** The time of creation, in milliseconds since 1970-01-01 UTC. */
      readonly createdAt: number;
      /**
       * True if the invitation is valid even while the channel is invitation-only: its maker was
       * allowed to invite users in that case, too.
       */
      readonly opens: boolean;
    };
  };

/** A token. */
export interface Token {
  /** The SHA-256 hash of its text. The server does not keep the text itself. */
  readonly hash: string;
  /** The right that it gives. */
  readonly worth: Grant;
  /** The nick of the user who made it, or the server's name. */
  readonly by: string;
  /** The time when it was made, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The time when it ends, in the same unit as `time`; absent if it never does. */
  readonly until?: number;
  /**
   * The number of further uses. An account that has used the token before can use it again, and
   * that does not count.
   */
  readonly uses: number;
  /**
   * The identities of the users who have used it: folded names of accounts, and for users without
   * an account `~` and their ids.
   */
  readonly usedBy: readonly string[];
}

/**
 * A device of an account's owner that gets messages while the owner is away (RFC 8030, section 2).
 */
export interface PushSubscription {
  /** The account's name. */
  readonly account: string;
  /** The URL at a push service, which leads to one browser or app of the owner. */
  readonly endpoint: string;
  /** The public key of that program, on the curve P-256, in base64url (RFC 8291, section 2). */
  readonly p256dh: string;
  /** The secret of that program for its messages, 16 bytes, in base64url. */
  readonly auth: string;
}

/** A reference to a message that waits: its id, author and target. */
export type WaitingMessage = Pick<EventBase, "id" | "by"> & { readonly to: Target };

/** A file that a user has uploaded. Its bytes are in the folder of the server. */
export interface Upload {
  /** The id: 24 letters, digits, `-` and `_`, which cannot be guessed. */
  readonly id: string;
  /** The folded name of the account that it belongs to. */
  readonly account: string;
  /** The name for the URL and for saving the file: letters, digits, `.`, `-` and `_`. */
  readonly name: string;
  /** The media type, if browsers may show it; found from its bytes. */
  readonly mediaType?: string;
  /** The size, in bytes. */
  readonly bytes: number;
  /** The SHA-256 hash of its bytes, in hexadecimal; absent in records of earlier versions. */
  readonly sha256?: string;
  /** The time when it was uploaded, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The ids of the messages that it is bound to, the latest last. */
  readonly messages: readonly EventId[];
}

/**
 * A leap forward of the clock that is on trial: until the trial is over, nothing is deleted because
 * of the leap.
 */
export interface ClockTrial {
  /** The time that decided last whether data was old enough to be deleted; as `Date.now()`. */
  readonly deletionTime: number;
  /** The time for which the server has run with the leap, in milliseconds. */
  readonly triedMs: number;
}

/** The kinds of records, and the type of each. */
export interface RecordTypes {
  /** Accounts, by their folded names. */
  account: Account;
  /** Bans from the server, by kind and target. */
  ban: ServerBan;
  /** Channels that exist, by their folded names. */
  channel: ChannelRecord;
  /** The leap of this server's clock that is on trial, under the key `trial`. */
  clock: ClockTrial;
  /** Messages that wait for the owners of accounts, by the folded names of the accounts. */
  waiting: readonly WaitingMessage[];
  /** Read markers of users with accounts, by reader and folded target. */
  marker: ReadMarker;
  /** The position of this server in the log of its cluster, under the key `log`. */
  position: LogPosition;
  /**
   * Accounts whose owners are operators of the server, by folded name; `chat operators` also writes
   * them, but not in a cluster.
   */
  operator: OperatorRecord;
  /** Subscriptions to messages by Web Push, by endpoint. */
  push: PushSubscription;
  /**
   * Requests by which `chat operators` asks a server of a cluster to change the operators, by id.
   * The ids have the order of the requests. A record is deleted when the log has the change.
   */
  request: OperatorRequest;
  /** Secrets of the server, in base64, by purpose. */
  secret: string;
  /** Tokens, by hash. */
  token: Token;
  /** Users who stay in their channels while offline, by the folded names of their accounts. */
  presence: Presence;
  /** Uploaded files, by id. */
  upload: Upload;
  /**
   * The channels that users have left, and how far each user was sent the messages of these
   * channels. Users are identified by their folded account name, or by `~`, folded nick, space and
   * address.
   */
  seen: Seen;
}

/**
 * The channels that a user has left lately, and how far the user was sent the messages of each. For
 * a connected user, also the channels that the user is in.
 */
export interface Seen {
  /**
   * The time when the user left the last of these channels, in milliseconds since 1970-01-01 UTC.
   * If the user has left no channel, the time when the record was saved.
   */
  readonly time: number;
  /**
   * The channels that the user has left, by folded name, each with an id: the user was sent the
   * channel's messages up to that id.
   */
  readonly channels: readonly (readonly [channel: string, upTo: string])[];
  /** The folded names of the channels that a connected user is in; absent if there are none. */
  readonly open?: readonly string[];
}

/**
 * The last entry of a cluster's log whose changes a server has. It is saved together with these
 * changes, so the server knows after a restart which entries it lacks.
 */
export interface LogPosition {
  /** The identity of the log, a random text. */
  readonly log: string;
  /** The number of the entry. */
  readonly seq: number;
}

/** An account whose owner is an operator of the server. */
export interface OperatorRecord {
  /** The account's name. */
  readonly name: string;
  /** The time when the owner became an operator, in milliseconds since 1970-01-01 UTC. */
  readonly since: number;
}

/** A change of the operators that somebody has asked for. */
export interface OperatorRequest {
  /** The account's name. */
  readonly account: string;
  /**
   * The time of creation of the account whose owner shall be an operator; absent if the owner shall
   * no longer be an operator. The time identifies the account: until the request is fulfilled,
   * another user may get an account of this name.
   */
  readonly createdAt?: number;
}

/** A user who stays in their channels while offline. */
export interface Presence {
  /** The nick. */
  readonly nick: string;
  /** The user name, as in `nick!user@host`. */
  readonly username: string;
  /** The host that others see. */
  readonly host: string;
  /**
   * The address that the user connected from; absent in records of earlier versions, where `host`
   * is the address.
   */
  readonly address?: string;
  /** The real name. */
  readonly realname: string;
  /**
   * The channels of the user, each with the letters of the user's member modes there and with
   * {@linkcode ChannelRecord.startId}, which finds the channel if it was renamed since.
   */
  readonly channels: readonly (readonly [name: string, memberModes: string, startId?: EventId])[];
  /** The away message; absent if the user was not away. */
  readonly away?: string;
}
