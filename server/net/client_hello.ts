/**
 * Determines if the whole first TLS message of a client has arrived, and if a browser has sent it.
 * Performs no I/O.
 *
 * Sources: RFC 8446, sections 4.1.2 and 5.1; RFC 7301.
 *
 * @module
 */

/** The type of a record with handshake messages. A client's first record has this type. */
export const TLS_HANDSHAKE = 0x16;
/** The size of a record's type, version and length, in bytes. */
const HEAD_BYTES = 5;
/** The largest content of a record, in bytes. */
const RECORD_BYTES = 16 * 1024;
/** The size of a handshake message's type and length, in bytes (RFC 8446, section 4). */
const MESSAGE_HEAD_BYTES = 4;

/** The first message of a client, which may arrive in parts. */
export class ClientHello {
  /** The head of the message, as far as it has arrived. */
  readonly #head: number[] = [];
  /** The bytes of the message in the complete records. */
  #received = 0;
  /** The length of the complete records. */
  #at = 0;

  /**
   * Returns true if `records`, the first TLS records of a client, contain its whole first message.
   * Also returns true if the bytes are not TLS records, because then no message can be expected.
   * Records may divide a message anywhere. Call this after each read, with all bytes so far.
   * Complete records are not looked at again.
   */
  isWhole(records: Uint8Array): boolean {
    for (;;) {
      const start = this.#at + HEAD_BYTES;
      const [type, , , high, low] = records.subarray(this.#at, start);
      if (type !== undefined && type !== TLS_HANDSHAKE) return true;
      if (high === undefined || low === undefined) return false;
      const length = high << 8 | low;
      if (length === 0 || length > RECORD_BYTES) return true;
      const content = records.subarray(start, start + length);
      if (content.length < length) return false;
      this.#head.push(...content.subarray(0, MESSAGE_HEAD_BYTES - this.#head.length));
      this.#received += length;
      this.#at = start + length;
      const [, a, b, c] = this.#head;
      if (a === undefined || b === undefined || c === undefined) continue;
      if (this.#received >= MESSAGE_HEAD_BYTES + (a << 16 | b << 8 | c)) return true;
    }
  }
}

/** HTTP/1.1 as an entry in the list of protocols that a client offers (ALPN, RFC 7301). */
const HTTP = "\x08http/1.1";

/** Returns true if the first message of a TLS client offers HTTP, as browsers do. */
export function offersHttp(records: Uint8Array): boolean {
  // Searches without parsing, because nothing else in the message looks like this.
  return new TextDecoder("latin1").decode(records).includes(HTTP);
}
