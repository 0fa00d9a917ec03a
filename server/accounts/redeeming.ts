/**
 * What redeeming a token comes to, by whichever command it is given: REDEEM, or PASS for clients that
 * know no other way. Who has not registered yet has it held until they have.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { Token } from "../events/records.ts";
import { accept } from "./invitations.ts";
import { StandardError } from "../irc/replies.ts";
import { accountBehind, link, recover } from "./linking.ts";
import { own } from "./ownership.ts";
import { type Redemption, theToken, tokenOf } from "./tokens.ts";

/** Redeems the token of that text, now or as soon as the client is registered. */
export function redeem(session: Session, text: string): void {
  session.heldToken = text;
  redeemHeld(session);
}

/** Redeems the token that was held for the client; says so where it cannot be. */
export function redeemHeld(session: Session): void {
  const { user, heldToken: text } = session;
  if (!user || text === undefined) return;
  session.heldToken = undefined;
  session.attempt(() => {
    const token = theToken(session, text, user.actor.account);
    use({ session, user, token, text });
  });
}

/** Why no token is held for the client that would be worth something to it; `undefined` if one is. */
export function tokenFault(session: Session): string | undefined {
  const { heldToken: text, registration: { account } } = session;
  if (text === undefined) return "No token was given";
  try {
    const { worth } = theToken(session, text, account);
    if ("account" in worth) accountBehind(session, worth);
    return undefined;
  } catch (error) {
    if (error instanceof StandardError) return error.params.at(-1);
    throw error;
  }
}

/** Whether the token that is held for the client leads into an account, so that it needs no other. */
export function isLedToAccount(session: Session): boolean {
  const token = heldToken(session);
  return token !== undefined && "account" in token.worth;
}

/** The token that is held for the client, whether or not it is worth something still. */
export function heldToken({ context, heldToken: text }: Session): Token | undefined {
  return text === undefined ? undefined : tokenOf(text, context.network);
}

function use(redemption: Redemption): void {
  const { worth } = redemption.token;
  switch (worth.kind) {
    case "owner":
      return own(redemption);
    case "invitation":
      return accept(redemption, worth);
    case "link":
      return link(redemption, worth);
    case "recovery":
      return recover(redemption, worth);
  }
}
