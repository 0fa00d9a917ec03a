/**
 * REGISTER, which creates accounts; VERIFY, which always fails, because accounts need no
 * verification here; and OWN, which adds nicks to accounts. No specification has OWN.
 *
 * Source: https://ircv3.net/specs/extensions/account-registration
 *
 * @module
 */

import { register } from "../accounts/accounts.ts";
import { disownNick, listNicks, ownNick } from "../accounts/own_nicks.ts";
import { beforeConnect } from "../session/capability_values.ts";
import type { Call, Command, UserCall } from "../session/command.ts";
import { StandardError } from "../irc/replies.ts";
import { OWN_NICK_TEXTS } from "../texts/accounts.ts";
import { AUTHENTICATE_TEXTS } from "../texts/authenticate.ts";

/** Commands of this family. */
export const accountCommands: readonly Command[] = [
  {
    name: "OWN",
    syntax: "[DEL <nick> | LIST]",
    help:
      "Makes the nick that you use one of your account's nicks; DEL gives one up, LIST shows them.",
    minParams: 0,
    when: "registered",
    run: own,
  },
  {
    name: "REGISTER",
    syntax: "<account|*> <email|*> <password>",
    help:
      "Creates an account with a password. Its name is your nick (write *). After that, only you " +
      "can use the nick.",
    minParams: 3,
    long: true,
    when: "always",
    run: registerNick,
  },
  {
    name: "VERIFY",
    syntax: "<account> <code>",
    help: "Completes a registration that needs a verification code; this server never needs one.",
    minParams: 2,
    when: "always",
    run: verify,
  },
];

function registerNick(call: Call): void {
  const { session, params: [name = "", email = "", password = ""] } = call;
  assertConnected(call, "REGISTER", name);
  register(session, { name, email, password }, (account) => {
    session.fromServer("REGISTER", "SUCCESS", account.name, AUTHENTICATE_TEXTS.accountCreated);
  });
}

function own({ session, params: [action = "", nick = ""] }: UserCall): void {
  switch (action.toUpperCase()) {
    case "":
      return ownNick(session);
    case "LIST":
      return listNicks(session);
    case "DEL":
      return disownNick(session, nick);
    default:
      throw new StandardError("OWN", "INVALID_PARAMS", OWN_NICK_TEXTS.usage);
  }
}

/** Always fails, because no account needs a verification code. */
function verify(call: Call): void {
  const { session, params: [name = ""] } = call;
  assertConnected(call, "VERIFY", name);
  const current = session.account;
  if (current !== undefined) {
    const text = AUTHENTICATE_TEXTS.alreadyLoggedIn(current);
    throw new StandardError("VERIFY", "ALREADY_AUTHENTICATED", name, text);
  }
  throw new StandardError("VERIFY", "INVALID_CODE", name, AUTHENTICATE_TEXTS.noCodeNeeded);
}

function assertConnected({ context, session }: Call, command: string, name: string): void {
  if (session.user || beforeConnect(context.options)) return;
  const text = AUTHENTICATE_TEXTS.connectFirst;
  throw new StandardError(command, "COMPLETE_CONNECTION_REQUIRED", name, text);
}
