/**
 * Finds the state with which a server starts in a cluster. If the cluster's log still has all
 * entries after the state that the server has kept, the server starts with that state. If the log
 * is empty, the server begins it with the state of its own database. Otherwise, the server starts
 * with a copy of another server's state.
 *
 * @module
 */

import { type Clock, pause } from "../../shared/clock.ts";
import { UnreachableError, UserError } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { ServeOptions } from "../config/config.ts";
import { DATABASE, openStore } from "../store/open.ts";
import { CLUSTER_TEXTS, NATS_TEXTS } from "../texts/cluster.ts";
import { setUploadsAside } from "../uploads/folder.ts";
import { fetchCopy } from "./copy_fetching.ts";
import { placeCopy } from "./copies.ts";
import type { CopyParts } from "./copy_questions.ts";
import { beginning } from "./lease.ts";
import { troubleOf } from "./log_trouble.ts";
import { type Entry, type Life, nodeOf } from "./messages.ts";
import type { LogInfo, NatsBus } from "./nats_bus.ts";
import { BEFORE_ALL, type Standing } from "./standing.ts";
import { type KeptState, keptState } from "./state_file.ts";

/** The parts of the connection with the cluster that joining needs. */
export type JoiningBus = CopyParts["bus"] & Pick<NatsBus, "info" | "find" | "found">;

/** The parts of joining. */
export interface JoiningParts {
  /** The options of the server. */
  readonly options: ServeOptions;
  /** The connection with the cluster. */
  readonly bus: JoiningBus;
  /** The process. */
  readonly life: Life;
  /** The clock. */
  readonly clock: Clock;
  /** The log of the program. */
  readonly log: Log;
}

/** The state with which a server starts. */
export interface Start {
  /** The identity of the cluster's log. */
  readonly log: string;
  /** The facts about the cluster (its leader, its clients) at the time when `state` was kept. */
  readonly standing: Standing;
  /** The state; absent if the state is that of the database. */
  readonly state: KeptState["events"] | undefined;
  /** The entries after `state` whose changes the database already contains. */
  readonly known: readonly Entry[];
  /** The number of the last entry of the log. */
  readonly last: number;
}

/** The position of a database in a log. */
interface Position {
  readonly log: string;
  readonly seq: number;
}

/**
 * Thrown if the cluster's log seems to lack entries. Perhaps NATS has just elected a leader that
 * does not have all entries yet.
 */
class ShortLogError extends UserError {
  override name = "ShortLogError";
}

/**
 * The time for which a server without stored events lets others found the log, in milliseconds.
 */
const POLITE_MS = 2000;
/** The number of attempts to find a start. */
const ATTEMPTS = 15;
/** The time between a failed attempt and the next one, in milliseconds. */
const RETRY_MS = 500;
/** The number of entries that are asked for at a time. */
const AT_A_TIME = 100;

/**
 * Finds the state with which the server starts; may replace the database in its folder. Tries again
 * if the log does not answer or seems to lack entries (NATS may be electing a leader at that
 * moment), or if no server offers a copy.
 *
 * @throws {UserError} if no server that has the state answers, if the log does not answer, if NATS
 * has lost entries, or if the database has messages of its own, which a copy would replace.
 */
export async function findStart(parts: JoiningParts): Promise<Start> {
  for (let attempt = 1;; attempt++) {
    try {
      const start = await tryToStart(parts);
      if (start) return start;
      if (attempt >= ATTEMPTS) throw new UserError(CLUSTER_TEXTS.nobodyHasState);
    } catch (error) {
      const reason = troubleOf(error);
      const known = error instanceof UserError ? error : undefined;
      const isFinal = known !== undefined && !(known instanceof ShortLogError);
      if (isFinal || attempt >= ATTEMPTS) {
        throw known ?? new UnreachableError(NATS_TEXTS.logSilent(reason));
      }
      parts.log.warn("could not join the cluster yet", { reason });
      await pause(parts.clock, RETRY_MS);
    }
  }
}

