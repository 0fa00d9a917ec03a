/**
 * Events that change what the server has on record, such as accounts, bans and tokens. Plain data, like
 * all events.
 *
 * @module
 */

import type { Happening } from "./actor.ts";
import type { Account, BanKey, ServerBan, Token, WaitingMessage } from "./records.ts";

/** An account was created or changed. */
export interface AccountSaved extends Happening<"AccountSaved"> {
  /** The whole account. */
  readonly account: Account;
}

/** An account was removed, with everything that belonged to it; its name is free again. */
export interface AccountRemoved extends Happening<"AccountRemoved"> {
  /** The account's name. */
  readonly account: string;
}

/** A ban from the server was set; it replaces a ban of the same target. */
export interface ServerBanSaved extends Happening<"ServerBanSaved"> {
  /** The whole ban. */
  readonly ban: ServerBan;
}

/** A ban from the server was lifted, or has expired. */
export interface ServerBanRemoved extends Happening<"ServerBanRemoved"> {
  /** The kind and target of the ban. */
  readonly ban: BanKey;
}

/** A token was created; it replaces a token with the same hash. */
export interface TokenSaved extends Happening<"TokenSaved"> {
  /** The token. */
  readonly token: Token;
}

/** A token was used. */
export interface TokenUsed extends Happening<"TokenUsed"> {
  /** The hash of the token. */
  readonly hash: string;
}

/** A token was withdrawn, or has expired. */
export interface TokenRemoved extends Happening<"TokenRemoved"> {
  /** The hash of the token. */
  readonly hash: string;
}

/** The messages that wait for the owner of an account changed: to none, once they are delivered. */
export interface WaitingChanged extends Happening<"WaitingChanged"> {
  /** The account's name. */
  readonly account: string;
  /** All messages that wait now. */
  readonly messages: readonly WaitingMessage[];
}

/** Any event of this file. */
export type RegisterEvent =
  | AccountSaved
  | AccountRemoved
  | ServerBanSaved
  | ServerBanRemoved
  | TokenSaved
  | TokenUsed
  | TokenRemoved
  | WaitingChanged;
