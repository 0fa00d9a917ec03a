/**
 * Holds the parts of a server that all its clients share: the state, the options, the clock, the
 * store, and the log to which all events are appended. A command handler gets the context and the
 * session of the client.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";
import { formatDuration } from "../../shared/durations.ts";
import { UserError } from "../../shared/errors.ts";
import type { ConnectUrls } from "../config/connect_urls.ts";
import type { ServeOptions } from "../config/config.ts";
import { type Reloaded, reloadedOptions } from "../config/reloading.ts";
import { Cloaks } from "./cloaks.ts";
import { type EventLog, type EventLogParts, LocalLog } from "./event_log.ts";
import type { Client } from "./client.ts";
import { ClockWatch, keptTrial } from "./clock_watch.ts";
import { OptionChanges } from "./option_changes.ts";
import { deliver } from "../delivery/deliver.ts";
import { deliverEvent, type Duty } from "./delivering.ts";
import { Crowds } from "../delivery/crowd.ts";
import type { Event, Said, Unstamped } from "../events/events.ts";
import type { Actor } from "../events/actor.ts";
import type { EventId } from "../events/ids.ts";
import { Guard } from "../../shared/guard.ts";
import type { Fields, Log } from "../../shared/log.ts";
import { Metrics } from "../metrics/metrics.ts";
import { apply } from "../kinds/kinds.ts";
import { Logins } from "../auth/logins.ts";
import { Monitors } from "../state/monitors.ts";
import { Network } from "../state/network.ts";
import { Nodes } from "../state/nodes.ts";
import { Redactions } from "./redactions.ts";
import { NOTHING_SEEN, SeenMessages } from "./seen.ts";
import { TokenBucket } from "../../shared/rate.ts";
import { Inflow } from "../net/inflow.ts";
import { Pushes, type PushParts } from "../push/pushes.ts";
import { Refusals } from "../net/refusals.ts";
import type { User } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import type { Tick } from "../delivery/tick.ts";
import { REHASH_TEXTS } from "../texts/operators.ts";
import { SERVER_TEXTS } from "../texts/server.ts";
import { SESSION_TEXTS } from "../texts/session.ts";

/** Reads the configuration file again, and returns all options. */
export type Reload = () => ServeOptions;

/**
 * The number of notices to operators per second on average. It is limited so that a flood of
 * connections cannot fill the operators' send queues.
 */
const NOTICES_PER_SECOND = 10;
/** The number of notices to operators at once, before that rate applies. */
const NOTICE_BURST = 50;

/** The parts of a context. */
export interface ContextParts {
  /** The clock. */
  readonly clock: Clock;
  /** The guard of the server; by default a new one. */
  readonly guard?: Guard;
  /** The part that knows when all input of the connections has been read; by default a new one. */
  readonly inflow?: Inflow;
  /** The URLs and commands that lead to this server. */
  readonly connectUrls: ConnectUrls;
  /** The log of connections and failures. */
  readonly log: Log;
  /** Reads the configuration file again; absent if there is none. */
  readonly reload?: Reload | undefined;
  /**
   * Called with new options before the context uses them, to apply them to the other parts of the
   * server. It may throw a {@linkcode UserError}; then nothing changes.
   */
  readonly reloaded?: ((options: ServeOptions) => void) | undefined;
  /** The store of history and records. */
  readonly store: Store;
  /** The counters; by default new ones, which nothing reads. */
  readonly metrics?: Metrics;
  /** Sends a request to a push service. */
  readonly postPush?: PushParts["post"];
  /** The tick, which is asked to commit and flush at the end of the turn. */
  readonly tick: Pick<Tick, "schedule">;
  /** The duty of this context; by default `both`. */
  readonly duty?: Duty;
  /** Opens the log of events; by default a {@linkcode LocalLog}. */
  readonly openEvents?: ((parts: EventLogParts) => EventLog) | undefined;
}

