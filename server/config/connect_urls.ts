/**
 * Builds the addresses, URLs and commands with which users connect to the server, for its first
 * lines of output and for invitations. Performs no I/O; the machine's addresses are passed in.
 *
 * @module
 */

import { type Address, formatAddress, isLoopback } from "../../shared/address.ts";
import { DEFAULT_PORT, UPLOAD_PATH } from "../../protocol.ts";
import type { ServeOptions } from "./config.ts";
import type { ListenAddress, Listening } from "./options.ts";
import { SERVE_TEXTS } from "../texts/server.ts";

/** An address of this machine, as an entry of `Deno.networkInterfaces()`. */
export interface Interface {
  /** The IP version of the address. */
  readonly family: "IPv4" | "IPv6";
  /** The address. */
  readonly address: string;
}

/** The settings and values that {@linkcode ConnectUrls} are built from. */
export interface ConnectUrlParts {
  /** The server's options. */
  readonly options:
    & Pick<ServeOptions, "address" | "inviteOnly" | "listen" | "name" | "room">
    & Partial<Pick<ServeOptions, "page">>;
  /** The server's certificate; absent if it does not offer TLS. */
  readonly identity?: {
    /** The certificate's fingerprint. */
    readonly fingerprint: string;
    /** Returns true if an authority vouches for the certificate as that of `name`. */
    isSignedFor(name: string): boolean;
  };
  /** The addresses of the machine. */
  readonly interfaces: readonly Interface[];
  /**
   * The command that joins a server, as users of this machine type it; `chat connect` if absent.
   */
  readonly connect?: string;
}

/** A server and room for users to connect to. */
export interface Destination {
  /** The address of a listener, or the address of this machine to which the client is connected. */
  readonly at: ListenAddress;
  /** The room to join. */
  readonly room: string;
  /** The token to redeem, if any. */
  readonly token?: string;
  /** The code that links a browser to an account, if any; only the page reads it. */
  readonly link?: string;
}

/**
 * Returns the names and addresses for a certificate of this machine; `name` is the server's name.
 */
export function certificateNames(name: string, interfaces: readonly Interface[]): string[] {
  return [...new Set([name, "localhost", ...interfaces.map(({ address }) => address)])];
}

/** The URLs and commands of one server. */
export class ConnectUrls {
  #parts: ConnectUrlParts;

  /** Takes `parts`. Each method reads them anew, because the certificate may have been renewed. */
  constructor(parts: ConnectUrlParts) {
    this.#parts = parts;
  }

  /** Uses these options from now on. */
  use(options: ConnectUrlParts["options"]): void {
    this.#parts = { ...this.#parts, options };
  }

