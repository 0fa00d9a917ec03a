import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { fingerprintOf } from "../../fingerprint.ts";
import type { Socket } from "../../server/connection.ts";

/** What a test wants to be otherwise. */
export type SecureOptions = Pick<ConnectionOptions, "minVersion" | "maxVersion" | "key" | "cert">;

/** The client's end of a connection by TLS, whoever the server says it is. */
export class SecureSocket implements Socket {
  readonly #tls: TLSSocket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  private constructor(tls: TLSSocket) {
    this.#tls = tls;
    this.#chunks = tls.iterator({ destroyOnReturn: false });
    tls.on("error", () => {}); // Whoever reads hears of it.
  }

  /** Resolves when the handshake is done. */
  static async connect(port: number, options: SecureOptions = {}): Promise<SecureSocket> {
    const tls = connect({
      // Or an end of what comes would end what goes as well.
      socket: connectTcp({ host: "127.0.0.1", port, allowHalfOpen: true }),
      rejectUnauthorized: false,
      ...options,
    });
    await once(tls, "secureConnect");
    return new SecureSocket(tls);
  }

  /** The fingerprint of the server's certificate. */
  get fingerprint(): string {
    return fingerprintOf(this.#tls.getPeerCertificate().raw);
  }

  /** The version that was agreed on, such as `TLSv1.3`. */
  get version(): string | null {
    return this.#tls.getProtocol();
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#tls.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#tls.end(resolve));
  }

  close(): void {
    this.#tls.destroy();
  }
}
