/**
 * Implements the SASL mechanisms: reads the responses of clients. The caller checks passwords and
 * logs clients in.
 *
 * Sources: https://ircv3.net/specs/extensions/sasl-3.1; RFC 4616 (PLAIN); RFC 5802 (SCRAM); RFC
 * 4422, appendix A (EXTERNAL).
 *
 * @module
 */

import { Pieces } from "../../shared/sasl.ts";
import { readOpening, ScramChallenge } from "./scram.ts";
import type { ScramKeys } from "../events/records.ts";
import { SASL_TEXTS } from "../texts/logins.ts";

/** The result of a response. */
export type Step =
  /** More pieces of the response follow. */
  | { readonly type: "incomplete" }
  /** The client gets `text`, and sends another response. */
  | { readonly type: "challenge"; readonly text: string }
  /** The client has sent a password. */
  | { readonly type: "password"; readonly account: string; readonly password: string }
  /**
   * The client has sent its proof. `text` is the server's proof, or `undefined` if the client's
   * proof is wrong.
   */
  | { readonly type: "proof"; readonly account: string; readonly text: string | undefined }
  /** The client logs in by its certificate. `account` is empty if the client names no account. */
  | { readonly type: "certificate"; readonly account: string }
  /** The client has proven that it knows the password of these keys; nothing more follows. */
  | { readonly type: "done"; readonly account: string; readonly keys: ScramKeys }
  /** The response is malformed or asks for something unsupported. */
  | { readonly type: "refused"; readonly why: string };

/**
 * A function that returns the SCRAM keys of an account. If the account does not exist, it returns
 * keys that look the same, so that a stranger cannot find out which accounts exist.
 */
export type KeysOf = (account: string) => ScramKeys;

/** A mechanism in use by one client: a function that returns the result of each response. */
type Mechanism = (response: string) => Step;

const MECHANISMS: ReadonlyMap<string, (keysOf: KeysOf) => Mechanism> = new Map([
  ["PLAIN", () => plain],
  ["SCRAM-SHA-256", scramSha256],
  ["EXTERNAL", () => external],
]);

/**
 * Returns the names of the mechanisms for a client that shows `certificate`, separated by commas.
 */
export function mechanismNames(certificate: string | undefined): string {
  const names = [...MECHANISMS.keys()];
  return names.filter((name) => name !== "EXTERNAL" || certificate !== undefined).join(",");
}

/** An authentication of a client with the mechanism that it chose. */
export class Exchange {
  readonly #mechanism: Mechanism;
  readonly #pieces = new Pieces();

  private constructor(mechanism: Mechanism) {
    this.#mechanism = mechanism;
  }

  /** Begins an authentication with `mechanism`; `undefined` if it does not exist. */
  static begin(mechanism: string, keysOf: KeysOf): Exchange | undefined {
    const begin = MECHANISMS.get(mechanism.toUpperCase());
    return begin && new Exchange(begin(keysOf));
  }

  /**
   * Takes a piece of a response. If it is the last piece, returns the result of the whole response.
   */
  take(piece: string): Step {
    const gathered = this.#pieces.take(piece);
    return gathered.type === "whole" ? this.#mechanism(gathered.text) : gathered;
  }
}

function refused(why: string): Step {
  return { type: "refused", why };
}

/**
 * Reads the only response of PLAIN: the authorization identity (empty, or the account again), the
 * account and the password (RFC 4616, section 2).
 */
function plain(response: string): Step {
  const [authzid = "", account = "", password = "", ...rest] = response.split("\0");
  if (account === "" || password === "" || rest.length > 0) {
    return refused(SASL_TEXTS.malformedPlain);
  }
  if (authzid !== "" && authzid !== account) return refused(SASL_TEXTS.noImpersonation);
  return { type: "password", account, password };
}

/**
 * Begins an exchange of SCRAM-SHA-256, in which both sides prove that they know the password
 * without sending it (RFC 5802, section 5).
 */
function scramSha256(keysOf: KeysOf): Mechanism {
  let account = "";
  let challenge: ScramChallenge | undefined;
  let proven: ScramKeys | undefined;
  let keys: ScramKeys | undefined;
  return (response) => {
    if (proven) return { type: "done", account, keys: proven };
    if (challenge) {
      const text = challenge.answer(response);
      if (text !== undefined) proven = keys;
      return { type: "proof", account, text };
    }
    const opening = readOpening(response);
    if (!opening) return refused(SASL_TEXTS.malformedScram);
    account = opening.name;
    keys = keysOf(account);
    challenge = new ScramChallenge(opening, keys);
    return { type: "challenge", text: challenge.text };
  };
}

/**
 * Reads the only response of EXTERNAL: the name of the account to log in to. It may be empty, since
 * the client's certificate identifies the account, too (RFC 4422, appendix A).
 */
function external(response: string): Step {
  if (response.includes("\0")) return refused(SASL_TEXTS.malformedExternal);
  return { type: "certificate", account: response };
}
