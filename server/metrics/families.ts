/**
 * What whoever watches over the server is told of it, as a table. It reads, and changes nothing; it
 * tells numbers and the few words that `metrics.ts` names, and nothing that anybody has said.
 *
 * @module
 */

import type { Outbox } from "../outbox.ts";
import type { StoreSize } from "../store/store.ts";
import { VERSION } from "../../version.ts";
import { type Family, numeral, type Sample } from "./exposition.ts";
import type { Histogram, Metrics, Tally } from "./metrics.ts";

/** A connection, as far as it is told of. */
export interface WatchedConnection {
  /** How what is said comes here. */
  readonly transport: "plain" | "tls" | "websocket";
  /** Its send queue, and how many bytes wait there. */
  readonly outbox: Pick<Outbox, "length">;
}

/** What there is to tell of. */
export interface Watched {
  /** What was counted. */
  readonly metrics: Metrics;
  /** Who is connected now. */
  readonly connections: Iterable<WatchedConnection>;
  /** How many users there are. */
  readonly users: number;
  /** How many channels there are. */
  readonly channels: number;
  /** How large the store is; undefined where it cannot be asked. */
  readonly store: StoreSize | undefined;
  /** When the server started, in milliseconds since 1970-01-01 UTC. */
  readonly startedAt: number;
}

/** A family before its numbers are read. */
type Row = Omit<Family, "samples"> & { read(watched: Watched): readonly Sample[] };

const ROWS: readonly Row[] = [
  {
    name: "chat_build_info",
    help: "Always 1; the version is in the label.",
    type: "gauge",
    read: () => [{ labels: { version: VERSION }, value: 1 }],
  },
  {
    name: "chat_connections",
    help: "Connections that have begun to speak and not ended, by what they come by.",
    type: "gauge",
    read: ({ connections }) =>
      ["plain", "tls", "websocket"].map((transport) => ({
        labels: { transport },
        value: Array.from(connections).filter((each) => each.transport === transport).length,
      })),
  },
  {
    name: "chat_connections_accepted_total",
    help: "Connections that were made.",
    type: "counter",
    read: ({ metrics }) => one(metrics.accepted),
  },
  {
    name: "chat_connections_refused_total",
    help: "Connections that were not let in, by reason.",
    type: "counter",
    read: ({ metrics }) => byReason(metrics.refused),
  },
  {
    name: "chat_connections_closed_total",
    help: "Connections that have ended, by reason.",
    type: "counter",
    read: ({ metrics }) => byReason(metrics.closed),
  },
  {
    name: "chat_users",
    help: "Users now, connected or staying.",
    type: "gauge",
    read: ({ users }) => one(users),
  },
  {
    name: "chat_channels",
    help: "Channels now.",
    type: "gauge",
    read: ({ channels }) => one(channels),
  },
  {
    name: "chat_messages_total",
    help: "Messages that people said.",
    type: "counter",
    read: ({ metrics }) => one(metrics.messages),
  },
  {
    name: "chat_deliveries_total",
    help: "How often a message was put into the send queue of a client.",
    type: "counter",
    read: ({ metrics }) => one(metrics.deliveries),
  },
  {
    name: "chat_send_queue_bytes",
    help: "Bytes that wait for clients to read them, in all send queues.",
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
    help: "How long it took to keep what had happened, and to hand its lines to the system.",
    type: "histogram",
    read: ({ metrics }) => durations(metrics.turns),
  },
  {
    name: "chat_commit_seconds",
    help: "How long it took to keep what had happened.",
    type: "histogram",
    read: ({ metrics }) => durations(metrics.commits),
  },
  {
    name: "chat_store_bytes",
    help: "Size of the database.",
    type: "gauge",
    read: ({ store }) => store ? one(store.bytes) : [],
  },
  {
    name: "chat_store_unindexed_blocks",
    help: "Blocks of history whose words cannot be found yet.",
    type: "gauge",
    read: ({ store }) => store ? one(store.unindexed) : [],
  },
  {
    name: "chat_heap_bytes",
    help: "Memory in use for the program's objects.",
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

/** All that is told, as it is now. */
export function familiesOf(watched: Watched): Family[] {
  return ROWS.map(({ read, ...family }) => ({ ...family, samples: read(watched) }));
}

function one(value: number): Sample[] {
  return [{ value }];
}

function byReason(tally: Tally): Sample[] {
  return Array.from(tally, ([reason, value]) => ({ labels: { reason }, value }));
}

function queues(connections: Iterable<WatchedConnection>): number[] {
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
