/**
 * Performs a TLS handshake with a certificate before clients get it. Both ends are in this process,
 * so no port is needed. Does not depend on files.
 *
 * @module
 */

import { duplexPair } from "node:stream";
import { connect, type SecureContext, TLSSocket } from "node:tls";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { printable } from "../../shared/text.ts";
import { TLS_TEXTS } from "../texts/net.ts";

/**
 * The time limit, in milliseconds. Only a fault can take that long, because the peer is in this
 * process.
 */
const TIME_LIMIT_MS = 10_000;

/**
 * Performs a handshake with `context`, as a client that accepts any issuer. Resolves to `undefined`
 * if the server presented the certificate with this fingerprint, and otherwise to the reason for
 * the failure.
 */
export async function tryHandshake(
  context: SecureContext,
  fingerprint: string,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const [near, far] = duplexPair();
  const server = new TLSSocket(far, { isServer: true, secureContext: context });
  const client = connect({ socket: near, rejectUnauthorized: false });
  for (const end of [server, client]) {
    end.on("error", (error) => resolve(printable(error.message)));
    end.on("close", () => resolve(TLS_TEXTS.closed));
  }
  const timer = setTimeout(() => resolve(TLS_TEXTS.tookTooLong), TIME_LIMIT_MS);
  client.once("secureConnect", () => {
    const shown = client.getPeerX509Certificate();
    const isSame = shown !== undefined && fingerprintOf(shown.raw) === fingerprint;
    resolve(isSame ? undefined : TLS_TEXTS.otherCertificate);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    client.destroy();
    server.destroy();
  }
}
