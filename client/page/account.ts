/**
 * Makes the user's nick their own: registers an account under it. The user logs in to it with a
 * cryptographic key or, in a browser that keeps no key, with a password that the page makes. The
 * user has nothing to remember.
 *
 * Source: https://ircv3.net/specs/extensions/account-registration
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { Me } from "./keeping.ts";

/** The number of random bytes of a password. */
const PASSWORD_BYTES = 24;

/** The result of a registration: the user with the new account, or the reason why there is none. */
export type OwnName = { readonly me: Me } | { readonly reason: string };

/** Registers an account under the user's nick, with a random password. */
export async function registerNick(session: Session): Promise<OwnName> {
  const { nick } = session.state;
  const password = crypto.getRandomValues(new Uint8Array(PASSWORD_BYTES)).toBase64({
    alphabet: "base64url",
  });
  const message = { command: "REGISTER", params: [nick, "*", password] };
  const { status, reason = "" } = await session.request(message);
  return status === "done" ? { me: { nick, account: nick, password } } : { reason };
}

/** Registers an account under the user's nick, for the key that this connection has proven. */
export async function ownNick(session: Session): Promise<OwnName> {
  const { nick } = session.state;
  const { status, reason = "" } = await session.request({ command: "OWN", params: [] });
  return status === "done" ? { me: { nick, account: nick } } : { reason };
}

/**
 * Adds to the user's account the key that this connection has proven; resolves to the reason if
 * that fails.
 */
export async function addKey(session: Session): Promise<string | undefined> {
  const message = { command: "NICKSERV", params: ["CERT", "ADD"] };
  const { status, reason = "" } = await session.request(message);
  return status === "done" ? undefined : reason;
}
