/**
 * IP addresses and ranges of them as strings of bits, so that "is in this range" is "begins with
 * these bits". Pure; resolves no names.
 *
 * @module
 */

import { isIP } from "node:net";

/** The bits of an address as `0` and `1`, behind `4` or `6` for its version. */
export type Bits = string;

/** How many bits an address of each version has, and how many of them one written part stands for. */
const VERSIONS = {
  4: { bits: 32, part: 8 },
  6: { bits: 128, part: 16 },
} as const;

/** The bits of an address, or `undefined` for what is none. */
export function addressBits(address: string): Bits | undefined {
  switch (isIP(address)) {
    case 4:
      return `4${address.split(".").map((part) => binary(Number(part), 8)).join("")}`;
    case 6:
      return URL.canParse(urlOf(address)) ? `6${wide(canonical(address))}` : undefined;
    default:
      return undefined;
  }
}

/** A range: `192.0.2.0/24`, `2001:db8::/32`, or one address. */
export interface Range {
  /** What all its addresses begin with. */
  readonly bits: Bits;
  /** How it is written, whichever of its addresses it was given with. */
  readonly text: string;
}

/** Reads a range, or returns `undefined` for what is none. */
export function parseRange(text: string): Range | undefined {
  const [, given = "", suffix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = unmapped(given);
  const all = addressBits(address);
  if (all === undefined) return undefined;
  const version = all.startsWith("4") ? 4 : 6;
  const { bits, part } = VERSIONS[version];
  const length = suffix === undefined ? bits : Number(suffix);
  if (length > bits) return undefined;
  const prefix = all.slice(0, 1 + length);
  const numbers = prefix.slice(1).padEnd(bits, "0").match(new RegExp(`.{${part}}`, "g")) ?? [];
  const first = version === 4
    ? numbers.map((each) => parseInt(each, 2)).join(".")
    : asParameter(canonical(numbers.map((each) => parseInt(each, 2).toString(16)).join(":")));
  return { bits: prefix, text: length === bits ? first : `${first}/${length}` };
}

/** An IPv4 address as such, where a listener of IPv6 sees it mapped (RFC 4291, 2.5.5.2). */
export function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** An address in IRC, where a parameter cannot begin with a colon. */
export function asParameter(address: string): string {
  return address.startsWith(":") ? `0${address}` : address;
}

/** An IPv6 address in its shortest form, without dots (RFC 5952; URL Standard, "IPv6 serializer"). */
function canonical(address: string): string {
  return new URL(urlOf(address)).hostname.slice(1, -1);
}

function urlOf(address: string): string {
  return `http://[${address}]`;
}

function wide(address: string): string {
  const [head = "", tail = ""] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((part) => binary(parseInt(part, 16), 16)).join("");
}

function binary(number: number, length: number): string {
  return number.toString(2).padStart(length, "0");
}
