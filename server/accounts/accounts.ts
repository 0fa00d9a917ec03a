/**
 * Registers accounts, logs clients in and out, and protects the nicks of accounts. Several commands
 * use these functions. Each refusal states its reason, as an error or as the returned text.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import { ACCOUNT_TEXTS, NICK_TEXTS } from "../texts/accounts.ts";
import { LOGIN_TEXTS } from "../texts/logins.ts";
import { nicksOf } from "../state/account_index.ts";
import { assertMayLogInTo, mayChangeIdentity } from "../state/permissions.ts";
import { guestNick, lookAlike, skeletons } from "../state/nicks.ts";
import { endOtherAccess } from "./ending_access.ts";
import { grantAccountRights, revokeAccountRights } from "./operator_rights.ts";
import type { Account, Credentials } from "../events/records.ts";
import type { Context } from "../core/context.ts";
import { isKept } from "../core/ghosts.ts";
import { ranksByAccount, restoreRank } from "../core/ranks.ts";
import { StandardError } from "../irc/replies.ts";
import { SERVICE_NICKS } from "../irc/services.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";

/** The largest number of accounts. */
export const ACCOUNT_LIMIT = 100_000;
/**
 * The longest password, in bytes. It fits into every message that contains a password
 * (https://ircv3.net/specs/extensions/account-registration, "Server considerations").
 */
export const PASSWORD_BYTES = 600;
/** The longest email address, in bytes (RFC 5321, section 4.5.3.1.3, without the brackets). */
const EMAIL_BYTES = 254;
const EMAIL = /^[^\s\p{C}@]+@[^\s\p{C}@]+$/u;

const SERVICE_SKELETONS: ReadonlySet<string> = new Set(SERVICE_NICKS.flatMap(skeletons));

function looksLikeService(nick: string): boolean {
  return skeletons(nick).some((each) => SERVICE_SKELETONS.has(each));
}

/**
 * Returns the reason why the client of `session` may not use `nick`, or `undefined` if it may. A
 * nick is refused if it looks like the nick of a service, or belongs to another account. Does not
 * check that the nick is free. If the nick belongs to another account, also notes the nick in
 * the session: the client gets it when it logs in to that account.
 */
export function nickRefusal(session: Session, nick: string): string | undefined {
  if (looksLikeService(nick)) return NICK_TEXTS.reserved;
  const owner = otherOwner(session, nick);
  if (!owner) return undefined;
  session.refusedNick = nicksOf(owner).find((each) => lookAlike(each, nick));
  return NICK_TEXTS.owned;
}

/**
 * Returns the account that owns `nick`, unless the client is logged in to it or presents one of its
 * certificates.
 */
function otherOwner(session: Session, nick: string): Account | undefined {
  const owner = session.context.network.ownerOf(nick);
  if (!owner || casefold(owner.name) === casefold(session.account ?? "")) return undefined;
  const isKnown = session.certificate && owner.fingerprints.includes(session.certificate);
  return isKnown ? undefined : owner;
}

/** The name and the password that a client gives to log in to an account. */
export interface Claim {
  /** The account's name. */
  readonly name: string;
  /** The account's password. */
  readonly password: string;
}

/**
 * Checks a claim for the command called `command`, then calls `finish` with the account, or with
 * the reason why the client cannot log in to it. The check takes as long for an account that does
 * not exist as for any other, so that the time does not reveal which accounts exist.
 */
export function checkClaim(
  session: Session,
  command: string,
  { name, password }: Claim,
  finish: (account: Account | undefined, reason: string) => void,
): void {
  const { context: { logins, log, network }, host } = session;
  const refusal = loginRefusal(session, name);
  if (refusal !== undefined) return finish(undefined, refusal);
  const credentials = network.account(name)?.credentials;
  const applicant = logins.applicant(host, name, () => session.isPresent());
  const work = logins.passwords.matches(password, credentials, applicant);
  session.finishLater(command, work, (isRight) => {
    const account = network.account(name);
    // Meanwhile, the account may have been removed, and another one may have got its name.
    if (isRight && account && account.credentials === credentials) return finish(account, "");
    logins.failed(host, name);
    log.warn("login refused", { account: name, address: host });
    finish(undefined, LOGIN_TEXTS.wrongPassword);
  });
}

/**
 * Returns the reason why this client may not try to log in to the account `name` now, or
 * `undefined` if it may.
 */
export function loginRefusal(
  { context, host }: Pick<Session, "context" | "host">,
  name: string,
): string | undefined {
  const { logins, log } = context;
  if (logins.isBusy(host)) return LOGIN_TEXTS.busy;
  if (logins.mayTry(host, name)) return undefined;
  log.warn("login refused", { account: name, address: host, reason: "too often" });
  return LOGIN_TEXTS.tooManyTries;
}

/**
 * Logs `session` in to `account`, and gives its user the account's ranks and rights.
 *
 * @throws {IrcError} if the user is muted in a channel under the present account.
 */
