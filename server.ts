/**
 * Implements the server of `chat serve`: it listens, passes each connection to the door of its
 * port, and runs until it is closed. A door is the code for the protocol that clients of a port
 * speak; the doors, and all that they use, are in `server/`.
 *
 * @module
 */

import { systemClock } from "./shared/clock.ts";
import { issueOwnerToken } from "./server/accounts/ownership.ts";
import { sameSecret } from "./server/auth/secrets.ts";
import { ConnectUrls } from "./server/config/connect_urls.ts";
import type { ServeOptions } from "./server/config/config.ts";
import type { Listening } from "./server/config/options.ts";
import { Budgets } from "./server/net/budget.ts";
import { Connection } from "./server/net/connection.ts";
import { Context } from "./server/core/context.ts";
import type { Server } from "./server/core/running_server.ts";
import type { ServeParts } from "./server/core/serve_parts.ts";
import type { Cluster, ClusterHost } from "./server/cluster/cluster.ts";
import { Entrance } from "./server/doors/admitting.ts";
import { decidingDuties, type Duty, perform } from "./server/doors/duties.ts";
import { DOORS } from "./server/doors/doors.ts";
import { keptIn, openFolder, OwnFiles } from "./server/doors/file_keeper.ts";
import { FileDoor } from "./server/doors/files.ts";
import { receive } from "./server/doors/receiving.ts";
import { Arrival, type ArrivalContext, arrive, mustUseTls } from "./server/net/arrival.ts";
import { acceptAll, type Listener, type TcpSocket } from "./server/net/accepting.ts";
import { limitTime } from "./server/net/arrival_time.ts";
import { listen, type OpenPort, openPorts } from "./server/net/ports.ts";
import { Refused } from "./server/net/foreign.ts";
import type { HttpRequest } from "./server/net/http.ts";
import type { Identity } from "./server/net/identity.ts";
import { namesOf, type Page } from "./server/net/page.ts";
import { Metrics } from "./server/metrics/metrics.ts";
import { type MetricsServer, startMetricsServer } from "./server/metrics/metrics_server.ts";
import { Inflow } from "./server/net/inflow.ts";
import { SealedInput } from "./server/net/sealed_input.ts";
import { HealthCheck } from "./server/metrics/health_check.ts";
import { UserError } from "./shared/errors.ts";
import { asParameter, unmapped } from "./shared/ip.ts";
import { refusePlaintext, strictTransport } from "./server/net/strict_transport.ts";
import { Guard } from "./shared/guard.ts";
import { silentLog } from "./shared/log.ts";
import { openStore } from "./server/store/open.ts";
import type { Store } from "./server/store/store.ts";
import { Tick } from "./server/delivery/tick.ts";
import { NET_TEXTS } from "./server/texts/net.ts";
import { SESSION_TEXTS } from "./server/texts/session.ts";

export type { ServeParts, Server };

/** The parts of a server that can be replaced, and its cluster. */
export interface AllParts extends ServeParts {
  /** The cluster that the server is part of; absent if it is a single server. */
  readonly cluster?: Cluster | undefined;
}

/** The interval of the periodic checks, in milliseconds. */
const CHECK_MS = 100;

/**
 * Starts a server.
 *
 * @throws {UserError} if it cannot listen on one of its addresses.
 */
export async function serve(options: ServeOptions, parts: AllParts = {}): Promise<Server> {
  let ports: OpenPort[] = [];
  try {
    ports = await openPorts(options, parts.listen ?? listen);
    const server = new ChatServer(options, parts, ports);
    await server.begin();
    return server;
  } catch (error) {
    for (const { listener } of ports) listener.close();
    parts.store?.close();
    throw error;
  }
}

function addressOf({ purpose: kind, listener: { addr } }: OpenPort): readonly Listening[] {
  return kind === "metrics" ? [] : [{ kind, hostname: addr.hostname, port: addr.port }];
}

