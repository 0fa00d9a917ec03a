/**
 * Ends an encrypted connection that has received many bytes since it last decrypted something. The
 * TLS library would keep all these bytes in memory, because it waits for the end of a record or a
 * message.
 *
 * @module
 */

/**
 * A connection that has received this number of bytes, and could decrypt nothing since, is ended.
 */
const SEALED_BYTES = 64 * 1024;

/** An encrypted connection. */
export interface Sealed {
  /** The number of bytes that were received, still encrypted. */
  readonly taken: number;
  /** The number of pieces that were decrypted. */
  readonly opened: number;
  /** Ends the connection, because nothing that it receives can be decrypted. */
  giveUp(): void;
}

/** The encrypted connections of a server. */
export class SealedInput {
  /** The connections, each with its counts at the last check that found something decrypted. */
  readonly #connections = new Map<Sealed, { taken: number; opened: number }>();

  /** Watches a connection, until {@linkcode forget}. */
  watch(connection: Sealed): void {
    const { taken, opened } = connection;
    this.#connections.set(connection, { taken, opened });
  }

  /** Stops watching a connection. */
  forget(connection: Sealed): void {
    this.#connections.delete(connection);
  }

  /** Ends the connections that have received too much since something could be decrypted. */
  check(): void {
    for (const [connection, last] of this.#connections) {
      const { taken, opened } = connection;
      if (opened !== last.opened) {
        last.opened = opened;
        last.taken = taken;
      } else if (taken - last.taken >= SEALED_BYTES) {
        connection.giveUp();
      }
    }
  }
}
