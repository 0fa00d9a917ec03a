/**
 * Who the server is to those who come encrypted: its key and certificate, made on its first start and
 * kept in its folder, or another program's files, taken up anew when they change. Knows nothing of
 * connections.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { UserError } from "../../errors.ts";
import { fingerprintOf } from "../../fingerprint.ts";
import { type Certificate, makeCertificate } from "../../certificate.ts";
import { isFile, readText, writeSecret } from "../config/files.ts";
import type { Log } from "../log.ts";

/** Two files in PEM. */
export interface KeyFiles {
  /** The certificate, with those that vouch for it behind. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** Where a key and a certificate come from. */
export interface IdentityOptions {
  /** The server's folder; it exists. */
  readonly data: string;
  /** Keep nothing in it. */
  readonly memory: boolean;
  /** Files that somebody else takes care of; absent, the server makes its own. */
  readonly tls?: KeyFiles;
}

/** Ten years: what is recognised by its fingerprint had better stay. */
const DAYS = 3650;
/** How often files are looked at. */
const LOOK_MS = 5_000;

/**
 * The key and the certificate of a server. Where it has none, they are made, for `names`.
 *
 * @throws {UserError} if files cannot be read or written, or do not belong together.
 */
export async function openIdentity(
  { data, memory, tls }: IdentityOptions,
  names: readonly string[],
): Promise<Identity> {
  if (tls) return new Identity(readPair(tls), tls);
  if (memory) return new Identity(await makeCertificate({ names, days: DAYS }));
  const own: KeyFiles = { cert: `${data}/cert.pem`, key: `${data}/key.pem` };
  if (!isFile(own.key)) {
    const { cert, key } = await makeCertificate({ names, days: DAYS });
    // The key last: as long as it is not there, both are made again.
    writeSecret(own.cert, cert);
    writeSecret(own.key, key);
  }
  return new Identity(readPair(own));
}

/** A key and a certificate in use; see the module. */
export class Identity {
  readonly #files: KeyFiles | undefined;
  #certificate: Certificate;
  #x509: X509Certificate;
  #context: SecureContext;
  #nextLook = 0;
  #complaint = "";

  /** Shows `certificate`, and what comes to be in `files`, if there are any. */
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

  /** What new connections are encrypted with. */
  get context(): SecureContext {
    return this.#context;
  }

  /** Whether somebody vouches for the certificate, and it is for `name`: nobody has to compare it. */
  isVouchedFor(name: string): boolean {
    const { issuer, subject } = this.#x509;
    return issuer !== subject && this.#x509.checkHost(name) !== undefined;
  }

  /**
   * Takes up what is new in the files, if it is time to look; `now` is in milliseconds. What cannot
   * be used is told to `log` once, and what was in use stays. Those who are connected notice nothing.
   */
  check(now: number, log: Log): void {
    if (!this.#files || now < this.#nextLook) return;
    this.#nextLook = now + LOOK_MS;
    try {
      const found = readPair(this.#files);
      this.#complaint = "";
      if (found.cert === this.#certificate.cert && found.key === this.#certificate.key) return;
      this.#context = contextOf(found);
      this.#certificate = found;
      this.#x509 = new X509Certificate(found.cert);
      log.info("certificate renewed", { fingerprint: found.fingerprint });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.message === this.#complaint) return;
      this.#complaint = error.message;
      log.warn("certificate not renewed", { reason: error.message });
    }
  }
}

function contextOf({ key, cert }: Certificate): SecureContext {
  return createSecureContext({ key, cert, minVersion: "TLSv1.2" });
}

/** Reads two files, and sees to it that they are of one make. */
function readPair(files: KeyFiles): Certificate {
  const cert = readText(files.cert);
  const key = readText(files.key);
  const certificate = read(
    () => new X509Certificate(cert),
    `${files.cert} is not a certificate in PEM format`,
  );
  const secret = read(
    () => createPrivateKey(key),
    `${files.key} is not a private key in PEM format without a passphrase`,
  );
  if (!certificate.checkPrivateKey(secret)) {
    throw new UserError(
      `${files.key} is not the key of ${files.cert}: give two files that belong together`,
    );
  }
  return { cert, key, fingerprint: fingerprintOf(certificate.raw) };
}

function read<T>(parse: () => T, problem: string): T {
  try {
    return parse();
  } catch {
    throw new UserError(`${problem}: check that it is the right file`);
  }
}
