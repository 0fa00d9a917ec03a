/**
 * The fingerprint of a certificate: how a server, or a client, is recognised without an authority
 * that vouches for it. Server and client share this form, and it is the one that other programs show too:
 * `openssl x509 -fingerprint -sha256` (with colons) and WeeChat's `tls_fingerprint`.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** The fingerprint of a certificate in DER: its SHA-256, as 64 lower-case hexadecimal digits. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}

/**
 * Reads a fingerprint as other programs write it too, in capital letters and with colons; `undefined`
 * for what is no whole one.
 */
export function readFingerprint(text: string): string | undefined {
  const fingerprint = text.replaceAll(":", "").toLowerCase();
  return isFingerprint(fingerprint) ? fingerprint : undefined;
}

/** Whether a text is a whole fingerprint, in the form of {@linkcode fingerprintOf}. */
export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
