/**
 * As much of HTTP/1.1 as it takes to begin a WebSocket, or to say no. Pure.
 *
 * Source: RFC 9112.
 *
 * @module
 */

/** The head of a request. */
export interface HttpRequest {
  /** In capitals. */
  readonly method: string;
  /** By their names in lower case; what comes more than once is one list. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** How many bytes a request's head may have. */
export const HEAD_BYTES = 8 * 1024;

const REQUEST_LINE = /^(?<method>[A-Z]+) \S+ HTTP\/1\.[01]$/;
/** A name is a token (RFC 9110, section 5.6.2). */
const FIELD = /^(?<name>[\w!#$%&'*+.^`|~-]+):[ \t]*(?<value>[^\0\r\n]*?)[ \t]*$/;
const HEAD_END = [0x0d, 0x0a, 0x0d, 0x0a];

/** Where in `bytes` what follows the head begins; `undefined` while that has no end. */
export function headLength(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(0x0d); at >= 0; at = bytes.indexOf(0x0d, at + 1)) {
    if (HEAD_END.every((byte, i) => bytes[at + i] === byte)) return at + HEAD_END.length;
  }
  return undefined;
}

/** Reads a head, its end included; returns `undefined` for what is none. */
export function parseHead(head: Uint8Array): HttpRequest | undefined {
  const [first = "", ...rest] = latin1.decode(head).trimEnd().split("\r\n");
  const method = REQUEST_LINE.exec(first)?.groups?.method;
  if (method === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const line of rest) {
    const { name, value } = FIELD.exec(line)?.groups ?? {};
    if (name === undefined || value === undefined) return undefined;
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return { method, headers: Object.fromEntries(headers) };
}

const latin1 = new TextDecoder("latin1");

/** What each refusal is called. */
const STATUSES: Readonly<Record<400 | 403, string>> = { 400: "Bad Request", 403: "Forbidden" };

/** A response that is the last one on its connection, with a sentence for people. */
export function httpAnswer(status: 400 | 403, sentence: string): Uint8Array {
  const body = new TextEncoder().encode(`${sentence}\n`);
  const head = [
    `HTTP/1.1 ${status} ${STATUSES[status]}`,
    "Content-Type: text/plain; charset=utf-8",
    "Connection: close",
    `Content-Length: ${body.length}`,
  ];
  return new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${sentence}\n`);
}
