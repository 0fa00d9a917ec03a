/**
 * The protocol layers that can precede the lines of a connection: a PROXY header, TLS, HTTP, and a
 * line of WEBIRC. Does not know the content of other lines.
 *
 * @module
 */

import { isLoopback } from "../../shared/address.ts";
import { LIMITS, UPLOAD_PATH } from "../../protocol.ts";
import { printable } from "../../shared/text.ts";
import {
  admit,
  type Arrival,
  type ArrivalContext,
  isProxy,
  type Layer,
  mustUseTls,
} from "./arrival.ts";
import { ClientHello, TLS_HANDSHAKE } from "./client_hello.ts";
import { HTTP, Refused } from "./foreign.ts";
import {
  answerTo,
  HEAD_BYTES,
  headLength,
  httpAnswer,
  type HttpRequest,
  isRead,
  parseHead,
} from "./http.ts";
import type { Identity } from "./identity.ts";
import { sendLast } from "./last_answer.ts";
import type { SealedInput } from "./sealed_input.ts";
import { isWelcome, ownOrigin, redirectToTls } from "./page.ts";
import {
  BINARY_MAGIC,
  binaryHeader,
  forwardedClient,
  type ProxyHeader,
  TEXT_MAGIC,
  textHeader,
} from "./proxies.ts";
import { readWebirc, WEBIRC_MAGIC } from "./webirc.ts";
import { NET_TEXTS, PROTOCOL_TEXTS, PROXY_TEXTS, TLS_TEXTS, WEBIRC_TEXTS } from "../texts/net.ts";

/** The time that a client has for its first message of TLS, in milliseconds. */
export const HELLO_MS = 10_000;
/** The largest first message of TLS, in bytes; honest ones have about 2,000. */
const HELLO_BYTES = 64 * 1024;
/**
 * The beginnings of the HTTP requests that are answered: GET for a WebSocket (RFC 6455, section
 * 4.1) or the page, HEAD, and other methods for uploaded files only.
 */
const HTTP_REQUESTS = [
  "GET ",
  "HEAD ",
  ...["OPTIONS", "POST"].map((each) => `${each} ${UPLOAD_PATH}`),
]
  .map((text) => new TextEncoder().encode(text));

/** All layers, from the outermost on. */
export const LAYERS: readonly Layer[] = [
  { magic: BINARY_MAGIC, enter: (arrival, parts) => strip(arrival, parts, binaryHeader) },
  { magic: TEXT_MAGIC, enter: (arrival, parts) => strip(arrival, parts, textHeader) },
  { magic: Uint8Array.of(TLS_HANDSHAKE), enter: encrypt },
  ...HTTP_REQUESTS.map((magic) => ({ magic, enter: upgrade })),
  { magic: WEBIRC_MAGIC, enter: passThrough },
];

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
  const { clock, identity, inflow, sealedInput } = parts;
  // A server without a certificate refuses these bytes later, because they are not a line.
  if (!identity) return;
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const tookTooLong = new Refused(TLS_TEXTS.failed(TLS_TEXTS.tookTooLong));
  const cancelTimeout = inflow.deadline(HELLO_MS, { act: () => reject(tookTooLong) });
  try {
    await Promise.race([timeout, readHello(arrival)]);
  } finally {
    cancelTimeout();
  }
  await shakeHands(arrival, identity, sealedInput);
  arrival.arrivedAt = clock.moment();
}

/** Reads the whole first message into `arrival.unread`: it shows if the client is a browser. */
async function readHello(arrival: Arrival): Promise<void> {
  const hello = new ClientHello();
  while (!hello.isWhole(arrival.unread)) {
    if (arrival.unread.length > HELLO_BYTES) throw new Refused(TLS_TEXTS.failed(TLS_TEXTS.tooLong));
    if (!await arrival.readMore()) throw new Refused(TLS_TEXTS.failed(TLS_TEXTS.closed));
  }
}

/**
 * Performs the handshake after the client's first message. Sets no time limit of its own (the
 * caller of {@linkcode arrive} has one), because the client may ask its user about the certificate.
 */
