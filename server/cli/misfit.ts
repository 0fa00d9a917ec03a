/**
 * Says if the certificate of a server does not fit the server's name. `chat doctor` and the log of
 * `chat serve` say it in the same words.
 *
 * @module
 */

import type { Identity } from "../net/identity.ts";
import { CERTIFICATE_TEXTS } from "../texts/doctor.ts";

/**
 * Returns the reason why clients cannot recognize the server by its `name` alone; `undefined` if
 * they can. `cert` is the path of the certificate.
 */
export function misfitOf(identity: Identity, cert: string, name: string): string | undefined {
  if (identity.isSignedFor(name)) return undefined;
  return identity.isSelfSigned
    ? CERTIFICATE_TEXTS.selfSigned(cert)
    : CERTIFICATE_TEXTS.otherName(cert, name, identity.names);
}