export function logIn(session: Session, account: Account): void {
  const { context, user, registration, host } = session;
  const { name } = account;
  assertMayLogInTo(name, user);
  context.logins.succeeded(host, name);
  const { username = "*" } = registration;
  const mask = user?.actor.mask ?? `${session.nick}!${username}@${session.shownHost}`;
  session.reply("RPL_LOGGEDIN", mask, name, LOGIN_TEXTS.loggedIn(name));
  if (user === undefined) registration.account = name;
  else if (user.actor.account !== name) changeAccount(session, user, name);
  session.step(() => {
    context.log.info("logged in", { account: name, address: host });
    session.loggedIn();
  });
}

function changeAccount(session: Session, user: User, account: string): void {
  const { context } = session;
  revokeAccountRights(context, user);
  // The login by itself ends the earlier login, but not the ranks that come from the earlier
  // account.
  if (ranksByAccount(user).length > 0) endLogin(context, user);
  context.append({ type: "LoggedIn", by: user.actor, account });
  session.step(() => {
    for (const channel of user.channels) restoreRank(context, user, channel.name);
    settleNick(session, user);
  });
  session.step(() => grantAccountRights(session));
}

/** Logs `session` out of its account, if it is logged in to one. */
export function logOut(session: Session): void {
  const { context, user } = session;
  if (user?.actor.account === undefined) return;
  context.log.info("logged out", { account: user.actor.account, address: session.host });
  session.reply("RPL_LOGGEDOUT", user.actor.mask);
  revokeAccountRights(context, user);
  endLogin(context, user);
  session.step(() => settleNick(session, user));
}

/**
 * Logs `user` out of their account, and takes from them the ranks that the account gives them. If
 * the user kept such a rank, an operator could take it from the user, but not from the account. The
 * next login would give it back.
 */
function endLogin(context: Context, user: User): void {
  const { server: by } = context;
  const ranks = ranksByAccount(user);
  context.append({ type: "LoggedOut", by: user.actor });
  // The ranks are taken only after the logout, so that the account keeps them.
  for (const rank of ranks) context.append({ type: "ChannelModesChanged", by, ...rank });
}

/** The time, in seconds, for which a user may keep a nick that belongs to another account. */
export const NICK_SECONDS = 60;

/**
 * Settles the nick of a user who has logged in or out. A user who was refused a nick of their
 * account earlier gets that nick, unless another user still uses it. Otherwise, if the user's nick
 * belongs to another account, they are asked to give it up, and lose it after
 * {@linkcode NICK_SECONDS}.
 */
function settleNick(session: Session, user: User): void {
  const { context: { network }, refusedNick } = session;
  const { account } = user.actor;
  session.refusedNick = undefined;
  const isOwn = refusedNick !== undefined && account !== undefined &&
    network.accountOfNick(refusedNick)?.name === account;
  if (isOwn) return giveNick(session, user, refusedNick);
  const { nick } = user.actor;
  if (limitNick(session, nick)) {
    session.fromServer("NOTICE", nick, NICK_TEXTS.leaveIt(nick, NICK_SECONDS));
  }
}

/**
 * Sets an alarm if `nick`, the nick of the user of `session`, belongs to another account: the user
 * loses the nick after {@linkcode NICK_SECONDS}. Returns true if it set the alarm.
 */
export function limitNick(session: Session, nick: string): boolean {
  if (!otherOwner(session, nick)) return false;
  const at = session.context.clock.moment().plus(NICK_SECONDS * 1000);
  session.alarm = { at, ring: () => takeNickAway(session) };
  return true;
}

/**
 * Gives `user` the nick `nick`, which belongs to their account. If another user has the nick, first
 * asks if that user is still there and, if so, only tells `user` that the nick is in use.
 */
function giveNick(session: Session, user: User, nick: string): void {
  const { context } = session;
  const { account } = user.actor;
  // Under the other nick, a ban or mute might no longer match.
  if (user.actor.nick === nick || !mayChangeIdentity(user)) return;
  if (!context.network.isTaken(nick, user)) {
    return context.append({ type: "NickChanged", by: user.actor, nick });
  }
  const finish = (isInUse: boolean) => {
    if (session.user !== user || user.actor.account !== account) return;
    if (isInUse) session.fromServer("NOTICE", user.actor.nick, NICK_TEXTS.usedElsewhere(nick));
    else giveNick(session, user, nick);
  };
  isKept(context, nick, user, true).then((isInUse) =>
    context.guard("a nick was not given", { nick }, () => finish(isInUse))
  );
}

function takeNickAway(session: Session): void {
  const { context, user } = session;
  if (!user || !otherOwner(session, user.actor.nick)) return;
  const nick = guestNick((each) => context.network.isFree(each));
  context.append({ type: "NickChanged", by: user.actor, nick });
}

/** The account that a client asks to register. */
export interface AccountRequest extends Claim {
  /** The email address of its owner, or `*` for none. */
  readonly email: string;
}

/** A function that runs an action and, if that throws a refusal, tells the user the reason. */
export type Attempt = (action: () => void) => void;

