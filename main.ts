/**
 * The command line: picks the mode, shows help, turns failures into one line and an exit code. It is
 * the only place that ends the process, and knows nothing of how the modes do what they do.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { CONNECT, connectOptions } from "./client/options.ts";
import { systemClock } from "./clock.ts";
import { UsageError, UserError } from "./errors.ts";
import { type Command, type Environment, helpText, overview } from "./flags.ts";
import { serve } from "./server.ts";
import { SERVE, serveOptions } from "./server/config/config.ts";
import { EXPORT, exportHistory } from "./server/store/export.ts";
import { makeFolder } from "./server/config/files.ts";
import { openIdentity } from "./server/net/identity.ts";
import {
  certificateNames,
  Directions,
  type Interface,
  pageLine,
} from "./server/config/directions.ts";
import { qrCode } from "./server/config/qr.ts";
import { createLog } from "./server/log.ts";
import { OPERATORS, operators } from "./server/config/operators.ts";
import { openStore } from "./server/store/open.ts";
import { printable } from "./text.ts";
import { VERSION } from "./version.ts";

/** What {@linkcode main} uses of the process. */
export interface Surroundings {
  /** Takes a line for standard output. */
  print(line: string): void;
  /** Takes a line for standard error. */
  printError(line: string): void;
  /** The variables of the environment. */
  readonly environment: Environment;
  /** Whether standard output is a terminal. */
  isTerminal(): boolean;
}

const PROCESS: Surroundings = {
  print: console.log,
  printError: console.error,
  environment: Deno.env,
  isTerminal: () => Deno.stdout.isTerminal(),
};

/** What a command does with the words behind it; resolves to the exit code. */
type Run = (args: readonly string[], surroundings: Surroundings) => Promise<number>;

const MODES: ReadonlyMap<string, { readonly command: Command; readonly run: Run }> = new Map([
  [SERVE.name, { command: SERVE, run: runServe }],
  [CONNECT.name, { command: CONNECT, run: runConnect }],
  [EXPORT.name, { command: EXPORT, run: runExport }],
  [OPERATORS.name, { command: OPERATORS, run: runOperators }],
]);

const COMMANDS: readonly Command[] = [...MODES.values()].map(({ command }) => command);

/** Does what the command line says. Resolves to the exit code; never throws. */
export async function main(
  args: readonly string[],
  surroundings: Surroundings = PROCESS,
): Promise<number> {
  try {
    return await dispatch(args, surroundings);
  } catch (error) {
    const about = MODES.has(args[0] ?? "") ? `chat ${args[0]} --help` : "chat --help";
    return report(error, surroundings, about);
  }
}

async function dispatch(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined) {
    throw new UsageError(`run "chat serve" to start a server or "chat connect HOST" to join one`);
  }
  if (word === "--version") return show(`chat ${VERSION}`, surroundings);
  if (word === "--help" || word === "-h") return show(overview(COMMANDS), surroundings);
  if (word === "help") return show(helpOn(rest[0]), surroundings);
  const { command, run } = modeOf(word);
  const isHelp = rest.some((arg) => arg === "--help" || arg === "-h");
  return isHelp ? show(helpText(command), surroundings) : await run(rest, surroundings);
}

function show(text: string, { print }: Surroundings): number {
  print(text);
  return 0;
}

function helpOn(word: string | undefined): string {
  return word === undefined ? overview(COMMANDS) : helpText(modeOf(word).command);
}

function modeOf(word: string) {
  const mode = MODES.get(word);
  if (mode) return mode;
  const kind = word.startsWith("-") ? "flag" : "command";
  const isPlace = /[.:/]/.test(word);
  const known = isPlace
    ? `connect ${word}`
    : closestString(word, [...MODES.keys(), "help", "--help", "--version"]);
  throw new UsageError(`unknown ${kind} ${word}; did you mean ${known}?`);
}

