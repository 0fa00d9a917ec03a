/**
 * Visitors that came to the wrong door: what the first bytes of TLS and HTTP look like, and an answer
 * each understands. Refusing HTTP also keeps web pages from speaking IRC through a browser: what a
 * page makes it POST begins with a request line.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import { httpAnswer } from "./http.ts";

/** Somebody who speaks another protocol. */
export interface Foreign {
  /** What they speak. */
  readonly protocol: "TLS" | "HTTP" | "plain text" | "no known protocol";
  /** What to tell them before closing. */
  readonly answer: Uint8Array;
}

/** Somebody who is not let in. The message says why, for the log. */
export class Refused extends Error {
  /** Its kind. */
  override readonly name = "Refused";
  /** What to tell them before closing; absent, nothing. */
  readonly answer: Uint8Array | undefined;

  /** Refused because of `reason`. */
  constructor(reason: string, answer?: Uint8Array) {
    super(reason);
    this.answer = answer;
  }
}

/** Who asks for a web page, or says something to one. */
export const HTTP: Foreign = {
  protocol: "HTTP",
  answer: httpAnswer(
    400,
    "This is a chat server, not a web server. Join it with: chat connect HOST:PORT",
  ),
};

const TLS: Foreign = {
  protocol: "TLS",
  // A fatal alert, protocol_version (RFC 8446, section 6.2), so that the client fails at once.
  answer: Uint8Array.of(0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46),
};

const UNKNOWN: Foreign = {
  protocol: "no known protocol",
  answer: new TextEncoder().encode(
    "ERROR :The first line is too long; this is a chat server, join it with: chat connect HOST:PORT\r\n",
  ),
};

/** Who does not encrypt what has to be encrypted. `port` is where they came to; they are told `before` first. */
export function plaintext(port: number, before = ""): Foreign {
  return {
    protocol: "plain text",
    answer: new TextEncoder().encode(
      `${before}ERROR :From other machines, connect with TLS (SSL), to this same port ${port}\r\n`,
    ),
  };
}

/** The record type that a TLS client begins with (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;
/** `POST /path HTTP/1.1` (RFC 9112, section 3). */
const HTTP_REQUEST = /^[A-Z]+ \S+ HTTP\/\d/;

/** Who begins with these bytes, if it can be told before there is a line. */
export function foreignBytes(chunk: Uint8Array): Foreign | undefined {
  return chunk[0] === TLS_HANDSHAKE ? TLS : undefined;
}

/** Who begins with this. */
export function foreignLine(found: Received): Foreign | undefined {
  switch (found.type) {
    case "line":
    case "long":
      return HTTP_REQUEST.test(found.text) ? HTTP : undefined;
    // A web page can make its request line as long as it likes; nobody who wants to chat does.
    case "too-long":
      return UNKNOWN;
    case "refused":
      return undefined;
  }
}
