/**
 * What logging in to an account, leaving it and making one come to, by whichever command it is asked
 * for. Each says by an error why something cannot be.
 *
 * @module
 */

import { casefold } from "../protocol.ts";
import { byteLength } from "../text.ts";
import { restoreRank } from "./ranks.ts";
import { StandardError } from "./replies.ts";
import type { Session } from "./session.ts";
import type { Account } from "./state.ts";
import { sendWaiting } from "./waiting_view.ts";

/** The accounts that there may be. */
export const ACCOUNT_LIMIT = 100_000;
/** account-registration, "Server considerations": as long as fits into every message it is sent in. */
export const PASSWORD_BYTES = 300;
/** RFC 5321, section 4.5.3.1.3, without the brackets. */
const EMAIL_BYTES = 254;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** What those are told who did not prove who they are; it does not say whether there is such an account. */
export const WRONG = "Wrong account or password";
const TOO_OFTEN = "Too many wrong passwords; try again in a minute";
const BUSY = "Too many are logging in at this moment; try again in a few seconds";

/** The name of the account that `session` is logged in to. */
export function accountOf({ user, registration }: Session): string | undefined {
  return user ? user.actor.account : registration.account;
}

/** Whether the nick belongs to an account that `session` is not logged in to. */
export function belongsToAnother(nick: string, session: Session): boolean {
  const owner = session.context.network.account(nick);
  return owner !== undefined && casefold(accountOf(session) ?? "") !== casefold(owner.name);
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
    if (isRight && account) {
      logins.succeeded(host, name);
      return finish(account, "");
    }
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

/** From now on, `session` is logged in to `account`. */
export function logIn(session: Session, account: Account): void {
  const { context, user, registration, host } = session;
  const { name } = account;
  const { username = "*" } = registration;
  const mask = user?.actor.mask ?? `${session.nick}!${username}@${host}`;
  session.reply("RPL_LOGGEDIN", mask, name, `You are now logged in as ${name}`);
  if (user === undefined) registration.account = name;
  else if (user.actor.account !== name) {
    context.happen({ type: "LoggedIn", by: user.actor, account: name });
    for (const channel of user.channels) restoreRank(context, user, channel.name);
  }
  context.log.info("logged in", { account: name, address: host });
  sendWaiting(session);
}

/** What somebody wants to register. */
export interface Wish extends Claim {
  /** Their address for mail; `*` for none. */
  readonly email: string;
}

/**
 * Makes an account and logs in to it, and then calls `finish`.
 *
 * @throws {StandardError} if it cannot be made, with the codes of account-registration.
 */
export function register(
  session: Session,
  command: string,
  wish: Wish,
  finish: (account: Account) => void,
): void {
  const { context, host } = session;
  const { logins } = context;
  const { password, email } = wish;
  const name = assertMayRegister(session, wish);
  if (logins.passwords.isBusy || !logins.mayRegister(host)) {
    throw fail("TEMPORARILY_UNAVAILABLE", name, "Too many are registering; try again in a minute");
  }
  session.finishLater(command, logins.passwords.credentials(password), (credentials) => {
    // Meanwhile, somebody else may have been faster.
    assertMayRegister(session, wish);
    const account: Account = {
      name,
      createdAt: context.clock.now(),
      credentials,
      ...(email !== "*" && { email }),
      fingerprints: [],
    };
    context.happen({ type: "AccountSaved", by: session.user?.actor ?? context.server, account });
    context.log.info("registered", { account: name, address: host });
    finish(account);
    logIn(session, account);
  });
}

/** The name that an account would get; the wish has to be one that can be granted. */
function assertMayRegister(session: Session, { name: wanted, password, email }: Wish): string {
  const { context: { network, options }, user, registration } = session;
  const nick = user?.actor.nick ?? registration.nick;
  if (nick === undefined) throw fail("NEED_NICK", "*", "Choose a nick first, with NICK");
  const name = wanted === "*" ? nick : wanted;
  const current = accountOf(session);
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
  const holder = network.user(nick);
  if (network.account(nick) || (holder && holder !== user)) {
    throw fail("ACCOUNT_EXISTS", name, "That nick is somebody else's; take another one");
  }
  if (byteLength(password) > PASSWORD_BYTES) {
    throw fail(
      "UNACCEPTABLE_PASSWORD",
      name,
      `A password is at most ${PASSWORD_BYTES} bytes long`,
    );
  }
  if (password === "" || casefold(password) === casefold(name)) {
    throw fail("WEAK_PASSWORD", name, "Choose a password that is not your name");
  }
  const isEmail = EMAIL.test(email) && byteLength(email) <= EMAIL_BYTES;
  if (email === "*" ? options.accounts.requireEmail : !isEmail) {
    throw fail("INVALID_EMAIL", name, "Give an address for mail, as in ada@example.org");
  }
  if (network.accounts.size >= ACCOUNT_LIMIT) {
    throw fail("TEMPORARILY_UNAVAILABLE", name, "There is no room for more accounts here");
  }
  return name;
}

function fail(code: string, name: string, why: string): StandardError {
  return new StandardError("REGISTER", code, name, why);
}
