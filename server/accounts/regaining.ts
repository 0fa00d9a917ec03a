/**
 * Gives nicks back to their owners. The client that uses the nick is disconnected: it is either an
 * earlier client of the owner, whose connection is dead, or a client of another user.
 *
 * @module
 */

import { disconnectUser } from "../core/leaving.ts";
import type { UserCall } from "../session/command.ts";
import type { Account } from "../events/records.ts";
import type { User } from "../state/state.ts";
import { checkClaim, logIn } from "./accounts.ts";
import { StandardError } from "../irc/replies.ts";
import { assertMayChangeIdentity } from "../state/permissions.ts";
import { REGAIN_TEXTS } from "../texts/nickserv.ts";

/**
 * Disconnects the user who has `nick`, if the caller proves that their account owns it: by being
 * logged in, by a certificate, or by `password`, which logs the caller in. Then calls `finish` with
 * the disconnected user, if there was one. Calls `fail` with the reason instead if the nick has no
 * owner, if the caller has the nick already, or if there is no proof.
 */
export function freeNick(
  call: UserCall,
  nick: string,
  password: string | undefined,
  finish: (ghost: User | undefined) => void,
  fail: (reason: string) => void,
): void {
  const { context: { network }, session, user } = call;
  const owner = network.ownerOf(nick);
  if (!owner) return fail(REGAIN_TEXTS.notRegistered(nick));
  if (network.user(nick) === user) return fail(REGAIN_TEXTS.ownNick(nick));
  if (isOwner(call, owner)) return free(undefined);
  if (password === undefined) return fail(REGAIN_TEXTS.passwordRequired);
  checkClaim(session, "PRIVMSG", { name: owner.name, password }, (account, reason) => {
    if (account) free(account);
    else fail(reason);
  });

  function free(account: Account | undefined): void {
    const ghost = network.user(nick);
    const isOther = ghost !== undefined && ghost !== user;
    if (isOther) disconnectUser(call.context, ghost, REGAIN_TEXTS.quitReason(user.actor.nick));
    if (account) logIn(session, account);
    finish(isOther ? ghost : undefined);
  }
}

function isOwner({ session }: UserCall, { name, fingerprints }: Account): boolean {
  const { account, certificate } = session;
  return account === name || (certificate !== undefined && fingerprints.includes(certificate));
}

/**
 * Changes the caller's nick to `nick`, which their account owns.
 *
 * @throws {StandardError} if another user has the nick.
 * @throws {IrcError} if the caller is banned or muted in a channel under the present nick.
 */
export function takeNick({ context, user }: UserCall, nick: string): void {
  if (user.actor.nick === nick) return;
  if (context.network.isTaken(nick, user)) {
    throw new StandardError("NICK", "IN_USE", nick, REGAIN_TEXTS.stillInUse(nick));
  }
  assertMayChangeIdentity(user);
  context.append({ type: "NickChanged", by: user.actor, nick });
}
