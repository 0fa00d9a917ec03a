/**
 * The command line: picks the mode, shows help, turns failures into one line and an exit code. It is
 * the only place that ends the process, and knows nothing of how the modes do what they do.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { UsageError, UserError } from "./shared/errors.ts";
import { helpText, overview } from "./shared/flags.ts";
import type { Mode, Surroundings } from "./shared/mode.ts";
import { printable } from "./shared/text.ts";
import { VERSION } from "./shared/version.ts";

/** The modes of the program. Each is loaded when it is asked for, so that none waits for the others. */
export const MODES: readonly Mode[] = [
  {
    name: "serve",
    summary: "Start a server",
    load: () => import("./server/cli/serve.ts"),
  },
  {
    name: "connect",
    operand: "HOST[:PORT][/ROOM]|URL",
    summary: "Join a server",
    load: () => import("./client.ts"),
  },
  {
    name: "export",
    summary: "Export messages, or check the database",
    load: () => import("./server/cli/export.ts"),
  },
  {
    name: "operators",
    operand: "add NAME | remove NAME | list",
    summary: "Add, remove or list the operators of a server",
    load: () => import("./server/cli/operators.ts"),
  },
];

const PROCESS: Surroundings = {
  print: console.log,
  printError: console.error,
  environment: Deno.env,
  isTerminal: () => Deno.stdout.isTerminal(),
  stopRequest,
};

/** Does what the command line says. Resolves to the exit code; never throws. */
export async function main(
  args: readonly string[],
  surroundings: Surroundings = PROCESS,
): Promise<number> {
  try {
    return await dispatch(args, surroundings);
  } catch (error) {
    const about = find(args[0] ?? "") ? `chat ${args[0]} --help` : "chat --help";
    return report(error, surroundings, about);
  }
}

async function dispatch(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined) {
    throw new UsageError(`run "chat serve" to start a server or "chat connect HOST" to join one`);
  }
  if (word === "--version") return show(`chat ${VERSION}`, surroundings);
  if (word === "--help" || word === "-h") return show(overview(MODES), surroundings);
  if (word === "help") {
    const [topic] = rest;
    const text = topic === undefined ? overview(MODES) : await helpOn(modeOf(topic));
    return show(text, surroundings);
  }
  const mode = modeOf(word);
  const isHelp = rest.some((arg) => arg === "--help" || arg === "-h");
  if (isHelp) return show(await helpOn(mode), surroundings);
  const { run } = await mode.load();
  return await run(rest, surroundings);
}

function show(text: string, { print }: Surroundings): number {
  print(text);
  return 0;
}

async function helpOn(mode: Mode): Promise<string> {
  const { command } = await mode.load();
  return helpText(mode, command);
}

function find(word: string): Mode | undefined {
  return MODES.find(({ name }) => name === word);
}

function modeOf(word: string): Mode {
  const mode = find(word);
  if (mode) return mode;
  const kind = word.startsWith("-") ? "flag" : "command";
  const isPlace = /[.:/]/.test(word);
  const words = [...MODES.map(({ name }) => name), "help", "--help", "--version"];
  const known = isPlace ? `connect ${word}` : closestString(word, words);
  throw new UsageError(`unknown ${kind} ${word}; did you mean ${known}?`);
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
