/**
 * Strips PROXY, TLS and HTTP layers from a new connection, from the outermost on. Each layer is
 * recognized by the bytes that it begins with. Does not know the content of lines.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";
import { isLoopback } from "../../shared/address.ts";
import { concat } from "../../lines.ts";
import { LIMITS } from "../../protocol.ts";
import { printable } from "../../shared/text.ts";
import type { ListenAddress } from "../config/options.ts";
import type { Socket } from "../../shared/socket.ts";
import { recordLength } from "./client_hello.ts";
import { HTTP, Refused } from "./foreign.ts";
import { HEAD_BYTES, headLength, httpAnswer, type HttpRequest, parseHead } from "./http.ts";
import type { Identity } from "./identity.ts";
import type { Inflow } from "./inflow.ts";
import { closeAfter, sendLast } from "./last_answer.ts";
import { isWelcome, ownOrigin, type Page, redirectToTls } from "./page.ts";
import { isWithin, type Range } from "../../shared/ip.ts";
import {
  BINARY_MAGIC,
  binaryHeader,
  forwardedClient,
  type ProxiedClient,
  type ProxyHeader,
  TEXT_MAGIC,
  textHeader,
} from "./proxies.ts";
import { readWebirc, WEBIRC_MAGIC } from "./webirc.ts";
import { NET_TEXTS, PROTOCOL_TEXTS, PROXY_TEXTS, TLS_TEXTS, WEBIRC_TEXTS } from "../texts/net.ts";

/** The settings and services that {@linkcode arrive} needs. */
export interface ArrivalContext {
  /** The clock. */
  readonly clock: Clock;
  /** The input from the connections. */
  readonly inflow: Inflow;
  /** The server's key and certificate; absent if it does not offer TLS. */
  readonly identity: Pick<Identity, "context" | "proofs"> | undefined;
  /** True if clients on other machines may connect without encryption. */
  readonly allowPlaintext: boolean;
  /** The origins of web pages that may connect; `*` stands for all. */
  readonly origins: readonly string[];
  /** The page for browsers; absent if the server has none. */
  readonly page?: Page | undefined;
  /** The names of the server, at which its own page may be. */
  readonly names: readonly string[];
  /** The addresses of the proxies that are trusted to report a client's address. */
  readonly trustedProxies: readonly Range[];
  /** Returns true if this is the password that a trusted proxy must give with WEBIRC. */
  isGatewayPassword(password: string): boolean;
  /**
   * Counts a connection from `address` against its limit; returns a function that stops counting it.
   *
   * @throws {Refused} if the address is banned or has too many connections.
   */
  admit(address: string): () => void;
  /** Does the same for a proxy at `address` that has not reported its client's address yet. */
  admitProxy(address: string): () => void;
}

/** The time that a client has for its first message of TLS, in milliseconds. */
export const HELLO_MS = 10_000;
/** The size of one read. Headers of honest clients are short. */
const BUFFER_BYTES = 512;

/** A connection whose first line has not begun yet. */
export class Arrival {
  /** The socket inside all layers that were stripped so far. */
  socket: Socket;
  /** The bytes that were read from the socket and not used by a layer. */
  unread: Uint8Array = new Uint8Array(0);
  /** True for a WebSocket, encrypted or not. */
  isWebSocket = false;
  /** The IP address of the client, or of its proxy until the proxy reports the client's. */
  address: string;
  /** The address that the client connected to: of this machine, or of its proxy. */
  local: ListenAddress;
  /** True if the connection is encrypted, at least up to a trusted proxy. */
  encrypted = false;
  /** The fingerprint of the certificate whose key the client has proved to have, if any. */
  certificate: string | undefined;
  /**
   * The origin of the server's own page, if the client is that page and its connection is private.
   */
  pageOrigin: string | undefined;
  /** True if a gateway on this machine passes on a TLS client, so that nobody else can read it. */
  isPrivate = false;
  /** The name of the gateway, if the client has come through one by WEBIRC. */
  gateway: string | undefined;
  /** The server name that the client asked for in TLS, if any. */
  servername: string | undefined;
  /** True once the connection is counted for the client's address. */
  isAdmitted = false;
  /** Stops counting the connection, if it is counted; called once it is closed. */
  release: () => void = () => {};
  /** Counts a read. */
  count: () => void = () => {};
  /**
   * The moment of the connection, or of the end of its TLS handshake. After it, the client can
   * register.
   */
  arrivedAt: Moment;
  /** True once the peer has sent something. */
  hasBegun = false;
  #closed = false;
  #isSilent = false;

  /** Takes over `socket`, unread, on which a peer at `address` connected to `local` at the moment `at`. */
  constructor(socket: Socket, address: string, local: ListenAddress, at: Moment) {
    this.socket = socket;
    this.address = address;
    this.local = local;
    this.arrivedAt = at;
  }