/** Returns the start if there is one already; otherwise takes a step towards it. */
async function tryToStart(parts: JoiningParts): Promise<Start | undefined> {
  const { bus, clock, log, options } = parts;
  const { isEmpty, position } = readDatabase(options);
  const info = await bus.info();
  if (position?.log === info.log && position.seq > info.last) {
    throw new ShortLogError(CLUSTER_TEXTS.logLost);
  }
  const start = await ownStart(parts, info, position);
  if (start) return start;
  if (info.last === 0) {
    if (isEmpty) await pause(clock, POLITE_MS);
    if ((await bus.info()).last === 0) await found(parts, info);
    return undefined;
  }
  const isOwn = position === undefined || position.seq === 0;
  if (isOwn && !isEmpty) throw new UserError(CLUSTER_TEXTS.ownMessages(options.data));
  // A database that followed another log may have messages that the other servers lack.
  if (await takeCopy(parts, position !== undefined && position.log !== info.log)) {
    log.info("copied the state of another server");
  } else log.warn("waiting for a server of the cluster that has the state");
  return undefined;
}

/** Returns the start from what the server itself has; `undefined` if that does not suffice. */
async function ownStart(
  { bus, life, options }: JoiningParts,
  { log, first, last }: LogInfo,
  position: Position | undefined,
): Promise<Start | undefined> {
  if (position?.log !== log) return undefined;
  const kept = keptState(options.data);
  if (kept?.log === log && kept.standing.seq <= position.seq && first <= kept.standing.seq + 1) {
    const known = await entriesBetween(bus, kept.standing.seq, position.seq);
    if (!known) return undefined;
    return { log, standing: kept.standing, state: kept.events, known, last };
  }
  // The server may have founded the log, and kept no state since.
  const founding = position.seq === 0 && first === 1 ? await bus.find(1) : undefined;
  if (!founding || nodeOf(founding.leader) !== nodeOf(life)) return undefined;
  return { log, standing: BEFORE_ALL, state: undefined, known: [], last };
}

/** Returns the entries after `seq` up to `last`; `undefined` if the log lacks one of them. */
async function entriesBetween(
  bus: JoiningBus,
  seq: number,
  last: number,
): Promise<Entry[] | undefined> {
  const entries: Entry[] = [];
  while (seq + entries.length < last) {
    const first = seq + entries.length + 1;
    const length = Math.min(AT_A_TIME, last - first + 1);
    const found = await Promise.all(Array.from({ length }, (_, i) => bus.find(first + i)));
    for (const entry of found) {
      if (!entry) return undefined;
      entries.push(entry);
    }
  }
  return entries;
}

/**
 * Returns the position of the database in its log. `isEmpty` is true if the database has no events.
 */
function readDatabase(options: ServeOptions): {
  readonly isEmpty: boolean;
  readonly position: Position | undefined;
} {
  const store = openStore(options);
  try {
    const [[, position] = []] = store.records("position");
    return { isEmpty: store.lastId === undefined, position };
  } finally {
    store.close();
  }
}

/** Begins the log with the state of the database, unless another server is faster. */
async function found({ bus, life, options }: JoiningParts, { log }: LogInfo): Promise<void> {
  const store = openStore(options);
  // The position is kept first: a server that is killed right after founding the log must know at
  // its next start that it founded the log.
  store.keep("position", "log", { log, seq: 0 });
  store.close();
  await bus.found(`${life}:founding`, beginning(1, life));
}

/**
 * Replaces the database by a copy from another server. If `keepsFormer`, keeps the former database
 * beside it. Returns false if no server offers a copy.
 */
async function takeCopy(parts: JoiningParts, keepsFormer: boolean): Promise<boolean> {
  const { data } = parts.options;
  const path = `${data}/chat.db.copy`;
  const copy = await fetchCopy(parts, path);
  if (!copy) return false;
  if (keepsFormer) {
    const now = parts.clock.now();
    const time = new Date(now).toISOString().replaceAll(":", "-");
    const kept = `${data}/${DATABASE}.${time}`;
    // Uploaded files that the cluster does not list would be removed, so they are set aside.
    setUploadsAside(data, now);
    Deno.renameSync(`${data}/${DATABASE}`, kept);
    parts.log.warn("the former database is kept beside that of the cluster", { kept });
  }
  await placeCopy(data, path, copy.state);
  return true;
}
