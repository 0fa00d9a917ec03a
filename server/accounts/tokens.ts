/**
 * Making tokens and recognizing them by their texts, which nobody else gets to know. What a token
 * does for who redeems it is the business of `redeeming.ts`.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import type { Actor } from "../events/actor.ts";
import type { Network } from "../state/network.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";
import { isCurrent, TOKEN_LIMIT, wasUsedBy } from "../state/tokens.ts";
import type { Grant, Token } from "../events/records.ts";
import { hashOf, newSecret, readSecret } from "../auth/secrets.ts";

/** What a token is to be. */
export type TokenRequest = Pick<Token, "worth" | "uses" | "until">;

/** One redemption of a token. */
export interface Redemption {
  /** The client that gave the token. */
  readonly session: Session;
  /** Its user. */
  readonly user: User;
  /** The token, which is worth something to them. */
  readonly token: Token;
  /** Its text. */
  readonly text: string;
}

/** Makes a token, in the name of `by`; returns its text. Those that have ended make room for it. */
export function issue(context: Context, by: Actor, wish: TokenRequest, text = newSecret()): string {
  const time = context.clock.now();
  for (const token of context.network.tokens.all) {
    if (!isCurrent(token, time)) withdraw(context, by, token);
  }
  const token: Token = { ...wish, hash: hashOf(text), by: by.nick, time, usedBy: [] };
  context.append({ type: "TokenSaved", by, token });
  return text;
}

/**
 * There has to be room for another token of that kind, which is asked for by the command called
 * `command`.
 *
 * @throws {StandardError} if there is none.
 */
export function assertRoomForToken(
  { clock, network }: Context,
  command: string,
  kind: Grant["kind"],
): void {
  const now = clock.now();
  const all = network.tokens.all.filter(({ worth }) => worth.kind === kind);
  const count = all.filter((token) => isCurrent(token, now)).length;
  if (count < TOKEN_LIMIT) return;
  const why = "There is no room for more: wait until others have ended";
  throw new StandardError(command, "LIMIT_REACHED", "*", why);
}

/** Takes a token back: its text is worth nothing any more. */
export function withdraw(context: Context, by: Actor, { hash }: Token): void {
  context.append({ type: "TokenRemoved", by, hash });
}

/** The token of that text, whether or not it is worth something still. */
export function tokenOf(text: string, { tokens }: Pick<Network, "tokens">): Token | undefined {
  return tokens.get(hashOf(readSecret(text)));
}

/**
 * The token of that text, which has to be worth something to who is logged in to `account`, if they
 * are.
 *
 * @throws {StandardError} that says why it is worth nothing.
 */
export function theToken({ context, host, user }: Session, text: string, account?: string): Token {
  const { clock, log, logins, network } = context;
  if (!logins.mayRedeem(host)) {
    throw failure("RATE_LIMITED", "Too many wrong tokens from your address; try again in a minute");
  }
  const token = tokenOf(text, network);
  if (!token) {
    logins.redeemedInVain(host);
    // Who is not let in is in the log for that.
    if (user) log.warn("refused token", { nick: user.actor.nick, address: host });
    throw failure("INVALID_TOKEN", UNKNOWN);
  }
  if (!isCurrent(token, clock.now())) throw failure("TOKEN_EXPIRED", EXPIRED);
  if (token.uses === 0 && !wasUsedBy(token, account)) throw failure("TOKEN_USED", USED);
  return token;
}

const UNKNOWN =
  "There is no such token here, or it was taken back: copy all of it, or ask for another";
const EXPIRED = "That token has expired: ask for another";
const USED = "That token is used up: ask for another";

/** Counts a use of the token, unless who redeems it has an account that used it before. */
export function spend(
  { session: { context, host }, user: { actor: by }, token }: Redemption,
): void {
  if (wasUsedBy(token, by.account)) return;
  context.append({ type: "TokenUsed", by, hash: token.hash });
  context.log.info("redeemed", { token: token.worth.kind, nick: by.nick, address: host });
}

/** Why REDEEM cannot be done. */
export function failure(code: string, why: string): StandardError {
  return new StandardError("REDEEM", code, why);
}
