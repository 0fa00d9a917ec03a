/**
 * As much of the first message of TLS as it takes to know a browser by it. Pure.
 *
 * Sources: RFC 8446, sections 4.1.2 and 5.1; RFC 7301.
 *
 * @module
 */

/** Type, version and length of a record, in bytes. */
const HEAD_BYTES = 5;
/** A record holds no more than this. */
const RECORD_BYTES = 16 * 1024;

/**
 * How many bytes the record has that `bytes` begin with, or its head as long as that has not come;
 * what claims to be longer than any is no record.
 */
export function recordLength(bytes: Uint8Array): number {
  const [, , , high, low] = bytes;
  if (high === undefined || low === undefined) return HEAD_BYTES;
  const length = high << 8 | low;
  return length > RECORD_BYTES ? HEAD_BYTES : HEAD_BYTES + length;
}

/** The name of HTTP/1.1 where a client lists what it would speak within TLS (ALPN). */
const HTTP = "\x08http/1.1";

/** Whether who begins TLS with `record` wants to speak HTTP, as whatever runs in a browser does. */
export function offersHttp(record: Uint8Array): boolean {
  // Looked for without taking the message apart: nothing else in it is like that.
  return new TextDecoder("latin1").decode(record).includes(HTTP);
}