class ChatServer implements Server {
  readonly addresses: readonly Listening[];
  readonly metricsServer: MetricsServer | undefined;
  readonly #metrics = new Metrics();
  readonly #guard: Guard;
  readonly #context: Context;
  readonly #inflow: Inflow;
  readonly #entrance = new Entrance();
  readonly #budgets: Budgets;
  readonly #tick: Tick;
  readonly #store: Store;
  readonly #identity: Identity | undefined;
  readonly #page: Page | undefined;
  readonly #cluster: Cluster | undefined;
  /** Makes a context like that of the server, but with the given parts in place of its own. */
  readonly #contextWith: ClusterHost["contextWith"];
  readonly #ports: readonly OpenPort[];
  /** The door for uploaded files; absent if the server keeps all data in memory. */
  readonly #files: FileDoor | undefined;
  readonly #listeners: Listener[] = [];
  readonly #sealedInput = new SealedInput();
  /** The connections whose first line has not begun yet. */
  readonly #arriving = new Set<Arrival>();
  /** The connections whose first line has begun. */
  readonly #connections = new Set<Connection>();
  /**
   * A promise for each accepted connection, which settles when the connection has been handled.
   */
  readonly #handled = new Set<Promise<void>>();
  readonly #stopChecking: () => void;
  #closing = false;
  #closed: Promise<void> | undefined;

