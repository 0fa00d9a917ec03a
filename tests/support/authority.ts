import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { KeyPair } from "./tls_server.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

/** The subject of a certificate. */
interface Subject {
  readonly name: string;
  /** The days until it expires; negative if it has expired. */
  readonly days: number;
}

/** A certificate authority that exists for one test. */
export class Authority {
  /** The authority's own certificate, in PEM. */
  readonly certificate: string;
  readonly #keys: CryptoKeyPair;

  private constructor(certificate: string, keys: CryptoKeyPair) {
    this.certificate = certificate;
    this.#keys = keys;
  }

  /** Makes an authority with a self-signed certificate, valid for one day. */
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

  /** Makes a key, and a certificate for it, which this authority signs. */
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
