/**
 * Issues tokens, and finds them by their texts, of which the server keeps only hashes. Does not
 * depend on the effects of tokens, which are in `redeeming.ts`.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import type { Actor } from "../events/actor.ts";
import type { Network } from "../state/network.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { identityOf } from "../state/person.ts";
import type { User } from "../state/state.ts";
import { isCurrent, TOKEN_LIMIT, wasUsedBy } from "../state/tokens.ts";
import { TOKEN_TEXTS } from "../texts/redeeming.ts";
import type { Grant, Token } from "../events/records.ts";
import { hashOf, isCode, newSecret, readSecret } from "../auth/secrets.ts";

/** The properties of a new token that its issuer decides. */
export type TokenRequest = Pick<Token, "worth" | "uses" | "until">;

/** One redemption of a token. */
export interface Redemption {
  /** The client that gave the token. */
  readonly session: Session;
  /** The client's user. */
  readonly user: User;
  /** The token, which the user can redeem: {@linkcode requireToken} has checked it. */
  readonly token: Token;
  /** The text of the token. */
  readonly text: string;
}

/** The largest number of expired tokens that are removed when a token is issued. */
const EXPIRED_AT_ONCE = 100;

/**
 * Issues a token with the text `text` in the name of `by`, and returns the text. Removes some of
 * the expired tokens first.
 */
export function issue(
  context: Context,
  by: Actor,
  request: TokenRequest,
  text = newSecret(),
): string {
  const time = context.clock.now();
  const { deletionTime, network: { tokens } } = context;
  const expired = tokens.all().filter((token) => !isCurrent(token, deletionTime)).take(
    EXPIRED_AT_ONCE,
  );
  for (const token of expired.toArray()) withdraw(context, by, token);
  const token: Token = { ...request, hash: hashOf(text), by: by.nick, time, usedBy: [] };
  context.append({ type: "TokenSaved", by, token });
  return text;
}

/**
 * Checks that there can be one more token of this kind. The error says that the command called
 * `command` has failed.
 *
 * @throws {StandardError} if there are `TOKEN_LIMIT` unexpired tokens of this kind.
 */
export function assertRoomForToken(
  { clock, network }: Context,
  command: string,
  kind: Grant["kind"],
): void {
  const now = clock.now();
  let count = 0;
  for (const token of network.tokens.all()) {
    if (token.worth.kind === kind && isCurrent(token, now)) count++;
  }
  if (count < TOKEN_LIMIT) return;
  throw new StandardError(command, "LIMIT_REACHED", "*", TOKEN_TEXTS.full);
}

/** Withdraws a token: it can no longer be redeemed. */
export function withdraw(context: Context, by: Actor, { hash }: Token): void {
  context.append({ type: "TokenRemoved", by, hash });
}

/** Returns the token with this text, even if it has expired or is used up. */
export function findToken(text: string, { tokens }: Pick<Network, "tokens">): Token | undefined {
  return tokens.get(hashOf(readSecret(text)));
}

/**
 * Returns the token with this text if the user with this identity can redeem it. An unknown token
 * counts as a failed attempt.
 *
 * @throws {StandardError} with the reason why the token cannot be redeemed.
 */
export function requireToken(
  { context, host, user }: Session,
  text: string,
  identity?: string,
): Token {
  const { clock, log, logins, network } = context;
  if (!logins.mayRedeem(host)) throw redeemError("RATE_LIMITED", TOKEN_TEXTS.tooManyTries);
  const token = findToken(text, network);
  if (!token) {
    logins.redeemFailed(host);
    // A client that has not registered is disconnected for a wrong token, and the disconnection is
    // logged.
    if (user) log.warn("token refused", { nick: user.actor.nick, address: host });
    const { unknown, unknownCode } = TOKEN_TEXTS;
    throw redeemError("INVALID_TOKEN", isCode(text) ? unknownCode : unknown);
  }
  if (!isCurrent(token, clock.now())) throw redeemError("TOKEN_EXPIRED", TOKEN_TEXTS.expired);
  if (token.uses === 0 && !wasUsedBy(token, identity)) {
    throw redeemError("TOKEN_USED", TOKEN_TEXTS.used);
  }
  return token;
}

/** Counts a use of the token, unless the user has used it before. */
export function countUse(
  { session: { context, host }, user: { actor: by }, token }: Redemption,
): void {
  if (wasUsedBy(token, identityOf(by))) return;
  context.append({ type: "TokenUsed", by, hash: token.hash });
  context.log.info("token redeemed", { token: token.worth.kind, nick: by.nick, address: host });
}

/** Returns the error with which REDEEM is refused; `reason` is for people. */
export function redeemError(code: string, reason: string): StandardError {
  return new StandardError("REDEEM", code, reason);
}
