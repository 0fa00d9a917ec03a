/**
 * Generates self-signed certificates. A client is recognized by its certificate when it connects
 * again, and so is a server that has no other certificate. Does not know files or connections.
 *
 * @module
 */

import { isIP } from "node:net";
import { fingerprintOf } from "./fingerprint.ts";

/** A certificate and its private key. */
export interface Certificate {
  /** The private key, in PEM (PKCS #8). */
  readonly key: string;
  /** The certificate, in PEM, perhaps followed by its chain. */
  readonly cert: string;
  /** The certificate's fingerprint; see `fingerprint.ts`. */
  readonly fingerprint: string;
}

/** The contents of a new certificate. */
export interface CertificateOptions {
  /** The names and IP addresses of the server; empty for a client. */
  readonly names: readonly string[];
  /** The number of days from now for which it is valid; negative for one that has expired. */
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** P-256, which every client of TLS 1.2 and 1.3 supports (RFC 8446, section 9.1). */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Generates a key, and a certificate that is signed with it. */
export async function makeCertificate({ names, days }: CertificateOptions): Promise<Certificate> {
  // These packages are loaded here, because loading them takes longer than loading the rest of the
  // program, and a certificate is made about once in ten years.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const notAfter = now + days * DAY_MS;
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=chat",
    // The peer's clock may be behind.
    notBefore: new Date(Math.min(now, notAfter) - DAY_MS),
    notAfter: new Date(notAfter),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature),
      new x509.ExtendedKeyUsageExtension([names.length > 0 ? serverAuth : clientAuth]),
      // RFC 5280, section 4.2.1.6: the extension must not be empty.
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(nameOf))] : []),
    ],
  }, crypto);
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    cert: `${made.toString("pem")}\n`,
    fingerprint: fingerprintOf(new Uint8Array(made.rawData)),
  };
}

function nameOf(value: string): { readonly type: "dns" | "ip"; readonly value: string } {
  return { type: isIP(value) ? "ip" : "dns", value };
}
