/**
 * The checks of `chat doctor`: each examines one thing that a server needs, and returns its
 * findings. The checks change nothing that lasts.
 *
 * @module
 */

import { dirname } from "node:path";
import { formatAddress, isLoopback } from "../../shared/address.ts";
import { formatDuration } from "../../shared/durations.ts";
import { UserError } from "../../shared/errors.ts";
import { isFile, reason } from "../../shared/files.ts";
import type { Environment } from "../../shared/flags.ts";
import { formatSize } from "../../shared/sizes.ts";
import type { ServeOptions } from "../config/config.ts";
import type { ListenAddress } from "../config/options.ts";
import { readFailures, retryAt } from "../acme/failures.ts";
import { acmeFiles } from "../acme/files.ts";
import { pairOf } from "../acme/renewal.ts";
import { openIdentity, ownFiles } from "../net/identity.ts";
import { cannotListen } from "../net/ports.ts";
import { readLog } from "../store/log_damage.ts";
import { DATABASE, isInUse, JOURNAL } from "../store/open.ts";
import { DAMAGED } from "../store/set_aside.ts";
import {
  CERTIFICATE_TEXTS,
  CLOCK_TEXTS,
  FOLDER_TEXTS,
  LIMIT_TEXTS,
  PORT_TEXTS,
  SETTINGS_TEXTS,
  SPACE_TEXTS,
} from "../texts/doctor.ts";
import { STORE_TEXTS } from "../texts/store.ts";
import type { Finding } from "./finding.ts";
import { misfitOf } from "./misfit.ts";

/** The facts about the machine that checks use. */
export interface Machine {
  /** Returns the time, in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Returns the free bytes at `path`; `undefined` if they cannot be determined. */
  freeBytes(path: string): number | undefined;
}

/** A check of what a server with these options needs. */
export type Check = (
  options: ServeOptions,
  machine: Machine,
  environment: Environment,
) => Finding[] | Promise<Finding[]>;

/** All checks, by their subjects. */
export const CHECKS: readonly (readonly [subject: string, check: Check])[] = [
  ["settings", checkSettings],
  ["folder", checkFolder],
  ["space", checkSpace],
  ["certificate", checkCertificate],
  ["port", checkPorts],
  ["limits", checkLimits],
  ["clock", checkClock],
  ["nats", checkCluster],
];

/** Read permission for the group or for all. */
const READABLE_BY_OTHERS = 0o044;

function checkSettings({ config, operators, password }: ServeOptions): Finding[] {
  if (config === undefined) return [["ok", SETTINGS_TEXTS.defaults]];
  const hasSecrets = operators.length > 0 || password !== undefined;
  if (hasSecrets && isReadableByOthers(config)) {
    return [["warning", SETTINGS_TEXTS.readable(config)]];
  }
  return [["ok", SETTINGS_TEXTS.file(config)]];
}

function checkFolder({ data, memory }: ServeOptions): Finding[] {
  if (memory) return [["ok", FOLDER_TEXTS.inMemory]];
  const folder = existing(data);
  try {
    if (!Deno.statSync(folder).isDirectory) return [["problem", FOLDER_TEXTS.noFolder(folder)]];
    Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".chat-doctor-" }));
  } catch (error) {
    return [["problem", FOLDER_TEXTS.notWritable(folder, reason(error))]];
  }
  if (folder !== data) return [["ok", FOLDER_TEXTS.missing(data)]];
  const findings: Finding[] = [
    isReadableByOthers(data)
      ? ["warning", FOLDER_TEXTS.readable(data)]
      : ["ok", FOLDER_TEXTS.works(data)],
    ["ok", isInUse(data) ? FOLDER_TEXTS.running(data) : FOLDER_TEXTS.notRunning(data)],
  ];
  // SQLite deletes a write-ahead log that has no database beside it.
  const log = `${DATABASE}-wal`;
  if (isFile(`${data}/${log}`) && !isFile(`${data}/${DATABASE}`)) {
    findings.push(["problem", FOLDER_TEXTS.databaseGone(data, log)]);
  }
  if (isFile(`${data}/${DATABASE}`) && !isDatabase(`${data}/${DATABASE}`)) {
    findings.push(["problem", FOLDER_TEXTS.notDatabase(`${data}/${DATABASE}`)]);
  }
  return [...findings, ...damageIn(data)];
}

/**
 * Returns findings about damage: the copies of damaged data that servers have left in the folder
 * and, if no server uses the folder now, a damaged write-ahead log.
 */
