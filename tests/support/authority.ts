import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { KeyPair } from "./tls_server.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

/** Whom `certificate` is for, and for how many days from now; less than none: it has expired. */
interface Subject {
  readonly name: string;
  readonly days: number;
}

/** A certificate authority of a test's own. */
export class Authority {
  /** Its own certificate, in PEM. */
  readonly certificate: string;
  readonly #keys: CryptoKeyPair;

  private constructor(certificate: string, keys: CryptoKeyPair) {
    this.certificate = certificate;
    this.#keys = keys;
  }

  static async make(): Promise<Authority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=an authority",
      ...period(1),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new x509.BasicConstraintsExtension(true)],
    }, crypto);
    return new Authority(certificate.toString("pem"), keys);
  }

  /** Vouches for a new key. */
  async issue({ name, days }: Subject): Promise<KeyPair> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      issuer: "CN=an authority",
      subject: `CN=${name}`,
      ...period(days),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
    }, crypto);
    const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      key: x509.PemConverter.encode(key, "PRIVATE KEY"),
      cert: certificate.toString("pem"),
    };
  }
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function period(days: number): { notBefore: Date; notAfter: Date } {
  const end = Date.now() + days * DAY_MS;
  return { notBefore: new Date(Math.min(end, Date.now()) - DAY_MS), notAfter: new Date(end) };
}
