/**
 * The TLS key and certificate of the server. Either the server generates them on its first start,
 * and keeps them in its folder. Or it reads them from files that another program or the code in
 * `server/acme/` writes, and reads the files again when they change. Does not depend on
 * connections.
 *
 * @module
 */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { Moment } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { type Certificate, makeCertificate } from "../../shared/certificate.ts";
import { unacceptedKind } from "../../shared/key_kinds.ts";
import { isFile, readText, writeSecret } from "../../shared/files.ts";
import { faultFields, type Log } from "../../shared/log.ts";
import { printable } from "../../shared/text.ts";
import type { KeyFiles } from "../config/options.ts";
import { START_TEXTS } from "../texts/net.ts";
import { Proofs } from "./proofs.ts";
import { tryHandshake } from "./trial_handshake.ts";

/** The source of the key and the certificate. */
export interface IdentityOptions {
  /** The server's folder, which exists. */
  readonly data: string;
  /** True to write no files. */
  readonly memory: boolean;
  /**
   * Files that another program, or the code in `server/acme/`, maintains; without them, the server
   * generates its own.
   */
  readonly tls?: KeyFiles;
}

/**
 * The lifetime of a generated certificate, in days. It is ten years: clients recognize the server
 * by the certificate's fingerprint, so with a new certificate, they would not trust the server.
 */
const DAYS = 3650;
/** The interval at which the files are read again, in milliseconds. */
const LOOK_MS = 5_000;

/**
 * Returns the key and the certificate of a server. If they do not exist yet, generates them for
 * `names`, and writes the files, unless `memory` is true.
 *
 * @throws {UserError} if the files cannot be read or written, or if no client could connect with
 * them.
 */
export async function openIdentity(
  { data, memory, tls }: IdentityOptions,
  names: readonly string[],
): Promise<Identity> {
  if (tls) return new Identity(await proven(readPair(tls), tls), tls);
  if (memory) return new Identity(await makeCertificate({ names, days: DAYS }));
  const own = ownFiles(data);
  if (!isFile(own.key)) {
    const { cert, key } = await makeCertificate({ names, days: DAYS });
    // The key is written last. If it is missing, the next start generates both again.
    writeSecret(own.cert, cert);
    writeSecret(own.key, key);
  }
  return new Identity(await proven(readPair(own), own));
}

/**
 * Returns the paths of the certificate and the key that a server generates in the folder `data`.
 */
export function ownFiles(data: string): KeyFiles {
  return { cert: `${data}/cert.pem`, key: `${data}/key.pem` };
}

/** The key and the certificate in use. */
export class Identity {
  /** The proofs for an authority that is asked for a certificate. */
  readonly proofs = new Proofs();
  #files: KeyFiles | undefined;
  #certificate: Certificate;
  #x509: X509Certificate;
  #context: SecureContext;
  #lookedAt: Moment | undefined;
  #complaint = "";
  #checking: Promise<void> | undefined;

  /** Starts with `certificate`; {@linkcode check} replaces it from `files`, if given. */
  constructor(certificate: Certificate, files?: KeyFiles) {
    this.#certificate = certificate;
    this.#x509 = new X509Certificate(certificate.cert);
    this.#files = files;
    this.#context = contextOf(certificate);
  }

  /** The fingerprint of the certificate in use. */
  get fingerprint(): string {
    return this.#certificate.fingerprint;
  }

