/**
 * Sends one request to a push service on the internet. Does not know the content of requests. It
 * uses `node:tls`, because `node:https` needs a permission to read the system's certificates, and
 * `fetch` cannot be kept from private addresses.
 *
 * Source: RFC 8030, section 5.
 *
 * @module
 */

import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { hostOf, isPublic } from "./public_address.ts";

/** A request to a push service. */
export interface PushRequest {
  /** The URL. */
  readonly endpoint: string;
  /** The fields of the head. */
  readonly headers: Readonly<Record<string, string>>;
  /** The encrypted message. */
  readonly body: Uint8Array;
}

/** The time for one request, in milliseconds. */
const TIME_LIMIT_MS = 10_000;

/**
 * Sends a request. Resolves to the status code of the answer, or to 0 if the answer is not HTTP;
 * rejects if no answer comes.
 */
export async function post({ endpoint, headers, body }: PushRequest): Promise<number> {
  const url = new URL(endpoint);
  const { host, pathname, port, search } = url;
  const name = hostOf(url);
  const head = [
    `POST ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: close",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const socket = connect({
    host: name,
    port: Number(port) || HTTPS_PORT,
    servername: isIP(name) === 0 ? name : "",
    lookup: lookUpPublic,
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(new Error("it took too long")), TIME_LIMIT_MS);
  let answer = "";
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("the connection was closed")));
  socket.on("data", (bytes: Uint8Array) => {
    answer += String.fromCharCode(...bytes.subarray(0, STATUS_LINE.length));
    if (answer.length >= STATUS_LINE.length) resolve(statusOf(answer));
  });
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.write(body);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/**
 * An example of the beginning of an answer (RFC 9112, section 4). Only this many characters of an
 * answer are read: they include the status code.
 */
const STATUS_LINE = "HTTP/1.1 201";
/** The port of a URL that names no port (RFC 9110, section 4.2.2). */
const HTTPS_PORT = 443;

/** Returns the status code that an answer begins with; 0 if it is not HTTP. */
function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** The callback of a lookup, which is called with an error, or with the addresses of the host. */
type Done = (error: Error | null, addresses: string | LookupAddress[]) => void;

/** Looks up a host as `lookup` of `node:dns` does; fails if any of its addresses is not public. */
function lookUpPublic(host: string, options: LookupOptions, done: Done): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    const isGood = addresses.every(({ address }) => isPublic(address));
    if (isGood) done(null, addresses);
    else done(new Error("the push service is not at a public address"), []);
  });
}
