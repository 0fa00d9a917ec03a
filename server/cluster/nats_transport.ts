/**
 * Carries the bytes of a connection to a NATS server, for the client library of NATS. The library's
 * own transport is made for Node: on Deno, a connection that it has closed may still fail, with an
 * error that nothing catches.
 *
 * @module
 */

import { ConnectionError, INFO } from "@nats-io/nats-core/internal";
import { reason } from "../../shared/files.ts";
import { VERSION } from "../../shared/version.ts";
import { concat } from "../../lines.ts";

/** The address of a NATS server. */
export interface NatsAddress {
  /** A name or an IP address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** The name in its certificate; empty if that is `hostname`. */
  readonly tlsName: string;
}

/** The options of a connection that its transport uses. */
export interface TransportOptions {
  /** Demands encryption, unless it is absent or `null`. */
  readonly tls?: {
    /** The certificate of an authority to trust, in PEM. */
    readonly ca?: string;
  } | null;
}

/** The size of a buffer for reading, in bytes. */
const BUFFER = 64 * 1024;
/** If fewer bytes of a buffer are free, a new buffer is made. */
const REST = 16 * 1024;

/** The largest line in which a NATS server introduces itself, in bytes. */
const INFO_LIMIT = 1024 * 1024;

/** A connection to a NATS server. */
export class NatsTransport {
  /** The program, as NATS servers list it. */
  readonly lang: string = "chat";
  /** The version of the program. */
  readonly version: string = VERSION;
  /** The error that has ended the connection. */
  closeError?: Error;
  #conn: Deno.TcpConn | Deno.TlsConn | undefined;
  /** The bytes that were read to find out if the server offers encryption. */
  #begun = new Uint8Array();
  #isEncrypted = false;
  /** True once the library has begun to use the connection, so that it must learn of its end. */
  #isOpen = false;
  #isClosed = false;
  readonly #closed = Promise.withResolvers<void | Error>();
  #unsent: Uint8Array[] = [];
  #isWriting = false;

  /** True once the connection has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Connects, and begins encryption if the server offers or demands it.
   *
   * @throws {ConnectionError} if that fails, or `options` demand encryption that the server lacks.
   */
  async connect(server: NatsAddress, options: TransportOptions): Promise<void> {
    const { hostname, port, tlsName } = server;
    try {
      const conn = this.#keep(await Deno.connect({ hostname, port }));
      conn.setNoDelay(true);
      const info = await this.#readInfo(conn);
      if (info.tls_required || info.tls_available) {
        const caCerts = options.tls?.ca === undefined ? [] : [options.tls.ca];
        const encrypted = await Deno.startTls(conn, { hostname: tlsName || hostname, caCerts });
        await this.#keep(encrypted).handshake();
        this.#isEncrypted = true;
      } else if (options.tls) {
        throw new Error("it offers no encryption");
      }
      this.#isOpen = true;
    } catch (error) {
      this.discard();
      throw new ConnectionError(reason(error), { cause: error });
    }
  }

  /** Yields what the server sends, until the connection ends. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    yield this.#begun;
    let buffer = new Uint8Array(BUFFER);
    while (this.#conn && !this.#isClosed) {
      // The library does not copy what it reads, so no part of a buffer is used twice.
      if (buffer.length < REST) buffer = new Uint8Array(BUFFER);
      try {
        const length = await this.#conn.read(buffer);
        if (length === null) return this.#end();
        // After the end, the library may already use its parser for the next connection.
        if (this.#isClosed) return;
        yield buffer.subarray(0, length);
        buffer = buffer.subarray(length);
      } catch (error) {
        this.#end(error);
      }
    }
  }

  /** True if the connection is encrypted. */
  isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  /** Sends `frame` after all earlier ones. */
  send(frame: Uint8Array): void {
    this.#unsent.push(frame);
    if (!this.#isWriting) void this.#write();
  }

  /** Ends the connection, because of `error` if there is one. */
  close(error?: Error): Promise<void> {
    this.#end(error);
    return Promise.resolve();
  }

  /** Ends the connection. */
  disconnect(): void {
    this.#end();
  }

  /** Resolves once the connection has ended, to the error if there is one. */
  closed(): Promise<void | Error> {
    return this.#closed.promise;
  }

  /** Ends the connection; {@linkcode NatsTransport.closed} does not report it. */
  discard(): void {
    this.#isOpen = false;
    this.#end();
  }

  #keep<Conn extends Deno.TcpConn | Deno.TlsConn>(conn: Conn): Conn {
    this.#conn = conn;
    if (!this.#isClosed) return conn;
    conn.close();
    throw new Error("it does not answer");
  }

  /** Reads the line with which a server begins. */
  async #readInfo(conn: Deno.TcpConn) {
    for (;;) {
      const [line, json] = INFO.exec(new TextDecoder("latin1").decode(this.#begun)) ?? [];
      if (line !== undefined) return JSON.parse(json ?? "");
      const bytes = new Uint8Array(REST);
      const length = await conn.read(bytes);
      if (length === null) throw new Error("it has closed the connection");
      this.#begun = new Uint8Array(concat([this.#begun, bytes.subarray(0, length)]));
      if (this.#begun.length > INFO_LIMIT) throw new Error("it is not a NATS server");
    }
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#conn && this.#unsent.length > 0 && !this.#isClosed) {
        const bytes = concat(this.#unsent);
        this.#unsent = [];
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      }
    } catch (error) {
      this.#end(error);
    }
    this.#isWriting = false;
  }

  #end(error?: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (error instanceof Error) this.closeError = error;
    try {
      this.#conn?.close();
    } catch (closing) {
      // While encryption begins, `startTls` owns the connection, so that it cannot be closed here.
      if (!(closing instanceof Deno.errors.BadResource)) throw closing;
    }
    if (this.#isOpen) this.#closed.resolve(this.closeError);
  }
}