  /** Returns the line to print for a listener: its address, and the exact command for a friend. */
  announcement({ kind, ...at }: Listening): string {
    const { connect = CONNECT, options: { inviteOnly, room } } = this.#parts;
    const listening = SERVE_TEXTS.listening(formatAddress(at));
    // The command uses TLS on this machine, too, because the client presents its key over TLS only.
    if (inviteOnly) {
      const command = this.command({ at, room }, connect);
      return `${listening} ${SERVE_TEXTS.accountsJoinWith(command)}`;
    }
    // The port of --address applies only to the IRC listener.
    const target = { ...this.#addressOf(at), ...(kind === "plain" && { port: at.port }) };
    if (isLoopback(target.hostname)) {
      return `${listening} ${SERVE_TEXTS.joinHere(HERE[kind](target, connect))}`;
    }
    const command = kind === "irc" ? this.command({ at, room }, connect) : netcat(target);
    return `${listening} ${SERVE_TEXTS.friendsJoinWith(command)}`;
  }

  /**
   * Returns the line with the URL of the page for a listener; `undefined` if the listener has no
   * page.
   */
  pageLine({ kind, ...at }: Listening): string | undefined {
    const { room } = this.#parts.options;
    const url = kind === "irc" ? this.pageUrl({ at, room }) : undefined;
    return url && SERVE_TEXTS.page(url);
  }

  /**
   * Returns the URL of the page that leads to `destination`; `undefined` if there is no page. The
   * token is in the fragment, which browsers send to nobody (RFC 3986, section 3.5).
   */
  pageUrl({ at, room, token, link }: Destination): string | undefined {
    if (this.#parts.options.page === false) return undefined;
    const { host, isLocal } = this.#target(at);
    const isPlain = isLocal || !this.#parts.identity;
    const fragment = new URLSearchParams({
      ...(token !== undefined && { token }),
      ...(link !== undefined && { link }),
    });
    const url = `${isPlain ? "http" : "https"}://${host}/${pathOf(room)}`;
    return fragment.size > 0 ? `${url}#${fragment}` : url;
  }

  /**
   * Returns the URL to which a client that is connected to the address `at` uploads files. A client
   * with an encrypted connection must not upload without encryption (https://soju.im/filehost).
   */
  uploadUrl(at: ListenAddress, encrypted: boolean): string {
    const isHere = isLoopback(at.hostname) && !encrypted;
    const host = isHere ? formatAddress(at) : this.#target(at).host;
    return `${encrypted ? "https" : "http"}://${host}${UPLOAD_PATH}`;
  }

  /**
   * Returns the URL by which other users get the file at `path`, which was uploaded to the listener
   * `at`.
   */
  fileUrl(at: ListenAddress, path: string): string {
    const { host, isLocal } = this.#target(at);
    const isPlain = isLocal || !this.#parts.identity;
    return `${isPlain ? "http" : "https"}://${host}${path}`;
  }

  /** Returns the line with a command that redeems `token`: whoever runs it owns the server. */
  claim(at: ListenAddress, token: string): string {
    const { connect, options: { room } } = this.#parts;
    return SERVE_TEXTS.ownServer(this.command({ at, room, token }, connect));
  }

  /**
   * Returns the line with a URL that redeems `token` on the page: whoever opens it owns the server.
   * Returns `undefined` if there is no page.
   */
  claimOnPage(at: ListenAddress, token: string): string | undefined {
    const { room } = this.#parts.options;
    const url = this.pageUrl({ at, room, token });
    return url && SERVE_TEXTS.ownServerOnPage(url);
  }

  /**
   * Returns the URL for a friend, which a phone can open if there is a page; `undefined` if other
   * machines cannot reach the server.
   */
  url(at: ListenAddress): string | undefined {
    const { room } = this.#parts.options;
    if (isLoopback(this.#addressOf(at).hostname)) return undefined;
    return this.pageUrl({ at, room }) ?? this.#urlTo({ at, room });
  }

  /**
   * Returns the command line that leads to `destination`; `connect` is the command that joins a
   * server. The URL is quoted, because `?` and `&` have a meaning in a shell.
   */
  command(destination: Destination, connect = CONNECT): string {
    return `${connect} "${this.#urlTo(destination)}"`;
  }

  #urlTo({ at, room, token }: Destination): string {
    const { identity } = this.#parts;
    const { host, isVouchedFor } = this.#target(at);
    const query = new URLSearchParams({
      ...(identity && !isVouchedFor && { fp: identity.fingerprint }),
      ...(token !== undefined && { token }),
    });
    const url = `chat://${host}/${pathOf(room)}`;
    return query.size > 0 ? `${url}?${query}` : url;
  }

  /** Returns the host and port in URLs that lead to the listener `at`. */
  #target(at: ListenAddress): Target {
    const { identity, options } = this.#parts;
    const { hostname, port } = this.#addressOf(this.#openTo(at));
    // No authority signs certificates for loopback addresses.
    const isLocal = isLoopback(hostname);
    const known = options.address?.hostname ?? options.name;
    const isVouchedFor = !isLocal && identity?.isSignedFor(known) === true;
    const host = formatAddress({ hostname: isVouchedFor ? known : hostname, port });
    return { host, isLocal, isVouchedFor };
  }

  /** Returns the address at which clients reach the listener `at`. */
  #addressOf({ hostname, port }: ListenAddress): ListenAddress {
    const { address } = this.#parts.options;
    if (address) return { port, ...address };
    if (!EVERY_ADDRESS.has(hostname)) return { hostname, port };
    return { hostname: this.#reachable(hostname) ?? "localhost", port };
  }

  /**
   * Returns `at` if other machines can reach it. Otherwise, returns another listener that they can
   * reach or, if there is none, `at`.
   */
  #openTo(at: ListenAddress): ListenAddress {
    if (!isLoopback(at.hostname) && !isLinkLocal(at.hostname)) return at;
    const other = this.#parts.options.listen.find(({ hostname }) => !isLoopback(hostname));
    return other ? { hostname: other.hostname, port: other.port || at.port } : at;
  }

  /**
   * Returns an address of this machine that other machines can reach, for a listener on every
   * address: `hostname` is `0.0.0.0` or, if IPv6 is served, too, `::`. Prefers an IPv4 address,
   * which is easier to type.
   */
  #reachable(hostname: string): string | undefined {
    const outward = this.#parts.interfaces.filter(({ address }) =>
      !isLoopback(address) && !isLinkLocal(address)
    );
    const v4 = outward.find(({ family }) => family === "IPv4");
    const v6 = hostname === "::" ? outward.find(({ family }) => family === "IPv6") : undefined;
    return (v4 ?? v6)?.address;
  }
}

/** The host in the URLs of a listener. */
interface Target {
  /** The host and the port. */
  readonly host: string;
  /** True if only this machine can reach the host. */
  readonly isLocal: boolean;
  /** True if an authority vouches for the certificate, so that clients need no fingerprint. */
  readonly isVouchedFor: boolean;
}

/** Returns a room as the path of a URL. */
function pathOf(room: string): string {
  // `!` has a meaning in some shells even within quotes.
  return encodeURIComponent(room.slice(1)).replaceAll("!", "%21");
}

/** Returns the line to print for the metrics server. */
export function metricsLine(address: ListenAddress): string {
  return SERVE_TEXTS.status(`http://${formatAddress(address)}`);
}

/** The command that joins a server, on a machine on which `chat` is installed. */
const CONNECT = "chat connect";

/** A function that returns the command by which a user of this machine joins through a listener. */
type JoinHere = (target: ListenAddress, connect: string) => string;

/** The functions that return such a command, by the kind of the listener. */
const HERE: Readonly<Record<Listening["kind"], JoinHere>> = {
  irc({ hostname, port }, connect) {
    const address: Address = port === DEFAULT_PORT ? { hostname } : { hostname, port };
    const text = formatAddress(address);
    // Some shells take brackets for a pattern.
    return `${connect} ${text.startsWith("[") ? `"${text}"` : text}`;
  },
  plain: netcat,
};

function netcat({ hostname, port }: ListenAddress): string {
  return `nc ${hostname} ${port}`;
}

const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Returns true for a link-local address (RFC 3927; RFC 4291, section 2.5.6). */
function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
