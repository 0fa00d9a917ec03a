/**
 * The users, targets and common fields of events: plain data, without the state behind it.
 *
 * @module
 */

/** A number that identifies a user until the user leaves, even if the nick changes. */
export type UserId = number;

/** The author of an event, as it was when the event happened. */
export interface Actor {
  /** The user; 0 for the server itself. */
  readonly id: UserId;
  /** The nick. */
  readonly nick: string;
  /** `nick!user@host`; for the server, its name. */
  readonly mask: string;
  /** True for a user who is marked as a bot. */
  readonly bot?: boolean;
  /** The account that the user is logged in to, if any. */
  readonly account?: string;
}

/** The fields that all events have. */
export interface EventBase<Type extends string = string> {
  /** The kind of event. */
  readonly type: Type;
  /** A unique id; clients get it as `msgid`. */
  readonly id: string;
  /** The time, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The author. */
  readonly by: Actor;
}

/**
 * The target of a message: a channel; the members of a channel who have a certain rank or a higher
 * one (`rank` is the rank's prefix, such as `@`); one user; or the account of an offline user.
 */
export type Target =
  | { readonly type: "channel"; readonly channel: string; readonly rank?: string }
  | { readonly type: "user"; readonly user: UserId; readonly nick: string }
  /** An account whose owner is offline: the message waits for the owner. */
  | { readonly type: "account"; readonly account: string };
