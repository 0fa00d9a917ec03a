/**
 * Redeems the tokens that clients give with REDEEM or, if a client does not have that command, with
 * PASS. If a client has not registered yet, its token is held until it has.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { Token } from "../events/records.ts";
import { redeemInvitation } from "./invitations.ts";
import { identityOf } from "../state/person.ts";
import { StandardError } from "../irc/replies.ts";
import { grantedAccount, redeemLink, redeemRecovery } from "./linking.ts";
import { redeemOwnership } from "./ownership.ts";
import { TOKEN_TEXTS } from "../texts/redeeming.ts";
import { findToken, type Redemption, requireToken } from "./tokens.ts";

/** Redeems the token with this text, at once or after the client has registered. */
export function redeem(session: Session, text: string): void {
  session.heldToken = text;
  redeemHeld(session);
}

/**
 * If the client has registered, redeems the token that is held for it. Replies with the error if
 * the token cannot be redeemed.
 */
export function redeemHeld(session: Session): void {
  const { user, heldToken: text } = session;
  if (!user || text === undefined) return;
  session.heldToken = undefined;
  session.attempt(() => {
    const token = requireToken(session, text, identityOf(user.actor));
    redeemByKind({ session, user, token, text });
  });
}

/**
 * Returns `undefined` if the client holds a token that it can redeem, and otherwise the reason why
 * it cannot redeem one. An unknown token counts as a failed attempt.
 */
export function tokenFault(session: Session): string | undefined {
  const { heldToken: text, registration: { account } } = session;
  if (text === undefined) return TOKEN_TEXTS.missing;
  try {
    const { worth } = requireToken(session, text, account);
    if ("account" in worth) grantedAccount(session, worth);
    return undefined;
  } catch (error) {
    if (error instanceof StandardError) return error.params.at(-1);
    throw error;
  }
}

/** Returns true if the token that is held for the client gives access to an account. */
export function holdsAccountToken(session: Session): boolean {
  const token = heldToken(session);
  return token !== undefined && "account" in token.worth;
}

/** Returns the token that is held for the client, even if it has expired or is used up. */
export function heldToken({ context, heldToken: text }: Session): Token | undefined {
  return text === undefined ? undefined : findToken(text, context.network);
}

function redeemByKind(redemption: Redemption): void {
  const { worth } = redemption.token;
  switch (worth.kind) {
    case "owner":
      return redeemOwnership(redemption);
    case "invitation":
      return redeemInvitation(redemption, worth);
    case "link":
      return redeemLink(redemption, worth);
    case "recovery":
      return redeemRecovery(redemption, worth);
  }
}