function damageIn(data: string): Finding[] {
  const path = `${data}/${DATABASE}`;
  const from = isInUse(data) ? undefined : readLog(path).damagedFrom;
  const kept = [...Deno.readDirSync(data)].filter(({ name }) => name.includes(DAMAGED));
  return [
    ...from === undefined ? [] : [["warning", STORE_TEXTS.damagedLog(path, from)] as const],
    ...kept.map(({ name }) => ["warning", FOLDER_TEXTS.damaged(`${data}/${name}`)] as const),
  ];
}

/** The first bytes of each database (https://www.sqlite.org/fileformat2.html, section 1.3.1). */
const DATABASE_MAGIC = "SQLite format 3\0";

/**
 * Returns true if the file begins like a database, or is empty like a new one. The file is not
 * opened as a database: that would leave files beside it, perhaps owned by a user other than the
 * server's.
 */
function isDatabase(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    const begin = new Uint8Array(DATABASE_MAGIC.length);
    const count = file.readSync(begin) ?? 0;
    return count === 0 || new TextDecoder().decode(begin) === DATABASE_MAGIC;
  } catch (error) {
    throw new UserError(FOLDER_TEXTS.notReadable(path, reason(error)));
  }
}

const MEBIBYTE = 1024 ** 2;
/** If fewer bytes are free, a server will soon be unable to store anything. */
const NO_SPACE = 64 * MEBIBYTE;
/** If fewer bytes are free, a server may later be unable to store anything. */
const LITTLE_SPACE = 1024 * MEBIBYTE;

function checkSpace({ data, memory }: ServeOptions, machine: Machine): Finding[] {
  if (memory) return [];
  const bytes = machine.freeBytes(existing(data));
  if (bytes === undefined) return [["warning", SPACE_TEXTS.unknown(data)]];
  const free = formatSize(bytes);
  if (bytes < NO_SPACE) return [["problem", SPACE_TEXTS.none(free)]];
  if (bytes < LITTLE_SPACE) return [["warning", SPACE_TEXTS.little(free)]];
  return [["ok", SPACE_TEXTS.enough(free)]];
}

/** If a certificate expires within this time, in milliseconds, it should be renewed. */
const RENEW_MS = 14 * 86_400_000;

async function checkCertificate(options: ServeOptions, machine: Machine): Promise<Finding[]> {
  const { acme, data, memory, name } = options;
  const now = machine.now();
  const tls = options.tls ?? (acme === undefined ? undefined : pairOf(data));
  const failure = acme === undefined ? [] : failureOf(acme, data);
  if (acme !== undefined && !tls) {
    const state = failure.length > 0 ? failure : [["ok", CERTIFICATE_TEXTS.notYet(acme)] as const];
    return [...state, ...proofPort(acme, options)];
  }
  const { cert, key } = tls ?? ownFiles(data);
  if (!tls && (memory || !isFile(key))) return [["ok", CERTIFICATE_TEXTS.none]];
  const identity = await openIdentity({ data, memory: false, ...(tls && { tls }) }, [name]);
  const { from, until } = identity.validity;
  const end = day(until);
  if (until.getTime() < now) return [["problem", CERTIFICATE_TEXTS.expired(cert, end)], ...failure];
  if (from.getTime() > now) return [["problem", CERTIFICATE_TEXTS.early(cert, day(from))]];
  const isSoon = until.getTime() - now < RENEW_MS;
  const misfit = tls && misfitOf(identity, cert, name);
  return [
    isSoon
      ? ["warning", CERTIFICATE_TEXTS.soon(cert, end)]
      : ["ok", CERTIFICATE_TEXTS.works(cert, end)],
    ...misfit === undefined ? [] : [["warning", misfit] as const],
    ...failure,
  ];
}

/** The port at which an authority verifies a name (RFC 8555, section 8.3). */
const PROOF_PORT = 80;

/**
 * Returns a warning if the server does not listen on port 80 for other machines. An authority may
 * reach it through a forwarded port, but only the first certificate shows that.
 */
function proofPort(acme: string, { listen }: ServeOptions): Finding[] {
  const isOpen = listen.some(({ hostname, port }) => port === PROOF_PORT && !isLoopback(hostname));
  return isOpen ? [] : [["warning", CERTIFICATE_TEXTS.noProofPort(acme)]];
}

/** Returns a warning if the last attempt to get a certificate from an authority has failed. */
function failureOf(name: string, data: string): Finding[] {
  const failures = readFailures(acmeFiles(data));
  if (failures.count === 0) return [];
  const again = new Date(retryAt(failures)).toISOString();
  return [["warning", CERTIFICATE_TEXTS.notGiven(name, failures.reason, again)]];
}

