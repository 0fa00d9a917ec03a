/**
 * The errors for servers that refuse a client during its registration. Performs no I/O.
 *
 * @module
 */

import { FinalError, UnreachableError, UserError } from "../../shared/errors.ts";
import { trimSignsAtEnd } from "../../shared/text.ts";
import { PASSWORD_ADVICE, REGISTRATION_TEXTS } from "../texts/session.ts";

/** The numeric that refuses a missing or wrong server password (ERR_PASSWDMISMATCH). */
const PASSWORD_REFUSED = "464";
/**
 * Matches the reason of a server that ends a connection because of the password. A reason that
 * speaks of an invitation or an account asks for something else.
 */
const SAYS_PASSWORD = /^(?!.*(?:invit|account)).*password/is;
/** Other numerics that refuse the registration, with advice for each. */
const ADVICE: Readonly<Record<string, string>> = REGISTRATION_TEXTS.advice;
/** The numeric for a banned client (ERR_YOUREBANNEDCREEP). */
const BANNED = "465";
/** Matches the texts by which servers say that a client is banned, with or without the numeric. */
const SAYS_BANNED = /\bbanned\b|\b[dgkqxz]-?lined\b/i;

/** The error of a server that refuses the client because the password is missing or wrong. */
export class PasswordError extends UserError {
  /** The error's name, as stack traces show it. */
  override name = "PasswordError";
  /** The message without advice. */
  readonly refusal: string;

  /** Creates the error that `server` has refused the client for this `reason`. */
  constructor(server: string, reason: string, hasPassword: boolean) {
    const advice = hasPassword ? PASSWORD_ADVICE.wrong : PASSWORD_ADVICE.missing;
    super(REGISTRATION_TEXTS.refused(server, withAdvice(reason, advice)));
    this.refusal = REGISTRATION_TEXTS.refused(server, reason);
  }
}

/** The facts about a refused client and its server. */
export interface Refused {
  /** The server, for the user. */
  readonly server: string;
  /** True if the client has sent a server password. */
  readonly hasPassword: boolean;
  /** True if the server has said that it can do nothing at the moment. */
  readonly isUnavailable: boolean;
  /** True if a ban is final, so that the client does not wait for its end. */
  readonly endsIfBanned: boolean;
}

/** Returns true if `command` is a numeric that refuses the registration. */
export function refusesRegistration(command: string): boolean {
  return command === PASSWORD_REFUSED || ADVICE[command] !== undefined;
}

/**
 * Returns the error for a refusal with this `reason`, and with the numeric `numeric` if it had one.
 */
export function refusalError(
  reason: string,
  numeric: string | undefined,
  { server, hasPassword, isUnavailable, endsIfBanned }: Refused,
): UserError {
  const isPassword = numeric === undefined
    ? SAYS_PASSWORD.test(reason)
    : numeric === PASSWORD_REFUSED;
  if (isPassword) return new PasswordError(server, reason, hasPassword);
  const advice = numeric === undefined ? undefined : ADVICE[numeric];
  const text = advice === undefined ? reason : withAdvice(reason, advice);
  const isBanned = numeric === BANNED || SAYS_BANNED.test(reason);
  const Refusal = isBanned && endsIfBanned
    ? FinalError
    : isUnavailable
    ? UnreachableError
    : UserError;
  return new Refusal(REGISTRATION_TEXTS.refused(server, text));
}

function withAdvice(reason: string, advice: string): string {
  return `${trimSignsAtEnd(reason, ". \t")}. ${advice}`;
}
