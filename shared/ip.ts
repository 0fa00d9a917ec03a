/**
 * Represents IP addresses and ranges as strings of bits: an address is in a range if it begins with
 * the range's bits. Performs no I/O; resolves no names.
 *
 * @module
 */

import { isIP } from "node:net";

/** `4` or `6` for the version, followed by the bits of an address as `0` and `1`. */
export type Bits = string;

/**
 * The length in bits of each version's addresses, and of one of the parts that dots or colons
 * separate.
 */
const VERSIONS = {
  4: { bits: 32, part: 8 },
  6: { bits: 128, part: 16 },
} as const;

/**
 * Returns the bits of an address; for an IPv4-mapped address, the bits of the IPv4 address. Returns
 * `undefined` if `address` is not an address.
 */
export function addressBits(address: string): Bits | undefined {
  const bits = writtenBits(address);
  return bits && unmappedBits(bits);
}

/** Returns the bits of an address as it is written, without unmapping it. */
function writtenBits(address: string): Bits | undefined {
  switch (isIP(address)) {
    case 4:
      return `4${address.split(".").map((part) => binary(Number(part), 8)).join("")}`;
    case 6:
      return URL.canParse(urlOf(address)) ? `6${ipv6Bits(canonical(address))}` : undefined;
    default:
      return undefined;
  }
}

/** A range of addresses: `192.0.2.0/24`, `2001:db8::/32`, or one address. */
export interface Range {
  /** The bits that all its addresses begin with. */
  readonly bits: Bits;
  /**
   * The canonical form: the first address of the range and, unless it is the only address, the
   * length of the prefix, as in `/24`.
   */
  readonly text: string;
}

/** Reads a range; returns `undefined` if `text` is not one. */
export function parseRange(text: string): Range | undefined {
  const [, address = "", suffix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const written = writtenBits(address);
  if (written === undefined) return undefined;
  const all = unmappedBits(written);
  const { bits } = VERSIONS[all.startsWith("4") ? 4 : 6];
  let length = suffix === undefined ? bits : Number(suffix);
  // The length of a mapped range may count the bits of the IPv6 address or of the IPv4 address.
  if (all !== written && length >= MAPPED_LENGTH) length -= MAPPED_LENGTH;
  if (length > bits) return undefined;
  const prefix = all.slice(0, 1 + length);
  const first = asParameter(firstAddress(prefix));
  return { bits: prefix, text: length === bits ? first : `${first}/${length}` };
}

/** Returns true if `address` is in one of `ranges`. */
export function isWithin(address: string, ranges: readonly Range[]): boolean {
  if (ranges.length === 0) return false;
  const bits = addressBits(address);
  return bits !== undefined && ranges.some((range) => bits.startsWith(range.bits));
}

/**
 * Returns the canonical form of an address: without needless zeros, in lower case, and as IPv4 if
 * it is a mapped IPv4 address. Returns `undefined` if `text` is not an address.
 */
export function canonicalAddress(text: string): string | undefined {
  const bits = addressBits(text);
  return bits && firstAddress(bits);
}

/** Returns the address that 4 or 16 bytes encode. */
export function addressOf(bytes: Uint8Array): string {
  const version = bytes.length === 4 ? 4 : 6;
  const bits = Array.from(bytes, (byte) => binary(byte, 8)).join("");
  return firstAddress(unmappedBits(`${version}${bits}`));
}

/**
 * Returns the IPv4 address that an IPv6 listener reports as a mapped one (RFC 4291, 2.5.5.2).
 * Returns other addresses unchanged.
 */
export function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/**
 * Returns an address as a parameter in IRC. A parameter cannot begin with a colon, so `::1` becomes
 * `0::1`.
 */
export function asParameter(address: string): string {
  return address.startsWith(":") ? `0${address}` : address;
}

/**
 * Restores addresses and ranges such as `::1` among `params`. In `DLINE ::1 spam`, the parser takes
 * the first colon for the sign of the last parameter, and the rest of the line for that parameter.
 */
export function withLostColons(params: readonly string[]): readonly string[] {
  const last = params.at(-1) ?? "";
  const [address = ""] = last.split(" ", 1);
  if (!address.startsWith(":") || !parseRange(`:${address}`)) return params;
  const [words = "", ...trailing] = `:${last}`.split(" :");
  const middle = words.split(" ").filter((word) => word !== "");
  const restored = [...params.slice(0, -1), ...middle];
  return trailing.length === 0 ? restored : withLostColons([...restored, trailing.join(" :")]);
}

/** The bits that IPv4 addresses mapped into IPv6 begin with (RFC 4291, 2.5.5.2). */
const MAPPED = `6${"0".repeat(80)}${"1".repeat(16)}`;
/** The number of these bits. */
const MAPPED_LENGTH = MAPPED.length - 1;

function unmappedBits(bits: Bits): Bits {
  return bits.startsWith(MAPPED) ? `4${bits.slice(MAPPED.length)}` : bits;
}

/** Returns the first of the addresses that begin with `prefix`, in its shortest form. */
function firstAddress(prefix: Bits): string {
  const { bits, part } = VERSIONS[prefix.startsWith("4") ? 4 : 6];
  const all = prefix.slice(1).padEnd(bits, "0");
  const numbers = (all.match(new RegExp(`.{${part}}`, "g")) ?? []).map((each) => parseInt(each, 2));
  if (prefix.startsWith("4")) return numbers.join(".");
  return canonical(numbers.map((each) => each.toString(16)).join(":"));
}

/**
 * Returns an IPv6 address in its shortest form, without dots (RFC 5952;
 * https://url.spec.whatwg.org, "IPv6 serializer").
 */
function canonical(address: string): string {
  return new URL(urlOf(address)).hostname.slice(1, -1);
}

function urlOf(address: string): string {
  return `http://[${address}]`;
}

function ipv6Bits(address: string): string {
  const [head = "", tail = ""] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((part) => binary(parseInt(part, 16), 16)).join("");
}

function binary(number: number, length: number): string {
  return number.toString(2).padStart(length, "0");
}

/**
 * Returns the part of an address by which clients are counted: all of an IPv4 address, or the first
 * 64 bits of an IPv6 address. One host may have all addresses that share these bits.
 */
export function networkOf(address: string): string {
  return addressBits(address)?.slice(0, 1 + 64) ?? address;
}

/** A part of a text that may be an address: hexadecimal digits, dots and colons. */
const ADDRESS_LIKE = /[0-9a-f:][0-9a-f.:]*[0-9a-f:]/gi;
/** The beginning of an address that identifies a network, as in the mask `192.0.2.*`. */
const BEGINNING = /^(?:\d{1,3}\.\d{1,3}\.\d{1,3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,})$/i;

/** Returns a text in which each address, and each beginning of one, is replaced by `-`. */
export function hideAddresses(text: string): string {
  return text.replace(ADDRESS_LIKE, (part) => {
    // As in `192.0.2.1:7342`.
    const [, host = part] = /^([\d.]+):\d+$/.exec(part) ?? [];
    return addressBits(host) !== undefined || BEGINNING.test(part) ? "-" : part;
  });
}