async function runServe(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const options = serveOptions(args, surroundings.environment);
  makeFolder(options.data);
  const { logLevel: level, logFormat: format } = options;
  const interfaces = networkInterfaces();
  // Whoever has the store has the folder for themselves.
  const store = openStore(options);
  const identity = await openIdentity(options, certificateNames(options.name, interfaces));
  const connect = surroundings.environment.get("CHAT_CONNECT");
  const directions = new Directions({
    options,
    identity,
    interfaces,
    ...(connect && { connect }),
  });
  const server = serve(options, {
    store,
    identity,
    directions,
    log: createLog({ level, format, clock: systemClock }),
    ...(options.config !== undefined && {
      reload: () => serveOptions(args, surroundings.environment),
    }),
  });
  const stopped = stopRequest();
  for (const listening of server.addresses) {
    surroundings.print(directions.announcement(listening));
  }
  const token = server.claim();
  const [first] = server.addresses;
  const showsCode = options.qr === "auto" ? surroundings.isTerminal() : options.qr === "always";
  if (first && showsCode) {
    const url = directions.url(first);
    surroundings.print(url === undefined ? NO_QR_CODE : await qrCode(url));
  }
  if (first && token) surroundings.print(directions.claim(first, token));
  if (server.page) surroundings.print(pageLine(server.page));
  await stopped;
  await Promise.race([server.close(), elapsed(CLOSE_MS)]);
  return 0;
}

const NO_QR_CODE = "No QR code: other machines cannot reach this server. " +
  "Change that with --listen or --address";

async function runConnect(
  args: readonly string[],
  { environment }: Surroundings,
): Promise<number> {
  const options = connectOptions(args, environment);
  // Loaded here, so that a server starts sooner.
  const { connect } = await import("./client.ts");
  return await connect(options);
}

function runExport(
  args: readonly string[],
  { environment, print }: Surroundings,
): Promise<number> {
  return Promise.resolve(exportHistory(args, environment, print));
}

function runOperators(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const lines = operators(args, surroundings.environment, systemClock.now());
  for (const line of lines) surroundings.print(line);
  return Promise.resolve(0);
}

/** How long a server may take to say goodbye, so that it has gone 2 seconds after it was asked to. */
const CLOSE_MS = 1_800;

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve));
}

/** What asks a process to stop. Windows has no SIGTERM. */
const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/**
 * What comes twice within so many milliseconds was asked once: a terminal gives Ctrl-C to all of its
 * processes, and `deno task`, being one of them, hands it on; `deno run --watch` does, as SIGTERM.
 */
const SAME_SIGNAL_MS = 250;

/** Resolves when the process is asked to stop. Asked a second time, it ends at once. */
function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    let first: { readonly signal: Deno.Signal; readonly at: number } | undefined;
    const stop = (signal: Deno.Signal) => {
      const at = performance.now();
      first ??= { signal, at };
      const isSame = signal === first.signal || signal === "SIGTERM";
      const isFirst = isSame && at - first.at < SAME_SIGNAL_MS;
      // As a shell reports a command that SIGINT ended.
      if (!isFirst) Deno.exit(130);
      resolve();
    };
    for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, () => stop(signal));
  });
}

/** The machine's addresses; none where they are not to be had, as they only make a line nicer. */
function networkInterfaces(): readonly Interface[] {
  try {
    return Deno.networkInterfaces();
  } catch {
    return [];
  }
}

/** Says on one line what went wrong; returns the exit code. */
function report(error: unknown, { printError, environment }: Surroundings, about: string): number {
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) printError(`chat: ${message} (see: ${about})`);
  else if (error instanceof UserError) printError(`chat: ${message}`);
  else printError(`chat: this is a bug in chat: ${message} (CHAT_DEBUG=1 shows where)`);
  if (environment.get("CHAT_DEBUG") && error instanceof Error) printError(error.stack ?? "");
  return error instanceof UserError ? error.exitCode : 1;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, " "));
}

/** Failures in timers and sockets, which no caller is there to catch. */
function exitOnUncaught(): void {
  const exit = (event: Event, error: unknown) => {
    event.preventDefault();
    // Later, so that others who listen can first put the terminal in order.
    setTimeout(() => Deno.exit(report(error, PROCESS, "chat --help")));
  };
  globalThis.addEventListener("error", (event) => exit(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => exit(event, event.reason));
}

if (import.meta.main) {
  exitOnUncaught();
  // Not awaited: while a module's evaluation waits, the event loop has more to do at each turn
  // and a thousand members wait three times as long for the slowest message (bench/README.md).
  main(Deno.args).then((code) => Deno.exit(code));
}
