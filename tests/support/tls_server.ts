import { X509Certificate } from "node:crypto";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { type Cancel, systemClock } from "../../clock.ts";
import { fingerprintOf } from "../../fingerprint.ts";
import { type ByteStream, Peer } from "./fake_server.ts";

/** No conversation of a test has reason to take longer. */
const TIME_LIMIT_MS = 10_000;

/** What a server proves with who it is: a key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** The fingerprint of its certificate. */
export function fingerprintIn({ cert }: KeyPair): string {
  return fingerprintOf(new X509Certificate(cert).raw);
}

/** A server on loopback that speaks TLS, says what a test tells it to and keeps all it hears. */
export class TlsServer implements AsyncDisposable {
  readonly port: number;
  /** Everything that anybody has sent, decrypted. */
  received = "";
  /** How many have shaken hands. */
  handshakes = 0;
  /** The fingerprints of the certificates that they showed, who showed one. */
  readonly certificates: string[] = [];
  readonly #server: Server;
  readonly #sockets: TLSSocket[] = [];
  readonly #peers: Peer[] = [];
  readonly #forget: Cancel;
  #isLate = false;
  #wake: () => void = () => {};

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("secureConnection", (socket) => this.#take(socket));
    this.#forget = systemClock.after(TIME_LIMIT_MS, () => {
      this.#isLate = true;
      for (const socket of this.#sockets) socket.destroy();
      this.#wake();
    });
  }

  static start(pair: KeyPair): Promise<TlsServer> {
    const server = createServer({ ...pair, requestCert: true, rejectUnauthorized: false });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        if (address === null || typeof address === "string") throw new Error("there is no port");
        resolve(new TlsServer(server, address.port));
      });
    });
  }

  /** Shows another certificate from now on. */
  present(pair: KeyPair): void {
    this.#server.setSecureContext({ ...pair });
  }

  /** The next client. */
  async accept(): Promise<Peer> {
    for (;;) {
      const peer = this.#peers.shift();
      if (peer) return peer;
      if (this.#isLate) throw new Error("nobody came");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Takes no more clients; resolves when those that are there have left. */
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
    this.#forget();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await this.closed();
  }
}

/** Hears all at once, whether or not the test listens. */
function streamOf(socket: TLSSocket, hear: (text: string) => void): ByteStream {
  const heard: Uint8Array[] = [];
  let hasEnded = false;
  let wake = () => {};
  socket.on("data", (chunk: Uint8Array) => {
    hear(new TextDecoder().decode(chunk));
    heard.push(chunk);
    wake();
  });
  socket.on("close", () => {
    hasEnded = true;
    wake();
  });
  // Whoever was refused hangs up without a word.
  socket.on("error", () => {});
  return {
    async read(into) {
      while (heard.length === 0) {
        if (hasEnded) return null;
        await new Promise<void>((resolve) => wake = resolve);
      }
      const chunk = heard.shift() ?? new Uint8Array();
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