/** The shared parts of one server. */
export class Context {
  /** The options from the start, with all changes that {@linkcode Context.use} has made. */
  get options(): ServeOptions {
    return this.#options;
  }
  #options: ServeOptions;
  readonly #duty: Duty;
  readonly #reload: Reload | undefined;
  readonly #reloaded: ContextParts["reloaded"];
  /** The clock. */
  readonly clock: Clock;
  /** The part that knows when all input of the connections has been read. */
  readonly inflow: Inflow;
  /** The URLs and commands that lead to this server. */
  readonly connectUrls: ConnectUrls;
  /** The log of connections and failures. */
  readonly log: Log;
  /** The users, channels and accounts. */
  readonly network: Network;
  /** The log that orders and applies all events. */
  readonly events: EventLog;
  /** The store of history and records. */
  readonly store: Store;
  /** The time when the server started, in milliseconds since 1970-01-01 UTC. */
  readonly startedAt: number;
  /** All clients, registered or not. */
  readonly clients: Set<Client> = new Set();
  /** The nicks that clients of this server monitor. */
  readonly monitors: Monitors = new Monitors();
  /** The servers of the cluster, if this context decides for a cluster; otherwise none. */
  readonly nodes: Nodes = new Nodes();
  /** The groups of clients that share a queue during this turn (`server/delivery/crowd.ts`). */
  readonly crowds: Crowds = new Crowds();
  /** Remembers how far users who left a channel were sent its messages. */
  readonly seen: SeenMessages;
  /** The messages that were deleted lately. */
  readonly redactions: Redactions = new Redactions();
  /** The number of uses of each command, for STATS. */
  readonly commandUses: Map<string, number> = new Map();
  /** The refused connections, for the log. */
  readonly refusals: Refusals;
  /** The hosts that users see of each other in place of addresses. */
  readonly cloaks: Cloaks;
  /** The checks of passwords, and the limits on attempts to log in. */
  readonly logins: Logins;
  /** The counters. */
  readonly metrics: Metrics;
  /** The messages that are pushed to users who are away. */
  readonly pushes: Pushes;
  /**
   * An id that is greater than the ids of all events before the last check of the clients. A client
   * that is lost counts as having got these events if input from it came after that check.
   */
  checkedUpTo: EventId;
  /** The moment when the server started. */
  readonly startedAtMoment: Moment;
  readonly #watch: ClockWatch;
  readonly #guard: Guard;
  readonly #notices: TokenBucket;
  readonly #changes = new OptionChanges<Client>((client, known) => {
    if (!this.clients.has(client)) return;
    this.#guardClient(client, "a client could not be told", () => client.reconfigured(known));
  });
  /** The last reported reason why the store cannot write. */
  #trouble: string | undefined;

  /** Creates the shared parts of a server that starts now. */
  constructor(options: ServeOptions, parts: ContextParts) {
    const { clock, connectUrls, log, reload, store, tick, metrics = new Metrics() } = parts;
    const { openEvents = (parts) => new LocalLog(parts), duty = "both" } = parts;
    this.#duty = duty;
    this.#options = options;
    this.#reload = reload;
    this.#reloaded = parts.reloaded;
    this.#guard = parts.guard ?? new Guard({ clock, log });
    this.clock = clock;
    this.inflow = parts.inflow ?? new Inflow({ clock });
    this.connectUrls = connectUrls;
    this.log = log;
    this.store = store;
    this.metrics = metrics;
    this.startedAt = clock.now();
    this.startedAtMoment = clock.moment();
    this.refusals = new Refusals(log, this.startedAtMoment);
    this.#watch = new ClockWatch(clock, store.lastTime, keptTrial(store));
    this.logins = new Logins(clock, store);
    this.cloaks = new Cloaks(store, () => this.#options.cloak);
    this.#notices = new TokenBucket(NOTICES_PER_SECOND, NOTICE_BURST, this.startedAtMoment);
    this.network = new Network(apply);
    const ended = (endpoint: string) =>
      this.append({ type: "PushRemoved", by: this.server, endpoint });
    const { cloaks, network, server } = this;
    const { name } = options;
    this.pushes = new Pushes({ name, network, store, clock, log, ended, post: parts.postPush });
    const deliver = (event: Event, audience: readonly User[]) =>
      deliverEvent(event, audience, this, duty);
    this.events = openEvents({ cloaks, clock, deliver, network, server, store, tick });
    // Created only after the log is open, because opening it may drop records of what users have
    // seen. A context that only delivers does not know what users are sent.
    this.seen = new SeenMessages(duty === "deliver" ? NOTHING_SEEN : store, clock);
    this.checkedUpTo = this.events.nextId();
  }

  /**
   * Appends `event` to the log, which applies it at once.
   *
   * @throws {StandardError} if the event must be stored and the store cannot write.
   */
  append(event: Unstamped): void {
    this.events.append(event);
  }

  /**
   * Notes that `user` was sent the messages of their channels up to the id `upTo`; by default, all
   * messages so far. Called when a client of the user leaves.
   */
  rememberSeen(user: User, upTo: EventId = this.events.nextId()): void {
    this.seen.mark(user.actor.id);
    const names = Array.from(user.channels, ({ name }) => name);
    if (names.length > 0) this.seen.remember(user, names, upTo);
  }

  /** Makes every client act on timeouts that have passed. */
  checkClients(): void {
    const now = this.clock.moment();
    this.#eachClient("a check failed", (client) => client.check(now));
    this.checkedUpTo = this.events.nextId();
  }

  /** Notices a leap of the clock: logs it, and tells operators. Called periodically. */
  checkClock(): void {
    const leap = this.#watch.check();
    if (leap === undefined) return;
    const by = formatDuration(Math.abs(leap));
    this.log.warn("the clock leapt", { direction: leap > 0 ? "forward" : "back", by });
    this.tellOperators(SERVER_TEXTS.clockLeapt(by, leap > 0));
  }

  /** The time that decides which data is old enough to delete; see {@linkcode ClockWatch}. */
  get deletionTime(): number {
    return this.#watch.deletionTime;
  }

  /**
   * Calls `action` with each client. A client for which it fails is closed; the others are not
   * affected.
   */
  #eachClient(message: string, action: (client: Client) => void): void {
    for (const client of this.clients) this.#guardClient(client, message, action);
  }

  #guardClient(client: Client, message: string, action: (client: Client) => void): void {
    // Every client is checked ten times a second, so this makes no closure unless `action` fails.
    try {
      action(client);
    } catch (error) {
      const address = client.host;
      this.fault(message, { address }, error);
      this.guard("closing failed", { address }, () => client.close(SESSION_TEXTS.internalError));
    }
  }

  /**
   * Runs `action`; logs an error that it throws, as `message` with `fields`. Returns true if
   * `action` did not throw.
   */
  guard(message: string, fields: Fields, action: () => void): boolean {
    return this.#guard.run(message, fields, action);
  }

  /** Logs a caught error of the program itself: `message`, with `fields` and its stack. */
  fault(message: string, fields: Fields, error: unknown): void {
    this.#guard.report(message, fields, error);
  }

  /**
   * Drops work for clients that has not begun, and waits for work that has begun, such as checks of
   * passwords. Logs the refused connections that were not logged yet.
   */
  async close(): Promise<void> {
    this.#changes.close();
    await Promise.all([this.logins.passwords.close(), this.pushes.close()]);
    this.refusals.logCount();
  }

  /**
   * Closes every client because the server stops. The store does not record that the users quit,
   * because they did not leave by themselves.
   */
  closeClients(reason: string): void {
    this.events.stopKeeping();
    this.#eachClient("closing failed", (client) => client.close(reason));
    this.seen.keepAll((id) => this.network.users.get(id));
  }

  /** Shows `event`, a message to a service such as NickServ, to its author and to nobody else. */
  echo(event: Omit<Said, "id" | "time">): void {
    deliver(this.events.stamp(event), [], this.network.users.get(event.by.id));
  }

  /**
   * Reads the configuration file again, for the operator called `by`, and applies and logs the
   * settings that can change while the server runs. Users who are operators remain so.
   *
   * @throws {UserError} if there is no such file or it has an error; then nothing changes.
   */
  rehash(by: string): Reloaded {
    try {
      const reloaded = this.#rehash();
      const { changed, needRestart } = reloaded;
      this.log.info("configuration file reloaded", { by, changed: changed.join(", ") });
      if (needRestart.length > 0) {
        const settings = needRestart.join(", ");
        this.log.warn("settings need a new start of the server", { settings });
      }
      this.tellOperators(REHASH_TEXTS.notice(by));
      return reloaded;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.log.warn("cannot reload the configuration file", { by, error: error.message });
      throw error;
    }
  }

  #rehash(): Reloaded {
    if (!this.#reload) {
      throw new UserError(SERVER_TEXTS.noConfigFile);
    }
    const reloaded = reloadedOptions(this.#options, this.#reload());
    this.#reloaded?.(reloaded.options);
    this.use(reloaded.options);
    return reloaded;
  }

  /** Uses options that were read again. */
  use(options: ServeOptions): void {
    const before = this.#options;
    this.#options = options;
    this.connectUrls.use(options);
    this.store.retain(options);
    this.#changes.add(this.clients, before);
  }

  /** Commits the changes of this turn to the store. */
  commit(): void {
    this.crowds.end();
    this.store.commit();
    this.#reportTrouble();
  }

  /** Does work that was put off, in the store and in {@linkcode seen}. */
  tidy(): void {
    this.seen.keepSome((id) => this.network.users.get(id));
    this.#watch.keep(this.store);
    this.store.tidy(this.deletionTime);
    this.#reportTrouble();
  }

  /** Reports once that the store cannot write, and once that it can write again. */
  #reportTrouble(): void {
    const { trouble } = this.store;
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble === undefined) {
      this.log.info("messages are stored again");
      this.tellOperators(SERVER_TEXTS.storedAgain);
    } else {
      this.log.error("messages cannot be stored and are refused", { reason: trouble });
      this.tellOperators(SERVER_TEXTS.cannotStore(trouble));
    }
  }

  /** Logs, and tells operators, that a connection from `address` was refused. */
  refused(address: string, reason: string): void {
    this.metrics.refused.add(reason);
    this.refusals.add(address, reason, this.clock.moment());
    this.tellOperators(SERVER_TEXTS.refused(address, reason));
  }

  /**
   * Sends a notice to the operators with user mode `s`. Does nothing if there were too many notices
   * lately, or if this context only delivers.
   */
  tellOperators(text: string): void {
    if (this.#duty === "deliver" || this.network.withMode("s").size === 0) return;
    if (!this.#notices.tryTake(this.clock.moment())) return;
    this.append({ type: "Announced", by: this.server, mode: "s", text });
  }

  /** The server as the author of events. */
  get server(): Actor {
    const { name } = this.options;
    return { id: 0, nick: name, mask: name };
  }
}
