/**
 * `chat serve`: listens, gives each connection to the door it came to, and takes care of all of them
 * until it is closed. What happens behind the doors is in `server/`.
 *
 * @module
 */

import { type Clock, systemClock } from "./shared/clock.ts";
import type { Received } from "./lines.ts";
import { issueOwnerToken } from "./server/accounts/ownership.ts";
import { Admission } from "./server/net/admission.ts";
import { ConnectUrls } from "./server/config/connect_urls.ts";
import type { ServeOptions } from "./server/config/config.ts";
import type { ListenAddress, Listening } from "./server/config/options.ts";
import { Connection } from "./server/net/connection.ts";
import type { Socket } from "./shared/socket.ts";
import { Context, type Reload } from "./server/core/context.ts";
import type { EventLog, EventLogParts } from "./server/core/event_log.ts";
import type { ConnectionHandler } from "./server/doors/door.ts";
import { DOORS } from "./server/doors/doors.ts";
import {
  Arrival,
  type ArrivalContext,
  arrive,
  type Layer,
  mustUseTls,
} from "./server/net/arrival.ts";
import { cannotListen } from "./server/net/ports.ts";
import { Refused } from "./server/net/foreign.ts";
import type { Identity } from "./server/net/identity.ts";
import { Metrics } from "./server/metrics/metrics.ts";
import { type MetricsServer, openMetricsServer } from "./server/metrics/metrics_server.ts";
import { HealthCheck } from "./server/metrics/health_check.ts";
import { asParameter, unmapped } from "./shared/ip.ts";
import { REGISTRATION_TIMEOUT } from "./server/net/refusals.ts";
import { refusePlaintext, strictTransport } from "./server/net/strict_transport.ts";
import { type Log, silentLog } from "./shared/log.ts";
import { banTerms } from "./server/state/server_bans.ts";
import { openStore } from "./server/store/open.ts";
import type { Store } from "./server/store/store.ts";
import { Tick } from "./server/delivery/tick.ts";

/** A running server. */
export interface Server {
  /** Where it listens, with the ports that were picked. */
  readonly addresses: readonly Listening[];
  /** Where it answers whoever watches over it, if that was asked for. */
  readonly metricsServer: ListenAddress | undefined;
  /** How many are connected, and how many users they are. */
  readonly counts: { readonly connections: number; readonly users: number };
  /**
   * A token for who is to own the server, as long as nobody runs it; one that was given before and
   * not used is worth nothing any more.
   */
  claim(): string | undefined;
  /** Takes no more connections, tells everybody, and closes all within two seconds. May be repeated. */
  close(): Promise<void>;
}

/** The part of a `Deno.TcpConn` in use, as it is accepted. */
export type TcpSocket =
  & Socket
  & Pick<Deno.TcpConn, "localAddr" | "remoteAddr" | "setKeepAlive" | "setNoDelay">;

/** The part of a `Deno.TcpListener` in use. */
export interface Listener extends Pick<Deno.TcpListener, "addr" | "close"> {
  /** The next one who connects. */
  accept(): Promise<TcpSocket>;
}

/** What a server can be given instead of the real thing. */
export interface ServeParts {
  /** Opens a port; absent, the machine's. */
  readonly listen?: (options: Deno.TcpListenOptions) => Listener;
  /** The time; absent, the machine's. */
  readonly clock?: Clock;
  /** Where to tell who came, went and was refused; absent, nowhere. */
  readonly log?: Log;
  /** How others get here; absent, as far as the options tell. */
  readonly connectUrls?: ConnectUrls;
  /** Where to keep things; absent, the store in the server's folder. */
  readonly store?: Store;
  /** The key and the certificate to encrypt with; absent, nothing can be. */
  readonly identity?: Identity;
  /** Reads the configuration file again; absent where there is none. May throw a {@linkcode UserError}. */
  readonly reload?: Reload;
  /** Opens the log of events; absent, the server orders them by itself. */
  readonly openEvents?: (parts: EventLogParts) => EventLog;
}

/** Connections that wait to be accepted; the operating system may allow fewer. */
const BACKLOG = 4096;
/** How often guests are looked after. */
const CHECK_MS = 100;
/** Connections of one proxy that have not said yet whom they are for: it says so at once. */
export const SILENT_PROXY_LIMIT = 1000;
const TOO_SILENT = "Too many connections of a proxy that has not said whom they are for";
/** How long to wait with accepting when no more files can be opened. */
const EXHAUSTED_MS = 200;

/** Why everybody has to go in the end. */
const GOODBYE = "The server is shutting down";

/**
 * Starts a server.
 *
 * @throws {UserError} if it cannot listen where it should.
 */
export function serve(options: ServeOptions, parts: ServeParts = {}): Server {
  return new ChatServer(options, parts);
}

