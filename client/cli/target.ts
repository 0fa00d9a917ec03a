/**
 * What follows `chat connect`: where to, how, and into which room. Pure; resolves nothing.
 *
 * @module
 */

import { isLoopback, parseAddress } from "../../shared/address.ts";
import { UsageError } from "../../shared/errors.ts";
import { readFingerprint } from "../../shared/fingerprint.ts";
import { DEFAULT_PORT, isChannel } from "../../protocol.ts";

/** Where `chat connect` is to go. */
export interface Target {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** That TLS is spoken, and the fingerprint where one was given; absent for plain text. */
  readonly tls?: { readonly fingerprint?: string };
  /** A channel's name; absent where none was given. */
  readonly room?: string;
  /** What was given to be let in by, or to be given something for. */
  readonly token?: string;
}

/** What each scheme means. */
const SCHEMES: ReadonlyMap<string, { readonly isEncrypted: boolean; readonly port: number }> =
  new Map([
    ["chat", { isEncrypted: true, port: DEFAULT_PORT }],
    // The ports that IRC is known at (RFC 7194; RFC 1459, section 1).
    ["ircs", { isEncrypted: true, port: 6697 }],
    ["irc", { isEncrypted: false, port: 6667 }],
  ]);

/**
 * Reads `HOST[:PORT][/ROOM]`, which means TLS unless the host is this machine, or a URL:
 * `SCHEME://HOST[:PORT][/ROOM][?fp=FINGERPRINT]` with a scheme of `chat`, `ircs` or `irc`, of which
 * the last one is plain text; with `chat`, there may be a `token=TOKEN`, too. The room may be written
 * without its `#`, which shells take for the beginning of a comment.
 *
 * @throws {UsageError} if it is something else.
 */
export function parseTarget(text: string): Target {
  const { scheme, rest = "" } = /^(?<scheme>[\w+.-]+):\/\/(?<rest>.*)$/s.exec(text)?.groups ?? {};
  if (scheme !== undefined) return parseUrl(scheme.toLowerCase(), rest);
  if (/[?&](?:fp|token)=/.test(text)) {
    throw new UsageError(
      "a fingerprint or a token needs a URL: chat://HOST[:PORT][/ROOM]?fp=FINGERPRINT",
    );
  }
  const { host, port = DEFAULT_PORT, room } = parsePlace(text);
  return { host, port, ...(!isLoopback(host) && { tls: {} }), ...named(room) };
}

function parseUrl(scheme: string, rest: string): Target {
  const meaning = SCHEMES.get(scheme);
  if (!meaning) {
    const known = [...SCHEMES.keys()].map((name) => `${name}://`).join(", ");
    throw new UsageError(`chat does not speak ${scheme}://: use one of ${known}`);
  }
  const [place = "", ...query] = rest.split("?");
  const { host, port = meaning.port, room } = parsePlace(place);
  const { fingerprint, token } = parseQuery(query.join("?"));
  if (!meaning.isEncrypted && fingerprint !== undefined) {
    throw new UsageError(`${scheme}:// is plain text, which has no fingerprint: use ircs://`);
  }
  if (scheme !== "chat" && token !== undefined) {
    throw new UsageError(`a token works with chat:// only: use chat://, not ${scheme}://`);
  }
  return {
    host,
    port,
    ...(meaning.isEncrypted && { tls: { ...(fingerprint !== undefined && { fingerprint }) } }),
    ...named(decode(room)),
    ...(token !== undefined && { token }),
  };
}

/** What a URL can tell behind its `?`, each at most once. */
interface Query {
  readonly fingerprint?: string;
  readonly token?: string;
}

type ReadQuery = (value: string) => Query;

/** How each part of a query is read. */
const QUERY: ReadonlyMap<string, ReadQuery> = new Map<string, ReadQuery>([
  ["fp", (value) => ({ fingerprint: parseFingerprint(value) })],
  ["token", (value) => ({ token: parseToken(value) })],
]);

/** What is not understood is refused: it may be something that matters, mistyped. */
function parseQuery(query: string): Query {
  const given = new Set<string>();
  let found: Query = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const parse = given.has(name) ? undefined : QUERY.get(name);
    if (!parse) {
      throw new UsageError(
        `${name} cannot be in the URL: only fp=FINGERPRINT and token=TOKEN can, once each`,
      );
    }
    given.add(name);
    found = { ...found, ...parse(value) };
  }
  return found;
}

function parseFingerprint(value: string): string {
  const fingerprint = readFingerprint(value);
  if (fingerprint !== undefined) return fingerprint;
  throw new UsageError(
    `the fingerprint ${value} is not valid: it must have 64 hexadecimal digits; copy the line again`,
  );
}

function parseToken(value: string): string {
  if (/^[\w-]{1,64}$/.test(value)) return value;
  throw new UsageError("the token in the URL is not valid: copy the line again");
}

function decode(room: string): string {
  try {
    return decodeURIComponent(room);
  } catch {
    throw new UsageError(`${room} is not a room: in a URL, a % is written %25`);
  }
}

/** Takes `HOST[:PORT][/ROOM]` apart; the room is empty where there is none. */
function parsePlace(text: string): { host: string; port?: number; room: string } {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const room = slash < 0 ? "" : text.slice(slash + 1);
  const { hostname, port } = parseAddress(address) ?? {};
  if (hostname === undefined || port === 0) throw new UsageError(whatIsWrong(address));
  return { host: hostname, ...(port !== undefined && { port }), room };
}

function whatIsWrong(address: string): string {
  if (address === "") return "the host is missing: write HOST[:PORT][/ROOM]";
  const isBareV6 = address.split(":").length > 2 && !address.startsWith("[");
  const hint = isBareV6
    ? "write an IPv6 address in brackets, such as [::1]:7342"
    : "write HOST[:PORT][/ROOM], with a port from 1 to 65535";
  return `${address} is not an address: ${hint}`;
}

function named(room: string): { room?: string } {
  if (room === "") return {};
  // `&` begins the names of channels that other servers keep to themselves (RFC 2811, section 2.1).
  const isWhole = room.startsWith("#") || room.startsWith("&");
  const name = isWhole ? room : `#${room}`;
  if (!isChannel(name.replace(/^&/, "#"))) {
    throw new UsageError(`${room} is not a room: the name of a room has no spaces or commas`);
  }
  return { room: name };
}
