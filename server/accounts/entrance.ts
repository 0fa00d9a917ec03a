/**
 * Who may come in, of those who have said who they are: whoever knows the server's password, where it
 * has one; is not banned; and has an account, where the server is by invitation. A token stands for
 * password and account. Each who may not is told why, and closed.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import { banTerms } from "../state/server_bans.ts";
import { logIn, TOO_OFTEN } from "./accounts.ts";
import { accountByCertificate, recognise } from "./certificates.ts";
import { heldToken, tokenFault } from "./redeeming.ts";
import { sameSecret } from "../auth/secrets.ts";

/** Who wants to come in: what they call themselves, and the mask that they would have. */
export interface Newcomer {
  /** The nick that they asked for. */
  readonly nick: string;
  /** `nick!user@host`. */
  readonly mask: string;
}

/** Whether the client may come in as that newcomer; by then it is logged in if its key says who it is. */
export function mayConnect(session: Session, { nick, mask }: Newcomer): boolean {
  if (!knowsPassword(session) || isBanned(session, mask)) return false;
  recognise(session, nick);
  return isMemberOrInvited(session);
}

function knowsPassword(session: Session): boolean {
  const { context: { logins, options }, host, registration: { password } } = session;
  if (options.password === undefined) return true;
  if (password !== undefined && !logins.mayRedeem(host)) {
    return refusePassword(session, TOO_OFTEN, "Too many wrong passwords");
  }
  if (sameSecret(password ?? "", options.password)) return true;
  // What is no token either counts as a wrong one.
  const fault = tokenFault(session);
  if (fault === undefined) return true;
  if (heldToken(session)) return refusePassword(session, fault, "Wrong password");
  return password === undefined
    ? refusePassword(session, NEEDS_PASSWORD, "Password needed")
    : refusePassword(session, WRONG_PASSWORD, "Wrong password");
}

function refusePassword(session: Session, why: string, reason: string): false {
  session.reply("ERR_PASSWDMISMATCH", why);
  session.close(reason);
  return false;
}

const NEEDS_PASSWORD = "This server needs a password";
const WRONG_PASSWORD = "That is not this server's password";

function isBanned(session: Session, mask: string): boolean {
  const { clock, network } = session.context;
  const ban = network.serverBans.ofMask(mask, clock.now());
  if (!ban) return false;
  const terms = banTerms(ban, clock.now());
  session.reply("ERR_YOUREBANNEDCREEP", `You are banned from this server${terms}`);
  session.close(`Banned${terms}`);
  return true;
}

/** Who has an account comes in under any nick; also by their key alone, which other servers ask a nick for. */
function isMemberOrInvited(session: Session): boolean {
  if (!session.context.options.inviteOnly || session.account !== undefined) return true;
  const account = accountByCertificate(session, "");
  if (account) {
    logIn(session, account);
    return true;
  }
  const fault = tokenFault(session);
  if (fault === undefined) return true;
  session.close(`${BY_INVITATION}${session.heldToken === undefined ? HOW_TO_COME_IN : fault}`);
  return false;
}

const BY_INVITATION = "This server is by invitation. ";
const HOW_TO_COME_IN =
  "Ask somebody who is in for a line to paste (/invite makes one), or log in to " +
  "your account: by its key, by SASL, or with the password NAME:PASSWORD";
