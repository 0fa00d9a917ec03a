import { X509Certificate } from "node:crypto";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { type Cancel, systemClock } from "../../shared/clock.ts";
import { fingerprintOf } from "../../shared/fingerprint.ts";
import { type ByteStream, Peer } from "./fake_server.ts";
import { LIFE_MS } from "./patience.ts";

/** A key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** Returns the fingerprint of the certificate. */
export function fingerprintIn({ cert }: KeyPair): string {
  return fingerprintOf(new X509Certificate(cert).raw);
}

/** A TLS server on loopback that sends what a test tells it to, and keeps what it receives. */
export class TlsServer implements AsyncDisposable {
  readonly port: number;
  /** The text that all clients have sent, decrypted. */
  received = "";
  /** The number of handshakes completed. */
  handshakes = 0;
  /** The fingerprints of the clients' certificates, for those that sent one. */
  readonly certificates: string[] = [];
  readonly #server: Server;
  readonly #sockets: TLSSocket[] = [];
  readonly #peers: Peer[] = [];
  readonly #cancelTimeout: Cancel;
  #hasTimedOut = false;
  #wake: () => void = () => {};

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("secureConnection", (socket) => this.#take(socket));
    this.#cancelTimeout = systemClock.after(LIFE_MS, () => {
      this.#hasTimedOut = true;
      for (const socket of this.#sockets) socket.destroy();
      this.#wake();
    });
  }

  /** Starts a server with this key and certificate on a free port. */
  static start(pair: KeyPair, hostname = "127.0.0.1"): Promise<TlsServer> {
    const server = createServer({ ...pair, requestCert: true, rejectUnauthorized: false });
    return new Promise((resolve) => {
      server.listen(0, hostname, () => {
        const address = server.address();
        if (address === null || typeof address === "string") throw new Error("no port");
        resolve(new TlsServer(server, address.port));
      });
    });
  }

  /** Uses another key and certificate from now on. */
  present(pair: KeyPair): void {
    this.#server.setSecureContext({ ...pair });
  }

  /** Accepts the next client. */
  async accept(): Promise<Peer> {
    for (;;) {
      const peer = this.#peers.shift();
      if (peer) return peer;
      if (this.#hasTimedOut) throw new Error("no client connected in time");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Stops listening; resolves when all clients have disconnected. */
  closed(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #take(socket: TLSSocket): void {
    this.handshakes++;
    const certificate = socket.getPeerX509Certificate();
    if (certificate) this.certificates.push(fingerprintOf(certificate.raw));
    this.#sockets.push(socket);
    this.#peers.push(new Peer(streamOf(socket, (text) => this.received += text)));
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelTimeout();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await this.closed();
  }
}

/** Reads from the socket at once, even before the test does, and passes the text to `onText`. */
function streamOf(socket: TLSSocket, onText: (text: string) => void): ByteStream {
  const chunks: Uint8Array[] = [];
  let hasEnded = false;
  let wake = () => {};
  socket.on("data", (chunk: Uint8Array) => {
    onText(new TextDecoder().decode(chunk));
    chunks.push(chunk);
    wake();
  });
  socket.on("close", () => {
    hasEnded = true;
    wake();
  });
  // A client that was refused may reset the connection.
  socket.on("error", () => {});
  return {
    async read(into) {
      while (chunks.length === 0) {
        if (hasEnded) return null;
        await new Promise<void>((resolve) => wake = resolve);
      }
      const chunk = chunks.shift() ?? new Uint8Array();
      into.set(chunk);
      return chunk.length;
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
      }),
    close: () => socket.destroy(),
  };
}
