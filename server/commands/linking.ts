/**
 * LINK: creates a code, or a recovery token, that gives another key access to an account. The
 * client that has this key redeems the code or token with REDEEM.
 *
 * No specification has LINK.
 *
 * @module
 */

import { issueAccountToken, LINK_MINUTES, RECOVERY_HOURS } from "../accounts/linking.ts";
import type { Command, UserCall } from "../session/command.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { LINK_COMMAND_TEXTS } from "../texts/linking.ts";

/** Commands of this family. */
export const linkingCommands: readonly Command[] = [
  {
    name: "LINK",
    syntax: "[<account>]",
    help:
      "Creates a code with which another client of yours logs in to your account. Operators can " +
      "name an account to create a recovery token for its owner.",
    minParams: 0,
    when: "registered",
    run: link,
  },
];

function link(call: UserCall): void {
  const [name] = call.params;
  if (name === undefined) createCode(call);
  else createRecoveryToken(call, name);
}

function createCode({ context, session, user }: UserCall): void {
  const account = context.network.account(user.actor.account ?? "");
  if (!account) throw new StandardError("LINK", "ACCOUNT_REQUIRED", LINK_COMMAND_TEXTS.notLoggedIn);
  const code = issueAccountToken(session, account, "link");
  if (context.options.inviteOnly) {
    noteCommand(session, "CODE", code, LINK_COMMAND_TEXTS.runCommand(LINK_MINUTES));
  } else {
    session.note("LINK", "CODE", code, LINK_COMMAND_TEXTS.typeCode(code, LINK_MINUTES));
  }
  const { connectUrls, options: { room } } = context;
  const url = connectUrls.pageUrl({ at: session.local, room, link: code });
  if (url !== undefined) session.note("LINK", "PAGE", code, url, LINK_COMMAND_TEXTS.openPage(url));
}

function createRecoveryToken({ context, session, user }: UserCall, name: string): void {
  if (!user.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  const account = context.network.account(name);
  if (!account) {
    throw new StandardError("LINK", "NO_SUCH_ACCOUNT", name, LINK_COMMAND_TEXTS.noSuchAccount);
  }
  const token = issueAccountToken(session, account, "recovery");
  if (context.options.inviteOnly) {
    const text = LINK_COMMAND_TEXTS.recoverByCommand(account.name, RECOVERY_HOURS);
    noteCommand(session, "TOKEN", token, text);
  } else {
    const text = LINK_COMMAND_TEXTS.recoverByToken(token, account.name, RECOVERY_HOURS);
    session.note("LINK", "TOKEN", token, text);
  }
}

/**
 * Sends the token and, separately, the command that connects with it. The other client needs this
 * command on an invitation-only server, because it must give the token while it connects.
 */
function noteCommand(session: Session, kind: "CODE" | "TOKEN", token: string, text: string): void {
  const { connectUrls, options: { room } } = session.context;
  session.note("LINK", kind, token, text);
  session.note("LINK", "LINE", token, connectUrls.command({ at: session.local, room, token }));
}
