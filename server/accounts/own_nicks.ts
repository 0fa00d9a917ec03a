/**
 * Adds nicks to an account, besides the nick that is the account's name, and removes them.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Account } from "../events/records.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { OWN_NICK_TEXTS } from "../texts/accounts.ts";
import { createAccountByKey } from "./certificates.ts";

/** The largest number of nicks that an account can own besides its name. */
export const OWN_NICK_LIMIT = 8;

/**
 * Tells a user that they can own their present nick, if nobody owns it yet and they have an account
 * or a certificate.
 */
export function offerNick(session: Session): void {
  const { context: { network }, user, certificate } = session;
  if (!user || network.ownerOf(user.actor.nick) !== undefined) return;
  const { nick, account } = user.actor;
  if (account === undefined && certificate === undefined) return;
  session.note("OWN", "NOT_OWNED", nick, OWN_NICK_TEXTS.offer(nick));
}

/**
 * Adds the user's present nick to the nicks of their account. A user without an account who
 * presents a certificate gets an account with the name of the nick.
 *
 * @throws {StandardError} if the nick cannot be owned.
 */
export function ownNick(session: Session): void {
  const { context, user, certificate } = session;
  if (!user) return;
  const { nick, account: name } = user.actor;
  const owner = context.network.ownerOf(nick);
  if (owner && owner.name !== name) throw fail("NICK_OWNED", nick, OWN_NICK_TEXTS.taken);
  if (owner) return session.note("OWN", "OWNED", nick, OWN_NICK_TEXTS.already(nick));
  const account = context.network.account(name ?? "");
  if (!account) {
    if (certificate !== undefined && createAccountByKey(session)) return;
    throw fail("ACCOUNT_REQUIRED", nick, OWN_NICK_TEXTS.accountRequired);
  }
  const { nicks = [] } = account;
  if (nicks.length >= OWN_NICK_LIMIT) {
    throw fail("LIMIT_REACHED", nick, OWN_NICK_TEXTS.full(OWN_NICK_LIMIT));
  }
  save(session, { ...account, nicks: [...nicks, nick] });
  session.note("OWN", "OWNED", nick, OWN_NICK_TEXTS.added(nick, account.name));
}

/**
 * Removes `nick` from the nicks that the user's account owns besides its name.
 *
 * @throws {StandardError} if the account does not have it.
 */
export function disownNick(session: Session, nick: string): void {
  const account = requireAccount(session, nick);
  const nicks = (account.nicks ?? []).filter((each) => casefold(each) !== casefold(nick));
  if (nicks.length === (account.nicks ?? []).length) {
    throw fail("NICK_NOT_OWNED", nick, OWN_NICK_TEXTS.notAdded(account.name));
  }
  save(session, { ...account, nicks });
  session.note("OWN", "DISOWNED", nick, OWN_NICK_TEXTS.removed(nick));
}

/**
 * Tells the user which nicks their account owns.
 *
 * @throws {StandardError} if they are not logged in.
 */
export function listNicks(session: Session): void {
  const { name, nicks = [] } = requireAccount(session, "*");
  session.note("OWN", "NICKS", name, OWN_NICK_TEXTS.list([name, ...nicks]));
}

function requireAccount({ context, account = "" }: Session, nick: string): Account {
  const found = context.network.account(account);
  if (found) return found;
  throw fail("ACCOUNT_REQUIRED", nick, OWN_NICK_TEXTS.loginRequired);
}

function save({ context, user, host }: Session, account: Account): void {
  context.append({ type: "AccountSaved", by: user?.actor ?? context.server, account });
  context.log.info("nicks changed", { account: account.name, address: host });
}

function fail(code: string, nick: string, reason: string): StandardError {
  return new StandardError("OWN", code, nick, reason);
}
