/**
 * How somebody comes in: what stands before the first line, one layer inside the other. Each layer is
 * known by the bytes that it begins with. Knows nothing of what is said in lines.
 *
 * @module
 */

import type { Clock } from "../../clock.ts";
import { isLoopback } from "../../address.ts";
import { concat } from "../../lines.ts";
import { printable } from "../../text.ts";
import type { ListenAddress } from "../config/options.ts";
import type { Socket } from "../connection.ts";
import { recordLength } from "./client_hello.ts";
import { HTTP, Refused } from "./foreign.ts";
import { HEAD_BYTES, headLength, httpAnswer, parseHead } from "./http.ts";
import type { Identity } from "./identity.ts";
import { isWithin, type Range } from "./ip.ts";
import {
  BINARY_MAGIC,
  binaryHeader,
  type Client,
  forwardedClient,
  type ProxyHeader,
  TEXT_MAGIC,
  textHeader,
} from "./proxies.ts";

/** What it takes to let somebody in. */
export interface ArrivalParts {
  /** The time. */
  readonly clock: Clock;
  /** Who the server is to those who encrypt; absent, nobody can. */
  readonly identity: Pick<Identity, "context"> | undefined;
  /** Whether who comes from another machine may do without encryption. */
  readonly allowPlaintext: boolean;
  /** Where the web pages come from that may connect; `*` stands for all. */
  readonly origins: readonly string[];
  /** Where the proxies are that are believed when they say whom they come for. */
  readonly trustedProxies: readonly Range[];
  /**
   * Gives who comes from `address` a place on the server; returns what gives it back.
   *
   * @throws {Refused} if they are to stay out.
   */
  admit(address: string): () => void;
  /** The same, for a proxy at `address` that has not said yet whom it comes for. */
  admitProxy(address: string): () => void;
}

/** How long whoever begins TLS has to finish its handshake. */
export const HANDSHAKE_MS = 10_000;
/** So much is read at once, of what is short where nobody means harm. */
const BUFFER_BYTES = 512;

/** A connection on its way in. */
export class Arrival {
  /** What is inside of all layers so far. */
  socket: Socket;
  /** What was read from it, and belongs to no layer. */
  begun: Uint8Array = new Uint8Array(0);
  /** Whether it is a WebSocket, encrypted or not. */
  isWebSocket = false;
  /** Where it comes from: an IP address. */
  address: string;
  /** Which address it came to: of this machine, or of the proxy that it comes by. */
  local: ListenAddress;
  /** Whether nobody on the way can read along, other than a proxy that is trusted. */
  encrypted = false;
  /**
   * The fingerprint of the certificate of who comes, who has shown to have its key; absent where there
   * is none.
   */
  certificate: string | undefined;
  /** The name that they came to, if TLS told it. */
  servername: string | undefined;
  /** Whether whom it comes from has a place on the server. */
  isAdmitted = false;
  /** Gives its place back, if it has one: to be called when it is gone. */
  giveBack: () => void = () => {};
  /** When it came, in milliseconds of the clock. */
  readonly at: number;
  #closed = false;
  #isSilent = false;

  /** Somebody at `address` who has connected to `local` on `socket`, and of whom nothing has been read. */
  constructor(socket: Socket, address: string, local: ListenAddress, at: number) {
    this.socket = socket;
    this.address = address;
    this.local = local;
    this.at = at;
  }

