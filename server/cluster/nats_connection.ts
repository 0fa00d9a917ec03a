/**
 * Connects to the NATS servers of a cluster. The settings are chosen so that a lost connection is
 * noticed and replaced quickly.
 *
 * @module
 */

import {
  type Authenticator,
  AuthorizationError,
  type ConnectionOptions,
  credsAuthenticator,
  type NatsConnection,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";
import { NatsConnectionImpl, setTransportFactory } from "@nats-io/nats-core/internal";
import { type Clock, pause, systemClock } from "../../shared/clock.ts";
import { UnreachableError, UserError } from "../../shared/errors.ts";
import { readText } from "../../shared/files.ts";
import type { Environment } from "../../shared/flags.ts";
import type { Log } from "../../shared/log.ts";
import type { ClusterAddress } from "../config/cluster_address.ts";
import { NATS_TEXTS } from "../texts/cluster.ts";
import { NatsTransport } from "./nats_transport.ts";

/**
 * A connection to NATS: a type of the library, which documents it.
 *
 * @internal
 */
export type Connection = NatsConnection;

/** The time after which a first connection is given up, in milliseconds. */
const GIVE_UP_MS = 10_000;

/** The time between two attempts, in milliseconds. */
const RETRY_MS = 200;

/**
 * A connection counts as lost after three intervals of pings without an answer. If the intervals
 * were shorter, a server that is busy for a second or two would lose connections that work.
 */
const SETTINGS = {
  // A process does not get back what it sends to all processes of the cluster.
  noEcho: true,
  pingInterval: 1000,
  maxPingOut: 2,
  // A NATS server that is suspended (SIGSTOP) still accepts connections, but says nothing.
  timeout: 2000,
  reconnectTimeWait: 50,
  reconnectJitter: 50,
  reconnectJitterTLS: 50,
  maxReconnectAttempts: -1,
  // Without this, the library stops connecting for good once the credentials were refused twice.
  ignoreAuthErrorAbort: true,
  // A stack for each request costs more than the request.
  noAsyncTraces: true,
} as const satisfies ConnectionOptions;

/** The options of a connection to NATS. */
export interface NatsOptions {
  /** The address of the cluster. */
  readonly address: ClusterAddress;
  /**
   * The environment, which has the credentials: `CHAT_NATS_USER` and `CHAT_NATS_PASSWORD`, or
   * `CHAT_NATS_CREDS`, the path of a file. `CHAT_NATS_CA` is the path of a file with the
   * certificate of the authority that has signed the certificates of the NATS servers.
   */
  readonly environment: Environment;
  /** The clock; by default that of the system. */
  readonly clock?: Clock;
  /** The log of this server; not that of the cluster. */
  readonly log: Log;
  /** The time after which a first connection is given up, in milliseconds. */
  readonly giveUpMs?: number;
}

/**
 * Connects to one of the NATS servers of a cluster.
 *
 * @throws {UnreachableError} if no server accepts a connection in time.
 * @throws {UserError} if a server refuses the credentials, or a file cannot be read.
 */
export async function connectNats(options: NatsOptions): Promise<Connection> {
  const { address: { servers }, clock = systemClock, log, giveUpMs = GIVE_UP_MS } = options;
  const settings = connectionOptions(options);
  const begin = clock.moment();
  let isLogged = false;
  setTransportFactory({ factory: () => new NatsTransport() });
  for (;;) {
    try {
      // A NATS server that refuses the credentials also names other servers. The library would try
      // them in turn without end. So a first connection, which ignores those names, tries the
      // credentials.
      const first = await NatsConnectionImpl.connect({ ...settings, ignoreClusterUpdates: true });
      await first.close();
      const connection = await NatsConnectionImpl.connect(settings);
      rememberAll(connection, servers);
      return connection;
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (error instanceof AuthorizationError) throw new UserError(NATS_TEXTS.refused(cause));
      if (clock.moment().since(begin) >= giveUpMs) {
        throw new UnreachableError(NATS_TEXTS.cannotReach(servers.join(", "), cause));
      }
      if (!isLogged) log.warn("waiting for NATS", { servers: servers.join(), reason: cause });
      isLogged = true;
    }
    await pause(clock, RETRY_MS);
  }
}

/**
 * Adds those of `servers` that the library has forgotten because they were down when it made the
 * connection. Keeps the servers that NATS has told the library about.
 */
function rememberAll(connection: Connection, servers: readonly string[]): void {
  const known = new Set(connection.getServers().map(({ listen }) => listen));
  const all = [...known, ...servers.filter((server) => !known.has(server))];
  if (all.length > known.size) connection.setServers(all);
}

function connectionOptions({ address, environment }: NatsOptions): ConnectionOptions {
  const authority = variable(environment, "CHAT_NATS_CA");
  const authenticator = credentials(environment);
  return {
    ...SETTINGS,
    servers: [...address.servers],
    // The server that was lost comes last: if it is suspended, it still accepts connections.
    reconnectToServer: (servers) =>
      servers.toSorted((one, other) => one.lastConnect - other.lastConnect)[0] ?? null,
    ...(authenticator && { authenticator }),
    ...(address.isEncrypted && { tls: {} }),
    ...(authority !== undefined && { tls: { ca: readText(authority) } }),
  };
}

function credentials(environment: Environment): Authenticator | undefined {
  const path = variable(environment, "CHAT_NATS_CREDS");
  if (path !== undefined) return credsAuthenticator(new TextEncoder().encode(readText(path)));
  const user = variable(environment, "CHAT_NATS_USER");
  const password = variable(environment, "CHAT_NATS_PASSWORD");
  return user === undefined ? undefined : usernamePasswordAuthenticator(user, password);
}

/** Returns the value of a variable; an empty value counts as not set. */
function variable(environment: Environment, name: string): string | undefined {
  return environment.get(name) || undefined;
}
