/**
 * What logging in to an account, leaving it and making one come to, by whichever command it is asked
 * for. Each says by an error why something cannot be.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import { guestNick, skeleton } from "../state/nicks.ts";
import { gainRights, loseRights } from "./operator_rights.ts";
import type { Account, Credentials } from "../events/records.ts";
import { restoreRank } from "../core/ranks.ts";
import { StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";

/** The accounts that there may be. */
export const ACCOUNT_LIMIT = 100_000;
/** account-registration, "Server considerations": as long as fits into every message it is sent in. */
export const PASSWORD_BYTES = 600;
/** RFC 5321, section 4.5.3.1.3, without the brackets. */
const EMAIL_BYTES = 254;
const EMAIL = /^[^\s\p{C}@]+@[^\s\p{C}@]+$/u;

/** What those are told who did not prove who they are; it does not say whether there is such an account. */
export const WRONG = "Wrong account or password";
/** What those are told of whom, or whose address, too many wrong passwords have come of late. */
export const TOO_OFTEN = "Too many wrong passwords; try again in a minute";
const BUSY = "Too many are logging in at this moment; try again in a few seconds";

/** The nick of the service that accounts can be told of by people whose clients know no other way. */
export const NICKSERV = "NickServ";

/** Whether `nick` is that of the service. */
export function isNickServ(nick: string): boolean {
  return nick.length === NICKSERV.length && casefold(nick) === casefold(NICKSERV);
}

function looksLikeNickServ(nick: string): boolean {
  return skeleton(nick) === skeleton(NICKSERV);
}

/**
 * Why `session` cannot go by `nick`, whether or not somebody does, if it cannot. Remembers an account's
 * nick that was asked for in vain, for who logs in to that account afterwards.
 */
export function refuseNick(session: Session, nick: string): string | undefined {
  if (looksLikeNickServ(nick)) return "That nick is the server's; choose another one";
  const owner = otherOwner(session, nick);
  if (!owner) return undefined;
  session.refusedNick = owner.name;
  return "That nick is somebody's own. If it is yours, log in, or type /link where you have it";
}

/** The account that `nick` belongs to, if `session` has neither logged in to it nor its certificate. */
function otherOwner(session: Session, nick: string): Account | undefined {
  const owner = session.context.network.ownerOf(nick);
  if (!owner || casefold(owner.name) === casefold(session.account ?? "")) return undefined;
  const isKnown = session.certificate && owner.fingerprints.includes(session.certificate);
  return isKnown ? undefined : owner;
}

/** A claim to an account: its name, and the password. */
export interface Claim {
  /** The account's name. */
  readonly name: string;
  /** Its password. */
  readonly password: string;
}

/**
 * Finds out whether the claim is true, and then calls `finish`: with the account, or with why it
 * cannot be logged in to. Both take equally long whether or not there is such an account.
 */
export function checkClaim(
  session: Session,
  command: string,
  { name, password }: Claim,
  finish: (account: Account | undefined, why: string) => void,
): void {
  const { context: { logins, log, network }, host } = session;
  const why = whyNotNow(session, name);
  if (why !== undefined) return finish(undefined, why);
  const credentials = network.account(name)?.credentials;
  session.finishLater(command, logins.passwords.matches(password, credentials), (isRight) => {
    const account = network.account(name);
    // Meanwhile, it may have been removed, and another one be called so.
    if (isRight && account && account.credentials === credentials) return finish(account, "");
    logins.failed(host, name);
    log.warn("refused login", { account: name, address: host });
    finish(undefined, WRONG);
  });
}

/** Why nobody may try to log in to the account called `name` just now; `undefined` if they may. */
export function whyNotNow({ context, host }: Session, name: string): string | undefined {
  const { logins, log } = context;
  if (logins.passwords.isBusy) return BUSY;
  if (logins.mayTry(host, name)) return undefined;
  log.warn("refused login", { account: name, address: host, reason: "too often" });
  return TOO_OFTEN;
}

/** Logs `session` in to `account`, and does what follows from that. */
export function logIn(session: Session, account: Account): void {
  const { context, user, registration, host } = session;
  const { name } = account;
  context.logins.succeeded(host, name);
  const { username = "*" } = registration;
  const mask = user?.actor.mask ?? `${session.nick}!${username}@${host}`;
  session.reply("RPL_LOGGEDIN", mask, name, `You are now logged in as ${name}`);
  if (user === undefined) registration.account = name;
  else if (user.actor.account !== name) changeAccount(session, user, name);
  session.afterwards(() => {
    context.log.info("logged in", { account: name, address: host });
    session.loggedIn();
  });
}

function changeAccount(session: Session, user: User, account: string): void {
  const { context } = session;
  loseRights(context, user);
  context.append({ type: "LoggedIn", by: user.actor, account });
  session.afterwards(() => {
    for (const channel of user.channels) restoreRank(context, user, channel.name);
    settleNick(session, user);
  });
  session.afterwards(() => gainRights(session));
}

/** Logs `session` out of its account, if it is logged in to one. */
export function logOut(session: Session): void {
  const { context, user } = session;
  if (user?.actor.account === undefined) return;
  context.log.info("logged out", { account: user.actor.account, address: session.host });
  session.reply("RPL_LOGGEDOUT", user.actor.mask);
  loseRights(context, user);
  context.append({ type: "LoggedOut", by: user.actor });
  session.afterwards(() => settleNick(session, user));
}

/** How long somebody may go by a nick that is not theirs any more. */
export const NICK_SECONDS = 60;

