/**
 * Decides if a connection from an address is accepted.
 *
 * @module
 */

import type { Listening } from "../config/options.ts";
import type { Context } from "../core/context.ts";
import { Admission, admitOrThrow } from "../net/admission.ts";
import { refusal } from "../net/foreign.ts";
import { banTerms } from "../state/server_bans.ts";
import { NET_TEXTS } from "../texts/net.ts";

/**
 * The largest number of connections that a proxy can have open before it reports the addresses of
 * their clients. A proxy reports an address at once, so a proxy with that many silent connections
 * is faulty: its further connections are refused.
 */
export const SILENT_PROXY_LIMIT = 1000;

/** Counts the connections of a server, by address. */
export class Entrance {
  readonly #clients = new Admission();
  readonly #proxies = new Admission();

  /**
   * Counts a connection from `address`; returns the function that stops counting it.
   *
   * @throws {Refused} if the address is banned or has too many connections.
   */
  admit(
    address: string,
    kind: Listening["kind"],
    { clock, network, options: { limits, name } }: Context,
  ): () => void {
    const now = clock.now();
    const ban = network.serverBans.ofAddress(address, now);
    if (ban) {
      const terms = banTerms(ban, now);
      const numeric = `:${name} 465 * :${NET_TEXTS.bannedFromServer(terms)}\r\n`;
      throw refusal(NET_TEXTS.banned(terms), kind === "irc" ? numeric : "");
    }
    const limit = limits.connectionsPerAddress;
    return admitOrThrow(this.#clients, address, limit, NET_TEXTS.tooManyFromAddress);
  }

  /**
   * Counts a connection of a proxy that has not reported its client's address; returns the function
   * that stops counting it.
   *
   * @throws {Refused} if the proxy has too many such connections.
   */
  admitProxy(address: string): () => void {
    return admitOrThrow(this.#proxies, address, SILENT_PROXY_LIMIT, NET_TEXTS.tooManyFromProxy);
  }
}
