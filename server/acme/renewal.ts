/**
 * Keeps a certificate from an authority in the server's folder, and gets a new one before it
 * expires. If that fails, the server continues with the old one, and tries again later.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import type { Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import { isFile, makeFolder, readText, writeSecret } from "../../shared/files.ts";
import { faultFields, type Log } from "../../shared/log.ts";
import type { ServeOptions } from "../config/config.ts";
import type { KeyFiles } from "../config/options.ts";
import type { Identity } from "../net/identity.ts";
import { ACME_TEXTS } from "../texts/acme.ts";
import {
  type Failures,
  mustWait,
  NO_FAILURES,
  readFailures,
  retryAt,
  writeFailures,
} from "./failures.ts";
import { type AcmeFiles, acmeFiles } from "./files.ts";
import type { CertificateRequest } from "./order.ts";

/** The fraction of a certificate's lifetime that is left when the server gets a new certificate. */
const LAST_PART = 1 / 3;
/** The time after which an order is given up, in milliseconds: an authority may never answer. */
const ORDER_MS = 10 * 60_000;

/** The parts that a renewal needs. */
export interface RenewalParts {
  /** The name to get a certificate for. */
  readonly name: string;
  /** The settings of the server. */
  readonly options: Pick<ServeOptions, "acmeDirectory" | "acmeEmail" | "data">;
  /** The certificate in use. */
  readonly identity: Pick<Identity, "check" | "follow" | "proofs">;
  /** The clock. */
  readonly clock: Clock;
  /** The log. */
  readonly log: Log;
  /** Gets a certificate; by default `orderCertificate`, which is loaded on first use. */
  readonly order?: (request: CertificateRequest) => Promise<string>;
}

/** The renewal of one server's certificate. */
export class Renewal {
  readonly #parts: RenewalParts;
  readonly #files: AcmeFiles;
  #failures: Failures;
  #running: Promise<void> | undefined;

  /** Makes a renewal that does nothing until {@linkcode check} is called. */
  constructor(parts: RenewalParts) {
    this.#parts = parts;
    this.#files = acmeFiles(parts.options.data);
    this.#failures = readFailures(this.#files);
  }

  /**
   * Gets a certificate if the server needs one, unless {@linkcode mustWait} says to wait after a
   * failure. Resolves when this is done, and never rejects.
   */
  check(): Promise<void> {
    const now = this.#parts.clock.now();
    if (!this.#running && !mustWait(this.#failures, now)) {
      this.#running = this.#renewIfDue(now).finally(() => this.#running = undefined);
    }
    return this.#running ?? Promise.resolve();
  }

  async #renewIfDue(now: number): Promise<void> {
    const { clock, log, name } = this.#parts;
    const { pair } = this.#files;
    try {
      if (needsRenewal(pair, name, now)) {
        await this.#renew();
        // If this did not count as a failure, the next check would ask for another certificate.
        if (needsRenewal(pair, name, clock.now())) throw new UserError(ACME_TEXTS.isOfNoUse(name));
      }
      if (this.#failures.count > 0) this.#record(NO_FAILURES);
    } catch (error) {
      const isKnown = error instanceof UserError;
      const reason = error instanceof Error ? error.message : String(error);
      this.#record({ count: this.#failures.count + 1, at: now, reason });
      const details = isKnown ? { reason } : faultFields(error);
      const again = new Date(retryAt(this.#failures)).toISOString();
      log.warn("no certificate from the authority", { name, ...details, again });
    }
  }

  async #renew(): Promise<void> {
    const { clock, identity, log } = this.#parts;
    const { folder, pair } = this.#files;
    makeFolder(folder);
    writeSecret(pair, await this.#order());
    identity.follow({ cert: pair, key: pair });
    await identity.check(clock.moment(), log);
  }

  /**
   * Gets a certificate from the authority.
   *
   * @throws {UserError} if it takes too long. A certificate that arrives later is not used.
   */
  async #order(): Promise<string> {
    const order = this.#parts.order ?? (await import("./order.ts")).orderCertificate;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const giveUp = () => reject(new UserError(ACME_TEXTS.tookTooLong));
    const cancel = this.#parts.clock.after(ORDER_MS, giveUp);
    try {
      return await Promise.race([order(this.#request()), late]);
    } finally {
      cancel();
    }
  }

  #request(): CertificateRequest {
    const { clock, identity: { proofs }, name, options } = this.#parts;
    const { acmeDirectory: directory, acmeEmail: email } = options;
    return { name, directory, email, accountKey: this.#files.accountKey, proofs, clock };
  }

  /** Keeps the record in the file, and also in memory, because the disk may be full. */
  #record(failures: Failures): void {
    this.#failures = failures;
    try {
      writeFailures(this.#files, failures);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#parts.log.warn("attempt not recorded", { reason: error.message });
    }
  }
}

/**
 * Returns the files of the certificate from an authority in a server's folder; `undefined` if there
 * is none, or it is damaged.
 */
export function pairOf(data: string): KeyFiles | undefined {
  const { pair } = acmeFiles(data);
  return certificateAt(pair) && { cert: pair, key: pair };
}

/**
 * Returns true if the certificate in the file `pair` is missing, is not for `name`, or expires
 * soon.
 */
function needsRenewal(pair: string, name: string, now: number): boolean {
  const certificate = certificateAt(pair);
  if (certificate?.checkHost(name) === undefined) return true;
  const from = certificate.validFromDate.getTime();
  const until = certificate.validToDate.getTime();
  return until - now < (until - from) * LAST_PART;
}

/** Returns the first certificate in a file in PEM; `undefined` if there is none. */
function certificateAt(path: string): X509Certificate | undefined {
  if (!isFile(path)) return undefined;
  const text = readText(path);
  try {
    return new X509Certificate(text.slice(Math.max(0, text.indexOf(PEM_CERTIFICATE))));
  } catch {
    return undefined;
  }
}

const PEM_CERTIFICATE = "-----BEGIN CERTIFICATE-----";
