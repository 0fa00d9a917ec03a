/**
 * Reads the part of the first TLS message that is needed to recognize a browser. Performs no I/O.
 *
 * Sources: RFC 8446, sections 4.1.2 and 5.1; RFC 7301.
 *
 * @module
 */

/** The size of a record's type, version and length, in bytes. */
const HEAD_BYTES = 5;
/** The largest content of a record, in bytes. */
const RECORD_BYTES = 16 * 1024;

/**
 * Returns the length of the record that `bytes` begin with, head included. Returns only the length
 * of the head if the head is incomplete, or if the record claims to be longer than allowed.
 */
export function recordLength(bytes: Uint8Array): number {
  const [, , , high, low] = bytes;
  if (high === undefined || low === undefined) return HEAD_BYTES;
  const length = high << 8 | low;
  return length > RECORD_BYTES ? HEAD_BYTES : HEAD_BYTES + length;
}

/** HTTP/1.1 as an entry of the client's list of protocols (ALPN). */
const HTTP = "\x08http/1.1";

/** Returns true if the first TLS record of a client offers HTTP, as browsers do. */
export function offersHttp(record: Uint8Array): boolean {
  // Searches without parsing, because nothing else in the message looks like this.
  return new TextDecoder("latin1").decode(record).includes(HTTP);
}
