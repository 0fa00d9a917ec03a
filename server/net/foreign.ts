/**
 * Recognizes peers of other protocols by their first bytes, and answers TLS and HTTP in their own
 * protocols. A refusal of HTTP also keeps web pages from sending IRC through a browser, because
 * each POST of a browser begins with a request line.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import { PROTOCOL_TEXTS } from "../texts/net.ts";
import { TLS_HANDSHAKE } from "./client_hello.ts";
import { answerTo, httpAnswer } from "./http.ts";

/** A protocol that is refused. */
export interface OtherProtocol {
  /** The name of the protocol, as in "speaks HTTP". */
  readonly protocol: "TLS" | "HTTP" | "plain text" | "an unknown protocol";
  /** The answer that is sent before the connection is closed. */
  readonly answer: Uint8Array;
}

/** The error for a connection that is refused. Its message is the reason, for the log. */
export class Refused extends Error {
  /** The name of the class. */
  override readonly name = "Refused";
  /** The answer that is sent before the connection is closed, if any. */
  readonly answer: Uint8Array | undefined;

  /** Refuses a connection because of `reason`. */
  constructor(reason: string, answer?: Uint8Array) {
    super(reason);
    this.answer = answer;
  }
}

const encoder = new TextEncoder();

/** The refusal of HTTP without an upgrade to a WebSocket. */
export const HTTP: OtherProtocol = {
  protocol: "HTTP",
  answer: httpAnswer(400, PROTOCOL_TEXTS.notWebServer),
};

const TLS: OtherProtocol = {
  protocol: "TLS",
  // A fatal alert, protocol_version (RFC 8446, section 6.2), so that the client fails at once.
  answer: Uint8Array.of(0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46),
};

const UNKNOWN: OtherProtocol = {
  protocol: "an unknown protocol",
  answer: encoder.encode(`ERROR :${PROTOCOL_TEXTS.firstLineTooLong}\r\n`),
};

/** Returns the refusal of a connection, with `reason` as an ERROR after the lines in `before`. */
export function refusal(reason: string, before = ""): Refused {
  return new Refused(reason, encoder.encode(`${before}ERROR :${reason}\r\n`));
}

/**
 * Returns the refusal of an unencrypted client at `port`, where TLS is required; `before` is sent
 * first.
 */
export function plaintext(port: number, before: string): OtherProtocol {
  return {
    protocol: "plain text",
    answer: encoder.encode(`${before}ERROR :${PROTOCOL_TEXTS.useTls(port)}\r\n`),
  };
}

/** Matches the first line of an HTTP request, as in `POST /path HTTP/1.1` (RFC 9112, section 3). */
const HTTP_REQUEST = /^([A-Z]+) \S+ HTTP\/\d/;

/**
 * Returns the protocol of a peer that begins with these bytes, if they already show that it is not
 * IRC; otherwise `undefined`.
 */
export function protocolOfBytes(chunk: Uint8Array): OtherProtocol | undefined {
  return chunk[0] === TLS_HANDSHAKE ? TLS : undefined;
}

/**
 * Returns the protocol of a peer whose first line is `found`; `undefined` if the line can be IRC.
 */
export function protocolOfLine(found: Received): OtherProtocol | undefined {
  switch (found.type) {
    case "line":
    case "long":
      return httpIn(found.text);
    // A web page can make its request line this long; a chat client does not.
    case "too-long":
      return UNKNOWN;
    case "refused":
      return undefined;
  }
}

function httpIn(line: string): OtherProtocol | undefined {
  const [, method] = HTTP_REQUEST.exec(line) ?? [];
  return method === undefined ? undefined : { ...HTTP, answer: answerTo({ method }, HTTP.answer) };
}