/**
 * Who has logged in gets the nick that they could not have before, if they are still waiting for it;
 * who goes by a nick of an account that they are not logged in to is told to leave it.
 */
function settleNick(session: Session, user: User): void {
  const { context, refusedNick } = session;
  const { network, clock } = context;
  const { account } = user.actor;
  session.refusedNick = undefined;
  if (account !== undefined && refusedNick === account && !network.isTaken(account, user)) {
    return context.append({ type: "NickChanged", by: user.actor, nick: account });
  }
  const { nick } = user.actor;
  if (!otherOwner(session, nick)) return;
  const why = `The nick ${nick} belongs to an account that you are not logged in to. ` +
    `Choose another one: in ${NICK_SECONDS} seconds you get one like guest1`;
  session.fromServer("NOTICE", nick, why);
  session.alarm = { at: clock.now() + NICK_SECONDS * 1000, ring: () => moveOff(session) };
}

function moveOff(session: Session): void {
  const { context, user } = session;
  if (!user || !otherOwner(session, user.actor.nick)) return;
  const nick = guestNick((each) => context.network.isFree(each));
  context.append({ type: "NickChanged", by: user.actor, nick });
}

/** What somebody wants to register. */
export interface Wish extends Claim {
  /** Their address for mail; `*` for none. */
  readonly email: string;
}

/** Does what may throw an error, and says so in its own way. */
export type Attempt = (action: () => void) => void;

/**
 * Makes an account and logs in to it, and then calls `finish`.
 *
 * @throws {StandardError} if it cannot be made, with the codes of account-registration; what turns out
 * later is thrown to `attempt`.
 */
export function register(
  session: Session,
  wish: Wish,
  finish: (account: Account) => void,
  attempt: Attempt = (action) => action(),
): void {
  const { context, host } = session;
  const { logins } = context;
  const { password, email } = wish;
  const wanted = assertMayRegister(session, wish);
  if (logins.passwords.isBusy || !logins.mayRegister(host)) {
    const why = "Too many are registering; try again in a minute";
    throw fail("TEMPORARILY_UNAVAILABLE", wanted, why);
  }
  const make = (credentials: Credentials): void => {
    // Meanwhile, somebody else may have been faster, or another client have changed the nick.
    const name = assertMayRegister(session, wish);
    const account: Account = {
      name,
      createdAt: context.clock.now(),
      credentials,
      ...(email !== "*" && { email }),
      fingerprints: [],
    };
    makeAccount(session, account);
    finish(account);
    logIn(session, account);
  };
  const work = logins.passwords.credentials(password);
  session.finishLater("REGISTER", work, (credentials) => attempt(() => make(credentials)));
}

/** There is a new account from now on, which the client of `session` has asked for. */
export function makeAccount({ context, user, host }: Session, account: Account): void {
  context.append({ type: "AccountSaved", by: user?.actor ?? context.server, account });
  context.log.info("registered", { account: account.name, address: host });
}

/** The name that an account would get; the wish has to be one that can be granted. */
function assertMayRegister(session: Session, { name: wanted, password, email }: Wish): string {
  const { context: { network, options }, user, registration } = session;
  const nick = user?.actor.nick ?? registration.nick;
  if (nick === undefined) throw fail("NEED_NICK", "*", "Choose a nick first, with NICK");
  const name = wanted === "*" ? nick : wanted;
  const current = session.account;
  if (current !== undefined) {
    throw fail("ALREADY_AUTHENTICATED", name, `You are logged in as ${current}`);
  }
  if (casefold(name) !== casefold(nick)) {
    throw fail(
      "ACCOUNT_NAME_MUST_BE_NICK",
      name,
      "Take the nick first; an account is named for it",
    );
  }
  if (looksLikeNickServ(nick)) throw fail("BAD_ACCOUNT_NAME", name, "That name is the server's");
  if (network.ownerOf(nick) || network.isTaken(nick, user)) {
    throw fail("ACCOUNT_EXISTS", name, "That nick is somebody else's; take another one");
  }
  assertGoodPassword(name, password);
  const isEmail = EMAIL.test(email) && byteLength(email) <= EMAIL_BYTES;
  if (email === "*" ? options.accounts.requireEmail : !isEmail) {
    throw fail("INVALID_EMAIL", name, "Give an address for mail, as in ada@example.org");
  }
  if (network.accounts.byName.size >= ACCOUNT_LIMIT) {
    throw fail("TEMPORARILY_UNAVAILABLE", name, "There is no room for more accounts here");
  }
  return name;
}

function assertGoodPassword(name: string, password: string): void {
  if (byteLength(password) > PASSWORD_BYTES) {
    const why = `A password is at most ${PASSWORD_BYTES} bytes long`;
    throw fail("UNACCEPTABLE_PASSWORD", name, why);
  }
  if (password === "" || casefold(password) === casefold(name)) {
    throw fail("WEAK_PASSWORD", name, "Choose a password that is not your name");
  }
}

/**
 * Gives the account that `session` is logged in to another password, and then calls `finish`.
 *
 * @throws {StandardError} if that is no good password.
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
  session.finishLater("REGISTER", context.logins.passwords.credentials(password), (credentials) => {
    const current = context.network.account(name);
    if (current?.createdAt !== account.createdAt) return;
    const changed = { ...current, credentials };
    const by = session.user?.actor ?? context.server;
    context.append({ type: "AccountSaved", by, account: changed });
    context.log.info("changed password", { account: name, address: host });
    finish();
  });
}

function fail(code: string, name: string, why: string): StandardError {
  return new StandardError("REGISTER", code, name, why);
}
