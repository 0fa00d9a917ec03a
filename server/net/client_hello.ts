/**
 * Determines if the first TLS message of a client has come completely, and if a browser has sent
 * it. Performs no I/O.
 *
 * Sources: RFC 8446, sections 4.1.2 and 5.1; RFC 7301.
 *
 * @module
 */

/** The type of a record with handshake messages, as a client's first record is. */
const HANDSHAKE = 0x16;
/** The size of a record's type, version and length, in bytes. */
const HEAD_BYTES = 5;
/** The largest content of a record, in bytes. */
const RECORD_BYTES = 16 * 1024;
/** The size of a handshake message's type and length, in bytes (RFC 8446, section 4). */
const MESSAGE_HEAD_BYTES = 4;

/**
 * Returns true if `records`, the first TLS records of a client, have all of its first message. Also
 * returns true if the bytes are not TLS records, because then no message can be expected. Records
 * may divide a message anywhere.
 */
export function isWholeHello(records: Uint8Array): boolean {
  const head: number[] = [];
  let received = 0;
  for (let at = 0;;) {
    const [type, , , high, low] = records.subarray(at, at + HEAD_BYTES);
    if (type !== undefined && type !== HANDSHAKE) return true;
    if (high === undefined || low === undefined) return false;
    const length = high << 8 | low;
    if (length === 0 || length > RECORD_BYTES) return true;
    const content = records.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    if (content.length < length) return false;
    head.push(...content.subarray(0, MESSAGE_HEAD_BYTES - head.length));
    received += length;
    at += HEAD_BYTES + length;
    const [, a, b, c] = head;
    if (a === undefined || b === undefined || c === undefined) continue;
    if (received >= MESSAGE_HEAD_BYTES + (a << 16 | b << 8 | c)) return true;
  }
}

/** HTTP/1.1 as an entry in the list of protocols that a client offers (ALPN, RFC 7301). */
const HTTP = "\x08http/1.1";

/** Returns true if the first message of a TLS client offers HTTP, as browsers do. */
export function offersHttp(records: Uint8Array): boolean {
  // Searches without parsing, because nothing else in the message looks like this.
  return new TextDecoder("latin1").decode(records).includes(HTTP);
}