/**
 * Registers an account, calls `finish` with it, and logs the client in to it.
 *
 * @throws {StandardError} if it cannot be registered, with a code of
 * https://ircv3.net/specs/extensions/account-registration, "Responses". The error may also occur
 * after this function has returned. Then the action that is passed to `attempt` throws it.
 */
export function register(
  session: Session,
  request: AccountRequest,
  finish: (account: Account) => void,
  attempt: Attempt = (action) => action(),
): void {
  const { context, host } = session;
  const { logins } = context;
  const { password, email } = request;
  const requestedName = assertMayRegister(session, request);
  if (logins.isBusy(host) || !logins.mayRegister(host)) {
    throw fail("TEMPORARILY_UNAVAILABLE", requestedName, ACCOUNT_TEXTS.busy);
  }
  const create = (credentials: Credentials): void => {
    // Meanwhile, another client may have registered the name, or this one may have changed its
    // nick.
    const name = assertMayRegister(session, request);
    const account: Account = {
      name,
      createdAt: context.clock.now(),
      credentials,
      ...(email !== "*" && { email }),
      fingerprints: [],
    };
    createAccount(session, account);
    finish(account);
    logIn(session, account);
  };
  const applicant = logins.applicant(host, name, () => session.isPresent());
  const work = logins.passwords.credentials(password, applicant);
  session.finishLater("REGISTER", work, (credentials) => attempt(() => create(credentials)));
}

/** Creates `account` for the client of `session`. */
export function createAccount({ context, user, host }: Session, account: Account): void {
  const startId = context.events.nextId();
  const by = user?.actor ?? context.server;
  context.append({ type: "AccountSaved", by, account: { ...account, startId } });
  context.log.info("account registered", { account: account.name, address: host });
}

/**
 * Returns the name of the requested account.
 * @throws {StandardError} if it may not be registered.
 */
function assertMayRegister(session: Session, request: AccountRequest): string {
  const { name: requestedName, password, email } = request;
  const { context: { network, options }, user, registration } = session;
  const nick = user?.actor.nick ?? registration.nick;
  if (nick === undefined) throw fail("NEED_NICK", "*", ACCOUNT_TEXTS.nickRequired);
  const name = requestedName === "*" ? nick : requestedName;
  const current = session.account;
  if (current !== undefined) {
    throw fail("ALREADY_AUTHENTICATED", name, ACCOUNT_TEXTS.alreadyLoggedIn(current));
  }
  if (casefold(name) !== casefold(nick)) {
    throw fail("ACCOUNT_NAME_MUST_BE_NICK", name, ACCOUNT_TEXTS.nameMustBeNick);
  }
  if (looksLikeService(nick)) throw fail("BAD_ACCOUNT_NAME", name, ACCOUNT_TEXTS.nameReserved);
  if (network.ownerOf(nick) || network.isTaken(nick, user)) {
    throw fail("ACCOUNT_EXISTS", name, ACCOUNT_TEXTS.nameTaken);
  }
  assertGoodPassword(name, password);
  const isEmail = EMAIL.test(email) && byteLength(email) <= EMAIL_BYTES;
  if (email === "*" ? options.accounts.requireEmail : !isEmail) {
    throw fail("INVALID_EMAIL", name, ACCOUNT_TEXTS.emailRequired);
  }
  if (network.accounts.byName.size >= ACCOUNT_LIMIT) {
    throw fail("TEMPORARILY_UNAVAILABLE", name, ACCOUNT_TEXTS.full);
  }
  return name;
}

function assertGoodPassword(name: string, password: string): void {
  if (byteLength(password) > PASSWORD_BYTES) {
    throw fail("UNACCEPTABLE_PASSWORD", name, ACCOUNT_TEXTS.passwordTooLong(PASSWORD_BYTES));
  }
  if (password === "" || casefold(password) === casefold(name)) {
    throw fail("WEAK_PASSWORD", name, ACCOUNT_TEXTS.passwordTooWeak);
  }
}

/**
 * Changes the password of `account`, to which `session` is logged in, and calls `finish`. If the
 * account had a password before, its other clients are disconnected, and can log in again only with
 * the new password or a key.
 *
 * @throws {StandardError} if the password is too long or too weak.
 */
export function changePassword(
  session: Session,
  account: Account,
  password: string,
  finish: () => void,
): void {
  const { context, host } = session;
  const { name } = account;
  assertGoodPassword(name, password);
  const { logins } = context;
  const applicant = logins.applicant(host, name, () => session.isPresent());
  const work = logins.passwords.credentials(password, applicant);
  session.finishLater("REGISTER", work, (credentials) => {
    const current = context.network.account(name);
    if (current?.createdAt !== account.createdAt) return;
    const changed = { ...current, credentials };
    const by = session.user?.actor ?? context.server;
    context.append({ type: "AccountSaved", by, account: changed });
    if (current.credentials) endOtherAccess(session, changed, LOGIN_TEXTS.passwordChanged);
    context.log.info("password changed", { account: name, address: host });
    finish();
  });
}

function fail(code: string, name: string, reason: string): StandardError {
  return new StandardError("REGISTER", code, name, reason);
}
