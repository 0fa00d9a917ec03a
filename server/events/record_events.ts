/**
 * Events that change the records of the server, such as accounts, bans and tokens. Like all events,
 * they are plain data.
 *
 * @module
 */

import type { EventBase } from "./actor.ts";
import type {
  Account,
  BanKey,
  PushSubscription,
  ServerBan,
  Token,
  Upload,
  WaitingMessage,
} from "./records.ts";

/** An account was created or changed. */
export interface AccountSaved extends EventBase<"AccountSaved"> {
  /** The whole account. */
  readonly account: Account;
}

/** An account was removed, with everything that belonged to it; its name is free again. */
export interface AccountRemoved extends EventBase<"AccountRemoved"> {
  /** The account's name. */
  readonly account: string;
}

/** A ban from the server was set; it replaces a ban of the same target. */
export interface ServerBanSaved extends EventBase<"ServerBanSaved"> {
  /** The whole ban. */
  readonly ban: ServerBan;
}

/** A ban from the server was lifted, or has expired. */
export interface ServerBanRemoved extends EventBase<"ServerBanRemoved"> {
  /** The kind and target of the ban. */
  readonly ban: BanKey;
}

/**
 * A device was subscribed to push messages (Web Push); this replaces a subscription with the same
 * endpoint.
 */
export interface PushSaved extends EventBase<"PushSaved"> {
  /** The subscription. */
  readonly subscription: PushSubscription;
}

/** A subscription to push messages was ended, by the user or by the push service. */
export interface PushRemoved extends EventBase<"PushRemoved"> {
  /** The endpoint of the subscription. */
  readonly endpoint: string;
}

/** A token was created; it replaces a token with the same hash. */
export interface TokenSaved extends EventBase<"TokenSaved"> {
  /** The token. */
  readonly token: Token;
}

/** A token was used. */
export interface TokenUsed extends EventBase<"TokenUsed"> {
  /** The hash of the token. */
  readonly hash: string;
}

/** A token was withdrawn, or has expired. */
export interface TokenRemoved extends EventBase<"TokenRemoved"> {
  /** The hash of the token. */
  readonly hash: string;
}

/**
 * The list of messages that wait for the owner of an account changed. The list is empty once the
 * messages are delivered.
 */
export interface WaitingChanged extends EventBase<"WaitingChanged"> {
  /** The account's name. */
  readonly account: string;
  /** All messages that wait now. */
  readonly messages: readonly WaitingMessage[];
}

/** A file was uploaded. */
export interface UploadSaved extends EventBase<"UploadSaved"> {
  /** The file. */
  readonly upload: Upload;
}

/** An uploaded file was removed: nobody can read it any more. */
export interface UploadRemoved extends EventBase<"UploadRemoved"> {
  /** The id of the file. */
  readonly upload: string;
}

/** Any event of this file. */
export type RecordEvent =
  | AccountSaved
  | AccountRemoved
  | ServerBanSaved
  | ServerBanRemoved
  | PushSaved
  | PushRemoved
  | TokenSaved
  | TokenUsed
  | TokenRemoved
  | UploadSaved
  | UploadRemoved
  | WaitingChanged;
