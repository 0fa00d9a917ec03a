/**
 * Finds the account of an HTTP client: by name and password, by a ticket that the client got over
 * IRC (UPLOAD), or by the client's certificate. Wrong passwords by HTTP and by IRC count together
 * for the limits on logins.
 *
 * Sources: RFC 7617 (Basic), RFC 6750 (Bearer).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Context } from "../core/context.ts";
import type { Account } from "../events/records.ts";
import { loginRefusal } from "./accounts.ts";

/** The credentials of an HTTP client. */
export interface HttpCredentials {
  /** The value of the header `Authorization`, if there is one. */
  readonly authorization: string | undefined;
  /** The fingerprint of the certificate that the client has presented, if any. */
  readonly certificate: string | undefined;
  /** The address of the client. */
  readonly address: string;
}

/**
 * Resolves to the account; to `"busy"` if too many passwords from this address wait to be checked;
 * and to `undefined` if the credentials are wrong or missing, or this address has failed too often.
 */
export async function accountOfRequest(
  context: Context,
  { authorization, certificate, address }: HttpCredentials,
): Promise<Account | "busy" | undefined> {
  const { network, logins } = context;
  if (authorization === undefined) {
    return certificate === undefined ? undefined : network.accounts.with(certificate)[0];
  }
  const [, scheme = "", value = ""] = /^(\S+) +(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === "basic") return await byPassword(context, address, value);
  if (scheme.toLowerCase() !== "bearer" || !logins.mayRedeem(address)) return undefined;
  const account = logins.tickets.redeem(value);
  if (account === undefined) logins.redeemFailed(address);
  return account === undefined ? undefined : network.account(account);
}

async function byPassword(
  context: Context,
  host: string,
  encoded: string,
): Promise<Account | "busy" | undefined> {
  const { network, logins, log } = context;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(0, colon));
  if (name === "") return undefined;
  if (logins.isBusy(host)) return "busy";
  if (loginRefusal({ context, host }, name) !== undefined) return undefined;
  const credentials = network.account(name)?.credentials;
  const applicant = logins.applicant(host, name);
  const isRight = await logins.passwords.matches(text.slice(colon + 1), credentials, applicant);
  const account = network.account(name);
  // Meanwhile, the account may have been removed, and another one may have got its name.
  if (isRight && account && account.credentials === credentials) {
    logins.succeeded(host, name);
    return account;
  }
  logins.failed(host, name);
  log.warn("login refused", { account: name, address: host });
  return undefined;
}
