/**
 * The part of a server that makes it a node of a cluster. It connects the server's context, which
 * then only delivers events, with the other servers. While this server leads, it has a second
 * context, which decides.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import type { Environment } from "../../shared/flags.ts";
import type { Log } from "../../shared/log.ts";
import { issueOwnerToken } from "../accounts/ownership.ts";
import type { ClusterAddress } from "../config/cluster_address.ts";
import type { ServeOptions } from "../config/config.ts";
import type { Context, ContextParts } from "../core/context.ts";
import type { EventLogParts } from "../core/event_log.ts";
import { stateEvents } from "../core/state_events.ts";
import type { ConnectionHandler } from "../doors/door.ts";
import { decidingDuties, type Duty, perform } from "../doors/duties.ts";
import type { FileKeeper } from "../doors/file_keeper.ts";
import type { Arrival } from "../net/arrival.ts";
import type { Budgets } from "../net/budget.ts";
import type { Connection } from "../net/connection.ts";
import { CLUSTER_TEXTS } from "../texts/cluster.ts";
import type { UploadFolder } from "../uploads/folder.ts";
import { AheadStore } from "./ahead_store.ts";
import { databaseOffer, offerCopies } from "./copy_offer.ts";
import type { DecidingServer } from "./decider.ts";
import { edgeServer } from "./edge_server.ts";
import { enter } from "./entering.ts";
import { ClusterFiles } from "./files.ts";
import { findStart, type Start } from "./joining.ts";
import { DecidingLog, FollowingLog } from "./logs.ts";
import { Member } from "./member.ts";
import { type Life, nodeOf } from "./messages.ts";
import { NatsBus } from "./nats_bus.ts";
import { refusalOf } from "./refusing.ts";
import { dropOldSeen } from "./seen_records.ts";
import { Progress, type Standing } from "./standing.ts";
import { keptState } from "./state_file.ts";
import { StateKeeper } from "./state_keeper.ts";

/** If no leader decides for this time, in milliseconds, the lines of clients are refused. */
const REFUSE_MS = 3000;
/** The time that a server waits at its start for a leader, in milliseconds. */
const READY_MS = 10_000;
/** The interval at which the server checks if it refuses commands, in milliseconds. */
const REPORT_MS = 250;
/** The interval at which a server that starts looks for a leader, in milliseconds. */
const LOOK_MS = 50;
/** The interval of the checks that only the leader makes, in milliseconds. */
const CHECK_MS = 100;

/** The parts of a {@linkcode Cluster}. */
export interface ClusterParts {
  /** The options of the server. */
  readonly options: ServeOptions;
  /** The environment, with the credentials for NATS. */
  readonly environment: Environment;
  /** The clock. */
  readonly clock: Clock;
  /** The log of the program. */
  readonly log: Log;
  /** Called if this server cannot go on, with the reason. */
  readonly failed: (error: UserError) => void;
}

/** The parts of a server that its cluster uses. */
export interface ClusterHost {
  /** The context that delivers. */
  readonly context: Context;
  /** The budgets of the time that clients may use. */
  readonly budgets: Budgets;
  /** The fingerprint of the certificate, if the server has one. */
  readonly certificate: string | undefined;
  /** Makes a context like that of the server, but with other parts. */
  readonly contextWith: (
    parts: Pick<ContextParts, "store" | "tick" | "openEvents" | "duty">,
  ) => Context;
}

/** Returns the first part of the machine's name, in a form that is valid as the name of a node. */
function machineName(): string {
  return Deno.hostname().split(".", 1)[0]?.replace(/[^A-Za-z0-9-]/g, "-").slice(0, 32) || "node";
}

/** The membership of a server in a cluster. */
export class Cluster {
  readonly #parts: ClusterParts;
  readonly #bus: NatsBus;
  readonly #start: Start;
  readonly #life: Life;
  #followingLog: FollowingLog | undefined;
  #member: Member | undefined;
  #keeper: StateKeeper | undefined;
  #lives = 0;
  #stopReporting: () => void = () => {};
  /** The logged reason why the server refuses commands; `undefined` if it does not refuse them. */
  #reported: string | undefined;
  #offer: AsyncDisposable | undefined;
  #files: ClusterFiles | undefined;

