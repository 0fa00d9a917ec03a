/**
 * Which accounts a client is recognised by when it shows a certificate: it needs no password for
 * these. A certificate is known by its fingerprint, and that its key is there was proven in the
 * handshake of TLS, of which nothing is known here.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { ACCOUNT_LIMIT, logIn, makeAccount } from "./accounts.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";

/** The certificates that an account may have: one for each of somebody's machines. */
export const CERTIFICATE_LIMIT = 16;
/** The accounts that may have the same certificate: one for each of somebody's nicks. */
export const SHARED_LIMIT = 8;

/**
 * The account that the client of `session` has the certificate of: the one called `name`. Without a
 * name, that of the nick that it asked for, or else the oldest.
 */
export function accountByCertificate(session: Session, name: string): Account | undefined {
  const { context: { network }, certificate, nick } = session;
  const accounts = certificate === undefined ? [] : network.accounts.with(certificate);
  const wanted = casefold(name === "" ? nick : name);
  const found = accounts.find((account) => casefold(account.name) === wanted);
  return name === "" ? found ?? accounts[0] : found;
}

/** Logs in who is about to register as `nick`, if that belongs to an account with their certificate. */
export function recognise(session: Session, nick: string): void {
  if (session.certificate === undefined || session.account !== undefined) return;
  const owner = session.context.network.ownerOf(nick);
  if (owner?.fingerprints.includes(session.certificate)) logIn(session, owner);
}

/**
 * Makes an account of the nick of who has just registered, if that is nobody's and they show a
 * certificate: the first to use a nick owns it. A nick that they only fell back to stays free.
 */
export function claimNick(session: Session): void {
  const { context, user, certificate, host, registration } = session;
  if (!user || user.actor.account !== undefined || certificate === undefined) return;
  const { network, logins, options, store, clock } = context;
  const { nick: name } = user.actor;
  const isPossible = !registration.isRefused && network.ownerOf(name) === undefined &&
    !options.accounts.requireEmail && store.trouble === undefined &&
    network.accounts.byName.size < ACCOUNT_LIMIT &&
    network.accounts.with(certificate).length < SHARED_LIMIT;
  if (!isPossible || !logins.mayRegister(host)) return;
  const account = { name, createdAt: clock.now(), fingerprints: [certificate] };
  makeAccount(session, account);
  logIn(session, account);
  const why = `The nick ${name} is yours from now on: you are recognised by the key of your client`;
  session.fromServer("NOTICE", name, why);
}

/**
 * From now on, who shows the certificate that the client of `session` shows is let in to `account`. No
 * other can be added: whoever has its key would find themselves in somebody else's account.
 *
 * @throws {StandardError} if that cannot be.
 */
export function addCertificate(session: Session, account: Account): void {
  const { certificate } = session;
  const { fingerprints } = account;
  if (certificate === undefined) throw fail("Your client shows none; connect with one, by TLS");
  if (fingerprints.includes(certificate)) throw fail("The account has that certificate already");
  const why = whyNoRoom(session, account);
  if (why !== undefined) throw fail(why);
  save(session, { ...account, fingerprints: [...fingerprints, certificate] });
}

/**
 * Why `account` cannot have the certificate that the client of `session` shows beside those it has, if
 * one of the two has as many of the others as can be.
 */
export function whyNoRoom(
  { context: { network }, certificate = "" }: Session,
  { name, fingerprints }: Account,
): string | undefined {
  if (fingerprints.includes(certificate)) return undefined;
  if (fingerprints.length >= CERTIFICATE_LIMIT) {
    return `The account ${name} has ${CERTIFICATE_LIMIT} certificates, as many as can be: ` +
      "/msg NickServ CERT LIST, said by a client that is logged in to it, shows them, and CERT DEL " +
      "removes one";
  }
  if (network.accounts.with(certificate).length >= SHARED_LIMIT) {
    return `Your client's certificate has ${SHARED_LIMIT} accounts, as many as can be: ` +
      "/msg NickServ CERT DEL, said in one of them, makes room";
  }
}

/**
 * From now on, the certificate with that fingerprint logs in to `account` no more.
 *
 * @throws {StandardError} if that cannot be.
 */
export function removeCertificate(session: Session, account: Account, fingerprint: string): void {
  const fingerprints = account.fingerprints.filter((each) => each !== fingerprint);
  if (fingerprints.length === account.fingerprints.length) {
    throw fail("The account has no such certificate; CERT LIST shows those it has");
  }
  if (fingerprints.length === 0 && !account.credentials) {
    throw fail("Nobody could log in without it; set a password first, with PASSWD");
  }
  save(session, { ...account, fingerprints });
}

function save({ context, user, host }: Session, account: Account): void {
  context.append({ type: "AccountSaved", by: user?.actor ?? context.server, account });
  context.log.info("changed certificates", { account: account.name, address: host });
}

function fail(why: string): StandardError {
  return new StandardError("CERT", "CANNOT_CHANGE", why);
}
