/**
 * LINK: asks for what lets the owner of an account in by another key; REDEEM uses it.
 *
 * No specification has it.
 *
 * @module
 */

import { issueAccountToken, LINK_MINUTES, RECOVERY_HOURS } from "../accounts/linking.ts";
import type { Command, UserCall } from "../session/command.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";

/** Commands of this family. */
export const linkingCommands: readonly Command[] = [
  {
    name: "LINK",
    syntax: "[<account>]",
    help:
      "Makes a code that lets another client of yours in to your account; of another's account, " +
      "for an operator, a token for who has lost the key.",
    minParams: 0,
    when: "registered",
    run: makeKey,
  },
];

function makeKey(call: UserCall): void {
  const [name] = call.params;
  if (name === undefined) linkOwn(call);
  else recoverOther(call, name);
}

function linkOwn({ context, session, user }: UserCall): void {
  const account = context.network.account(user.actor.account ?? "");
  if (!account) {
    const why = "You have no account yet: log in, or make one with REGISTER * * PASSWORD";
    throw new StandardError("LINK", "ACCOUNT_REQUIRED", why);
  }
  const code = issueAccountToken(session, account, "link");
  if (context.options.inviteOnly) {
    const how =
      `Type on your other machine what follows: it works once, for ${LINK_MINUTES} minutes`;
    return noteLine(session, "CODE", code, how);
  }
  const how =
    `On your other machine, type /link ${code} (in other clients, /quote REDEEM ${code}): ` +
    `it works once, for ${LINK_MINUTES} minutes`;
  session.note("LINK", "CODE", code, how);
}

function recoverOther({ context, session, user }: UserCall, name: string): void {
  if (!user.modes.has("o")) throw new IrcError("ERR_NOPRIVILEGES");
  const account = context.network.account(name);
  if (!account) {
    throw new StandardError("LINK", "NO_SUCH_ACCOUNT", name, "There is no such account");
  }
  const token = issueAccountToken(session, account, "recovery");
  const { inviteOnly } = context.options;
  const what = inviteOnly ? "what follows" : `/link ${token}`;
  const how = `Who types ${what} within ${RECOVERY_HOURS} hours has the account ` +
    `${account.name}: their key replaces all others, and the password`;
  if (inviteOnly) noteLine(session, "TOKEN", token, how);
  else session.note("LINK", "TOKEN", token, how);
}

/** Where nobody comes in to say REDEEM, the token is a part of what is typed to come in. */
function noteLine(session: Session, kind: "CODE" | "TOKEN", token: string, how: string): void {
  const { connectUrls, options: { room } } = session.context;
  session.note("LINK", kind, token, how);
  session.note("LINK", "LINE", token, connectUrls.command({ at: session.local, room, token }));
}