  private constructor(parts: ClusterParts, bus: NatsBus, start: Start, life: Life) {
    this.#parts = parts;
    this.#bus = bus;
    this.#start = start;
    this.#life = life;
  }

  /**
   * Connects to the cluster, and finds the state with which the server starts.
   *
   * @throws {UserError} if NATS does not answer, if another server has the same name or uses
   * another format, or if no server has the state.
   */
  static async join(parts: ClusterParts, address: ClusterAddress): Promise<Cluster> {
    const { options, environment, clock, log } = parts;
    const bus = await NatsBus.open({ address, environment, clock, log });
    try {
      const node = options.node ?? machineName();
      await enter(bus, node);
      const life = `${node}.${crypto.randomUUID().slice(0, 8)}`;
      const start = await findStart({ options, bus, life, clock, log });
      return new Cluster(parts, bus, start, life);
    } catch (error) {
      await bus.close();
      throw error;
    }
  }

  /** Opens the log of the context that delivers. */
  openEvents(parts: EventLogParts): FollowingLog {
    const { state, standing, known } = this.#start;
    const log = new FollowingLog(parts, state, standing.lastId);
    for (const { events } of known) for (const { event } of events) log.replay(event);
    return this.#followingLog = log;
  }

  /** Returns the keeper of uploaded files for the context that delivers. */
  keepFiles(context: Context, folder: UploadFolder): FileKeeper {
    const { clock, log } = this.#parts;
    return this.#files = new ClusterFiles({
      ...{ bus: this.#bus, clock, log, context, folder, node: nodeOf(this.#life) },
      leader: () => this.#member?.leader && nodeOf(this.#member.leader),
      deciding: () => this.deciding,
      isCurrent: () => this.#member?.isWelcome === true && this.#member.follower.isCurrent,
    });
  }

  /**
   * Begins to follow the log, and to lead if no other server does.
   *
   * @throws {UserError} if the certificate differs from that of the other servers.
   */
  async begin(host: ClusterHost): Promise<void> {
    const { clock, options: { data } } = this.#parts;
    const { context } = host;
    const { store } = context;
    const { log, last } = this.#start;
    const events = this.#followingLog;
    if (!events) throw new Error("the context has opened no log");
    this.#assertCertificate(host);
    const keeper = this.#keeper = new StateKeeper({
      ...{ data, clock, context, certificate: host.certificate, start: this.#start },
      ...{ bus: this.#bus, log: this.#parts.log },
      standing: () => this.#member?.edge.standing ?? this.#start.standing,
      neededAfter: () => this.#member?.neededAfter ?? 0,
    });
    await keeper.begin();
    const standing = new Progress(this.#start.standing);
    for (const entry of this.#start.known) standing.note(entry);
    const keepPosition = (seq: number) => store.keep("position", "log", { log, seq });
    const member = new Member({
      ...{ life: this.#life, clock, bus: this.#bus, budgets: host.budgets, standing },
      random: Math.random,
      soon: (action) =>
        void setImmediate(() => context.guard("work of the cluster failed", {}, action)),
      server: edgeServer(context, events, keepPosition),
      decide: (standing) => this.#decide(host, standing),
      saved: () => keeper.neededAfter,
      canStore: () => this.#canStore(store.trouble),
      renamed: () => `${this.#life}-${++this.#lives}`,
      fellBehind: () => this.#parts.failed(new UserError(CLUSTER_TEXTS.fellBehind)),
      logLost: () => this.#parts.failed(new UserError(CLUSTER_TEXTS.logLost)),
    });
    this.#member = member;
    member.refuse = (...line) =>
      this.trouble === undefined ? undefined : refusalOf(context.options.name, ...line);
    await this.#bus.join(member);
    member.follower.heard(last, clock.moment().ms);
    member.start();
    this.#offer = offerCopies(
      { bus: this.#bus, clock, log: this.#parts.log },
      databaseOffer(() => keeper.copy()),
    );
    this.#files?.begin();
    this.#stopReporting = clock.every(REPORT_MS, () => this.#report());
  }

  #assertCertificate({ certificate }: ClusterHost): void {
    const { acme, data, tls } = this.#parts.options;
    // A certificate that an authority signed may differ, because clients recognize it by its names.
    if (tls || acme !== undefined) return;
    const kept = keptState(data)?.certificate;
    if (kept === undefined || kept === certificate) return;
    throw new UserError(CLUSTER_TEXTS.otherCertificate(data));
  }

  #decide({ context, contextWith }: ClusterHost, standing: Standing): DecidingServer {
    dropOldSeen(context.store, standing);
    const { lastId } = standing;
    const store = new AheadStore(context.store);
    const { network, server } = context;
    const opened: DecidingLog[] = [];
    const openEvents = (parts: EventLogParts) => {
      const log = new DecidingLog(parts, stateEvents(network, server), lastId);
      opened.push(log);
      return log;
    };
    const tick = { schedule() {} };
    const deciding = contextWith({ store, tick, openEvents, duty: "decide" });
    const [log] = opened;
    if (!log) throw new Error("the context has opened no log");
    this.#parts.log.info("this server leads the cluster", { process: this.#life });
    const keepSeen = () => deciding.seen.keepSome((id) => deciding.network.users.get(id));
    const duties: readonly Duty[] = [
      ...decidingDuties(deciding, () => true, context),
      ["seen", keepSeen],
    ];
    const check = () => perform(duties, deciding);
    const stopChecking = this.#parts.clock.every(CHECK_MS, check);
    return {
      ...{ context: deciding, log, store },
      close: () => {
        stopChecking();
        this.#parts.log.info("this server no longer leads the cluster");
        void deciding.close();
      },
    };
  }

  /** The reason why lines of clients are refused now, if they are. */
  get trouble(): string | undefined {
    return (this.#member?.cutOffMs ?? 0) > REFUSE_MS ? CLUSTER_TEXTS.apart : undefined;
  }

  /**
   * Logs when the server begins or ceases to refuse commands. Also refuses the lines that wait.
   */
  #report(): void {
    const { trouble } = this;
    if (trouble !== undefined) this.#member?.edge.readOn();
    if (trouble === this.#reported) return;
    this.#reported = trouble;
    if (trouble === undefined) this.#parts.log.info(CLUSTER_TEXTS.together);
    else this.#parts.log.warn(trouble);
  }

  /** The context that decides, while this server leads. */
  get deciding(): Context | undefined {
    return this.#member?.decider?.context;
  }

  /** Opens a client for a connection. */
  open(
    connection: Connection,
    arrival: Pick<Arrival, "isWebSocket" | "pageOrigin">,
    facts: { readonly host: string; readonly sts: string | undefined },
  ): ConnectionHandler {
    if (!this.#member) throw new Error("the cluster has not begun");
    const { local, encrypted, certificate, gateway } = connection;
    const { isWebSocket, pageOrigin } = arrival;
    return this.#member.edge.open(connection, {
      ...{ ...facts, local, encrypted, isWebSocket, certificate, gateway, pageOrigin },
    });
  }

  /**
   * Resolves once the leader knows this server, and this server has applied the whole log; at the
   * latest after some seconds.
   */
  ready(): Promise<void> {
    const { clock } = this.#parts;
    const start = clock.moment();
    return new Promise((resolve) => {
      const look = (): void => {
        const member = this.#member;
        if (member?.isWelcome && member.follower.isCurrent) return resolve();
        if (clock.moment().since(start) > READY_MS) return resolve();
        clock.after(LOOK_MS, look);
      };
      look();
    });
  }

  /**
   * Makes a token that gives ownership, if this server leads; returns `undefined` if it does not,
   * or there is an operator already.
   */
  claim(): string | undefined {
    return this.deciding && issueOwnerToken(this.deciding);
  }

  /**
   * Returns true if the database can be written to. Ends this server otherwise, so that its clients
   * go to other servers.
   */
  #canStore(trouble: string | undefined): boolean {
    if (trouble === undefined) return true;
    this.#parts.failed(new UserError(CLUSTER_TEXTS.cannotStore(trouble)));
    return false;
  }

  /** Leaves the cluster: the clients of this server are disconnected. */
  async close(reason: string): Promise<void> {
    this.#stopReporting();
    await this.#files?.close();
    await this.#offer?.[Symbol.asyncDispose]();
    this.#member?.end(reason);
    if (this.#member) this.#bus.publish({ type: "leaving", life: this.#member.life });
    await this.#keeper?.end();
    await this.#bus.close();
  }
}
