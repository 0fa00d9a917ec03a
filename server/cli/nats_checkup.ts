/**
 * Examines the NATS servers of a cluster, and the log that they keep, for `chat doctor`. Changes
 * nothing there.
 *
 * @module
 */

import { jetstreamManager } from "@nats-io/jetstream";
import { UserError } from "../../shared/errors.ts";
import type { Environment } from "../../shared/flags.ts";
import { silentLog } from "../../shared/log.ts";
import { formatSize } from "../../shared/sizes.ts";
import { findStream, LEAST_PAYLOAD, type StreamInfo } from "../cluster/log_stream.ts";
import { reasonOf } from "../cluster/log_trouble.ts";
import { type Connection, connectNats } from "../cluster/nats_connection.ts";
import type { ClusterAddress } from "../config/cluster_address.ts";
import { NATS_TEXTS } from "../texts/cluster.ts";
import { LOG_TEXTS } from "../texts/doctor.ts";
import type { Finding } from "./finding.ts";

/** The time in which a NATS server must answer, in milliseconds. */
const ANSWER_MS = 2000;

/**
 * Returns findings about each NATS server, and about the log.
 *
 * @throws {UserError} if NATS has a stream of this name that is not a log.
 */
export async function checkNats(
  address: ClusterAddress,
  environment: Environment,
): Promise<Finding[]> {
  const { servers, name } = address;
  const found = await Promise.all(
    servers.map((server) => reach({ ...address, servers: [server] }, environment)),
  );
  const connections = found.filter((each) => typeof each !== "string");
  const troubles = found.filter((each) => typeof each === "string");
  const [connection] = connections;
  // A cluster goes on without some of its NATS servers.
  const level = connection ? "warning" : "problem";
  const findings: Finding[] = troubles.map((text) => [level, text]);
  try {
    return connection ? [...findings, ...await checkLog(connection, name)] : findings;
  } finally {
    await Promise.all(connections.map((each) => each.close()));
  }
}

/** Connects to a NATS server; returns the reason as text if that is not possible. */
async function reach(
  address: ClusterAddress,
  environment: Environment,
): Promise<Connection | string> {
  try {
    return await connectNats({ address, environment, log: silentLog, giveUpMs: ANSWER_MS });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

async function checkLog(connection: Connection, name: string): Promise<Finding[]> {
  const { cluster, max_payload: maxBytes = LEAST_PAYLOAD } = connection.info ?? {};
  if (maxBytes < LEAST_PAYLOAD) {
    return [["problem", NATS_TEXTS.smallMessages(formatSize(maxBytes))]];
  }
  const manager = await jetstreamManager(connection, { timeout: ANSWER_MS, checkAPI: false });
  const isClustered = cluster !== undefined;
  try {
    const stream = await findStream(manager, { name, isClustered, maxBytes });
    return stream ? stateOf(stream, isClustered) : [["ok", LOG_TEXTS.none(name)]];
  } catch (error) {
    if (error instanceof UserError) throw error;
    return [["problem", NATS_TEXTS.noLog(name, reasonOf(error))]];
  }
}

function stateOf({ config, state, cluster }: StreamInfo, isClustered: boolean): Finding[] {
  const size = formatSize(state.bytes);
  const late = (cluster?.replicas ?? []).filter(({ current }) => !current);
  return [
    ["ok", LOG_TEXTS.works(config.name, state.messages.toLocaleString("en"), size)],
    ...late.map(({ name }) => ["warning", LOG_TEXTS.late(name)] as const),
    ...isClustered && config.num_replicas === 1
      ? [["warning", LOG_TEXTS.oneCopy(config.name)] as const]
      : [],
  ];
}
