/**
 * Strips protocol layers from a new connection, from the outermost on. Each layer is recognized by
 * the bytes that it begins with; `layers.ts` lists all layers. Does not know the content of lines.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import type { Clock, Moment } from "../../shared/clock.ts";
import { isLoopback } from "../../shared/address.ts";
import { concat } from "../../lines.ts";
import type { ListenAddress } from "../config/options.ts";
import type { Socket } from "../../shared/socket.ts";
import type { HttpRequest } from "./http.ts";
import type { Identity } from "./identity.ts";
import type { Inflow } from "./inflow.ts";
import { closeAfter } from "./last_answer.ts";
import type { Page } from "./page.ts";
import type { SealedInput } from "./sealed_input.ts";
import { isWithin, type Range } from "../../shared/ip.ts";
import type { ProxiedClient } from "./proxies.ts";

/** The settings and services that {@linkcode arrive} needs. */
export interface ArrivalContext {
  /** The clock. */
  readonly clock: Clock;
  /** The input from the connections. */
  readonly inflow: Inflow;
  /** The server's key and certificate; absent if it does not offer TLS. */
  readonly identity: Pick<Identity, "context" | "proofs"> | undefined;
  /**
   * The watch over encrypted connections, which ends those that receive only undecryptable data.
   */
  readonly sealedInput: SealedInput;
  /** True if clients on other machines may connect without encryption. */
  readonly allowPlaintext: boolean;
  /** The origins of web pages that may connect; `*` stands for all. */
  readonly origins: readonly string[];
  /** The page for browsers; absent if the server has none. */
  readonly page?: Page | undefined;
  /**
   * Returns true for a request about uploaded files, which {@linkcode arrive} leaves to its caller.
   */
  readonly isAboutFiles?: ((request: HttpRequest) => boolean) | undefined;
  /** The host names at which browsers may open the server's own page. */
  readonly names: readonly string[];
  /** The addresses of the proxies that are trusted to report a client's address. */
  readonly trustedProxies: readonly Range[];
  /** Returns true if this is the password that a trusted proxy must give with WEBIRC. */
  isGatewayPassword(password: string): boolean;
  /**
   * Counts a connection from `address` against the limit of that address; returns a function that
   * stops counting it.
   *
   * @throws {Refused} if the address is banned or has too many connections.
   */
  admit(address: string): () => void;
  /**
   * Counts a connection from a proxy at `address` that has not reported its client's address yet;
   * returns a function that stops counting it.
   *
   * @throws {Refused} if the proxy has too many of these connections.
   */
  admitProxy(address: string): () => void;
}

/** The size of one read. Headers of honest clients are short. */
const BUFFER_BYTES = 512;
const NOTHING = new Uint8Array(0);

/** A connection whose first line has not begun yet. */
export class Arrival {
  /** The socket inside all layers that were stripped so far. */
  socket: Socket;
  /** The bytes that were read from the socket and not used by a layer. */
  unread: Uint8Array = NOTHING;
  /**
   * The HTTP request about uploaded files, if the client has sent one. Its body has not been read.
   */
  request: HttpRequest | undefined;
  /** True for a WebSocket, encrypted or not. */
  isWebSocket = false;
  /** The IP address of the client, or of its proxy until the proxy reports the client's address. */
  address: string;
  /**
   * The address that the client connected to: an address of this machine, or of the client's proxy.
   */
  local: ListenAddress;
  /** True if the connection is encrypted, at least up to a trusted proxy. */
  encrypted = false;
  /** The fingerprint of the certificate whose key the client has proved to have, if any. */
  certificate: string | undefined;
  /**
   * The origin of the server's own page, if the client is that page, and its connection is
   * encrypted or comes from this machine.
   */
  pageOrigin: string | undefined;
  /**
   * True if the client uses TLS up to a gateway on this machine, so that nobody else can read the
   * connection.
   */
  isPrivate = false;
  /** The name of the gateway through which the client came (WEBIRC), if any. */
  gateway: string | undefined;
  /** The server name that the client asked for in TLS, if any. */
  servername: string | undefined;
  /** True once the connection is counted for the client's address. */
  isAdmitted = false;
  /** Stops counting the connection, if it is counted; called once it is closed. */
  release: () => void = () => {};
  /** Counts a read that has ended; see {@linkcode Inflow.count}. */
  count: () => void = () => {};
  /**
   * The moment from which the client's time to register counts: the beginning of the connection, or
   * the end of its TLS handshake.
   */
  arrivedAt: Moment;
  /** True once the peer has sent something. */
  hasBegun = false;
  #closed = false;
  #isSilent = false;

  /**
   * Takes over `socket`, from which nothing was read. A peer at `address` has connected it to
   * `local` at the moment `at`.
   */
  constructor(socket: Socket, address: string, local: ListenAddress, at: Moment) {
    this.socket = socket;
    this.address = address;
    this.local = local;
    this.arrivedAt = at;
  }

