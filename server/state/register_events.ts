/**
 * What can happen to what the server has on record of people who need not be there. As all events,
 * these are plain data, and complete.
 *
 * @module
 */

import type { Happening } from "../events.ts";
import type { BanKey, ServerBan } from "./server_bans.ts";
import type { Account } from "./state.ts";
import type { Token } from "./tokens.ts";
import type { WaitingMessage } from "./waiting.ts";

/** There is an account, as it is from now on; all that is known of it is here. */
export interface AccountSaved extends Happening<"AccountSaved"> {
  /** The account. */
  readonly account: Account;
}

/** An account is no more: all that is its own is let go of, and its name may be another's. */
export interface AccountRemoved extends Happening<"AccountRemoved"> {
  /** The account's name. */
  readonly account: string;
}

/** Somebody may not come to the server from now on; a ban of the same target is replaced. */
export interface ServerBanSaved extends Happening<"ServerBanSaved"> {
  /** The ban, whole. */
  readonly ban: ServerBan;
}

/** A ban from the server was taken back, or has ended. */
export interface ServerBanRemoved extends Happening<"ServerBanRemoved"> {
  /** Which. */
  readonly ban: BanKey;
}

/** There is a token from now on, as it is; one with the same hash is replaced. */
export interface TokenSaved extends Happening<"TokenSaved"> {
  /** The token. */
  readonly token: Token;
}

/** Somebody used a token. */
export interface TokenUsed extends Happening<"TokenUsed"> {
  /** Which. */
  readonly hash: string;
}

/** A token was taken back, or has ended. */
export interface TokenRemoved extends Happening<"TokenRemoved"> {
  /** Which. */
  readonly hash: string;
}

/** These messages wait for the owner of an account, and no others: none, once they were told. */
export interface WaitingChanged extends Happening<"WaitingChanged"> {
  /** The account's name. */
  readonly account: string;
  /** The messages. */
  readonly messages: readonly WaitingMessage[];
}

/** What changes the registers. */
export type RegisterEvent =
  | AccountSaved
  | AccountRemoved
  | ServerBanSaved
  | ServerBanRemoved
  | TokenSaved
  | TokenUsed
  | TokenRemoved
  | WaitingChanged;
