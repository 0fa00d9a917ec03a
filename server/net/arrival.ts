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
import { HTTP, Refused } from "./foreign.ts";
import { HEAD_BYTES, headLength, httpAnswer, parseHead } from "./http.ts";
import type { Identity } from "./identity.ts";

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
}

/** So much is read at once, of what is short where nobody means harm. */
const BUFFER_BYTES = 512;

/** A connection on its way in. */
export class Arrival {
  /** What is inside of all layers so far. */
  socket: Socket;
  /** What was read from it, and belongs to no layer. */
  begun: Uint8Array = new Uint8Array(0);
  /** Whether nobody on the way can read along. */
  encrypted = false;
  /** Whether it is a WebSocket, encrypted or not. */
  isWebSocket = false;
  /** Where it comes from: an IP address. */
  readonly address: string;
  /** Which address of this machine it came to. */
  readonly local: ListenAddress;
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
export function closeWith(socket: Socket, word: Uint8Array): void {
  socket.write(word).catch(() => {}).finally(() => socket.close());
}

/** What can stand before lines. */
interface Layer {
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
const LAYERS: readonly Layer[] = [
  { magic: TLS_HANDSHAKE, enter: encrypt },
  { magic: HTTP_GET, enter: upgrade },
];

/**
 * Takes off all that stands before the first line. Resolves when that has begun, or nothing comes any
 * more; ends early when the arrival is closed, which whoever calls does if it takes too long.
 *
 * @throws {Refused} if it cannot be let in; else whatever reading throws.
 */
export async function arrive(arrival: Arrival, parts: ArrivalParts): Promise<void> {
  let possible = LAYERS;
  for (;;) {
    if (arrival.begun.length === 0 && !await arrival.more()) return;
    const found = possible.filter(({ magic }) => agree(magic, arrival.begun));
    const [layer] = found;
    if (!layer) return;
    if (layer.magic.length > arrival.begun.length) {
      if (!await arrival.more()) return;
      continue;
    }
    await layer.enter(arrival, parts);
    possible = possible.slice(possible.indexOf(layer) + 1);
  }
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

/** https://www.rfc-editor.org/rfc/rfc8446 */
async function encrypt(arrival: Arrival, { clock, identity }: ArrivalParts): Promise<void> {
  // Left as it is, it is no line, and is turned away as such.
  if (!identity) return;
  // Loaded by the first who needs it: it takes a good part of the time to start.
  const { encrypted } = await import("./encryption.ts");
  const { context } = identity;
  const socket = encrypted(arrival.socket, arrival.begun, { context, clock });
  arrival.socket = socket;
  arrival.begun = new Uint8Array(0);
  await socket.handshake;
  arrival.encrypted = true;
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
  if (isTooOpen(arrival, parts)) {
    throw new Refused("speaks plain text", httpAnswer(403, "Come by wss:// from another machine."));
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
