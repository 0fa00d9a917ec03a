/**
 * Parses the target of `chat connect`: the server, the room and the encryption. Performs no I/O;
 * resolves no names.
 *
 * @module
 */

import { formatAddress, isLoopback, parseAddress } from "../../shared/address.ts";
import { UsageError } from "../../shared/errors.ts";
import { readFingerprint } from "../../shared/fingerprint.ts";
import { DEFAULT_PORT, isChannel } from "../../protocol.ts";
import { TARGET_TEXTS } from "../texts/cli.ts";

/** The server and the room to connect to. */
export interface Target {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** The port, from 1 to 65535. */
  readonly port: number;
  /** TLS, with the fingerprint if one was given; absent for plain text, and if `isHere`. */
  readonly tls?: { readonly fingerprint?: string };
  /** True if the host is this machine, and TLS is used only if the server offers it. */
  readonly isHere?: true;
  /** The name of a channel; absent if none was given. */
  readonly room?: string;
  /** The other channels that were given. */
  readonly rooms?: readonly { readonly name: string }[];
  /** A token to redeem: an invitation, or the token that makes the user the owner of the server. */
  readonly token?: string;
}

/** The schemes of URLs, each with its default port. */
const SCHEMES: ReadonlyMap<string, { readonly isEncrypted: boolean; readonly port: number }> =
  new Map([
    ["chat", { isEncrypted: true, port: DEFAULT_PORT }],
    // The usual ports of IRC (RFC 7194; RFC 1459, section 1).
    ["ircs", { isEncrypted: true, port: 6697 }],
    ["irc", { isEncrypted: false, port: 6667 }],
  ]);

/**
 * Parses `HOST[:PORT][/ROOM]` or a URL, `SCHEME://HOST[:PORT][/ROOM][?fp=FINGERPRINT]`. The scheme
 * is `chat`, `ircs` or `irc`; `irc` means plain text, and `chat` also allows `token=TOKEN`. An
 * address that is not a URL means TLS, but on this machine only if the server offers TLS. The room
 * may be written without its `#`, which begins a comment in shells.
 *
 * @throws {UsageError} if `text` is neither.
 */
export function parseTarget(text: string): Target {
  const { scheme, rest = "" } = /^(?<scheme>[\w+.-]+):\/\/(?<rest>.*)$/s.exec(text)?.groups ?? {};
  if (scheme !== undefined) return parseUrl(scheme.toLowerCase(), rest);
  if (/[?&](?:fp|token)=/.test(text)) {
    throw new UsageError(TARGET_TEXTS.urlNeeded);
  }
  const { host, port = DEFAULT_PORT, room } = parseAddressAndRoom(text);
  const encryption = isLoopback(host) ? { isHere: true } as const : { tls: {} };
  return { host, port, ...encryption, ...roomPart(room) };
}

function parseUrl(scheme: string, rest: string): Target {
  const properties = SCHEMES.get(scheme);
  if (!properties) {
    const names = [...SCHEMES.keys()].map((name) => `${name}://`).join(", ");
    throw new UsageError(TARGET_TEXTS.unknownScheme(scheme, names));
  }
  const [start = "", ...query] = rest.split("?");
  // In a URL, the zone of an IPv6 address begins with an escaped % (RFC 6874, section 2).
  const address = start.replace(/^(\[[^\]%/]*%)25(?=[\w.-])/, "$1");
  const { host, port = properties.port, room } = parseAddressAndRoom(address);
  const { fingerprint, token } = parseQuery(query.join("?"));
  if (!properties.isEncrypted && fingerprint !== undefined) {
    throw new UsageError(TARGET_TEXTS.plainTextFingerprint(scheme));
  }
  if (scheme !== "chat" && token !== undefined) {
    throw new UsageError(TARGET_TEXTS.tokenNotAllowed(scheme));
  }
  return {
    host,
    port,
    ...(properties.isEncrypted && { tls: { ...(fingerprint !== undefined && { fingerprint }) } }),
    ...roomPart(decode(room)),
    ...(token !== undefined && { token }),
  };
}

