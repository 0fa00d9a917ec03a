/**
 * Lets the owner of an account log in with another cryptographic key. For that, the owner types a
 * code on another machine or, after the loss of the key, redeems a token from an operator.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Session } from "../session/session.ts";
import type { Account, Grant } from "../events/records.ts";
import { LINK_TEXTS } from "../texts/linking.ts";
import { logIn } from "./accounts.ts";
import { endOtherAccess } from "./ending_access.ts";
import { addCertificate, certificateRefusal } from "./certificates.ts";
import { assertMayLogInTo } from "../state/permissions.ts";
import { newCode, newSecret } from "../auth/secrets.ts";
import { assertRoomForToken, issue, redeemError, type Redemption, withdraw } from "./tokens.ts";

/** The time in which a code must be typed on the other machine, in minutes. */
export const LINK_MINUTES = 10;
/** The time for which a recovery token is valid, in hours. An operator creates such a token. */
export const RECOVERY_HOURS = 24;

/** A grant that gives access to an account. */
export type AccountGrant = Extract<Grant, { readonly account: string }>;

/** The kinds of grants that give access to an account. */
export type AccountGrantKind = AccountGrant["kind"];

/**
 * For each kind of token, the time for which it is valid, in milliseconds, and the function that
 * makes its text.
 */
const TOKENS: Record<AccountGrantKind, { readonly ms: number; text(): string }> = {
  link: { ms: LINK_MINUTES * 60_000, text: newCode },
  recovery: { ms: RECOVERY_HOURS * 3_600_000, text: newSecret },
};

/**
 * Issues a token that gives access to `account`, and returns its text. Earlier tokens for the
 * account are withdrawn.
 *
 * @throws {StandardError} if there are too many tokens.
 */
export function issueAccountToken(
  session: Session,
  account: Account,
  kind: AccountGrantKind,
): string {
  const { context, user, host } = session;
  const by = user?.actor ?? context.server;
  assertRoomForToken(context, "LINK", kind);
  withdrawTokensFor(session, account);
  const { ms, text } = TOKENS[kind];
  const worth = { kind, account: casefold(account.name) };
  const until = context.clock.now() + ms;
  context.log.info("token issued", { token: kind, account: account.name, address: host });
  return issue(context, by, { worth, uses: 1, until }, text());
}

/** Withdraws all tokens that give access to the account. */
function withdrawTokensFor({ context }: Session, { name }: Account): void {
  for (const token of context.network.tokens.all()) {
    const isForAccount = "account" in token.worth && token.worth.account === casefold(name);
    if (isForAccount) withdraw(context, context.server, token);
  }
}

/** Redeems a code of LINK: adds the client's key to the account, and logs the client in. */
export function redeemLink({ session }: Redemption, grant: AccountGrant): void {
  const { context, host, certificate = "" } = session;
  const account = grantedAccount(session, grant);
  if (!account.fingerprints.includes(certificate)) addCertificate(session, account);
  withdrawTokensFor(session, account);
  context.log.info("client linked", { account: account.name, address: host });
  notifyOwner(session, account, LINK_TEXTS.clientLinked(account.name, host));
  // The login then gives the client the account's nick, whatever nick it has now.
  session.refusedNick = account.name;
  logIn(session, account);
}

/**
 * Returns the account that a token gives access to. For a recovery, the account is returned without
 * its keys and its password, which the client's key will replace. Changes nothing.
 *
 * @throws {StandardError} if the client cannot get access now. The token can still be used.
 * @throws {IrcError} if the user is muted in a channel under the present account.
 */
export function grantedAccount(session: Session, { kind, account: name }: AccountGrant): Account {
  const { context: { network }, certificate, user } = session;
  const found = network.account(name);
  if (!found) throw redeemError("INVALID_TOKEN", LINK_TEXTS.accountGone);
  assertMayLogInTo(found.name, user);
  if (kind === "link" && certificate === undefined) {
    throw redeemError("KEY_REQUIRED", LINK_TEXTS.keyRequired);
  }
  const { credentials: _, ...bare } = { ...found, fingerprints: [] };
  const account = kind === "link" ? found : bare;
  const refusal = certificate === undefined ? undefined : certificateRefusal(session, account);
  if (refusal !== undefined) throw redeemError("LIMIT_REACHED", LINK_TEXTS.stillUsable(refusal));
  return account;
}

/**
 * Redeems a recovery token: replaces all keys and the password of its account by the client's key.
 * Whoever had an earlier key or the password loses all access.
 */
export function redeemRecovery({ session }: Redemption, grant: AccountGrant): void {
  const { context, certificate, user, host } = session;
  const account = grantedAccount(session, grant);
  if (certificate !== undefined) addCertificate(session, account);
  else {
    context.append({ type: "AccountSaved", by: user?.actor ?? context.server, account });
    session.note("REDEEM", "PASSWORD_REQUIRED", LINK_TEXTS.passwordRequired);
  }
  withdrawTokensFor(session, account);
  context.log.warn("keys replaced", { account: account.name, address: host });
  endOtherAccess(session, account, LINK_TEXTS.keysReplaced);
  logIn(session, account);
}

function notifyOwner({ context }: Session, { name }: Account, text: string): void {
  for (const { actor: { nick }, recipients } of context.network.usersOf(name)) {
    const notice = { source: context.options.name, command: "NOTICE", params: [nick, text] };
    for (const recipient of recipients.all) recipient.send(notice);
  }
}