function checkPorts(options: ServeOptions): Finding[] {
  const { data, listen, memory, metrics, plainPort } = options;
  const isRunning = !memory && isInUse(data);
  const [first] = listen;
  const plain = first && plainPort !== undefined ? { ...first, port: plainPort } : undefined;
  const findings = [
    ...listen.map((address) => checkPort("--listen", address, isRunning)),
    ...(plain ? [checkPort("--plain-port", plain, isRunning)] : []),
    ...(metrics ? [checkPort("--metrics", metrics, isRunning)] : []),
  ];
  if (listen.every(({ hostname }) => isLoopback(hostname))) {
    findings.push(["warning", PORT_TEXTS.onlyHere]);
  }
  return findings;
}

function checkPort(flag: string, address: ListenAddress, isRunning: boolean): Finding {
  const where = formatAddress(address);
  try {
    Deno.listen(address).close();
    return ["ok", PORT_TEXTS.free(where)];
  } catch (error) {
    const isOwn = isRunning && error instanceof Deno.errors.AddrInUse;
    if (isOwn) return ["ok", PORT_TEXTS.own(where)];
    return ["problem", cannotListen(flag, address, error).message];
  }
}

/** The smallest number of open files that is enough for a few friends. */
const NO_FILES = 100;
/** The smallest number of open files that is enough for many users. */
const FEW_FILES = 1000;
/** The largest number of files that are opened to find the limit. */
const MANY_FILES = 4096;

function checkLimits(): Finding[] {
  // Windows has no such limit.
  if (Deno.build.os === "windows") return [];
  const count = countOpenFiles(MANY_FILES);
  const shown = count === MANY_FILES ? `${MANY_FILES} or more` : String(count);
  if (count < NO_FILES) return [["problem", LIMIT_TEXTS.few(shown)]];
  if (count < FEW_FILES) return [["warning", LIMIT_TEXTS.few(shown)]];
  return [["ok", LIMIT_TEXTS.enough(shown)]];
}

/**
 * Returns the number of files that can be opened beside those that are open already; at most
 * `most`.
 */
function countOpenFiles(most: number): number {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < most) files.push(Deno.openSync("."));
  } catch {
    // The limit is reached.
  }
  for (const file of files) file.close();
  return files.length;
}

/** A time before this version was made: a clock that shows an earlier time is wrong. */
const MADE_AT = Date.UTC(2026, 0, 1);
/**
 * The time, in milliseconds, by which the clock may be behind the time of a file. A file on a disk
 * of another machine has the time of that machine.
 */
const TOLERANCE_MS = 10_000;

function checkClock({ data, memory }: ServeOptions, machine: Machine): Finding[] {
  const now = machine.now();
  const time = new Date(now).toISOString();
  if (now < MADE_AT) return [["problem", CLOCK_TEXTS.wrong(time)]];
  const last = memory ? 0 : Math.max(...[DATABASE, JOURNAL].map((file) => writtenAt(data, file)));
  if (now < last - TOLERANCE_MS) {
    return [["problem", CLOCK_TEXTS.behind(time, formatDuration(last - now))]];
  }
  return [["ok", time]];
}

async function checkCluster(
  { cluster }: ServeOptions,
  _machine: Machine,
  environment: Environment,
): Promise<Finding[]> {
  if (cluster === undefined) return [];
  // Loaded on first use, because most servers need no code of NATS.
  const { checkNats } = await import("./nats_checkup.ts");
  return checkNats(cluster, environment);
}

/**
 * Returns the time when a file of the server was last written, in milliseconds; 0 if there is none.
 */
function writtenAt(data: string, file: string): number {
  try {
    return Deno.statSync(`${data}/${file}`).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

/** Returns `path`, or the nearest folder above it that exists. */
function existing(path: string): string {
  try {
    Deno.statSync(path);
    return path;
  } catch (error) {
    const above = dirname(path);
    const isMissing = error instanceof Deno.errors.NotFound && above !== path;
    return isMissing ? existing(above) : path;
  }
}

/** Returns true if other users of the machine can read the file or folder; false on Windows. */
function isReadableByOthers(path: string): boolean {
  try {
    const { mode } = Deno.statSync(path);
    return mode !== null && (mode & READABLE_BY_OTHERS) !== 0;
  } catch (error) {
    throw new UserError(FOLDER_TEXTS.notWritable(path, reason(error)));
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
