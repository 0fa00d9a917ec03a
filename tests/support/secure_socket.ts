import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import type { Socket } from "../../shared/socket.ts";
import { StreamSocket } from "../../shared/stream_socket.ts";

/** The options of TLS that a test sets. */
export type SecureOptions = Pick<
  ConnectionOptions,
  "minVersion" | "maxVersion" | "key" | "cert" | "servername" | "ALPNProtocols"
>;

/** The client's end of a TLS connection; it accepts any certificate. */
export class SecureSocket extends StreamSocket implements Socket {
  readonly #tls: TLSSocket;

  private constructor(tls: TLSSocket) {
    super(tls);
    this.#tls = tls;
    tls.on("error", () => {}); // The reader gets the error.
  }

  /** Sends `preface`, then connects; resolves when the handshake is complete. */
  static async connect(
    port: number,
    options: SecureOptions = {},
    preface: Uint8Array = new Uint8Array(),
  ): Promise<SecureSocket> {
    // Otherwise the end of the incoming direction would end the outgoing one as well.
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

  /** The name of the authority that has signed the server's certificate, such as `chat`. */
  get issuer(): string {
    return this.#tls.getPeerCertificate().issuer.CN;
  }

  /** The negotiated version, for example `TLSv1.3`. */
  get version(): string | null {
    return this.#tls.getProtocol();
  }
}

/** Resolves to the first message of a TLS client. */
export async function clientHello(): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  SecureSocket.connect(listener.addr.port).catch(() => {}); // It gets no answer.
  using socket = await listener.accept();
  const buffer = new Uint8Array(4096);
  const count = await socket.read(buffer);
  return buffer.subarray(0, count ?? 0);
}
