/**
 * AUTHENTICATE, which logs in by SASL, before or after registration.
 *
 * Sources: https://ircv3.net/specs/extensions/sasl-3.1, https://ircv3.net/specs/extensions/sasl-3.2
 *
 * @module
 */

import { byteLength } from "../../shared/text.ts";
import { checkClaim, logIn, loginRefusal } from "../accounts/accounts.ts";
import { LOGIN_TEXTS } from "../texts/logins.ts";
import { accountByCertificate } from "../accounts/certificates.ts";
import type { Call, Command } from "../session/command.ts";
import { IrcError } from "../irc/replies.ts";
import { PIECE_BYTES, toPieces } from "../../shared/sasl.ts";
import { Exchange, mechanismNames, type Step } from "../auth/sasl.ts";
import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";
import { AUTHENTICATE_TEXTS } from "../texts/authenticate.ts";

/** Commands of this family. */
export const authenticateCommands: readonly Command[] = [
  {
    name: "AUTHENTICATE",
    syntax: "<mechanism|response|*>",
    help: "Logs in to an account by SASL (PLAIN, SCRAM-SHA-256, EXTERNAL); * aborts.",
    minParams: 1,
    long: true,
    when: "always",
    run: authenticate,
  },
];

function authenticate({ session, params: [param = ""] }: Call): void {
  if (!session.caps.has("sasl")) throw failure(AUTHENTICATE_TEXTS.needCapability);
  const { sasl } = session;
  if (param === "*") {
    session.sasl = undefined;
    throw new IrcError("ERR_SASLABORTED");
  }
  if (byteLength(param) > PIECE_BYTES) {
    session.sasl = undefined;
    throw new IrcError("ERR_SASLTOOLONG");
  }
  if (sasl) handle(session, sasl.take(param));
  else begin(session, param);
}

function begin(session: Session, mechanism: string): void {
  const { logins, network } = session.context;
  session.sasl = Exchange.begin(
    mechanism,
    (name) => logins.keysOf(name, network.account(name)),
  );
  if (session.sasl) return session.fromServer("AUTHENTICATE", "+");
  session.reply("RPL_SASLMECHS", mechanismNames(session.certificate));
  throw failure(AUTHENTICATE_TEXTS.unknownMechanism);
}

function handle(session: Session, step: Step): void {
  switch (step.type) {
    case "incomplete":
      return;
    case "challenge":
      return sendChallenge(session, step.text);
    case "password": {
      session.sasl = undefined;
      const { account: name, password } = step;
      return checkClaim(session, "AUTHENTICATE", { name, password }, finish);
    }
    case "proof":
      return checkProof(session, step.account, step.text);
    case "certificate": {
      const account = accountByCertificate(session, step.account);
      if (!account && step.account === "") session.registration.isReturning = true;
      return finish(account, reasonAgainst(session));
    }
    case "done": {
      const account = session.context.network.account(step.account);
      // The account's password may have changed since, or another account may have taken the name.
      return finish(
        account?.credentials?.scram === step.keys ? account : undefined,
        LOGIN_TEXTS.wrongPassword,
      );
    }
    case "refused":
      return finish(undefined, step.why);
  }

  function finish(account: Account | undefined, reason: string): void {
    session.sasl = undefined;
    if (!account) throw failure(reason);
    try {
      logIn(session, account);
    } catch (error) {
      // The client waits for a numeric about SASL, so a refusal becomes such a numeric.
      throw error instanceof IrcError ? failure(error.text) : error;
    }
    // The login may change the nick, which the reply contains.
    session.reply("RPL_SASLSUCCESS");
  }
}

/** Returns the reason why EXTERNAL finds no account. */
function reasonAgainst({ certificate }: Session): string {
  return certificate === undefined
    ? AUTHENTICATE_TEXTS.noCertificate
    : AUTHENTICATE_TEXTS.unknownCertificate;
}

function sendChallenge(session: Session, text: string): void {
  for (const piece of toPieces(text)) session.fromServer("AUTHENTICATE", piece);
}

/**
 * Sends `text`, the server's own proof, if the client may log in now and has proved that it knows
 * the password; otherwise, the login fails. `text` is `undefined` if the client's proof was wrong.
 */
function checkProof(session: Session, name: string, text: string | undefined): void {
  const { context: { logins, log }, host } = session;
  const reason = loginRefusal(session, name);
  if (reason === undefined && text !== undefined) return sendChallenge(session, text);
  session.sasl = undefined;
  if (reason !== undefined) throw failure(reason);
  logins.failed(host, name);
  log.warn("login refused", { account: name, address: host });
  throw failure(LOGIN_TEXTS.wrongPassword);
}

function failure(reason: string): IrcError {
  return new IrcError("ERR_SASLFAIL", AUTHENTICATE_TEXTS.loginFailed(reason));
}
