/**
 * The fingerprint of a certificate, which identifies a server or a client without an authority.
 * Server and client write it in the same form. Other programs also show it: `openssl x509
 * -fingerprint -sha256` (with colons) and WeeChat's `tls_fingerprint`.
 *
 * @module
 */

import { createHash } from "node:crypto";

/**
 * Returns the fingerprint of a certificate in DER: its SHA-256, as 64 lower-case hexadecimal
 * digits.
 */
export function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}

/**
 * Reads a fingerprint, which may be in upper case and have colons, as other programs write it;
 * returns `undefined` if `text` is not a whole fingerprint.
 */
export function readFingerprint(text: string): string | undefined {
  const fingerprint = text.replaceAll(":", "").toLowerCase();
  return isFingerprint(fingerprint) ? fingerprint : undefined;
}

/** Returns true if `text` is a whole fingerprint, in the form of {@linkcode fingerprintOf}. */
export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
