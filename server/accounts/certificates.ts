/**
 * Logs clients in by their certificates, without a password. A certificate is known by its
 * fingerprint. The client has already proved that it has the key: in the TLS handshake, or with
 * KEY.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { CERTIFICATE_TEXTS, NICK_TEXTS } from "../texts/accounts.ts";
import { ACCOUNT_LIMIT, createAccount, logIn } from "./accounts.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";

/** The largest number of certificates of an account: one for each machine of its owner. */
export const CERTIFICATE_LIMIT = 16;
/** The largest number of accounts with the same certificate: one for each nick of its owner. */
export const SHARED_LIMIT = 8;

/**
 * Returns the account called `name` if the client of `session` presents one of its certificates. If
 * `name` is empty, returns an account with the client's certificate: the owner of the client's nick
 * or, if there is none, the oldest account.
 */
export function accountByCertificate(session: Session, name: string): Account | undefined {
  const { context: { network }, certificate, nick } = session;
  const accounts = certificate === undefined ? [] : network.accounts.with(certificate);
  if (name !== "") return accounts.find((account) => casefold(account.name) === casefold(name));
  return accounts.find((account) => account === network.ownerOf(nick)) ?? accounts[0];
}

/**
 * Logs in a client that is about to register, if its certificate belongs to an account. The
 * certificate decides the account, whatever the nick is.
 */
export function logInByCertificate(session: Session): void {
  if (session.account !== undefined) return;
  const account = accountByCertificate(session, "");
  if (account) logIn(session, account);
}

/**
 * Creates an account for the nick of a user who has just registered with a certificate, if the nick
 * has no owner: the first user of a nick owns it. No account is created if the client took the nick
 * because another one was refused, or if the client came back for an account of its certificate.
 */
export function claimNick(session: Session): void {
  const { registration: { isRefused, isReturning } } = session;
  if (!isRefused && !isReturning) createAccountByKey(session);
}

/**
 * Creates an account for the nick of a user without an account, if nobody owns the nick and the
 * user shows a certificate. The certificate then logs in to the account. Returns false if that is
 * not possible.
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
 * Adds the certificate that the client of `session` shows to `account`. No other certificate can be
 * added: a user who has its key would be logged in to an account that is not theirs.
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
 * Returns the reason why the certificate of `session`'s client cannot be added to `account`: the
 * account or the certificate is at its limit. Returns `undefined` if it can be.
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
