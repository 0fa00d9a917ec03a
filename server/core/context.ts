/**
 * What a command handler may use besides its own session: the state, what the server was told at its
 * start, the time, and the one way to make something happen.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { UserError } from "../../shared/errors.ts";
import type { ConnectUrls } from "../config/connect_urls.ts";
import type { ServeOptions } from "../config/config.ts";
import { type EventLog, type EventLogParts, LocalLog } from "./event_log.ts";
import { deliver } from "../delivery/deliver.ts";
import { fanOut } from "../delivery/fan_out.ts";
import type { Event, Said, Unstamped } from "../events/events.ts";
import type { Actor } from "../events/actor.ts";
import { faultFields, type Fields, type Log } from "../../shared/log.ts";
import { Metrics } from "../metrics/metrics.ts";
import { apply } from "../kinds/kinds.ts";
import { Logins } from "../auth/logins.ts";
import { Network } from "../state/network.ts";
import { TokenBucket } from "../../shared/rate.ts";
import { Refusals } from "../net/refusals.ts";
import type { User } from "../state/state.ts";
import type { Store } from "../store/store.ts";
import type { Tick } from "../delivery/tick.ts";

/** A visitor of this server, as its housekeeping sees it. */
export interface Client {
  /** The address it connects from. */
  readonly host: string;
  /** Who it is, once registered and until it left. */
  readonly user: User | undefined;
  /** The name of the account that it is logged in to, registered or not. */
  readonly account: string | undefined;
  /** Acts on how long it has been silent. Called every now and then, with the time. */
  check(now: number): void;
  /** Closes it, telling it and everybody else why. */
  close(reason: string): void;
}

/** Reads the server's options again. */
export type Reload = () => ServeOptions;

/** So many notices to operators a second, so that a flood of strangers fills nobody's send queue. */
const NOTICES_PER_SECOND = 10;
const NOTICE_BURST = 50;

/** What a context is made of. */
export interface ContextParts {
  /** The time. */
  readonly clock: Clock;
  /** How others get here. */
  readonly connectUrls: ConnectUrls;
  /** Where to tell who came, went and was refused. */
  readonly log: Log;
  /** Reads the configuration file again; absent where there is none. */
  readonly reload?: Reload | undefined;
  /** Where things are kept. */
  readonly store: Store;
  /** Where to count what happens; absent, where nobody looks. */
  readonly metrics?: Metrics;
  /** Is told that there is something to commit. */
  readonly tick: Pick<Tick, "schedule">;
  /** Opens the log of events; absent, a {@linkcode LocalLog}. */
  readonly openEvents?: ((parts: EventLogParts) => EventLog) | undefined;
}

/** One server's shared parts; see the module. */
export class Context {
  /** What the server was told at its start, and by the configuration file since. */
  get options(): ServeOptions {
    return this.#options;
  }
  #options: ServeOptions;
  readonly #reload: Reload | undefined;
  /** The time. */
  readonly clock: Clock;
  /** How others get here. */
  readonly connectUrls: ConnectUrls;
  /** Where to tell who came, went and was refused. */
  readonly log: Log;
  /** Who is there, and in which channels. */
  readonly network: Network;
  /** The log that orders and applies everything that happens. */
  readonly events: EventLog;
  /** What is kept: history, accounts, channels. */
  readonly store: Store;
  /** When the server started, in milliseconds since 1970-01-01 UTC. */
  readonly startedAt: number;
  /** All who are here, registered or not yet. */
  readonly clients: Set<Client> = new Set();
  /** How often each command was used, for STATS. */
  readonly commandUses: Map<string, number> = new Map();
  /** Those who were not let in, for the log. */
  readonly refusals: Refusals;
  /** How often somebody may try to log in, and how passwords are kept. */
  readonly logins: Logins;
  /** What is counted. */
  readonly metrics: Metrics;
  readonly #notices: TokenBucket;
  /** What was said last of why nothing can be kept. */
  #trouble: string | undefined;