  /** True once the connection was closed here. */
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
    this.unread = concat(this.unread, buffer.subarray(0, count));
    return true;
  }

  /** Replaces the details of the proxy by those that it reports of its client. */
  replaceClient({ address, local = this.local, encrypted }: ProxiedClient): void {
    this.address = address;
    this.local = local;
    this.encrypted = encrypted;
    this.certificate = undefined;
    this.servername = undefined;
    this.pageOrigin = undefined;
  }

  /** Closes the connection, after an `answer` if there is one. Reads and writes in progress end. */
  close(answer?: Uint8Array): void {
    if (this.#closed) return;
    this.#closed = true;
    if (answer) closeAfter(this.socket, answer);
    else this.socket.close();
  }

  /** Closes the connection. Only a peer that has sent nothing could read the reason and gets it. */
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

/** The record type that a TLS client begins with (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = Uint8Array.of(0x16);
/** The method of a request for a WebSocket (RFC 6455, section 4.1). */
const HTTP_GET = new TextEncoder().encode("GET ");

/** All layers, from the outermost on. */
export const LAYERS: readonly Layer[] = [
  { magic: BINARY_MAGIC, enter: (arrival, parts) => strip(arrival, parts, binaryHeader) },
  { magic: TEXT_MAGIC, enter: (arrival, parts) => strip(arrival, parts, textHeader) },
  { magic: TLS_HANDSHAKE, enter: encrypt },
  { magic: HTTP_GET, enter: upgrade },
  { magic: WEBIRC_MAGIC, enter: passThrough },
];

/**
 * Strips PROXY, TLS and HTTP layers; applies the per-address limit once the client's address is known.
 * Resolves when the first line has begun or the peer has ended. Sets no time limit: the caller closes
 * an arrival that takes too long, which ends this.
 *
 * @throws {Refused} if the connection is refused. Throws the errors of reading, too.
 */
export async function arrive(
  arrival: Arrival,
  layers: readonly Layer[],
  parts: ArrivalContext,
): Promise<void> {
  if (isProxy(arrival, parts)) arrival.release = parts.admitProxy(arrival.address);
  for (let possible = layers; possible.length > 0;) {
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

function admit(arrival: Arrival, parts: ArrivalContext): void {
  if (arrival.isAdmitted) return;
  const release = parts.admit(arrival.address);
  arrival.release();
  arrival.release = release;
  arrival.isAdmitted = true;
}

/** Returns true while the address is that of a trusted proxy, which has not reported its client's yet. */
function isProxy({ address }: Arrival, { trustedProxies }: ArrivalContext): boolean {
  return isWithin(address, trustedProxies);
}

/** Returns true if a client must encrypt and does not. */
export function mustUseTls(
  { address, encrypted, isPrivate }: Pick<Arrival, "address" | "encrypted" | "isPrivate">,
  { identity, allowPlaintext }: Pick<ArrivalContext, "identity" | "allowPlaintext">,
): boolean {
  const isSafe = encrypted || isPrivate || isLoopback(address);
  return identity !== undefined && !allowPlaintext && !isSafe;
}

/** Returns true if one of the two begins with the other. */
function agree(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  return a.subarray(0, length).every((byte, i) => byte === b[i]);
}

/** Strips a PROXY header (https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt). */
async function strip(
  arrival: Arrival,
  parts: ArrivalContext,
  read: (bytes: Uint8Array) => ProxyHeader | undefined,
): Promise<void> {
  if (!isProxy(arrival, parts)) {
    throw new Refused(
      PROXY_TEXTS.notTrusted(PROXY_TEXTS.addProxy),
      new TextEncoder().encode(`ERROR :${PROXY_TEXTS.notTrusted(PROXY_TEXTS.askOperator)}\r\n`),
    );
  }
  let header = read(arrival.unread);
  while (!header) {
    if (!await arrival.readMore()) {
      throw new Refused(PROXY_TEXTS.endedEarly);
    }
    header = read(arrival.unread);
  }
  arrival.unread = arrival.unread.subarray(header.length);
  if (header.client) arrival.replaceClient(header.client);
}

/** Performs the TLS handshake (https://www.rfc-editor.org/rfc/rfc8446). */
async function encrypt(arrival: Arrival, parts: ArrivalContext): Promise<void> {
  const { clock, identity, inflow } = parts;
  // These bytes are refused later, as they are not a line.
  if (!identity) return;
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const tookTooLong = new Refused(TLS_TEXTS.failed(TLS_TEXTS.tookTooLong));
  const cancelTimeout = inflow.deadline(HELLO_MS, { act: () => reject(tookTooLong) });
  arrival.socket = inflow.counted(arrival.socket);
  try {
    await Promise.race([timeout, shakeHands(arrival, identity, cancelTimeout)]);
    arrival.arrivedAt = clock.moment();
  } finally {
    cancelTimeout();
  }
}

/**
 * Shakes hands; calls `answered` after the client's first message is answered. Then only the caller
 * of {@linkcode arrive} limits the time, because the client may ask its user about the certificate.
 */
async function shakeHands(
  arrival: Arrival,
  { context }: Pick<Identity, "context">,
  answered: () => void,
): Promise<void> {
  // The whole first record shows if a browser sent it.
  while (arrival.unread.length < recordLength(arrival.unread) && await arrival.readMore());
  // Loaded on first use, because it makes the start slower.
  const { encrypted } = await import("./encryption.ts");
  const socket = encrypted(arrival.socket, arrival.unread, context);
  arrival.socket = socket;
  arrival.unread = new Uint8Array(0);
  socket.answered.then(answered);
  await socket.handshake;
  // If a proxy has reported that it stripped the client's TLS, this TLS is the proxy's own.
  if (arrival.encrypted) return;
  arrival.encrypted = true;
  arrival.certificate = socket.certificate;
  arrival.servername = socket.servername;
}

/** Upgrades HTTP to a WebSocket (https://ircv3.net/specs/extensions/websocket). */
async function upgrade(arrival: Arrival, parts: ArrivalContext): Promise<void> {
  let length = headLength(arrival.unread);
  while (length === undefined) {
    if (arrival.unread.length > HEAD_BYTES) {
      throw new Refused(NET_TEXTS.speaks("HTTP"), HTTP.answer);
    }
    if (!await arrival.readMore()) return;
    length = headLength(arrival.unread);
  }
  const request = parseHead(arrival.unread.subarray(0, length));
  if (!request) throw new Refused(NET_TEXTS.speaks("HTTP"), HTTP.answer);
  const client = isProxy(arrival, parts) && forwardedClient(request, parts.trustedProxies);
  if (client) arrival.replaceClient(client);
  if (request.headers.upgrade === undefined) return await answerBrowser(arrival, request, parts);
  if (mustUseTls(arrival, parts)) {
    const reason = client ? PROXY_TEXTS.plainText : NET_TEXTS.speaks("plain text");
    throw new Refused(reason, httpAnswer(403, PROTOCOL_TEXTS.useWss));
  }
  if (!isWelcome(request.headers, arrival.encrypted, parts)) {
    const shown = printable(request.headers.origin?.slice(0, 200) ?? "");
    throw new Refused(
      NET_TEXTS.originRefused(shown),
      httpAnswer(403, PROTOCOL_TEXTS.originRefused),
    );
  }
  // Loaded on first use.
  const { webSocket } = await import("./websocket.ts");
  arrival.isWebSocket = true;
  arrival.pageOrigin = ownOrigin(request.headers, arrival, parts);
  const socket = parts.inflow.counted(arrival.socket);
  arrival.socket = webSocket(socket, request, arrival.unread.subarray(length));
  arrival.unread = new Uint8Array(0);
}

/**
 * Answers a request for the page, or for a proof by which an authority verifies the server's name. Each
 * request is the only one on its connection.
 */
async function answerBrowser(
  arrival: Arrival,
  request: HttpRequest,
  parts: ArrivalContext,
): Promise<void> {
  const { identity, page } = parts;
  const proof = identity?.proofs.answer(request);
  if (!proof && !page) throw new Refused(NET_TEXTS.speaks("HTTP"), HTTP.answer);
  admit(arrival, parts);
  const shown = mustUseTls(arrival, parts) ? redirectToTls(request) : await page?.answer(request);
  const answer = proof ?? shown;
  if (answer) await sendLast(arrival.socket, answer);
  arrival.close();
}

/**
 * Reads the line in which a gateway reports its client (https://ircv3.net/specs/extensions/webirc).
 * It is the first line, so that limits and bans apply to the client's own address from the
 * beginning.
 */
async function passThrough(arrival: Arrival, parts: ArrivalContext): Promise<void> {
  if (!isProxy(arrival, parts)) {
    throw webircRefusal(WEBIRC_TEXTS.notTrusted(PROXY_TEXTS.addProxy), WEBIRC_TEXTS.notTrustedHere);
  }
  let end = arrival.unread.indexOf(LINE_FEED);
  while (end < 0) {
    if (arrival.unread.length > LIMITS.longLine) throw webircRefusal(WEBIRC_TEXTS.malformed);
    if (!await arrival.readMore()) throw new Refused(WEBIRC_TEXTS.endedEarly);
    end = arrival.unread.indexOf(LINE_FEED);
  }
  const line = new TextDecoder().decode(arrival.unread.subarray(0, end)).replace(/\r$/, "");
  arrival.unread = arrival.unread.subarray(end + 1);
  const found = readWebirc(line);
  if (!found) throw webircRefusal(WEBIRC_TEXTS.malformed);
  const { address, gateway, password, secure } = found;
  if (!parts.isGatewayPassword(password)) throw webircRefusal(WEBIRC_TEXTS.wrongPassword);
  if (address === undefined) throw webircRefusal(WEBIRC_TEXTS.noAddress);
  // "Options": a connection is secure only if both of its parts are.
  const { encrypted } = arrival;
  arrival.isPrivate = secure && isLoopback(arrival.address);
  arrival.gateway = gateway;
  arrival.replaceClient({ address, encrypted: secure && encrypted });
}

const LINE_FEED = 0x0a;

function webircRefusal(reason: string, answer = reason): Refused {
  return new Refused(reason, new TextEncoder().encode(`ERROR :${answer}\r\n`));
}
