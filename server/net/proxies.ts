/**
 * Reads the client's address that a reverse proxy reports: in a header of the PROXY protocol before
 * everything else, or in the head of an HTTP request. Performs no I/O; the caller decides if the
 * proxy is trusted.
 *
 * Sources: https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt;
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For.
 *
 * @module
 */

import { isIP } from "node:net";
import type { ListenAddress } from "../config/options.ts";
import { Refused } from "./foreign.ts";
import { httpAnswer, type HttpRequest } from "./http.ts";
import { addressOf, canonicalAddress, isWithin, type Range } from "../../shared/ip.ts";
import { HEADER_FAULTS, PROXY_TEXTS } from "../texts/net.ts";

/** A client behind a proxy. */
export interface ProxiedClient {
  /** The client's IP address. */
  readonly address: string;
  /** The address that the client connected to; absent if the proxy does not report it. */
  readonly local?: ListenAddress;
  /** True if the client uses TLS, which the proxy strips. */
  readonly encrypted: boolean;
}

/** A header of the PROXY protocol. */
export interface ProxyHeader {
  /** The length of the header, in bytes. */
  readonly length: number;
  /** The proxy's client; absent if the proxy connects for itself or does not know its client. */
  readonly client?: ProxiedClient;
}

/** The bytes that a header of version 1 begins with (section 2.1). */
export const TEXT_MAGIC: Uint8Array = new TextEncoder().encode("PROXY ");
/** The bytes that a header of version 2 begins with (section 2.2). */
export const BINARY_MAGIC: Uint8Array = new TextEncoder().encode("\r\n\r\n\0\r\nQUIT\n");

/** The longest header of version 1, in bytes, with its line end (section 2.1). */
const TEXT_BYTES = 107;
/**
 * The longest header of version 2 that is accepted, in bytes. Usually, 536 are enough, but names in
 * its fields may be long.
 */
const BINARY_BYTES = 2048;
/**
 * The size in bytes of the first part of a header of version 2: magic, version with command, family
 * with transport, and length (section 2.2).
 */
const BINARY_START = 16;

const PORT = "(0|[1-9]\\d{0,4})";
const TEXT = new RegExp(`^PROXY (?:UNKNOWN(?: .*)?|TCP([46]) (\\S+) (\\S+) ${PORT} ${PORT})$`);

/**
 * Reads a header of version 1 at the beginning of `bytes`; returns `undefined` while it has no end.
 *
 * @throws {Refused} if it is malformed.
 */
export function textHeader(bytes: Uint8Array): ProxyHeader | undefined {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, TEXT_BYTES));
  const end = text.indexOf("\r\n");
  if (end < 0) {
    if (bytes.length < TEXT_BYTES) return undefined;
    throw malformed(HEADER_FAULTS.tooLong(TEXT_BYTES));
  }
  const length = end + 2;
  const [line, version, ...rest] = TEXT.exec(text.slice(0, end)) ?? [];
  if (line === undefined) throw malformed(HEADER_FAULTS.notVersion1);
  if (version === undefined) return { length };
  const [source = "", target = "", ...ports] = rest;
  const [address, hostname] = [source, target].map((each) =>
    String(isIP(each)) === version ? canonicalAddress(each) : undefined
  );
  const port = Number(ports[1]);
  if (
    address === undefined || hostname === undefined || ports.some((each) => Number(each) > 65535)
  ) {
    throw malformed(HEADER_FAULTS.notVersion1);
  }
  return { length, client: { address, local: { hostname, port }, encrypted: false } };
}

/** The length of an address in a header of version 2, by the byte for family and transport. */
const ADDRESS_BYTES: ReadonlyMap<number, number> = new Map([[0x11, 4], [0x21, 16]]);
/**
 * The bytes for families and transports whose addresses are not used: UDP, Unix sockets, and
 * unknown ones.
 */
const NO_ADDRESS: ReadonlySet<number> = new Set([
  0x00,
  0x01,
  0x02,
  0x10,
  0x12,
  0x20,
  0x22,
  0x30,
  0x31,
  0x32,
]);

