/** The parts of a header of the PROXY protocol, version 2, that a test sets. */
export interface ProxyV2Options {
  /** The version and command; 0x21 is PROXY, 0x20 LOCAL. */
  readonly command?: number;
  /** The family and transport; by default, TCP over IPv4 or IPv6. */
  readonly family?: number;
  /** The source address, in bytes. */
  readonly source?: readonly number[];
  /** The fields (TLVs) after the addresses. */
  readonly fields?: readonly number[];
  /** The length that the header states; by default, the right one. */
  readonly length?: number;
}

/** The address 192.0.2.1. */
const SOURCE = [192, 0, 2, 1];
const MAGIC = new TextEncoder().encode("\r\n\r\n\0\r\nQUIT\n");

/** A field that says that the client uses TLS. */
export const BY_TLS: readonly number[] = [0x20, 0, 8, 1, 0, 0, 0, 0, 0x21, 0, 0];
/** A field that says that the client does not use TLS. */
export const NOT_BY_TLS: readonly number[] = [0x20, 0, 5, 0, 0, 0, 0, 1];

/** Returns a header of version 2. */
export function proxyV2(options: ProxyV2Options = {}): Uint8Array {
  const { command = 0x21, source = SOURCE, fields = [] } = options;
  const { family = source.length === 4 ? 0x11 : 0x21 } = options;
  const target = source.map(() => 9);
  const body = [...source, ...target, 0xc0, 0, 0x1c, 0xae, ...fields];
  const { length = body.length } = options;
  return Uint8Array.of(...MAGIC, command, family, length >> 8, length & 0xff, ...body);
}

/** Returns a header of version 1. */
export function proxyV1(source: string, version = source.includes(":") ? 6 : 4): Uint8Array {
  const target = version === 4 ? "192.0.2.9" : "2001:db8::9";
  return new TextEncoder().encode(`PROXY TCP${version} ${source} ${target} 49152 7342\r\n`);
}
