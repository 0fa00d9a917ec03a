import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { fingerprintOf } from "../../fingerprint.ts";
import type { Socket } from "../../server/connection.ts";
import { StreamSocket } from "../../stream_socket.ts";

/** What a test wants to be otherwise. */
export type SecureOptions = Pick<
  ConnectionOptions,
  "minVersion" | "maxVersion" | "key" | "cert" | "servername" | "ALPNProtocols"
>;

/** The client's end of a connection by TLS, whoever the server says it is. */
export class SecureSocket extends StreamSocket implements Socket {
  readonly #tls: TLSSocket;

  private constructor(tls: TLSSocket) {
    super(tls);
    this.#tls = tls;
    tls.on("error", () => {}); // Whoever reads hears of it.
  }

  /** Resolves when the handshake is done, before which `preface` is sent. */
  static async connect(
    port: number,
    options: SecureOptions = {},
    preface: Uint8Array = new Uint8Array(),
  ): Promise<SecureSocket> {
    // Or an end of what comes would end what goes as well.
    const socket = connectTcp({ host: "127.0.0.1", port, allowHalfOpen: true });
    socket.write(preface);
    const tls = connect({
      socket,
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
}
