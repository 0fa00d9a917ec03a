/**
 * REGISTER and VERIFY, which create accounts.
 *
 * Source: https://ircv3.net/specs/extensions/account-registration
 *
 * @module
 */

import { register } from "../accounts/accounts.ts";
import { beforeConnect } from "../session/capability_values.ts";
import type { Call, Command } from "../session/command.ts";
import { StandardError } from "../irc/replies.ts";
import { AUTHENTICATE_TEXTS } from "../texts/authenticate.ts";

/** Commands of this family. */
export const accountCommands: readonly Command[] = [
  {
    name: "REGISTER",
    syntax: "<account|*> <email|*> <password>",
    help:
      "Creates an account named like your nick (*), with a password; after that, only you can " +
      "use the nick.",
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

/** Fails, whatever the code: accounts need no verification. */
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
