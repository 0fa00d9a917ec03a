/**
 * Implements the part of HTTP/1.1 that is needed to start or refuse a WebSocket, and to answer
 * requests for the page, for files and for metrics. Performs no I/O.
 *
 * Source: RFC 9112.
 *
 * @module
 */

import { concat } from "../../lines.ts";
import { trimSigns } from "../../shared/text.ts";

/** The head of a request. */
export interface HttpRequest {
  /** The method, in upper case. */
  readonly method: string;
  /** The target, such as `/metrics?a=b`. */
  readonly target: string;
  /**
   * The fields: their values, by their names in lower case. The values of a repeated field are
   * joined by commas.
   */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The largest size of a request's head, in bytes. */
export const HEAD_BYTES = 8 * 1024;

const REQUEST_LINE = /^(?<method>[A-Z]+) (?<target>\S+) HTTP\/1\.[01]$/;
/** The name of a field, which is a token (RFC 9110, section 5.6.2). */
const FIELD_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** The characters that no value of a field contains (RFC 9110, section 5.5). */
const NEVER_IN_VALUES = ["\0", "\r", "\n"];
/** The characters around a value that are not part of it (RFC 9110, section 5.6.3). */
const BLANKS = " \t";
const HEAD_END = [0x0d, 0x0a, 0x0d, 0x0a];

/**
 * Returns the length of the head that `bytes` begin with; `undefined` while it has no end. The
 * first `known` bytes are known to contain no end.
 */
export function headLength(bytes: Uint8Array, known = 0): number | undefined {
  const start = Math.max(0, known - HEAD_END.length + 1);
  for (let at = bytes.indexOf(0x0d, start); at >= 0; at = bytes.indexOf(0x0d, at + 1)) {
    if (HEAD_END.every((byte, i) => bytes[at + i] === byte)) return at + HEAD_END.length;
  }
  return undefined;
}

/** Reads a head, its end included; returns `undefined` if it is malformed. */
export function parseHead(head: Uint8Array): HttpRequest | undefined {
  const [first = "", ...rest] = latin1.decode(head).trimEnd().split("\r\n");
  const { method, target } = REQUEST_LINE.exec(first)?.groups ?? {};
  if (method === undefined || target === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of rest) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    if (!FIELD_NAME.test(name) || NEVER_IN_VALUES.some((each) => line.includes(each))) {
      return undefined;
    }
    const key = name.toLowerCase();
    const value = trimSigns(line.slice(colon + 1), BLANKS);
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return { method, target, headers: Object.fromEntries(headers) };
}

const latin1 = new TextDecoder("latin1");

/**
 * Returns true if the request only reads: GET, or HEAD, which asks for the head of an answer alone.
 */
export function isRead({ method }: HttpRequest): boolean {
  return method === "GET" || method === "HEAD";
}

/** The status code of an answer. */
export type HttpStatus =
  | 200
  | 201
  | 204
  | 206
  | 304
  | 308
  | 400
  | 401
  | 403
  | 404
  | 405
  | 411
  | 413
  | 415
  | 416
  | 429
  | 500
  | 503
  | 507;

/** The name of each status code (RFC 9110, section 15; RFC 4918 and RFC 6585). */
const STATUSES: Readonly<Record<HttpStatus, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  206: "Partial Content",
  304: "Not Modified",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  411: "Length Required",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
  507: "Insufficient Storage",
};

/** The fields of an answer with a human-readable sentence. */
const PLAIN_TEXT: Readonly<Record<string, string>> = {
  "Content-Type": "text/plain; charset=utf-8",
};

/**
 * Returns the head of a response with these fields. The head also says that the connection is
 * closed after the response.
 */
export function httpHead(
  status: HttpStatus,
  headers: Readonly<Record<string, string>>,
): Uint8Array {
  const fields = Object.entries({ "Connection": "close", ...headers });
  const head = [
    `HTTP/1.1 ${status} ${STATUSES[status]}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
  ];
  return new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`);
}

/**
 * Returns a response with this body, after which the connection is closed. A 204 has no body, and
 * must not have a `Content-Length` (RFC 9110, section 8.6).
 */
export function httpResponse(
  status: HttpStatus,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = PLAIN_TEXT,
): Uint8Array {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const length = status === 204 ? {} : { "Content-Length": String(bytes.length) };
  const head = httpHead(status, { ...headers, ...length });
  return concat([head, bytes]);
}

/**
 * Returns `answer` as the client of this request gets it: without its body if the request was HEAD
 * (RFC 9110, section 9.3.2).
 */
export function answerTo({ method }: Pick<HttpRequest, "method">, answer: Uint8Array): Uint8Array {
  return method === "HEAD" ? answer.subarray(0, headLength(answer)) : answer;
}

/** Returns a response with a human-readable sentence, after which the connection is closed. */
export function httpAnswer(status: HttpStatus, sentence: string): Uint8Array {
  return httpResponse(status, `${sentence}\n`);
}