  constructor(options: ServeOptions, parts: AllParts, ports: readonly OpenPort[]) {
    const { log = silentLog, reload, postPush, droppedLogLines = () => 0, cluster } = parts;
    const openEvents = cluster ? cluster.openEvents.bind(cluster) : parts.openEvents;
    this.#cluster = cluster;
    this.#ports = ports;
    const store = parts.store ?? openStore(options, log.error);
    this.#budgets = parts.budgets ?? new Budgets({ leftMs: () => store.recordsMs });
    this.#store = store;
    this.#identity = parts.identity;
    this.#page = parts.page;
    const metrics = this.#metrics;
    const guard = this.#guard = new Guard({
      clock: parts.clock ?? systemClock,
      log,
      onFault: () => metrics.faults++,
    });
    const { clock } = guard;
    const commit = () => this.#context.commit();
    this.#tick = new Tick(() => guard.run("a commit failed", {}, commit), {
      onTurn: (commitMs, turnMs) => {
        metrics.commits.observe(commitMs);
        metrics.turns.observe(turnMs);
      },
      onLateWrite: () => this.#inflow.count(),
    });
    const inflow = this.#inflow = new Inflow({ clock, now: parts.readingTime });
    const connectUrls = parts.connectUrls ?? new ConnectUrls({ options, interfaces: [] });
    const reloaded = (options: ServeOptions): void => {
      if (options.tls) this.#identity?.follow(options.tls);
      parts.reloaded?.(options);
    };
    const wiring = { guard, clock, inflow, connectUrls, log, metrics, openEvents, postPush };
    const shared = { ...wiring, reload, reloaded, store, tick: this.#tick };
    const duty = cluster ? "deliver" : "both";
    this.#context = new Context(options, { ...shared, duty });
    const reloadedByLeader = (options: ServeOptions): void => {
      reloaded(options);
      this.#context.use(options);
    };
    this.#contextWith = (parts) =>
      new Context(this.#context.options, { ...shared, reloaded: reloadedByLeader, ...parts });
    const context = this.#context;
    const folder = options.memory ? undefined : openFolder(context);
    if (folder) {
      const keeper = cluster?.keepFiles(context, folder) ?? new OwnFiles(context, folder);
      this.#files = new FileDoor({ context, folder, keeper, page: this.#page });
    }
    this.addresses = ports.flatMap(addressOf);
    const { network } = this.#context;
    const connections = this.#connections;
    const clusterTrouble = () => cluster?.trouble;
    const measured = { clock, metrics, network, store, connections, droppedLogLines };
    const health = new HealthCheck({ ...measured, clusterTrouble }, CHECK_MS);
    const monitored = { source: health, guard, inflow, log };
    const forMetrics = ports.find(({ purpose }) => purpose === "metrics")?.listener;
    this.metricsServer = forMetrics && startMetricsServer(forMetrics, monitored);
    const duties: readonly Duty[] = [
      ["beat", () => health.recordBeat()],
      ["clock", () => this.#context.checkClock()],
      ["clients", () => this.#context.checkClients()],
      ["store", () => this.#context.tidy()],
      ["encryption", () => this.#sealedInput.check()],
      ["files", () => this.#files?.tidy()],
      ["refusals", (now) => this.#context.refusals.check(now)],
      ["certificate", (now) => this.#identity?.check(now, log)],
      ...(cluster ? [] : decidingDuties(this.#context, keptIn(folder))),
    ];
    this.#stopChecking = clock.every(CHECK_MS, () => perform(duties, this.#context));
  }

  get counts(): { connections: number; users: number } {
    return { connections: this.#handled.size, users: this.#context.network.counts.users };
  }

  claim(): string | undefined {
    return this.#cluster ? this.#cluster.claim() : issueOwnerToken(this.#context);
  }

  reload(by: string): void {
    // A server that leads a cluster has a second context, which decides. It also passes the new
    // options to the context that delivers.
    const context = this.#cluster?.deciding ?? this.#context;
    const reload = () => {
      try {
        context.rehash(by);
      } catch (error) {
        // The context has logged the error already.
        if (!(error instanceof UserError)) throw error;
      }
    };
    this.#guard.run("reading the configuration again failed", { by }, reload);
  }

  reportFault(error: unknown): void {
    this.#guard.report("an error was not caught", {}, error);
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#closing = true;
    this.#stopChecking();
    for (const listener of this.#listeners) listener.close();
    for (const arrival of this.#arriving) arrival.abort(NET_TEXTS.shuttingDown);
    if (this.#cluster) await this.#cluster.close(NET_TEXTS.shuttingDown);
    else this.#context.closeClients(NET_TEXTS.shuttingDown);
    this.#files?.close();
    await Promise.all([...this.#handled, this.metricsServer?.close()]);
    await this.#context.close();
    for (const part of [this.#tick, this.#budgets, this.#inflow, this.#store]) part.close();
  }

  /** Joins the cluster, if there is one, and then begins to accept connections. */
  async begin(): Promise<void> {
    await this.#cluster?.begin({
      context: this.#context,
      budgets: this.#budgets,
      certificate: this.#identity?.fingerprint,
      contextWith: this.#contextWith,
    });
    for (const port of this.#ports) this.#accept(port);
  }

  /** Begins to accept the connections of a port for clients. */
  #accept({ purpose: kind, listener }: OpenPort): void {
    if (kind === "metrics") return;
    this.#listeners.push(listener);
    const accepting = {
      guard: this.#guard,
      log: this.#context.log,
      isClosing: () => this.#closing,
    };
    acceptAll(listener, accepting, (socket) => this.#accepted(socket, kind));
  }

  #accepted(socket: TcpSocket, kind: Listening["kind"]): void {
    const arrival = new Arrival(
      socket,
      unmapped(socket.remoteAddr.hostname),
      { hostname: unmapped(socket.localAddr.hostname), port: socket.localAddr.port },
      this.#context.clock.moment(),
    );
    this.#metrics.accepted++;
    arrival.count = () => this.#inflow.count();
    arrival.count();
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    const handling = this.#handle(arrival, kind).finally(() => this.#handled.delete(handling));
    this.#handled.add(handling);
  }

  /** Handles a connection from its first byte to its end. Never rejects. */
  async #handle(arrival: Arrival, kind: Listening["kind"]): Promise<void> {
    try {
      await this.#arrive(arrival, kind);
      if (arrival.closed) return;
      if (arrival.request) await this.#answerAboutFiles(arrival, arrival.request);
      else await this.#open(arrival, kind).run();
    } catch (error) {
      this.#guard.report("a connection failed", { address: arrival.address }, error);
      arrival.close();
    } finally {
      arrival.release();
    }
  }

  async #answerAboutFiles(arrival: Arrival, request: HttpRequest): Promise<void> {
    await this.#files?.answer(arrival, request, this.#mustUseTls(arrival));
  }

  #mustUseTls(arrival: Arrival): boolean {
    const { allowPlaintext } = this.#context.options;
    return mustUseTls(arrival, { identity: this.#identity, allowPlaintext });
  }

  /**
   * Opens the door of a connection whose first line has begun. The returned `run` then passes the
   * lines of the connection to the door, until the connection ends.
   */
  #open(arrival: Arrival, kind: Listening["kind"]): { run(): Promise<void> } {
    const context = this.#context;
    const { clock, options } = context;
    const { limits, name } = options;
    const { address, local } = arrival;
    const door = DOORS[kind];
    const sts = strictTransport(arrival, { identity: this.#identity, options });
    const isRefused = kind === "irc" && this.#mustUseTls(arrival);
    const refuse = isRefused ? refusePlaintext(local.port, name, sts) : undefined;
    const budget = this.#budgets.open(address);
    const needs = { clock, inflow: this.#inflow, tick: this.#tick, limits, budget, refuse };
    const connection = new Connection(arrival, needs, door.rules);
    const facts = { host: asParameter(address), sts };
    const handler = this.#cluster?.open(connection, arrival, facts) ??
      door.open(connection, { context, ...facts });
    this.#connections.add(connection);
    const begin = () => handler.begin();
    if (!context.guard("a client could not begin", { address }, begin)) {
      connection.destroy(SESSION_TEXTS.internalError);
    }
    const run = () =>
      connection.run({
        received: (found) => receive(context, connection, handler, found),
        refused: (protocol) => context.refused(address, NET_TEXTS.speaks(protocol)),
        closed: (reason) => {
          this.#connections.delete(connection);
          this.#metrics.closed.add(reason);
          let left: void | Promise<void> = undefined;
          context.guard("leaving failed", { address }, () => left = handler.leave(reason));
          return left;
        },
      });
    return { run };
  }

  /**
   * Waits until the first line of `arrival` begins; closes the connection if that takes too long.
   */
  async #arrive(arrival: Arrival, kind: Listening["kind"]): Promise<void> {
    const { limits } = this.#context.options;
    // A peer that sends nothing gets only half of the time that clients have to register.
    const halfMs = limits.registrationSeconds * 500;
    const giveUp = () => {
      this.#context.refused(arrival.address, NET_TEXTS.registrationTimeout);
      arrival.abort(NET_TEXTS.registrationTimeout);
    };
    const guardedGiveUp = () => this.#guard.run("a timer failed", {}, giveUp);
    const time = { inflow: this.#inflow, halfMs, giveUp: guardedGiveUp };
    const cancelTimeout = limitTime(arrival, time);
    this.#arriving.add(arrival);
    try {
      await arrive(arrival, DOORS[kind].layers, this.#arrivalContext(kind));
    } catch (error) {
      // An error that is not a `Refused` means that the peer has reset the connection, or this
      // server has closed it.
      const refused = error instanceof Refused && !arrival.closed ? error : undefined;
      if (refused) this.#context.refused(arrival.address, refused.message);
      arrival.close(refused?.answer);
    } finally {
      cancelTimeout();
      this.#arriving.delete(arrival);
    }
  }

  #arrivalContext(kind: Listening["kind"]): ArrivalContext {
    const { clock, options } = this.#context;
    const { allowPlaintext, gatewayPassword, origins, trustedProxies } = options;
    return {
      clock,
      inflow: this.#inflow,
      sealedInput: this.#sealedInput,
      identity: this.#identity,
      allowPlaintext,
      origins,
      trustedProxies,
      page: this.#page,
      isAboutFiles: (request) => this.#files?.isFor(request) === true,
      names: namesOf(options),
      isGatewayPassword: (password) =>
        gatewayPassword !== undefined && sameSecret(password, gatewayPassword),
      admit: (address) => this.#entrance.admit(address, kind, this.#context),
      admitProxy: (address) => this.#entrance.admitProxy(address),
    };
  }
}