const LOCAL = 0x20;
const PROXY = 0x21;

/**
 * Reads a header of version 2 at the beginning of `bytes`; returns `undefined` while it has no end.
 *
 * @throws {Refused} if it is malformed.
 */
export function binaryHeader(bytes: Uint8Array): ProxyHeader | undefined {
  if (bytes.length < BINARY_START) return undefined;
  const [command = 0, family = 0, high = 0, low = 0] = bytes.subarray(BINARY_MAGIC.length);
  const length = BINARY_START + (high << 8 | low);
  if (length > BINARY_BYTES) throw malformed(HEADER_FAULTS.tooLong(BINARY_BYTES));
  if (command !== LOCAL && command !== PROXY) throw malformed(HEADER_FAULTS.unknownCommand);
  if (bytes.length < length) return undefined;
  if (command === LOCAL || NO_ADDRESS.has(family)) return { length };
  const size = ADDRESS_BYTES.get(family);
  if (size === undefined) throw malformed(HEADER_FAULTS.unknownFamily);
  // The addresses and ports of source and target end here.
  const fields = BINARY_START + 2 * size + 4;
  if (fields > length) throw malformed(HEADER_FAULTS.tooShort);
  const target = BINARY_START + size;
  const [portHigh = 0, portLow = 0] = bytes.subarray(fields - 2);
  return {
    length,
    client: {
      address: addressOf(bytes.subarray(BINARY_START, target)),
      local: {
        hostname: addressOf(bytes.subarray(target, target + size)),
        port: portHigh << 8 | portLow,
      },
      encrypted: saysTls(bytes.subarray(fields, length)),
    },
  };
}

/** The type of the field about TLS, `PP2_TYPE_SSL` (section 2.2.6). */
const SSL = 0x20;
/**
 * The bit in the field about TLS that is set if the client connected with TLS, `PP2_CLIENT_SSL`.
 */
const CLIENT_SSL = 0x01;

/**
 * Returns true if the fields after the addresses say that the client connected with TLS. If
 * there are several fields about TLS, the last one counts.
 */
function saysTls(fields: Uint8Array): boolean {
  let found = false;
  for (let rest = fields; rest.length > 0;) {
    const [type, high = 0, low = 0, value = 0] = rest;
    const end = 3 + (high << 8 | low);
    if (end > rest.length) throw malformed(HEADER_FAULTS.truncatedField);
    if (type === SSL && end > 3) found = (value & CLIENT_SSL) !== 0;
    rest = rest.subarray(end);
  }
  return found;
}

function malformed(problem: string): Refused {
  const text = PROXY_TEXTS.malformed(problem);
  return new Refused(
    PROXY_TEXTS.checkProxy(text),
    new TextEncoder().encode(`ERROR :${text}\r\n`),
  );
}

/**
 * Returns the client that one of the trusted `proxies` reports in a request; `undefined` if the
 * request reports no client. The client is the last address in the list that is not one of
 * `proxies`, because the client may have invented the addresses before it. If all addresses are
 * those of `proxies`, the client is the first one. The client counts as encrypted if
 * `X-Forwarded-Proto` lists only `https`.
 *
 * @throws {Refused} if the list holds something other than an address.
 */
export function forwardedClient(
  { headers }: HttpRequest,
  proxies: readonly Range[],
): ProxiedClient | undefined {
  const list = headers["x-forwarded-for"];
  if (list === undefined) return undefined;
  const schemes = headers["x-forwarded-proto"]?.split(",") ?? ["unknown"];
  const encrypted = schemes.every((scheme) => scheme.trim().toLowerCase() === "https");
  let address: string | undefined;
  for (const text of list.split(",").reverse()) {
    address = canonicalAddress(text.trim());
    if (address === undefined) {
      throw new Refused(
        PROXY_TEXTS.checkProxy(PROXY_TEXTS.badForwardedFor),
        httpAnswer(400, `${PROXY_TEXTS.badForwardedFor}.`),
      );
    }
    if (!isWithin(address, proxies)) break;
  }
  return address === undefined ? undefined : { address, encrypted };
}
