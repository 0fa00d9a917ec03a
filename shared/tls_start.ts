/**
 * Prepares the first TLS handshake of a process. Knows nothing of connections.
 *
 * @module
 */

/**
 * Begins to seed the random numbers of the TLS library, on another thread. The seeding takes about
 * 30 ms; without this, the first handshake begins with it, and everything else waits. The library
 * also makes this key with its random numbers, and the key is not used.
 */
export function prepareTls(): void {
  const key = crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  // If it fails, the handshake does the seeding.
  key.catch(() => {});
}
