/**
 * SASL: what each mechanism makes of a client's responses. It decides nothing: whether a password is
 * right, and what follows, is the business of who asks.
 *
 * Sources: https://ircv3.net/specs/extensions/sasl-3.1; RFC 4616 (PLAIN); RFC 5802 (SCRAM);
 * RFC 4422, appendix A (EXTERNAL).
 *
 * @module
 */

import { Pieces } from "../../shared/sasl.ts";
import { readOpening, ScramChallenge } from "./scram.ts";
import type { ScramKeys } from "../events/records.ts";

/** What comes of a response. */
export type Step =
  /** There are more pieces of it to come. */
  | { readonly type: "incomplete" }
  /** The client is told something, and goes on. */
  | { readonly type: "challenge"; readonly text: string }
  /** The client says its password. */
  | { readonly type: "password"; readonly account: string; readonly password: string }
  /** The client has proved, or failed to prove, that it knows the password; `text` is for who did. */
  | { readonly type: "proof"; readonly account: string; readonly text: string | undefined }
  /** The client is to be recognised by its certificate; the account is empty if it names none. */
  | { readonly type: "certificate"; readonly account: string }
  /** Nothing is missing any more: the client has proved that it knows the password of these keys. */
  | { readonly type: "done"; readonly account: string; readonly keys: ScramKeys }
  /** It makes no sense. */
  | { readonly type: "refused"; readonly why: string };

/** Finds the keys of an account; those of one that does not exist look the same. */
export type KeysOf = (account: string) => ScramKeys;

/** Makes of each response, decoded, what comes of it. */
type Mechanism = (response: string) => Step;

const MECHANISMS: ReadonlyMap<string, (keysOf: KeysOf) => Mechanism> = new Map([
  ["PLAIN", () => plain],
  ["SCRAM-SHA-256", scramSha256],
  ["EXTERNAL", () => external],
]);

/** The mechanisms, as clients are told them; `certificate` is what the client has shown. */
export function mechanismNames(certificate: string | undefined): string {
  const names = [...MECHANISMS.keys()];
  return names.filter((name) => name !== "EXTERNAL" || certificate !== undefined).join(",");
}

/** One client's authentication, from the choice of the mechanism on. */
export class Exchange {
  readonly #mechanism: Mechanism;
  readonly #pieces = new Pieces();

  private constructor(mechanism: Mechanism) {
    this.#mechanism = mechanism;
  }

  /** Begins one by `mechanism`; `undefined` if there is no such mechanism. */
  static begin(mechanism: string, keysOf: KeysOf): Exchange | undefined {
    const begin = MECHANISMS.get(mechanism.toUpperCase());
    return begin && new Exchange(begin(keysOf));
  }

  /** Takes a piece of a response, and acts on the whole of it when it is there. */
  take(piece: string): Step {
    const gathered = this.#pieces.take(piece);
    return gathered.type === "whole" ? this.#mechanism(gathered.text) : gathered;
  }
}

function refused(why: string): Step {
  return { type: "refused", why };
}

/** RFC 4616, section 2: whom to act as, if somebody else; who one is; the password. */
function plain(response: string): Step {
  const [asWhom = "", account = "", password = "", ...rest] = response.split("\0");
  if (account === "" || password === "" || rest.length > 0) {
    return refused("PLAIN is an account and a password, with NUL before each");
  }
  if (asWhom !== "" && asWhom !== account) return refused("nobody can act as somebody else here");
  return { type: "password", account, password };
}

/** RFC 5802, section 5: each side proves that it knows the password. */
function scramSha256(keysOf: KeysOf): Mechanism {
  let account = "";
  let challenge: ScramChallenge | undefined;
  let proved: ScramKeys | undefined;
  let keys: ScramKeys | undefined;
  return (response) => {
    if (proved) return { type: "done", account, keys: proved };
    if (challenge) {
      const text = challenge.answer(response);
      if (text !== undefined) proved = keys;
      return { type: "proof", account, text };
    }
    const opening = readOpening(response);
    if (!opening) return refused("that does not begin SCRAM, or asks for channel binding");
    account = opening.name;
    keys = keysOf(account);
    challenge = new ScramChallenge(opening, keys);
    return { type: "challenge", text: challenge.text };
  };
}

/** RFC 4422, appendix A: whom to act as, or nothing. */
function external(response: string): Step {
  if (response.includes("\0")) return refused("EXTERNAL is an account or nothing");
  return { type: "certificate", account: response };
}
