/**
 * One connection, encrypted: TLS between a socket and whoever reads and writes it, which looks to
 * them as the socket did. Knows nothing of lines and of where certificates come from.
 *
 * @module
 */

import { type SecureContext, TLSSocket } from "node:tls";
import { fingerprintOf } from "../../fingerprint.ts";
import { StreamSocket } from "../../stream_socket.ts";
import { printable } from "../../text.ts";
import type { Socket } from "../connection.ts";
import { offersHttp } from "./client_hello.ts";
import { Refused } from "./foreign.ts";
import { type SocketStream, streamOf } from "./socket_stream.ts";

/** With so much decrypted that nobody has read, no more is taken from the other side. */
const UNREAD_BYTES = 16 * 1024;
/**
 * No more is taken either when so much has come and nothing of it could be decrypted: a message that
 * claims to be longer than it may be, which the library would wait for whatever it costs.
 */
const SEALED_BYTES = 64 * 1024;

/** The server's end of a connection that is encrypted. */
export interface Encrypted extends Socket {
  /**
   * The fingerprint of the certificate of whoever is at the other end, who has shown to have its key;
   * absent where there is none, or not yet.
   */
  readonly certificate: string | undefined;
  /** The name that whoever is at the other end connected to, if TLS told it. */
  readonly servername: string | undefined;
  /** Resolves when both sides have agreed how; else rejects with {@linkcode Refused}. */
  readonly handshake: Promise<void>;
}

/**
 * The server's end of a connection that has begun TLS with the bytes `begun`, which were read from
 * `socket` already: its first record, if it comes whole. It shows the key and the certificate of
 * `context`.
 */
export function encrypted(socket: Socket, begun: Uint8Array, context: SecureContext): Encrypted {
  return new EncryptedSocket(socket, begun, context);
}

class EncryptedSocket implements Encrypted {
  certificate: string | undefined;
  servername: string | undefined;
  readonly handshake: Promise<void>;
  readonly #transport: SocketStream;
  readonly #tls: TLSSocket;
  readonly #decrypted: StreamSocket;
  /** How much had come when something could last be decrypted. */
  #opened = 0;

  constructor(socket: Socket, begun: Uint8Array, context: SecureContext) {
    this.#transport = streamOf(socket, begun, () => this.#isFull);
    this.#tls = new TLSSocket(this.#transport, {
      isServer: true,
      secureContext: context,
      // Asked for and judged by nobody: who has a certificate can be recognised by it. Browsers give
      // up a WebSocket where they are asked.
      requestCert: !offersHttp(begun),
      rejectUnauthorized: false,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.handshake = promise;
    const fail = (why: string) => reject(new Refused(`TLS handshake failed: ${why}`));
    promise.catch(() => this.close());
    this.#tls.on("secure", () => {
      // Its key was needed to sign what both sides said until now (RFC 8446, section 4.4.3).
      const certificate = this.#tls.getPeerX509Certificate();
      if (certificate) this.certificate = fingerprintOf(certificate.raw);
      this.servername = servernameOf(this.#tls);
      this.#proceed();
      resolve();
    });
    this.#tls.on("close", () => fail("it was broken off"));
    this.#transport.on("end", () => fail("it was broken off"));
    this.#tls.on("error", (error) => {
      fail(printable(error.message));
      // Whoever reads hears of it as well.
      this.close();
    });
    this.#decrypted = new StreamSocket(this.#tls);
  }

  async read(into: Uint8Array): Promise<number | null> {
    const count = await this.#decrypted.read(into);
    this.#proceed();
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#decrypted.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#decrypted.closeWrite();
  }

  close(): void {
    this.#tls.destroy();
    this.#transport.destroy();
  }

  get #isFull(): boolean {
    return this.#decrypted.unread >= UNREAD_BYTES ||
      this.#transport.taken - this.#opened >= SEALED_BYTES;
  }

  #proceed(): void {
    this.#opened = this.#transport.taken;
    this.#transport.proceed();
  }
}

/** The name that the client asked for (RFC 6066, section 3). */
function servernameOf(tls: TLSSocket & { readonly servername?: unknown }): string | undefined {
  return typeof tls.servername === "string" ? tls.servername : undefined;
}