async function shakeHands(
  arrival: Arrival,
  { context }: Pick<Identity, "context">,
  sealedInput: SealedInput,
): Promise<void> {
  // Loaded on first use, because loading it would delay the start.
  const { EncryptedSocket } = await import("./encryption.ts");
  const hello = arrival.unread;
  const stream = arrival.handOver();
  if (!stream) throw new Refused(TLS_TEXTS.failed(TLS_TEXTS.closed));
  const socket = EncryptedSocket.begin(stream, hello, context);
  sealedInput.watch(socket);
  stream.on("close", () => sealedInput.forget(socket));
  arrival.socket = socket;
  await socket.handshake;
  // If a proxy has reported that it stripped the client's TLS, this TLS is the proxy's own.
  if (arrival.encrypted) return;
  arrival.encrypted = true;
  arrival.certificate = socket.certificate;
  arrival.servername = socket.servername;
}

/**
 * Matches a field `Upgrade` that names WebSocket. A server ignores other protocols, such as `h2c`
 * (RFC 9110, section 7.8).
 */
const WEB_SOCKET = /\bwebsocket\b/i;

/**
 * Reads the head of an HTTP request. Upgrades the connection to a WebSocket
 * (https://ircv3.net/specs/extensions/websocket), or answers a request for the page. Leaves a
 * request about uploaded files in `arrival.request`.
 */
async function upgrade(arrival: Arrival, parts: ArrivalContext): Promise<void> {
  let length = headLength(arrival.unread);
  while (length === undefined) {
    if (arrival.unread.length > HEAD_BYTES) {
      throw new Refused(NET_TEXTS.speaks("HTTP"), HTTP.answer);
    }
    const known = arrival.unread.length;
    if (!await arrival.readMore()) return;
    length = headLength(arrival.unread, known);
  }
  const request = parseHead(arrival.unread.subarray(0, length));
  if (!request) throw new Refused(NET_TEXTS.speaks("HTTP"), HTTP.answer);
  const client = isProxy(arrival, parts) && forwardedClient(request, parts.trustedProxies);
  if (client) arrival.replaceClient(client);
  if (parts.isAboutFiles?.(request)) {
    arrival.unread = arrival.unread.subarray(length);
    arrival.request = request;
    return;
  }
  if (!isRead(request)) throw new Refused(NET_TEXTS.speaks("HTTP"), HTTP.answer);
  if (request.method === "HEAD" || !WEB_SOCKET.test(request.headers.upgrade ?? "")) {
    return await answerBrowser(arrival, request, parts);
  }
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
  arrival.unread = arrival.unread.subarray(length);
  const stream = arrival.handOver();
  if (stream) arrival.socket = webSocket(stream, request);
}

/**
 * Answers a request for the page, or for a proof by which an authority verifies the server's name.
 * Each request is the only one on its connection.
 */
async function answerBrowser(
  arrival: Arrival,
  request: HttpRequest,
  parts: ArrivalContext,
): Promise<void> {
  const { identity, page } = parts;
  const proof = identity?.proofs.answer(request);
  if (!proof && !page) {
    throw new Refused(NET_TEXTS.speaks("HTTP"), answerTo(request, HTTP.answer));
  }
  admit(arrival, parts);
  const shown = mustUseTls(arrival, parts) ? redirectToTls(request) : await page?.answer(request);
  const answer = proof ?? shown;
  if (answer) await sendLast(arrival.socket, answerTo(request, answer));
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
  // WEBIRC, "Options": a connection is secure only if both of its parts are: from the client to the
  // gateway, and from there to this server.
  const { encrypted } = arrival;
  arrival.isPrivate = secure && isLoopback(arrival.address);
  arrival.gateway = gateway;
  arrival.replaceClient({ address, encrypted: secure && encrypted });
}

const LINE_FEED = 0x0a;

function webircRefusal(reason: string, answer = reason): Refused {
  return new Refused(reason, new TextEncoder().encode(`ERROR :${answer}\r\n`));
}
