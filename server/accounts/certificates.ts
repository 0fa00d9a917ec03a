/**
 * Logs clients in by their certificates, without a password. An account has the fingerprints of its
 * certificates. The client has already proved that it has the certificate's private key: in the TLS
 * handshake, or with the command KEY.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { CERTIFICATE_TEXTS, NICK_TEXTS } from "../texts/accounts.ts";
import { ACCOUNT_LIMIT, createAccount, logIn } from "./accounts.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";

/** The largest number of certificates of an account. Each machine of the owner has one. */
export const CERTIFICATE_LIMIT = 16;
/**
 * The largest number of accounts that have the same certificate. A user with several nicks may have
 * an account for each.
 */
export const SHARED_LIMIT = 8;

/**
 * Returns the account called `name` if the client of `session` presents one of its certificates. If
 * `name` is empty, returns an account that has the client's certificate: the one that owns the
 * client's nick or, if none does, the oldest.
 */
export function accountByCertificate(session: Session, name: string): Account | undefined {
  const { context: { network }, certificate, nick } = session;
  const accounts = certificate === undefined ? [] : network.accounts.with(certificate);
  if (name !== "") return accounts.find((account) => casefold(account.name) === casefold(name));
  return accounts.find((account) => account === network.ownerOf(nick)) ?? accounts[0];
}

/**
 * Logs a client in to an account that has its certificate, if there is one. The client has not
 * registered yet. Its nick matters only if several accounts have the certificate.
 */
export function logInByCertificate(session: Session): void {
  if (session.account !== undefined) return;
  const account = accountByCertificate(session, "");
  if (account) logIn(session, account);
}

/**
 * Creates an account for the nick of a user who has just registered with a certificate, if the nick
 * has no owner: the first user of a nick owns it. No account is created if the client took this
 * nick only because another nick was refused. The same holds for a client that tried to log in with
 * its certificate: it expected to have an account.
 */
export function claimNick(session: Session): void {
  const { registration: { isRefused, isReturning } } = session;
  if (!isRefused && !isReturning) createAccountByKey(session);
}

/**
 * Creates an account for the nick of a user without an account, if the user presents a certificate
 * that no account has, and nobody owns the nick. The user can then log in with the certificate.
 * Returns false if the account cannot be created.
 */
export function createAccountByKey(session: Session): boolean {
  const { context, user, certificate, host } = session;
  if (!user || user.actor.account !== undefined || certificate === undefined) return false;
  const { network, logins, options, store, clock } = context;
  const { nick: name } = user.actor;
  const isPossible = network.ownerOf(name) === undefined &&
    network.accounts.with(certificate).length === 0 && !options.accounts.requireEmail &&
    store.trouble === undefined &&
    network.accounts.byName.size < ACCOUNT_LIMIT;
  if (!isPossible || !logins.mayRegister(host)) return false;
  const account = { name, createdAt: clock.now(), fingerprints: [certificate] };
  createAccount(session, account);
  logIn(session, account);
  session.fromServer("NOTICE", name, NICK_TEXTS.nowYours(name));
  return true;
}

/**
 * Adds the certificate that the client of `session` presents to `account`. No other certificate can
 * be added: it might belong to another user, who would then be logged in to an account that is not
 * theirs.
 *
 * @throws {StandardError} if it cannot be added.
 */
export function addCertificate(session: Session, account: Account): void {
  const { certificate } = session;
  const { fingerprints } = account;
  if (certificate === undefined) throw fail(CERTIFICATE_TEXTS.notShown);
  if (fingerprints.includes(certificate)) throw fail(CERTIFICATE_TEXTS.alreadyAdded);
  const refusal = certificateRefusal(session, account);
  if (refusal !== undefined) throw fail(refusal);
  save(session, { ...account, fingerprints: [...fingerprints, certificate] });
}

/**
 * Returns the reason why the certificate of the client of `session` cannot be added to `account`:
 * the account has too many certificates, or too many accounts have this one. Returns `undefined` if
 * it can be added, or the account has it already.
 */
export function certificateRefusal(
  { context: { network }, certificate = "" }: Session,
  { name, fingerprints }: Account,
): string | undefined {
  if (fingerprints.includes(certificate)) return undefined;
  if (fingerprints.length >= CERTIFICATE_LIMIT) {
    return CERTIFICATE_TEXTS.accountFull(name, CERTIFICATE_LIMIT);
  }
  if (network.accounts.with(certificate).length >= SHARED_LIMIT) {
    return CERTIFICATE_TEXTS.certificateFull(SHARED_LIMIT);
  }
}

/**
 * Removes the certificate with this fingerprint from `account`.
 *
 * @throws {StandardError} if the account does not have it, or has no other way to log in.
 */
export function removeCertificate(session: Session, account: Account, fingerprint: string): void {
  const fingerprints = account.fingerprints.filter((each) => each !== fingerprint);
  if (fingerprints.length === account.fingerprints.length) throw fail(CERTIFICATE_TEXTS.unknown);
  if (fingerprints.length === 0 && !account.credentials) throw fail(CERTIFICATE_TEXTS.lastWayIn);
  save(session, { ...account, fingerprints });
}

function save({ context, user, host }: Session, account: Account): void {
  context.append({ type: "AccountSaved", by: user?.actor ?? context.server, account });
  context.log.info("certificates changed", { account: account.name, address: host });
}

function fail(reason: string): StandardError {
  return new StandardError("CERT", "CANNOT_CHANGE", reason);
}