  /** The days from which and until which the certificate in use is valid. */
  get validity(): { readonly from: Date; readonly until: Date } {
    return { from: this.#x509.validFromDate, until: this.#x509.validToDate };
  }

  /** The names and addresses in the certificate in use, as in `DNS:chat.example.org`. */
  get names(): string {
    return this.#x509.subjectAltName ?? "";
  }

  /** True if no authority has signed the certificate in use. */
  get isSelfSigned(): boolean {
    return this.#x509.issuer === this.#x509.subject;
  }

  /** The TLS context for new connections. */
  get context(): SecureContext {
    return this.#context;
  }

  /**
   * Returns true if an authority has signed the certificate for `name`. Then clients need no
   * fingerprint.
   */
  isSignedFor(name: string): boolean {
    return !this.isSelfSigned && this.#x509.checkHost(name) !== undefined;
  }

  /**
   * Sets other files, from which {@linkcode check} then takes the key and the certificate.
   *
   * @throws {UserError} if they cannot be read or used; then nothing changes.
   */
  follow(files: KeyFiles): void {
    const { cert, key } = this.#files ?? {};
    if (cert === files.cert && key === files.key) return;
    readPair(files);
    this.#files = files;
    this.#lookedAt = undefined;
  }

  /**
   * Reads the files again, unless they were read in the last five seconds. Uses a changed key or
   * certificate for new connections, if a handshake with it works. Otherwise, logs the problem
   * once, and keeps the present key and certificate. Resolves when this is done; never rejects.
   */
  check(now: Moment, log: Log): Promise<void> {
    if (this.#checking) return this.#checking;
    const hasLooked = this.#lookedAt !== undefined && now.since(this.#lookedAt) < LOOK_MS;
    if (!this.#files || hasLooked) return Promise.resolve();
    this.#lookedAt = now;
    return this.#checking = this.#renew(this.#files, log).finally(() => this.#checking = undefined);
  }

  async #renew(files: KeyFiles, log: Log): Promise<void> {
    try {
      const found = readPair(files);
      if (found.cert === this.#certificate.cert && found.key === this.#certificate.key) {
        this.#complaint = "";
        return;
      }
      await proven(found, files);
      // Other files may have been set meanwhile.
      if (files !== this.#files) return;
      this.#complaint = "";
      this.#use(found);
      log.info("certificate renewed", { fingerprint: found.fingerprint });
    } catch (error) {
      if (!(error instanceof UserError)) log.error("certificate not renewed", faultFields(error));
      else if (error.message !== this.#complaint) {
        this.#complaint = error.message;
        log.warn("certificate not renewed", { reason: error.message });
      }
    }
  }

  #use(certificate: Certificate): void {
    this.#context = contextOf(certificate);
    this.#certificate = certificate;
    this.#x509 = new X509Certificate(certificate.cert);
  }
}

function contextOf({ key, cert }: Certificate): SecureContext {
  return createSecureContext({ key, cert, minVersion: "TLSv1.2" });
}

/**
 * Returns `pair`, which was read from the two files, after a TLS handshake with it has worked.
 *
 * @throws {UserError} if the handshake does not work.
 */
async function proven(pair: Certificate, { cert, key }: KeyFiles): Promise<Certificate> {
  const reason = await tryHandshake(contextOf(pair), pair.fingerprint);
  if (reason === undefined) return pair;
  throw new UserError(START_TEXTS.handshakeFails(cert, key, reason));
}

/** Reads both files and checks all that can be checked without a handshake. */
function readPair(files: KeyFiles): Certificate {
  const chain = readChain(readText(files.cert), files.cert);
  const [certificate] = chain;
  const key = keyBlock(readText(files.key));
  const secret = readKey(key, files.key);
  const kind = unacceptedKind(secret);
  if (kind !== undefined) throw new UserError(START_TEXTS.unacceptedKey(files.key, kind));
  if (!certificate?.checkPrivateKey(secret)) {
    throw new UserError(START_TEXTS.unrelatedKey(files.key, files.cert));
  }
  // Only the certificates and the key are taken from the files, because some functions of Node
  // reject a text with other parts.
  const cert = chain.map(String).join("");
  const pair = { cert, key, fingerprint: fingerprintOf(certificate.raw) };
  try {
    contextOf(pair);
  } catch (error) {
    const reason = error instanceof Error ? printable(error.message) : String(error);
    throw new UserError(START_TEXTS.handshakeFails(files.cert, files.key, reason));
  }
  return pair;
}

/** Matches a certificate in PEM format (RFC 7468, section 5). */
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^]*?(?:-----END CERTIFICATE-----|$)/g;

/** Returns the certificates of a file that has at least one. */
function readChain(text: string, path: string): X509Certificate[] {
  const blocks = text.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0) {
    throw new UserError(START_TEXTS.checkFile(START_TEXTS.notCertificate(path)));
  }
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new UserError(START_TEXTS.damagedCertificate(path, index + 1));
    }
  });
}

/**
 * Matches the first line of a private key without a passphrase (RFC 7468, section 10; RFC 5915).
 */
const PEM_KEY = /-----BEGIN (?!ENCRYPTED )(?:[A-Z0-9]+ )?PRIVATE KEY-----(?!\s*Proc-Type:)/;

/** Matches the first line of a private key; its group is the kind of the key. */
const PEM_KEY_START = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----/;

/**
 * Returns the first private key in a file that may also have other parts, such as the certificate.
 * Returns the whole text if there is no key.
 */
function keyBlock(text: string): string {
  const found = PEM_KEY_START.exec(text);
  if (!found) return text;
  const last = `-----END ${found[1]}-----`;
  const end = text.indexOf(last, found.index);
  return end < 0 ? text : text.slice(found.index, end + last.length);
}

function readKey(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    if (error instanceof Error && PEM_KEY.test(text) && /unsupported/.test(error.message)) {
      throw new UserError(START_TEXTS.unacceptedKey(path, printable(error.message)));
    }
    throw new UserError(START_TEXTS.checkFile(START_TEXTS.notPrivateKey(path)));
  }
}
