/**
 * The TLS key and certificate of the server. They are either generated on the first start and kept in the
 * server's folder, or read from files of another program and read again when these change. Has no
 * dependency on connections.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { UserError } from "../../shared/errors.ts";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { type Certificate, makeCertificate } from "../../shared/certificate.ts";
import { isFile, readText, writeSecret } from "../../shared/files.ts";
import type { Log } from "../../shared/log.ts";
import type { KeyFiles } from "../config/options.ts";
import { START_TEXTS } from "../texts/net.ts";

/** The source of the key and the certificate. */
export interface IdentityOptions {
  /** The server's folder, which exists. */
  readonly data: string;
  /** True to write no files. */
  readonly memory: boolean;
  /** Files that another program maintains; without them, the server generates its own. */
  readonly tls?: KeyFiles;
}

/** The lifetime of a generated certificate, ten years: clients recognize it by its fingerprint. */
const DAYS = 3650;
/** The interval at which the files are read again, in milliseconds. */
const LOOK_MS = 5_000;

/**
 * Returns the key and the certificate of a server. If there are none, generates them, for `names`.
 *
 * @throws {UserError} if the files cannot be read or written, or if the key is not the certificate's.
 */
export async function openIdentity(
  { data, memory, tls }: IdentityOptions,
  names: readonly string[],
): Promise<Identity> {
  if (tls) return new Identity(readPair(tls), tls);
  if (memory) return new Identity(await makeCertificate({ names, days: DAYS }));
  const own = ownFiles(data);
  if (!isFile(own.key)) {
    const { cert, key } = await makeCertificate({ names, days: DAYS });
    // The key is written last: without it, the next start generates both again.
    writeSecret(own.cert, cert);
    writeSecret(own.key, key);
  }
  return new Identity(readPair(own));
}

/** Returns the paths of the certificate and the key that a server generates in the folder `data`. */
export function ownFiles(data: string): KeyFiles {
  return { cert: `${data}/cert.pem`, key: `${data}/key.pem` };
}

/** The key and the certificate in use. */
export class Identity {
  #files: KeyFiles | undefined;
  #certificate: Certificate;
  #x509: X509Certificate;
  #context: SecureContext;
  #nextLook = 0;
  #complaint = "";

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

  /** The TLS context for new connections. */
  get context(): SecureContext {
    return this.#context;
  }

  /**
   * Returns true if an authority has signed the certificate and it is for `name`: clients need no
   * fingerprint then.
   */
  isSignedFor(name: string): boolean {
    const { issuer, subject } = this.#x509;
    return issuer !== subject && this.#x509.checkHost(name) !== undefined;
  }

  /**
   * Uses the key and the certificate in other files from now on.
   *
   * @throws {UserError} if they cannot be read, or do not belong together; then nothing changes.
   */
  follow(files: KeyFiles): void {
    const { cert, key } = this.#files ?? {};
    if (cert === files.cert && key === files.key) return;
    this.#use(readPair(files));
    this.#files = files;
  }

  /**
   * Reads the files again once the interval is over, and uses what has changed for new connections; `now`
   * is in milliseconds. A problem is logged once, and the key and certificate in use stay.
   */
  check(now: number, log: Log): void {
    if (!this.#files || now < this.#nextLook) return;
    this.#nextLook = now + LOOK_MS;
    try {
      const found = readPair(this.#files);
      this.#complaint = "";
      if (found.cert === this.#certificate.cert && found.key === this.#certificate.key) return;
      this.#use(found);
      log.info("certificate renewed", { fingerprint: found.fingerprint });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.message === this.#complaint) return;
      this.#complaint = error.message;
      log.warn("certificate not renewed", { reason: error.message });
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

/** Reads both files and checks that the key is the certificate's. */
function readPair(files: KeyFiles): Certificate {
  const cert = readText(files.cert);
  const key = readText(files.key);
  const certificate = read(
    () => new X509Certificate(cert),
    START_TEXTS.notCertificate(files.cert),
  );
  const secret = read(
    () => createPrivateKey(key),
    START_TEXTS.notPrivateKey(files.key),
  );
  if (!certificate.checkPrivateKey(secret)) {
    throw new UserError(START_TEXTS.unrelatedKey(files.key, files.cert));
  }
  return { cert, key, fingerprint: fingerprintOf(certificate.raw) };
}

function read<T>(parse: () => T, problem: string): T {
  try {
    return parse();
  } catch {
    throw new UserError(START_TEXTS.checkFile(problem));
  }
}
