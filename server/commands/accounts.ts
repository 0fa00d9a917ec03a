/**
 * Making an account: REGISTER, VERIFY.
 *
 * Source: https://ircv3.net/specs/extensions/account-registration
 *
 * @module
 */

import { register } from "../accounts/accounts.ts";
import { beforeConnect } from "../session/capability_values.ts";
import type { Call, Command } from "../session/command.ts";
import { StandardError } from "../irc/replies.ts";

/** Commands of this family. */
export const accountCommands: readonly Command[] = [
  {
    name: "REGISTER",
    syntax: "<account|*> <email|*> <password>",
    help: "Makes an account of your nick (*), with a password: the nick is yours from then on.",
    minParams: 3,
    long: true,
    when: "always",
    run: registerNick,
  },
  {
    name: "VERIFY",
    syntax: "<account> <code>",
    help: "Completes a registration that asked for it; here, none does.",
    minParams: 2,
    when: "always",
    run: verify,
  },
];

function registerNick(call: Call): void {
  const { session, params: [name = "", email = "", password = ""] } = call;
  assertConnected(call, "REGISTER", name);
  register(session, { name, email, password }, (account) => {
    session.fromServer("REGISTER", "SUCCESS", account.name, "You have an account now");
  });
}

/** Accounts are ready as soon as they are registered, so no code is right. */
function verify(call: Call): void {
  const { session, params: [name = ""] } = call;
  assertConnected(call, "VERIFY", name);
  const current = session.account;
  if (current !== undefined) {
    const why = `You are logged in as ${current}`;
    throw new StandardError("VERIFY", "ALREADY_AUTHENTICATED", name, why);
  }
  const why = "No registration waits for a code; log in, or use REGISTER";
  throw new StandardError("VERIFY", "INVALID_CODE", name, why);
}

function assertConnected({ context, session }: Call, command: string, name: string): void {
  if (session.user || beforeConnect(context.options)) return;
  const why = "Finish connecting first";
  throw new StandardError(command, "COMPLETE_CONNECTION_REQUIRED", name, why);
}
