/**
 * Letting the owner of an account in by another key: from one of their machines to the next with a
 * code that they type there, or, where the key is lost, with a token that an operator gives them.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Session } from "../session/session.ts";
import type { Account, Grant } from "../events/records.ts";
import { logIn } from "./accounts.ts";
import { addCertificate, whyNoRoom } from "./certificates.ts";
import { newCode, newSecret } from "../auth/secrets.ts";
import { assertRoomForToken, failure, issue, type Redemption, withdraw } from "./tokens.ts";

/** How long there is to type a code on the other machine. */
export const LINK_MINUTES = 10;
/** How long an operator's token waits for who has lost their key. */
export const RECOVERY_HOURS = 24;

/** What a token is worth that leads into an account. */
export type Key = Extract<Grant, { readonly account: string }>;

/** The kinds of tokens that lead into an account. */
export type KeyKind = Key["kind"];

/** How long the tokens of each kind last, and what they look like. */
const TOKENS: Record<KeyKind, { readonly ms: number; text(): string }> = {
  link: { ms: LINK_MINUTES * 60_000, text: newCode },
  recovery: { ms: RECOVERY_HOURS * 3_600_000, text: newSecret },
};

/**
 * Makes a token that leads into `account`, and returns its text. What led there before is worth
 * nothing any more.
 *
 * @throws {StandardError} if there is no room for another token.
 */
export function keyTo(session: Session, account: Account, kind: KeyKind): string {
  const { context, user, host } = session;
  const by = user?.actor ?? context.server;
  assertRoomForToken(context, "LINK", kind);
  withdrawKeysTo(session, account);
  const { ms, text } = TOKENS[kind];
  const worth = { kind, account: casefold(account.name) };
  const until = context.clock.now() + ms;
  context.log.info("made a token", { token: kind, account: account.name, address: host });
  return issue(context, by, { worth, uses: 1, until }, text());
}

function withdrawKeysTo({ context }: Session, { name }: Account): void {
  for (const token of context.network.tokens.all) {
    const leadsThere = "account" in token.worth && token.worth.account === casefold(name);
    if (leadsThere) withdraw(context, context.server, token);
  }
}

/** The client is its owner's from now on: it is recognised by its key, and logged in. */
export function link({ session }: Redemption, key: Key): void {
  const { context, host, certificate = "" } = session;
  const account = accountBehind(session, key);
  if (!account.fingerprints.includes(certificate)) addCertificate(session, account);
  withdrawKeysTo(session, account);
  context.log.info("linked", { account: account.name, address: host });
  tellOwner(session, account, `Somebody at ${host} was let in as ${account.name} with your code`);
  // Whatever they go by, they are to be who they are elsewhere.
  session.refusedNick = account.name;
  logIn(session, account);
}

/**
 * The account that the client can be let in to with the token, as it is to be but for the client's key.
 *
 * @throws {StandardError} if it cannot be; the token is as good as before.
 */
export function accountBehind(session: Session, { kind, account: name }: Key): Account {
  const { context: { network }, certificate } = session;
  const found = network.account(name);
  if (!found) throw failure("INVALID_TOKEN", "The account that it led into is not there any more");
  if (kind === "link" && certificate === undefined) throw failure("KEY_REQUIRED", NO_KEY);
  const { credentials: _, ...bare } = { ...found, fingerprints: [] };
  const account = kind === "link" ? found : bare;
  const why = certificate === undefined ? undefined : whyNoRoom(session, account);
  if (why !== undefined) throw failure("LIMIT_REACHED", `${why}; what you gave is still good`);
  return account;
}

const NO_KEY = "Your client shows no key, so nothing would be recognised: connect by TLS, with " +
  "chat:// before the address; the code is still good";

/**
 * The client alone is its owner's from now on: its key replaces all others, and the password. Whoever
 * else is logged in has to go.
 */
export function recover({ session }: Redemption, key: Key): void {
  const { context, certificate, user, host } = session;
  const account = accountBehind(session, key);
  if (certificate !== undefined) addCertificate(session, account);
  else {
    context.append({ type: "AccountSaved", by: user?.actor ?? context.server, account });
    session.note("REDEEM", "PASSWORD_REQUIRED", SET_PASSWORD);
  }
  withdrawKeysTo(session, account);
  context.log.warn("replaced keys", { account: account.name, address: host });
  for (const { recipients } of [...context.network.usersOf(account.name)]) {
    for (const recipient of recipients.all) {
      if (recipient !== session) recipient.close("The keys of your account were replaced");
    }
  }
  logIn(session, account);
}

const SET_PASSWORD = "Your client shows no key to be recognised by: set a password now, with " +
  "/msg NickServ PASSWD PASSWORD";

function tellOwner({ context }: Session, { name }: Account, text: string): void {
  for (const { actor: { nick }, recipients } of context.network.usersOf(name)) {
    const notice = { source: context.options.name, command: "NOTICE", params: [nick, text] };
    for (const recipient of recipients.all) recipient.send(notice);
  }
}
