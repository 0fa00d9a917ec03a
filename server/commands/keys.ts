/**
 * KEY, by which the server's own page for browsers proves that it has a private key. The key then
 * counts like the key of a TLS client certificate.
 *
 * No specification defines this command; docs/irc.md describes it.
 *
 * @module
 */

import { StandardError } from "../irc/replies.ts";
import type { Call, Command } from "../session/command.ts";
import type { Session } from "../session/session.ts";
import { KEY_TEXTS } from "../texts/keys.ts";

/** Commands of this family. */
export const keyCommands: readonly Command[] = [
  {
    name: "KEY",
    syntax: "<SHOW|PROVE> <key|signature>",
    help:
      "Proves the key of the server's own page: SHOW sends the key and gets a challenge, PROVE sends " +
      "the signature.",
    minParams: 2,
    when: "before registration",
    run: key,
  },
];

function key({ session, params: [action = "", value = ""] }: Call): void {
  switch (action.toUpperCase()) {
    case "SHOW":
      return show(session, value);
    case "PROVE":
      return prove(session, value);
    default:
      throw fail("INVALID_PARAMS", KEY_TEXTS.usage);
  }
}

function show(session: Session, text: string): void {
  const { context: { logins }, host, keyProof } = session;
  if (!keyProof) throw fail("NOT_POSSIBLE", KEY_TEXTS.pageOnly);
  if (keyProof.fingerprint !== undefined) throw fail("ALREADY_PROVEN", KEY_TEXTS.already);
  if (!logins.mayProve(host)) throw fail("RATE_LIMITED", KEY_TEXTS.tooManyTries);
  const challenge = keyProof.show(text);
  if (challenge === undefined) throw fail("INVALID_KEY", KEY_TEXTS.invalidKey);
  session.fromServer("KEY", "CHALLENGE", challenge);
}

function prove(session: Session, text: string): void {
  const { context: { logins, log }, host, keyProof } = session;
  if (!keyProof?.hasChallenge) throw fail("NO_CHALLENGE", KEY_TEXTS.noChallenge);
  session.finishLater("KEY", keyProof.prove(text), (isProven) => {
    if (isProven) return session.fromServer("KEY", "PROVEN", `${keyProof.fingerprint}`);
    logins.proofFailed(host);
    log.warn("key refused", { address: host });
    throw fail("INVALID_SIGNATURE", KEY_TEXTS.invalidSignature);
  });
}

function fail(code: string, reason: string): StandardError {
  return new StandardError("KEY", code, reason);
}
