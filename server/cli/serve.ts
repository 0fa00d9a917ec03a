/**
 * Implements `chat serve`: starts a server, prints its addresses, and closes it when the process is
 * asked to stop.
 *
 * @module
 */

import { systemClock } from "../../shared/clock.ts";
import type { Command } from "../../shared/flags.ts";
import { serve, type Server } from "../../server.ts";
import type { Surroundings } from "../../shared/mode.ts";
import { OutputError } from "../../shared/output.ts";
import { type ServeOptions, serveOptions, serveSettings } from "../config/config.ts";
import { SERVE } from "../config/flags.ts";
import {
  certificateNames,
  ConnectUrls,
  type Interface,
  metricsLine,
} from "../config/connect_urls.ts";
import { makeFolder } from "../../shared/files.ts";
import { Guard } from "../../shared/guard.ts";
import { type ChangeableLog, changeableLog, type Log } from "../../shared/log.ts";
import { LineWriter } from "../../shared/line_writer.ts";
import { qrCode } from "../../shared/qr.ts";
import type { Cluster, ClusterParts } from "../cluster/cluster.ts";
import { PassedSockets } from "../net/activation.ts";
import { type Identity, openIdentity } from "../net/identity.ts";
import { pairOf, Renewal } from "../acme/renewal.ts";
import { Page } from "../net/page.ts";
import { misfitOf } from "./misfit.ts";
import { loadPageFiles } from "./page_files.ts";
import { openStore } from "../store/open.ts";
import { SERVE_TEXTS } from "../texts/server.ts";

/** The flags of `chat serve`, and its help. */
export const command: Command = SERVE;

/**
 * The time in milliseconds that a server has to close, so that the process ends within 2 seconds.
 */
const CLOSE_MS = 1_800;

/**
 * The longest time for which the first lines of output wait for a certificate, in milliseconds: an
 * authority may never answer.
 */
const CERTIFICATE_MS = 30_000;
/** The time between two checks of whether a certificate must be renewed, in milliseconds. */
const RENEWAL_CHECK_MS = 60_000;

/**
 * Runs a server until the process is asked to stop; resolves to the exit code.
 *
 * @throws {UsageError} for a wrong flag.
 * @throws {UserError} if the server cannot start.
 */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { environment } = surroundings;
  const started = Promise.withResolvers<Server>();
  const closed = Promise.withResolvers<void>();
  // This comes first, because SIGHUP must not end a server that is still starting.
  const reload = () => started.promise.then((server) => server.reload("SIGHUP"));
  surroundings.onHangUp(reload, closed.resolve);
  const { options, unused } = serveSettings(args, environment);
  if (!options.memory) makeFolder(options.data);
  const interfaces = networkInterfaces();
  const { log, writer } = openLog(options);
  const sockets = await PassedSockets.takeOver(environment, Deno.pid);
  const failure = Promise.withResolvers<never>();
  const cluster = await joinCluster(options, { environment, log, failed: failure.reject });
  // The store locks the folder, so no other server writes the certificate at the same time.
  const store = openStore(options, log.error);
  const signed = options.acme === undefined ? undefined : pairOf(options.data);
  const identity = await openIdentity(
    { ...options, ...(signed && { tls: signed }) },
    certificateNames(options.name, interfaces),
  );
  const connect = environment.get("CHAT_CONNECT");
  const connectUrls = new ConnectUrls({
    options,
    identity,
    interfaces,
    ...(connect && { connect }),
  });
  const server = await serve(options, {
    store,
    identity,
    connectUrls,
    cluster,
    page: options.page ? new Page(loadPageFiles) : undefined,
    log,
    listen: sockets.listen,
    droppedLogLines: () => writer.dropped,
    reloaded: (options) => log.change(logOptions(options)),
    ...(options.config !== undefined && { reload: () => serveOptions(args, environment) }),
  });
  sockets.assertAllUsed();
  const stopped = Promise.race([surroundings.stopRequest(), closed.promise, failure.promise]);
  await cluster?.ready();
  started.resolve(server);
  surroundings.onUncaught((error) => server.reportFault(error));
  // The printed URLs depend on the certificate.
  await firstOf([stopped, keepCertificate(options, identity, log)], CERTIFICATE_MS);
  warn(options, unused, identity, log);
  await announce(server, { options, connectUrls, surroundings });
  try {
    await stopped;
  } finally {
    await firstOf([server.close().then(() => writer.drained())], CLOSE_MS);
  }
  // If the store has trouble, some changes could not be stored. The log has the reason.
  return store.trouble === undefined ? 0 : 1;
}