  /** True once this server has closed the connection. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Reads more bytes into `unread`; resolves to false if the peer has ended. */
  async readMore(): Promise<boolean> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    this.#isSilent = this.unread.length === 0;
    const count = await this.socket.read(buffer);
    this.#isSilent = false;
    this.count();
    if (count === null) return false;
    this.hasBegun = true;
    this.unread = concat([this.unread, buffer.subarray(0, count)]);
    return true;
  }

  /** Returns the unread bytes, and keeps them no longer. */
  takeUnread(): Uint8Array {
    const unread = this.unread;
    this.unread = NOTHING;
    return unread;
  }

  /**
   * Gives up the socket, and returns its stream for a library, which reads first the unread bytes
   * and then the rest. Returns `undefined` if the peer has ended.
   *
   * @throws {Error} if the socket has no stream.
   */
  handOver(): Duplex | undefined {
    const { socket } = this;
    if (!socket.release) throw new Error("a library cannot read from this socket");
    return socket.release(this.takeUnread());
  }

  /** Replaces the details of the proxy by the details of its client, which the proxy reports. */
  replaceClient({ address, local = this.local, encrypted }: ProxiedClient): void {
    this.address = address;
    this.local = local;
    this.encrypted = encrypted;
    this.certificate = undefined;
    this.servername = undefined;
    this.pageOrigin = undefined;
  }

  /**
   * Closes the connection; sends `answer` first, if it is given. Reads and writes in progress end.
   */
  close(answer?: Uint8Array): void {
    if (this.#closed) return;
    this.#closed = true;
    if (answer) closeAfter(this.socket, answer);
    else this.socket.close();
  }

  /**
   * Closes the connection. Sends the reason first, unless the peer has begun a layer, such as the
   * TLS handshake: then it could not read the reason.
   */
  abort(reason: string): void {
    const line = new TextEncoder().encode(`ERROR :${reason}\r\n`);
    this.close(this.#isSilent ? line : undefined);
  }
}

/** A protocol layer that can precede the lines. */
export interface Layer {
  /** The bytes that it begins with. */
  readonly magic: Uint8Array;
  /** Strips the layer. Throws the errors of reading, too. */
  enter(arrival: Arrival, parts: ArrivalContext): Promise<void>;
}

/**
 * Strips `layers`; applies the bans and limits for the client's address once this address is known.
 * Resolves when the first line has begun, the head of a request about uploaded files was read, or
 * the connection has ended. Sets no time limit: the caller closes an arrival that takes too long,
 * which also ends this function.
 *
 * @throws {Refused} if the connection is refused. Throws the errors of reading, too.
 */
export async function arrive(
  arrival: Arrival,
  layers: readonly Layer[],
  parts: ArrivalContext,
): Promise<void> {
  if (isProxy(arrival, parts)) arrival.release = parts.admitProxy(arrival.address);
  for (let possible = layers; possible.length > 0 && !arrival.request;) {
    if (!isProxy(arrival, parts)) admit(arrival, parts);
    const layer = await nextLayer(arrival, possible);
    if (!layer) break;
    await layer.enter(arrival, parts);
    possible = possible.slice(possible.indexOf(layer) + 1);
  }
  admit(arrival, parts);
}

/** Returns the layer that the bytes begin with; `undefined` if there is none. */
async function nextLayer(arrival: Arrival, layers: readonly Layer[]): Promise<Layer | undefined> {
  do {
    const layer = layers.find(({ magic }) => agree(magic, arrival.unread));
    if (!layer || layer.magic.length <= arrival.unread.length) return layer;
  } while (await arrival.readMore());
  return undefined;
}

/**
 * Counts the connection for the client's address, and no longer for the address of its proxy. Does
 * nothing the second time.
 */
export function admit(arrival: Arrival, parts: ArrivalContext): void {
  if (arrival.isAdmitted) return;
  const release = parts.admit(arrival.address);
  arrival.release();
  arrival.release = release;
  arrival.isAdmitted = true;
}

/**
 * Returns true while the address is that of a trusted proxy that has not reported its client's
 * address yet.
 */
export function isProxy({ address }: Arrival, { trustedProxies }: ArrivalContext): boolean {
  return isWithin(address, trustedProxies);
}

/** Returns true if the client must use encryption, but does not. */
export function mustUseTls(
  { address, encrypted, isPrivate }: Pick<Arrival, "address" | "encrypted" | "isPrivate">,
  { identity, allowPlaintext }: Pick<ArrivalContext, "identity" | "allowPlaintext">,
): boolean {
  const isSafe = encrypted || isPrivate || isLoopback(address);
  return identity !== undefined && !allowPlaintext && !isSafe;
}

/** Returns true if one of the two begins with the other: a layer's bytes may come one by one. */
function agree(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  return a.subarray(0, length).every((byte, i) => byte === b[i]);
}
