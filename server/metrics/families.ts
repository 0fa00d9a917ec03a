/**
 * A table of the server's metrics, and of the functions that read their values. Metrics are numbers
 * and a few fixed words, and never contain text from users.
 *
 * @module
 */

import type { Outbox } from "../delivery/outbox.ts";
import type { StoreSize } from "../store/store.ts";
import { countTimers } from "../../shared/clock.ts";
import { VERSION } from "../../shared/version.ts";
import { type Family, numeral, type Sample } from "./exposition.ts";
import type { Histogram, Metrics, Tally } from "./metrics.ts";

/** The parts of a connection that metrics use. */
export interface MeasuredConnection {
  /** The transport. */
  readonly transport: "plain" | "tls" | "websocket";
  /** The send queue. Its length is the number of bytes that wait. */
  readonly outbox: Pick<Outbox, "length">;
}

/** The sources of the metrics. */
export interface Measured {
  /** The counters. */
  readonly metrics: Metrics;
  /** The current connections. */
  readonly connections: Iterable<MeasuredConnection>;
  /** The number of users. */
  readonly users: number;
  /** The number of channels. */
  readonly channels: number;
  /** The number of dropped lines of the log. */
  readonly droppedLogLines: number;
  /** The size of the store; `undefined` if it cannot be determined. */
  readonly store: StoreSize | undefined;
  /** The time when the server started, in milliseconds since 1970-01-01 UTC. */
  readonly startedAt: number;
}

/** A family without its values, and the function that reads them. */
type Row = Omit<Family, "samples"> & { read(measured: Measured): readonly Sample[] };

const ROWS: readonly Row[] = [
  {
    name: "chat_build_info",
    help: "Always 1; the label has the version.",
    type: "gauge",
    read: () => [{ labels: { version: VERSION }, value: 1 }],
  },
  {
    name: "chat_connections",
    help: "Open connections that have sent data, by transport.",
    type: "gauge",
    read: ({ connections }) =>
      ["plain", "tls", "websocket"].map((transport) => ({
        labels: { transport },
        value: Array.from(connections).filter((each) => each.transport === transport).length,
      })),
  },
  {
    name: "chat_connections_accepted_total",
    help: "Accepted connections.",
    type: "counter",
    read: ({ metrics }) => one(metrics.accepted),
  },
  {
    name: "chat_connections_refused_total",
    help: "Refused connections, by reason.",
    type: "counter",
    read: ({ metrics }) => byReason(metrics.refused),
  },
  {
    name: "chat_connections_closed_total",
    help: "Closed connections, by reason.",
    type: "counter",
    read: ({ metrics }) => byReason(metrics.closed),
  },
  {
    name: "chat_users",
    help: "Current users, connected or staying while offline.",
    type: "gauge",
    read: ({ users }) => one(users),
  },
  {
    name: "chat_channels",
    help: "Current channels.",
    type: "gauge",
    read: ({ channels }) => one(channels),
  },
  {
    name: "chat_messages_total",
    help: "Messages sent by users.",
    type: "counter",
    read: ({ metrics }) => one(metrics.messages),
  },
  {
    name: "chat_deliveries_total",
    help: "Messages put into send queues, counted once for each client.",
    type: "counter",
    read: ({ metrics }) => one(metrics.deliveries),
  },
  {
    name: "chat_faults_total",
    help: "Errors of the program itself; the log has them.",
    type: "counter",
    read: ({ metrics }) => one(metrics.faults),
  },
  {
    name: "chat_log_lines_dropped_total",
    help: "Lines of the log that were dropped, because nobody read them in time.",
    type: "counter",
    read: ({ droppedLogLines }) => one(droppedLogLines),
  },
  {
    name: "chat_send_queue_bytes",
    help: "Bytes that wait in the send queues of all clients.",
    type: "gauge",
    read: ({ connections }) => one(queues(connections).reduce((sum, bytes) => sum + bytes, 0)),
  },
  {
    name: "chat_send_queue_longest_bytes",
    help: "Bytes that wait in the longest send queue.",
    type: "gauge",
    read: ({ connections }) => one(queues(connections).reduce((a, b) => Math.max(a, b), 0)),
  },
  {
    name: "chat_turn_seconds",
    help:
      "Time to store the events of a turn and pass their lines to the operating system, in seconds.",
    type: "histogram",
    read: ({ metrics }) => durations(metrics.turns),
  },
  {
    name: "chat_commit_seconds",
    help: "Time to store the events of a turn, in seconds.",
    type: "histogram",
    read: ({ metrics }) => durations(metrics.commits),
  },
  {
    name: "chat_store_bytes",
    help: "Size of the database in bytes.",
    type: "gauge",
    read: ({ store }) => store ? one(store.bytes) : [],
  },
  {
    name: "chat_store_unindexed_blocks",
    help: "Blocks of history that are not yet indexed for search.",
    type: "gauge",
    read: ({ store }) => store ? one(store.unindexed) : [],
  },
  {
    name: "chat_timers",
    help: "Timers that are set.",
    type: "gauge",
    read: () => one(countTimers()),
  },
  {
    name: "chat_heap_bytes",
    help: "Heap memory in use in bytes.",
    type: "gauge",
    read: () => one(Deno.memoryUsage().heapUsed),
  },
  {
    name: "process_resident_memory_bytes",
    help: "Resident memory size in bytes.",
    type: "gauge",
    read: () => one(Deno.memoryUsage().rss),
  },
  {
    name: "process_start_time_seconds",
    help: "Start time of the process since unix epoch in seconds.",
    type: "gauge",
    read: ({ startedAt }) => one(startedAt / 1000),
  },
];

/** Returns all families, with their current values. */
export function familiesOf(measured: Measured): Family[] {
  return ROWS.map(({ read, ...family }) => ({ ...family, samples: read(measured) }));
}

function one(value: number): Sample[] {
  return [{ value }];
}

function byReason(tally: Tally): Sample[] {
  return Array.from(tally, ([reason, value]) => ({ labels: { reason }, value }));
}

function queues(connections: Iterable<MeasuredConnection>): number[] {
  return Array.from(connections, ({ outbox }) => outbox.length);
}

function durations(histogram: Histogram): Sample[] {
  const buckets = Array.from(histogram.cumulative(), ([bound, value]) => ({
    suffix: "_bucket",
    labels: { le: numeral(bound) },
    value,
  }));
  const count = buckets.at(-1)?.value ?? 0;
  return [...buckets, { suffix: "_sum", value: histogram.sum }, { suffix: "_count", value: count }];
}
