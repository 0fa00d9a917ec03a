/**
 * Knows the kinds of keys that TLS libraries accept in a certificate. Performs no I/O.
 *
 * @module
 */

import type { KeyObject } from "node:crypto";

/** The smallest RSA key that is accepted, in bits. */
const RSA_BITS = 2048;
/** The curves of ECDSA in TLS 1.3 (RFC 8446, section 4.2.3), as OpenSSL calls them. */
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);

/** The kinds of keys that are accepted, in words. */
export const ACCEPTED_KINDS =
  `RSA with at least ${RSA_BITS} bits, ECDSA (P-256, P-384 or P-521) or Ed25519`;

/** Each type of key that is accepted, and the test that such a key must pass. */
const ACCEPTED: ReadonlyMap<string, (key: KeyObject) => boolean> = new Map<
  string,
  (key: KeyObject) => boolean
>([
  ["rsa", (key) => (key.asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS],
  ["ec", (key) => CURVES.has(key.asymmetricKeyDetails?.namedCurve ?? "")],
  ["ed25519", () => true],
]);

/** Returns the kind of `key` in words if it is not accepted; `undefined` if it is. */
export function unacceptedKind(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type = "", asymmetricKeyDetails: details } = key;
  if (ACCEPTED.get(type)?.(key)) return undefined;
  if (type === "rsa") return `RSA, ${details?.modulusLength} bits`;
  return type === "ec" ? `EC, ${details?.namedCurve}` : type.toUpperCase();
}