/** The query of a URL; each part occurs at most once. */
interface Query {
  readonly fingerprint?: string;
  readonly token?: string;
}

type ParseValue = (value: string) => Query;

/** The parsers of the parts of a query. */
const QUERY: ReadonlyMap<string, ParseValue> = new Map<string, ParseValue>([
  ["fp", (value) => ({ fingerprint: parseFingerprint(value) })],
  ["token", (value) => ({ token: parseToken(value) })],
]);

/**
 * Parses the query of a URL.
 *
 * @throws {UsageError} for a part that is repeated, and for an unknown part: it may be a mistyped
 * one that matters.
 */
function parseQuery(query: string): Query {
  const given = new Set<string>();
  let parsed: Query = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const parse = given.has(name) ? undefined : QUERY.get(name);
    if (!parse) {
      throw new UsageError(TARGET_TEXTS.badQuery(name));
    }
    given.add(name);
    parsed = { ...parsed, ...parse(value) };
  }
  return parsed;
}

function parseFingerprint(value: string): string {
  const fingerprint = readFingerprint(value);
  if (fingerprint !== undefined) return fingerprint;
  throw new UsageError(TARGET_TEXTS.badFingerprint(value));
}

function parseToken(value: string): string {
  if (/^[\w-]{1,64}$/.test(value)) return value;
  throw new UsageError(TARGET_TEXTS.badToken);
}

function decode(room: string): string {
  try {
    return decodeURIComponent(room);
  } catch {
    throw new UsageError(TARGET_TEXTS.badEscape(room));
  }
}

/** Parses `HOST[:PORT][/ROOM]`; without a room, `room` is empty. */
function parseAddressAndRoom(text: string): { host: string; port?: number; room: string } {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const room = slash < 0 ? "" : text.slice(slash + 1);
  const { hostname, port } = parseAddress(address) ?? {};
  if (hostname === undefined || port === 0) throw new UsageError(addressError(address));
  return { host: hostname, ...(port !== undefined && { port }), room };
}

function addressError(address: string): string {
  if (address === "") return TARGET_TEXTS.noHost;
  const isBareIpv6 = address.split(":").length > 2 && !address.startsWith("[");
  return isBareIpv6 ? TARGET_TEXTS.bareIpv6(address) : TARGET_TEXTS.badAddress(address);
}

/** Returns the rooms that `text` names, with commas between them; no rooms if it is empty. */
function roomPart(text: string): Pick<Target, "room" | "rooms"> {
  if (text === "") return {};
  const [room = "", ...others] = text.split(",").map(roomName);
  return { room, ...(others.length > 0 && { rooms: others.map((name) => ({ name })) }) };
}

/** Returns the name of a room, with its `#`. */
function roomName(room: string): string {
  // `&` begins the names of channels that exist on one server only (RFC 2811, section 2.1).
  // Where rooms do not begin with `!` and `+`, the session adds the `#` (RFC 2811, section 2.1).
  const name = /^[#&!+]/.test(room) ? room : `#${room}`;
  if (!isChannel(name.replace(/^[&!+]/, "#"))) {
    throw new UsageError(TARGET_TEXTS.badRoom(room));
  }
  return name;
}

/** Returns the server of `target`, without rooms and token, as a text that `parseTarget` reads. */
export function formatServer({ host, port, tls, isHere }: Target): string {
  const address = formatAddress({ hostname: host.toLowerCase(), port });
  if (isHere) return address;
  if (!tls) return `irc://${address.replaceAll("%", "%25")}`;
  const { fingerprint } = tls;
  const query = fingerprint === undefined ? "" : `?fp=${fingerprint}`;
  return `chat://${address.replaceAll("%", "%25")}${query}`;
}
