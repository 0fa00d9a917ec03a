/**
 * Prepares the first TLS handshake of a process. Knows nothing of connections.
 *
 * @module
 */

/**
 * Begins to seed the random numbers of the TLS library, on another thread. The seeding takes about
 * 30 ms; without this function, the first handshake would begin with it, and everything else would
 * wait. Generating a key makes the library seed its random numbers; the key itself is not used.
 */
export function prepareTls(): void {
  const key = crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  // If it fails, the handshake does the seeding.
  key.catch(() => {});
}