  /** Whether it was given up. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Waits for more to have begun; resolves to whether there is more. */
  async more(): Promise<boolean> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    this.#isSilent = this.begun.length === 0;
    const count = await this.socket.read(buffer);
    this.#isSilent = false;
    if (count === null) return false;
    this.begun = concat(this.begun, buffer.subarray(0, count));
    return true;
  }

  /** It comes by a proxy, for somebody else: what was known until now was the proxy's. */
  comesFor({ address, local = this.local, encrypted }: Client): void {
    this.address = address;
    this.local = local;
    this.encrypted = encrypted;
    this.certificate = undefined;
    this.servername = undefined;
  }

  /** Closes it, with an `answer` if there is one: what is under way ends. */
  close(answer?: Uint8Array): void {
    if (this.#closed) return;
    this.#closed = true;
    if (answer) closeWith(this.socket, answer);
    else this.socket.close();
  }

  /** Closes it. Only who is silent is told why: in the middle of something it would not be understood. */
  giveUp(reason: string): void {
    const word = new TextEncoder().encode(`ERROR :${reason}\r\n`);
    this.close(this.#isSilent ? word : undefined);
  }
}

/** Closes `socket` with no more than a word: whoever makes thousands of connections should not win. */
function closeWith(socket: Socket, word: Uint8Array): void {
  socket.write(word).catch(() => {}).finally(() => socket.close());
}

/** What can stand before lines. */
export interface Layer {
  /** What it begins with. */
  readonly magic: Uint8Array;
  /** Takes it off. May throw whatever reading throws. */
  enter(arrival: Arrival, parts: ArrivalParts): Promise<void>;
}

/** The record type that a TLS client begins with (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = Uint8Array.of(0x16);
/** The method of a request for a WebSocket (RFC 6455, section 4.1). */
const HTTP_GET = new TextEncoder().encode("GET ");

/** The layers there can be, from the outermost on. */
export const LAYERS: readonly Layer[] = [
  { magic: BINARY_MAGIC, enter: (arrival, parts) => unwrap(arrival, parts, binaryHeader) },
  { magic: TEXT_MAGIC, enter: (arrival, parts) => unwrap(arrival, parts, textHeader) },
  { magic: TLS_HANDSHAKE, enter: encrypt },
  { magic: HTTP_GET, enter: upgrade },
];

/**
 * Takes off all that stands before the first line, and has whom it is admitted as soon as it is known
 * where they come from. Resolves when the first line has begun, or nothing comes any more; ends early
 * when the arrival is closed, which whoever calls does if it takes too long.
 *
 * @throws {Refused} if it cannot be let in; else whatever reading throws.
 */
export async function arrive(
  arrival: Arrival,
  layers: readonly Layer[],
  parts: ArrivalParts,
): Promise<void> {
  if (isProxy(arrival, parts)) arrival.giveBack = parts.admitProxy(arrival.address);
  for (let possible = layers; possible.length > 0;) {
    if (!isProxy(arrival, parts)) admit(arrival, parts);
    const layer = await nextLayer(arrival, possible);
    if (!layer) break;
    await layer.enter(arrival, parts);
    possible = possible.slice(possible.indexOf(layer) + 1);
  }
  admit(arrival, parts);
}

/** The one of `layers` that comes next; `undefined` if something else does, or nothing. */
async function nextLayer(arrival: Arrival, layers: readonly Layer[]): Promise<Layer | undefined> {
  do {
    const layer = layers.find(({ magic }) => agree(magic, arrival.begun));
    if (!layer || layer.magic.length <= arrival.begun.length) return layer;
  } while (await arrival.more());
  return undefined;
}

function admit(arrival: Arrival, parts: ArrivalParts): void {
  if (arrival.isAdmitted) return;
  const giveBack = parts.admit(arrival.address);
  arrival.giveBack();
  arrival.giveBack = giveBack;
  arrival.isAdmitted = true;
}

/** Whether it comes from a proxy that is believed, which has not said yet whom it comes for. */
function isProxy({ address }: Arrival, { trustedProxies }: ArrivalParts): boolean {
  return isWithin(address, trustedProxies);
}

/** Whether somebody has to encrypt, and does not. */
export function isTooOpen(
  { address, encrypted }: Pick<Arrival, "address" | "encrypted">,
  { identity, allowPlaintext }: ArrivalParts,
): boolean {
  return identity !== undefined && !allowPlaintext && !encrypted && !isLoopback(address);
}

/** Whether one of the two begins with the other. */
function agree(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  return a.subarray(0, length).every((byte, i) => byte === b[i]);
}

/** https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt */
async function unwrap(
  arrival: Arrival,
  parts: ArrivalParts,
  read: (bytes: Uint8Array) => ProxyHeader | undefined,
): Promise<void> {
  if (!isProxy(arrival, parts)) {
    throw new Refused(
      "PROXY header refused: it comes from no --trusted-proxy",
      new TextEncoder().encode(
        "ERROR :A PROXY header is believed only from a --trusted-proxy: ask who runs the server\r\n",
      ),
    );
  }
  let header = read(arrival.begun);
  while (!header) {
    if (!await arrival.more()) throw new Refused("PROXY header refused: it was broken off");
    header = read(arrival.begun);
  }
  arrival.begun = arrival.begun.subarray(header.length);
  if (header.client) arrival.comesFor(header.client);
}

/** https://www.rfc-editor.org/rfc/rfc8446 */
async function encrypt(arrival: Arrival, { clock, identity }: ArrivalParts): Promise<void> {
  // Left as it is, it is no line, and is turned away as such.
  if (!identity) return;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const inTime = clock.after(HANDSHAKE_MS, () => reject(new Refused(TOO_LATE)));
  try {
    await Promise.race([late, shakeHands(arrival, identity)]);
  } finally {
    inTime();
  }
}

const TOO_LATE = "TLS handshake failed: it took too long";

async function shakeHands(
  arrival: Arrival,
  { context }: Pick<Identity, "context">,
): Promise<void> {
  // Whole, its first record shows whether a browser sends it.
  while (arrival.begun.length < recordLength(arrival.begun) && await arrival.more());
  // Loaded by the first who needs it: it takes a good part of the time to start.
  const { encrypted } = await import("./encryption.ts");
  const socket = encrypted(arrival.socket, arrival.begun, context);
  arrival.socket = socket;
  arrival.begun = new Uint8Array(0);
  await socket.handshake;
  // Where a proxy says that it has taken off the client's TLS, this is its own.
  if (arrival.encrypted) return;
  arrival.encrypted = true;
  arrival.certificate = socket.certificate;
  arrival.servername = socket.servername;
}

/** https://ircv3.net/specs/extensions/websocket */
async function upgrade(arrival: Arrival, parts: ArrivalParts): Promise<void> {
  let length = headLength(arrival.begun);
  while (length === undefined) {
    if (arrival.begun.length > HEAD_BYTES) throw new Refused("speaks HTTP", HTTP.answer);
    if (!await arrival.more()) return;
    length = headLength(arrival.begun);
  }
  const request = parseHead(arrival.begun.subarray(0, length));
  if (request?.headers.upgrade === undefined) throw new Refused("speaks HTTP", HTTP.answer);
  const client = isProxy(arrival, parts) && forwardedClient(request, parts.trustedProxies);
  if (client) arrival.comesFor(client);
  if (isTooOpen(arrival, parts)) {
    const why = client ? ": its proxy says no X-Forwarded-Proto: https" : "";
    throw new Refused(
      `speaks plain text${why}`,
      httpAnswer(403, "Come by wss:// from another machine."),
    );
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isWelcome(origin, parts.origins)) {
    const shown = printable(origin.slice(0, 200));
    throw new Refused(
      `is a web page of ${shown}, which --origin ${shown} would let in`,
      httpAnswer(403, "This chat server lets in no web pages of yours: ask who runs it."),
    );
  }
  // Loaded by the first who needs it.
  const { webSocket } = await import("./websocket.ts");
  arrival.isWebSocket = true;
  arrival.socket = webSocket(arrival.socket, request, arrival.begun.subarray(length));
  arrival.begun = new Uint8Array(0);
}

/** Browsers say where a page is from, so that no page can come in its reader's name unasked. */
function isWelcome(origin: string, origins: readonly string[]): boolean {
  return origins.includes("*") || origins.includes(origin);
}
