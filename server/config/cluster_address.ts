/**
 * Reads the address of a cluster: the NATS servers by which the servers of the cluster are
 * connected, and the cluster's name. Performs no I/O.
 *
 * @module
 */

import { formatAddress, parseAddress } from "../../shared/address.ts";

/** The port of NATS servers. */
const NATS_PORT = 4222;

/** The name of a cluster whose address does not name it. */
const DEFAULT_NAME = "chat";

/** The address of a cluster. */
export interface ClusterAddress {
  /** The NATS servers, each as `HOST:PORT`. */
  readonly servers: readonly string[];
  /** True if connections to the NATS servers must be encrypted. */
  readonly isEncrypted: boolean;
  /** The name of the cluster; several clusters can use the same NATS servers. */
  readonly name: string;
}

/** Matches URLs of NATS servers, separated by commas, then a name that a NATS stream can have. */
const ADDRESS =
  /^(?<servers>(?:nats|tls):\/\/[^/,]+(?:,(?:nats|tls):\/\/[^/,]+)*)(?:\/(?<name>[\w-]{1,32}))?\/?$/;

/**
 * Reads an address such as `nats://10.0.0.1,nats://10.0.0.2:4222/chat`; returns `undefined` if
 * `text` is not one. An address must not contain a user and a password, because other users of the
 * machine can read a command line.
 */
export function parseClusterAddress(text: string): ClusterAddress | undefined {
  const { servers = "", name = DEFAULT_NAME } = ADDRESS.exec(text)?.groups ?? {};
  const urls = servers.split(",");
  const isEncrypted = urls.every((url) => url.startsWith("tls:"));
  if (!isEncrypted && urls.some((url) => url.startsWith("tls:"))) return undefined;
  const found = urls.map((url) => parseAddress(url.slice(url.indexOf("//") + 2)));
  const addresses = found.filter((address) => address !== undefined);
  if (addresses.length !== urls.length) return undefined;
  return {
    servers: addresses.map((address) => formatAddress({ port: NATS_PORT, ...address })),
    isEncrypted,
    name,
  };
}