/** The parts that {@linkcode announce} needs. */
interface Announcement {
  readonly options: ServeOptions;
  readonly connectUrls: ConnectUrls;
  readonly surroundings: Surroundings;
}

/** Prints the addresses of a server, and the commands with which users join it. */
async function announce(
  server: Server,
  { options, connectUrls, surroundings }: Announcement,
): Promise<void> {
  const print = tolerant(surroundings.print);
  const printAll = (lines: readonly (string | undefined)[]) => {
    for (const line of lines) if (line !== undefined) print(line);
  };
  for (const listening of server.addresses) {
    printAll([connectUrls.announcement(listening), connectUrls.pageLine(listening)]);
  }
  const token = server.claim();
  const [first] = server.addresses;
  const showsCode = options.qr === "auto" ? surroundings.isTerminal() : options.qr === "always";
  if (first && showsCode) {
    const url = connectUrls.url(first);
    print(url === undefined ? SERVE_TEXTS.noQrCode : await qrCode(url));
  }
  if (first && token) {
    printAll([connectUrls.claim(first, token), connectUrls.claimOnPage(first, token)]);
  }
  printAll([server.metricsServer && metricsLine(server.metricsServer)]);
}

/**
 * With `--cluster`, connects to the other servers; returns the membership. The code of clusters is
 * loaded only with this flag.
 */
async function joinCluster(
  options: ServeOptions,
  parts: Pick<ClusterParts, "environment" | "log" | "failed">,
): Promise<Cluster | undefined> {
  if (options.cluster === undefined) return undefined;
  const { Cluster } = await import("../cluster/cluster.ts");
  const { clock } = new Guard({ clock: systemClock, log: parts.log });
  return await Cluster.join({ ...parts, options, clock }, options.cluster);
}

/**
 * With `--acme`, gets a certificate from an authority whenever the server needs one; resolves after
 * the first attempt, and never rejects.
 */
function keepCertificate(options: ServeOptions, identity: Identity, log: Log): Promise<void> {
  const { acme: name } = options;
  if (name === undefined) return Promise.resolve();
  const renewal = new Renewal({ name, options, identity, clock: systemClock, log });
  systemClock.every(RENEWAL_CHECK_MS, () => renewal.check());
  return renewal.check();
}

/**
 * Warns of each setting that has no effect, and of a certificate that is not for the server's name.
 */
function warn(
  { acme, data, name, tls }: ServeOptions,
  unused: readonly string[],
  identity: Identity,
  log: Log,
): void {
  for (const reason of unused) log.warn("a setting has no effect", { reason });
  const files = tls ?? (acme === undefined ? undefined : pairOf(data));
  const reason = files && misfitOf(identity, files.cert, name);
  if (reason !== undefined) log.warn("the certificate does not fit the server's name", { reason });
}

/**
 * Returns a `print` that ignores errors of the output: a server continues for its users even if
 * nothing reads its output.
 */
function tolerant(print: Surroundings["print"]): Surroundings["print"] {
  return (line) => {
    try {
      print(line);
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
    }
  };
}

/** Opens the log on standard error, and returns it with the writer of its lines. */
function openLog(options: ServeOptions): { log: ChangeableLog; writer: LineWriter } {
  const droppedLine = (count: number) => log.line("error", "log lines were dropped", { count });
  const writer = new LineWriter({ sink: Deno.stderr, droppedLine });
  const write = (line: string) => writer.write(line);
  const log = changeableLog({ ...logOptions(options), clock: systemClock, write });
  return { log, writer };
}

function logOptions(options: ServeOptions) {
  const { logLevel: level, logFormat: format, logWithoutAddresses: withoutAddresses } = options;
  return { level, format, withoutAddresses };
}

/** Waits for the first of `awaited`, at most `ms` milliseconds. */
async function firstOf(awaited: readonly Promise<unknown>[], ms: number): Promise<void> {
  const { promise: elapsed, resolve } = Promise.withResolvers<void>();
  const cancel = systemClock.after(ms, resolve);
  try {
    await Promise.race([...awaited, elapsed]);
  } finally {
    cancel();
  }
}

/**
 * Returns the machine's addresses, or an empty list if they cannot be read: they only improve
 * printed lines and a generated certificate.
 */
function networkInterfaces(): readonly Interface[] {
  try {
    return Deno.networkInterfaces();
  } catch {
    return [];
  }
}