  /** The shared parts of a server that starts now. */
  constructor(options: ServeOptions, parts: ContextParts) {
    const { clock, connectUrls, log, reload, store, tick, metrics = new Metrics() } = parts;
    const { openEvents = (parts) => new LocalLog(parts) } = parts;
    this.#options = options;
    this.#reload = reload;
    this.clock = clock;
    this.connectUrls = connectUrls;
    this.log = log;
    this.store = store;
    this.metrics = metrics;
    this.startedAt = clock.now();
    this.refusals = new Refusals(log, this.startedAt);
    this.logins = new Logins(clock, store);
    this.#notices = new TokenBucket(NOTICES_PER_SECOND, NOTICE_BURST, this.startedAt);
    this.network = new Network(apply);
    const { network, server } = this;
    const deliver = this.#deliver.bind(this);
    this.events = openEvents({ clock, deliver, network, server, store, tick });
  }

  /**
   * Appends `event` to the log, and so makes it happen. What comes of it is seen
   * {@linkcode afterwards}.
   *
   * @throws {StandardError} if it must not happen without being kept, and nothing can be kept.
   */
  append(event: Unstamped): void {
    this.events.append(event);
  }

  #deliver(event: Event, audience: readonly User[]): void {
    const delivered = fanOut(event, audience, this.network, this.server);
    if (event.type !== "Said") return;
    this.metrics.messages++;
    this.metrics.deliveries += delivered;
  }

  /** Calls `action` once everything that was made to happen before has been applied. */
  afterwards(action: () => void): void {
    this.events.afterwards(action);
  }

  /** Has every guest act on how long it has been silent. */
  checkGuests(now: number): void {
    this.afterwards(() => {
      for (const client of this.clients) {
        const address = client.host;
        if (this.guard("a check failed", { address }, () => client.check(now))) continue;
        client.close("Something went wrong here; it has been logged");
      }
    });
  }

  /**
   * Does `action`, and logs a mistake of this program that ends it, as `message` with `fields`.
   * Returns whether it was done.
   */
  guard(message: string, fields: Fields, action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.log.error(message, { ...fields, ...faultFields(error) });
      return false;
    }
  }

  /** Closes every guest as the server ends: that they all leave is nothing that they did. */
  closeGuests(reason: string): void {
    this.afterwards(() => {
      this.events.stopKeeping();
      for (const client of this.clients) client.close(reason);
    });
  }

  /** Shows `event` to its author, if they asked for echo, although it did not happen to anybody. */
  echo(event: Omit<Said, "id" | "time">): void {
    deliver(this.events.stamp(event), [], this.network.users.get(event.by.id));
  }

  /**
   * Takes from the configuration file what can change while the server runs: the message of the day,
   * the operators, the limits, and for how long clients are to come by TLS alone. Those who are
   * operators stay so.
   *
   * @throws {UserError} if there is no such file, or something wrong in it: all stays as it was.
   */
  rehash(): void {
    if (!this.#reload) {
      throw new UserError("the server was started without --config, so there is no file to read");
    }
    const { motd, operators, limits, stsMs } = this.#reload();
    this.#options = { ...this.#options, motd, operators, limits, stsMs };
  }

  /** Keeps what happened in this turn. */
  commit(): void {
    this.store.commit();
    this.#reportTrouble();
  }

  /** Lets the store do what it has put off. */
  tidy(): void {
    this.store.tidy(this.clock.now());
    this.#reportTrouble();
  }

  /** Says once that nothing can be kept any more, and once that it can again. */
  #reportTrouble(): void {
    const { trouble } = this.store;
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    if (trouble === undefined) {
      this.log.info("messages are kept again");
      this.tellOperators("Messages are kept again");
    } else {
      this.log.error("messages cannot be kept and are refused", { reason: trouble });
      this.tellOperators(`Messages cannot be kept and are refused: ${trouble}`);
    }
  }

  /** Says in the log, and to operators, that nobody was let in from `address`. */
  refused(address: string, reason: string): void {
    this.metrics.refused.add(reason);
    this.refusals.add(address, reason, this.clock.now());
    this.tellOperators(`Refused: ${address}: ${reason}`);
  }

  /** Tells the operators who want to know (user mode `s`); what is too much at once only the log has. */
  tellOperators(text: string): void {
    if (this.network.withMode("s").size === 0 || !this.#notices.tryTake(this.clock.now())) {
      return;
    }
    this.append({ type: "Announced", by: this.server, mode: "s", text });
  }

  /** The server, as somebody who does things. */
  get server(): Actor {
    const { name } = this.options;
    return { id: 0, nick: name, mask: name };
  }
}
