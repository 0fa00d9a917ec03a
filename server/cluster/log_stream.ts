/**
 * Keeps the log of a cluster as a stream of NATS JetStream: creates the stream, and checks the
 * settings of an existing stream.
 *
 * @module
 */

import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo as Stream,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/nats-core";
import { UserError } from "../../shared/errors.ts";
import { NATS_TEXTS } from "../texts/cluster.ts";

/**
 * The interface of NATS to its streams: a type of the library, which documents it.
 *
 * @internal
 */
export type Manager = JetStreamManager;

/**
 * The settings and the state of a stream: a type of the library, which documents it.
 *
 * @internal
 */
export type StreamInfo = Stream;

/**
 * The time in which the log recognizes a repeated append, in milliseconds. Appends are repeated
 * after about a second.
 */
const DUPLICATES_MS = 120_000;

/** The size that messages must be able to have, in bytes: the default of NATS. */
export const LEAST_PAYLOAD = 1024 * 1024;

/** The number of copies of the log that a cluster of NATS servers keeps. */
const COPIES = 3;

/** The code of the error for a stream that exists with other settings. */
const OTHER_SETTINGS = 10058;

/** The subjects of a cluster. */
export interface Subjects {
  /**
   * The subject of all appends. Nobody subscribes to it, because entries that the log refuses are
   * sent there, too.
   */
  readonly log: string;
  /** The subject of the entries that the log has committed. */
  readonly committed: string;
  /** The subject of messages to all processes. */
  readonly all: string;
  /** The subject on which a process asks the others for a copy of a database. */
  readonly copies: string;
  /** The subject on which a process asks the others for a copy of an uploaded file. */
  readonly files: string;
  /** The subject on which a process says that it has got a copy of an uploaded file. */
  readonly copied: string;
  /** The subject of questions about the format of messages. */
  readonly format: string;
  /** Returns the subject of the question whether a server with this name runs. */
  name(node: string): string;
  /** Returns the subject of questions about uploads that `node` answers while it leads. */
  uploads(node: string): string;
  /** Returns the subject of messages to one process. */
  to(life: string): string;
}

/** Returns the subjects of the cluster `name`. */
export function subjectsOf(name: string): Subjects {
  return {
    log: `${name}.log`,
    committed: `${name}.committed`,
    all: `${name}.all`,
    copies: `${name}.copies`,
    files: `${name}.files`,
    copied: `${name}.copied`,
    format: `${name}.format`,
    name: (node) => `${name}.name.${node}`,
    uploads: (node) => `${name}.uploads.${node}`,
    to: (life) => `${name}.to.${life}`,
  };
}

/** The facts that the settings of a log depend on. */
export interface LogStream {
  /** The name of the cluster, and of the stream. */
  readonly name: string;
  /** True if the NATS servers form a cluster of their own. */
  readonly isClustered: boolean;
  /** The largest message that the NATS servers accept, in bytes. */
  readonly maxBytes: number;
}

/**
 * Returns the stream of a log; creates it if it does not exist.
 *
 * @throws {UserError} if a stream of this name has other settings than a log.
 * @throws {Error} if NATS does not answer, or cannot create it.
 */
export async function ensureStream(jsm: Manager, log: LogStream): Promise<StreamInfo> {
  return await findStream(jsm, log) ?? checked(await createStream(jsm, log), log);
}

/**
 * Returns the stream of a log; `undefined` if it does not exist.
 *
 * @throws {UserError} if there is another stream of this name.
 * @throws {Error} if NATS does not answer.
 */
export async function findStream(jsm: Manager, log: LogStream): Promise<StreamInfo | undefined> {
  try {
    return checked(await jsm.streams.info(log.name), log);
  } catch (error) {
    if (isApiError(error, JetStreamApiCodes.StreamNotFound)) return undefined;
    throw error;
  }
}

function checked(info: StreamInfo, log: LogStream): StreamInfo {
  const wanted = settingsOf(log);
  for (const setting of CHECKED) {
    const [is, must] = [info.config, wanted].map((config) => JSON.stringify(config[setting]));
    if (is !== must) throw new UserError(NATS_TEXTS.otherStream(log.name, setting, String(must)));
  }
  return info;
}

async function createStream(jsm: Manager, log: LogStream): Promise<StreamInfo> {
  try {
    return await jsm.streams.add(settingsOf(log));
  } catch (error) {
    // Another process, which knows more or fewer NATS servers, has just created the stream.
    if (isApiError(error, OTHER_SETTINGS)) return await jsm.streams.info(log.name);
    throw error;
  }
}

/** The settings without which a stream is not a log. */
const CHECKED = [
  "subjects",
  "retention",
  "storage",
  "discard",
  "max_age",
  "allow_direct",
  "republish",
] as const satisfies readonly (keyof StreamConfig)[];

function settingsOf({ name, isClustered, maxBytes }: LogStream) {
  const { log, committed } = subjectsOf(name);
  return {
    name,
    subjects: [log],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: isClustered ? COPIES : 1,
    // A full log refuses entries instead of forgetting the first ones.
    discard: DiscardPolicy.New,
    max_age: 0,
    max_msg_size: maxBytes,
    duplicate_window: nanos(DUPLICATES_MS),
    deny_delete: true,
    // Any NATS server that has a copy returns entries by their numbers.
    allow_direct: true,
    republish: { src: log, dest: committed },
  } as const satisfies Partial<StreamConfig>;
}

/** Returns true if `error` is the error `code` of JetStream. */
export function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