class ChatServer implements Server {
  readonly addresses: readonly Listening[];
  readonly metricsServer: MetricsServer | undefined;
  readonly #metrics = new Metrics();
  readonly #context: Context;
  readonly #admission: Admission;
  readonly #proxies = new Admission(SILENT_PROXY_LIMIT);
  readonly #tick: Tick;
  readonly #store: Store;
  readonly #identity: Identity | undefined;
  readonly #listeners: Listener[] = [];
  readonly #open: (options: Deno.TcpListenOptions) => Listener;
  /** Those on their way in, of whom no line has come yet. */
  readonly #arriving = new Set<Arrival>();
  /** Those who have come so far. */
  readonly #connections = new Set<Connection>();
  /** All who were accepted, until they are gone. */
  readonly #visits = new Set<Promise<void>>();
  readonly #stopChecking: () => void;
  #closing = false;
  #closed: Promise<void> | undefined;

  constructor(options: ServeOptions, parts: ServeParts) {
    const { clock = systemClock, log = silentLog, reload, openEvents } = parts;
    const store = parts.store ?? openStore(options);
    this.#open = parts.listen ?? Deno.listen;
    this.#store = store;
    this.#identity = parts.identity;
    const metrics = this.#metrics;
    this.#tick = new Tick(() => this.#context.commit(), {
      onTurn: (commitMs, turnMs) => {
        metrics.commits.observe(commitMs);
        metrics.turns.observe(turnMs);
      },
    });
    const connectUrls = parts.connectUrls ?? new ConnectUrls({ options, interfaces: [] });
    const tick = this.#tick;
    const shared = { clock, connectUrls, log, reload, store, metrics, tick, openEvents };
    this.#context = new Context(options, shared);
    this.#admission = new Admission(options.limits.connectionsPerAddress);
    const [first] = options.listen;
    const plain = options.plainPort !== undefined && first
      ? [{ hostname: first.hostname, port: options.plainPort }]
      : [];
    this.addresses = [
      ...options.listen.map((address) => this.#listen("irc", address)),
      ...plain.map((address) => this.#listen("plain", address)),
    ];
    const { network } = this.#context;
    const connections = this.#connections;
    const health = new HealthCheck({ clock, metrics, network, store, connections }, CHECK_MS);
    this.metricsServer = options.metrics && this.#openMetricsServer(options.metrics, health);
    this.#stopChecking = clock.every(CHECK_MS, () => {
      health.recordBeat();
      const now = clock.now();
      this.#context.checkGuests(now);
      this.#context.tidy();
      this.#context.refusals.check(now);
      this.#identity?.check(now, log);
    });
  }

  get counts(): { connections: number; users: number } {
    return { connections: this.#visits.size, users: this.#context.network.counts.users };
  }

  claim(): string | undefined {
    return issueOwnerToken(this.#context);
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#closing = true;
    this.#stopChecking();
    for (const listener of this.#listeners) listener.close();
    for (const arrival of this.#arriving) arrival.abort(GOODBYE);
    this.#context.closeGuests(GOODBYE);
    await Promise.all([...this.#visits, this.metricsServer?.close()]);
    this.#store.close();
    this.#context.refusals.logCount();
  }

  #listen(kind: Listening["kind"], { hostname, port }: ListenAddress): Listening {
    let listener: Listener;
    try {
      listener = this.#open({ hostname, port, tcpBacklog: BACKLOG });
    } catch (error) {
      this.#giveUp();
      throw cannotListen(DOORS[kind].flag, { hostname, port }, error);
    }
    this.#listeners.push(listener);
    this.#accept(listener, kind);
    return { kind, hostname: listener.addr.hostname, port: listener.addr.port };
  }

  #openMetricsServer(address: ListenAddress, health: HealthCheck): MetricsServer {
    try {
      return openMetricsServer(address, health);
    } catch (error) {
      this.#giveUp();
      throw cannotListen("--metrics", address, error);
    }
  }

  /** It cannot start. */
  #giveUp(): void {
    this.#closing = true;
    for (const opened of this.#listeners) opened.close();
    this.#store.close();
  }

  async #accept(listener: Listener, kind: Listening["kind"]): Promise<void> {
    const { clock, log } = this.#context;
    while (!this.#closing) {
      try {
        this.#welcome(await listener.accept(), kind);
      } catch (error) {
        if (this.#closing || error instanceof Deno.errors.BadResource) return;
        // Reset by the other side before its turn came: nobody else is to wait for that.
        if (error instanceof Deno.errors.NotConnected) continue;
        // Out of file descriptors, most likely: those who are here go on, others have to wait.
        log.error("cannot accept connections", { error: String(error) });
        await new Promise<void>((resolve) => clock.after(EXHAUSTED_MS, resolve));
      }
    }
  }

  #welcome(socket: TcpSocket, kind: Listening["kind"]): void {
    const arrival = new Arrival(
      socket,
      unmapped(socket.remoteAddr.hostname),
      { hostname: unmapped(socket.localAddr.hostname), port: socket.localAddr.port },
      this.#context.clock.now(),
    );
    this.#metrics.accepted++;
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    const visit = this.#visit(arrival, kind).finally(() => {
      this.#visits.delete(visit);
      arrival.release();
    });
    this.#visits.add(visit);
  }

  /** One connection, from its first byte to its end. Never rejects. */
  async #visit(arrival: Arrival, kind: Listening["kind"]): Promise<void> {
    const { clock, options } = this.#context;
    const { allowPlaintext, limits, origins, trustedProxies } = options;
    const way: ArrivalContext = {
      clock,
      identity: this.#identity,
      allowPlaintext,
      origins,
      trustedProxies,
      admit: (address) => this.#admit(address, kind),
      admitProxy: (address) => admitOrThrow(this.#proxies, address, TOO_SILENT),
    };
    const door = DOORS[kind];
    await this.#arrive(arrival, door.layers, way);
    if (arrival.closed) return;
    const { address, local } = arrival;
    const sts = strictTransport(arrival, { identity: this.#identity, options });
    const isRefused = kind === "irc" && mustUseTls(arrival, way);
    const refuse = isRefused ? refusePlaintext(local.port, options.name, sts) : undefined;
    const parts = { clock, tick: this.#tick, limits, refuse };
    const connection = new Connection(arrival, parts, door.rules);
    const context = this.#context;
    const handler = door.open(connection, { context, host: asParameter(address), sts });
    this.#connections.add(connection);
    await connection.run({
      received: (found) => this.#receive(connection, handler, found),
      refused: (protocol) => this.#refused(address, `speaks ${protocol}`),
      closed: (reason) => {
        this.#connections.delete(connection);
        this.#metrics.closed.add(reason);
        const leave = () => context.afterwards(() => handler.leave(reason));
        context.guard("leaving failed", { address }, leave);
      },
    });
  }

  /**
   * Has a line acted on once everything that happened before has been applied, so that decisions are
   * made on what is true. Until then, no further line is taken.
   */
  #receive(connection: Connection, handler: ConnectionHandler, found: Received): void {
    const context = this.#context;
    let isDone = false;
    context.afterwards(() => {
      isDone = true;
      const act = () => handler.received(found);
      if (!context.guard("a line failed", {}, act)) connection.destroy("Internal error");
    });
    if (!isDone) context.afterwards(connection.pause());
  }

  /** Waits until the first line has begun. Who does not come so far in time is given up. */
  async #arrive(arrival: Arrival, layers: readonly Layer[], parts: ArrivalContext): Promise<void> {
    const { clock, options: { limits } } = this.#context;
    const inTime = clock.after(limits.registrationSeconds * 1000, () => {
      this.#refused(arrival.address, REGISTRATION_TIMEOUT);
      arrival.abort(REGISTRATION_TIMEOUT);
    });
    this.#arriving.add(arrival);
    try {
      await arrive(arrival, layers, parts);
    } catch (error) {
      // Else reset by the other side, or closed by this one.
      const refused = error instanceof Refused && !arrival.closed ? error : undefined;
      if (refused) this.#refused(arrival.address, refused.message);
      arrival.close(refused?.answer);
    } finally {
      inTime();
      this.#arriving.delete(arrival);
    }
  }

  /** Gives who comes from `address` a place; returns what gives it back. */
  #admit(address: string, kind: Listening["kind"]): () => void {
    const { clock, network, options: { limits, name } } = this.#context;
    const now = clock.now();
    const ban = network.serverBans.ofAddress(address, now);
    if (ban) {
      const terms = banTerms(ban, now);
      const numeric = `:${name} 465 * :You are banned from this server${terms}\r\n`;
      throw stayOut(`Banned${terms}`, kind === "irc" ? numeric : "");
    }
    this.#admission.limit = limits.connectionsPerAddress;
    return admitOrThrow(this.#admission, address, "Too many connections from your address");
  }

  #refused(address: string, reason: string): void {
    this.#context.refused(address, reason);
  }
}

/** A place for who comes from `address`; returns what gives it back. Throws `reason` if there is none. */
function admitOrThrow(admission: Admission, address: string, reason: string): () => void {
  if (!admission.admit(address)) throw stayOut(reason);
  return () => admission.release(address);
}

/** What somebody is turned away with; lines of `before` come first. */
function stayOut(reason: string, before = ""): Refused {
  return new Refused(reason, new TextEncoder().encode(`${before}ERROR :${reason}\r\n`));
}
