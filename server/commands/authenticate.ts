/**
 * AUTHENTICATE: logging in by SASL, before registration or after it.
 *
 * Sources: https://ircv3.net/specs/extensions/sasl-3.1, https://ircv3.net/specs/extensions/sasl-3.2
 *
 * @module
 */

import { byteLength } from "../../shared/text.ts";
import { checkClaim, logIn, whyNotNow, WRONG } from "../accounts/accounts.ts";
import { accountByCertificate } from "../accounts/certificates.ts";
import type { Call, Command } from "../session/command.ts";
import { IrcError } from "../irc/replies.ts";
import { PIECE_BYTES, toPieces } from "../../shared/sasl.ts";
import { Exchange, mechanismNames, type Step } from "../auth/sasl.ts";
import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";

/** Commands of this family. */
export const authenticateCommands: readonly Command[] = [
  {
    name: "AUTHENTICATE",
    syntax: "<mechanism|response|*>",
    help: "Logs in to an account by SASL (PLAIN, SCRAM-SHA-256, EXTERNAL); * stops doing so.",
    minParams: 1,
    long: true,
    when: "always",
    run: authenticate,
  },
];

function authenticate({ session, params: [param = ""] }: Call): void {
  if (!session.caps.has("sasl")) throw failure("ask for the capability sasl first");
  const { sasl } = session;
  if (param === "*") {
    session.sasl = undefined;
    throw new IrcError("ERR_SASLABORTED");
  }
  if (byteLength(param) > PIECE_BYTES) {
    session.sasl = undefined;
    throw new IrcError("ERR_SASLTOOLONG");
  }
  if (sasl) act(session, sasl.take(param));
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
  throw failure("there is no such mechanism");
}

function act(session: Session, step: Step): void {
  switch (step.type) {
    case "incomplete":
      return;
    case "challenge":
      return challenge(session, step.text);
    case "password": {
      session.sasl = undefined;
      const { account: name, password } = step;
      return checkClaim(session, "AUTHENTICATE", { name, password }, finish);
    }
    case "proof":
      return judge(session, step.account, step.text);
    case "certificate":
      return finish(accountByCertificate(session, step.account), whyUnknown(session));
    case "done": {
      const account = session.context.network.account(step.account);
      // Meanwhile, it may have another password, or been removed, and another one be called so.
      return finish(account?.credentials?.scram === step.keys ? account : undefined, WRONG);
    }
    case "refused":
      return finish(undefined, step.why);
  }

  function finish(account: Account | undefined, why: string): void {
    session.sasl = undefined;
    if (!account) throw failure(why);
    logIn(session, account);
    // It may go by another nick by then.
    session.afterwards(() => session.reply("RPL_SASLSUCCESS"));
  }
}

function whyUnknown({ certificate }: Session): string {
  if (certificate === undefined) return "EXTERNAL needs a client certificate, and yours shows none";
  return "your certificate is that of no such account; NickServ's CERT ADD would make it so";
}

function challenge(session: Session, text: string): void {
  for (const piece of toPieces(text)) session.fromServer("AUTHENTICATE", piece);
}

/** `text` is the server's own proof, for who gave the right one. */
function judge(session: Session, name: string, text: string | undefined): void {
  const { context: { logins, log }, host } = session;
  const why = whyNotNow(session, name);
  if (why === undefined && text !== undefined) return challenge(session, text);
  session.sasl = undefined;
  if (why !== undefined) throw failure(why);
  logins.failed(host, name);
  log.warn("refused login", { account: name, address: host });
  throw failure(WRONG);
}

function failure(why: string): IrcError {
  return new IrcError("ERR_SASLFAIL", `SASL authentication failed: ${why}`);
}
