/**
 * Gets a certificate from an authority by ACME: proves to the authority that a name points to this
 * server, and asks it to sign the name and a new key. Does not decide when a certificate is needed.
 *
 * Source: RFC 8555.
 *
 * @module
 */

import {
  AccountDoesNotExistError,
  type AcmeAccount,
  type AcmeAuthorization,
  AcmeClient,
  AcmeError,
  type AcmeOrder,
} from "@fishballpkg/acme";
import { exportKeyPairToPem, importKeyPairFromPemPrivateKey } from "@fishballpkg/acme/crypto-keys";
import { generateCSR } from "@fishballpkg/acme/csr";
import { type Clock, pause } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { isFile, readText, writeSecret } from "../../shared/files.ts";
import { printable } from "../../shared/text.ts";
import type { Proofs } from "../net/proofs.ts";
import { ACME_TEXTS } from "../texts/acme.ts";

/** A request for a certificate. */
export interface CertificateRequest {
  /** The name to sign. */
  readonly name: string;
  /** The URL of the authority's directory. */
  readonly directory: string;
  /** The email address at which the authority may reach the operator. */
  readonly email: string | undefined;
  /**
   * The path of the key of the account at the authority. If there is no such file, a key is made.
   */
  readonly accountKey: string;
  /** The proofs that the server shows to the authority. */
  readonly proofs: Proofs;
  /** The clock. */
  readonly clock: Clock;
}

/** The pause between two queries of the state of an order, in milliseconds. */
const POLL_MS = 1_000;
/** The number of queries after which an order counts as failed. */
const POLLS = 90;

/**
 * Gets a certificate; resolves to the new private key and the certificate with its chain, in one
 * text in PEM.
 *
 * @throws {UserError} if the authority cannot be reached, refuses, or could not verify the name.
 */
export async function orderCertificate(request: CertificateRequest): Promise<string> {
  const { directory, name } = request;
  try {
    const account = await openAccount(request);
    const order = await account.createOrder({ domains: [name] });
    for (const authorization of order.authorizations) await prove(authorization, request);
    return await sign(order, request);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof AcmeError) {
      throw new UserError(ACME_TEXTS.problem(printable(error.cause.detail ?? error.message)));
    }
    throw new UserError(ACME_TEXTS.unreachable(directory, printable(causeOf(error))));
  }
}

/**
 * Returns the message of an error, or of its cause if it has one: an error of `fetch` itself says
 * only "fetch failed".
 */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : causeOf(error.cause);
}

/**
 * Opens the account of the stored key. Creates an account with a new key if there is no stored key,
 * or the authority has no account for it.
 */
async function openAccount(
  { accountKey, directory, email }: CertificateRequest,
): Promise<AcmeAccount> {
  const client = await AcmeClient.init(directory);
  if (isFile(accountKey)) {
    try {
      const keyPair = await importKeyPairFromPemPrivateKey(readText(accountKey));
      return await client.login({ keyPair });
    } catch (error) {
      if (!(error instanceof AccountDoesNotExistError)) throw error;
    }
  }
  const account = await client.createAccount({ emails: email === undefined ? [] : [email] });
  const { privateKey } = await exportKeyPairToPem(account.keyPair);
  writeSecret(accountKey, privateKey);
  return account;
}

/** Proves that one name points to this server; resolves when the authority has verified it. */
async function prove(
  authorization: AcmeAuthorization,
  request: CertificateRequest,
): Promise<void> {
  const { clock, name, proofs } = request;
  const isVerified = async () => (await authorization.fetch()).status === "valid";
  if (await isVerified()) return;
  const challenge = authorization.findChallenge("http-01");
  if (!challenge) throw new UserError(ACME_TEXTS.notOffered);
  const withdraw = proofs.offer(challenge.token, await challenge.keyAuthorization());
  try {
    await send(authorization.order.account, challenge.url, {});
    for (let poll = 0; poll < POLLS; poll++) {
      await pause(clock, POLL_MS);
      const found = await challenge.fetch();
      if (found.status === "valid") return;
      if (found.status !== "invalid") continue;
      throw new UserError(ACME_TEXTS.notProven(name, faultOf(found)));
    }
  } finally {
    withdraw();
  }
  throw new UserError(ACME_TEXTS.tookTooLong);
}

/**
 * Makes a key, and asks the authority for a certificate for it. Resolves to the key and the
 * certificate.
 */
async function sign(order: AcmeOrder, { clock, name }: CertificateRequest): Promise<string> {
  const keyPair = await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign", "verify"],
  );
  const csr = await generateCSR({ domains: [name], keyPair });
  const { finalize } = await order.fetch();
  await send(order.account, finalize, {
    csr: csr.toBase64({ alphabet: "base64url", omitPadding: true }),
  });
  for (let poll = 0; poll < POLLS; poll++) {
    await pause(clock, POLL_MS);
    const { status } = await order.fetch();
    if (status === "invalid") throw new UserError(ACME_TEXTS.problem(status));
    if (status !== "valid") continue;
    const { privateKey } = await exportKeyPairToPem(keyPair);
    return `${privateKey.trim()}\n${await order.getCertificate()}`;
  }
  throw new UserError(ACME_TEXTS.tookTooLong);
}

/** Sends a signed request; throws an `AcmeError` if the authority answers with an error. */
async function send(
  account: AcmeAccount,
  url: string,
  payload: Record<PropertyKey, unknown>,
): Promise<void> {
  const response = await account.jwsFetch(url, { payload });
  if (!response.ok) throw new AcmeError(await response.json());
  await response.body?.cancel();
}

/** Returns the explanation of a failed challenge (RFC 8555, section 8; RFC 7807, section 3.1). */
function faultOf(challenge: object): string {
  const error = "error" in challenge ? challenge.error : undefined;
  const isObject = typeof error === "object" && error !== null;
  return isObject && "detail" in error ? printable(String(error.detail)) : ACME_TEXTS.noReason;
}
