/**
 * The parts of a server that can be replaced by the code that starts it, for example by a test.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import type { ServeOptions } from "../config/config.ts";
import type { ConnectUrls } from "../config/connect_urls.ts";
import type { Listen } from "../net/accepting.ts";
import type { Budgets } from "../net/budget.ts";
import type { Identity } from "../net/identity.ts";
import type { Page } from "../net/page.ts";
import type { Store } from "../store/store.ts";
import type { ContextParts, Reload } from "./context.ts";
import type { EventLog, EventLogParts } from "./event_log.ts";

/** The parts of a server that can be replaced. */
export interface ServeParts {
  /** Opens a port; by default, a port of the operating system. */
  readonly listen?: Listen;
  /** The clock; by default the machine's. */
  readonly clock?: Clock;
  /**
   * Returns a time in milliseconds. The server measures with it how long reading takes; by default,
   * it is the machine's monotonic time.
   */
  readonly readingTime?: () => number;
  /** The log of connections and failures; by default none. */
  readonly log?: Log;
  /**
   * Returns the number of lines of the log that were dropped; absent if no lines are ever dropped.
   */
  readonly droppedLogLines?: () => number;
  /** The URLs and commands that lead to the server; by default made from the options alone. */
  readonly connectUrls?: ConnectUrls;
  /** The store of history and records; by default the one in the server's folder. */
  readonly store?: Store;
  /** The page for browsers; absent if the server has none. */
  readonly page?: Page | undefined;
  /** The key and the certificate for TLS; absent if the server does not offer TLS. */
  readonly identity?: Identity;
  /**
   * Reads the configuration file again; absent if there is none. May throw a {@linkcode UserError}.
   */
  readonly reload?: Reload;
  /**
   * Called with options that were read again, to apply them to parts outside of the server, such as
   * the log.
   */
  readonly reloaded?: (options: ServeOptions) => void;
  /** Opens the log of events; by default one in which this server decides their order. */
  readonly openEvents?: (parts: EventLogParts) => EventLog;
  /** The budgets of the server's time; by default new ones. */
  readonly budgets?: Budgets;
  /** Sends a request to a push service; by default over the network. */
  readonly postPush?: ContextParts["postPush"];
}
