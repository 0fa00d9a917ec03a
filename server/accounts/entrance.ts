/**
 * Decides which clients may register their connection. A client must not be banned, must know the
 * server password if there is one, and must have an account if the server is invitation-only. A
 * token takes the place of both the password and the account. A client that is refused gets the
 * reason, and is disconnected.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import { banTerms } from "../state/server_bans.ts";
import { ENTRANCE_TEXTS, LOGIN_TEXTS } from "../texts/logins.ts";
import { logInByCertificate } from "./certificates.ts";
import { heldToken, tokenFault } from "./redeeming.ts";
import { sameSecret } from "../auth/secrets.ts";

/**
 * Returns true if the client may register, and disconnects it otherwise. `mask` is its
 * `nick!user@host`. If an account has the client's certificate, also logs the client in.
 */
export function admit(session: Session, mask: string): boolean {
  if (!knowsPassword(session) || isBanned(session, mask)) return false;
  logInByCertificate(session);
  return hasAccountOrInvitation(session);
}

function knowsPassword(session: Session): boolean {
  const { context: { logins, options }, host, registration: { password } } = session;
  if (options.password === undefined) return true;
  if (password !== undefined && !logins.mayRedeem(host)) {
    return refusePassword(session, LOGIN_TEXTS.tooManyTries, ENTRANCE_TEXTS.tooManyTriesReason);
  }
  if (sameSecret(password ?? "", options.password)) return true;
  // `tokenFault` counts a text that is neither the password nor a token as a failed attempt.
  const fault = tokenFault(session);
  if (fault === undefined) return true;
  if (heldToken(session)) return refusePassword(session, fault, ENTRANCE_TEXTS.wrongPasswordReason);
  const { wrongPassword, wrongPasswordReason, passwordRequired, passwordRequiredReason } =
    ENTRANCE_TEXTS;
  return password === undefined
    ? refusePassword(session, passwordRequired, passwordRequiredReason)
    : refusePassword(session, wrongPassword, wrongPasswordReason);
}

/** Replies with `text`, and disconnects the client with the reason `reason`. */
function refusePassword(session: Session, text: string, reason: string): false {
  session.reply("ERR_PASSWDMISMATCH", text);
  session.close(reason);
  return false;
}

function isBanned(session: Session, mask: string): boolean {
  const { clock, network } = session.context;
  const ban = network.serverBans.ofUser({ mask, address: session.host }, clock.now());
  if (!ban) return false;
  const terms = banTerms(ban, clock.now());
  session.reply("ERR_YOUREBANNEDCREEP", ENTRANCE_TEXTS.banned(terms));
  session.close(ENTRANCE_TEXTS.bannedReason(terms));
  return true;
}

/**
 * Returns true if the client has an account or a token, or the server is not invitation-only. An
 * account admits its owner under any nick.
 */
function hasAccountOrInvitation(session: Session): boolean {
  if (!session.context.options.inviteOnly || session.account !== undefined) return true;
  const fault = tokenFault(session);
  if (fault === undefined) return true;
  const why = session.heldToken === undefined ? ENTRANCE_TEXTS.waysIn : fault;
  session.close(ENTRANCE_TEXTS.invitationOnly(why));
  return false;
}
