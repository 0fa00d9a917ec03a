/**
 * Runs the command line: selects the mode, shows help, and turns an error into one line and an exit
 * code. It is the only module that ends the process, and does not know what the modes do.
 *
 * @module
 */

import { UsageError, UserError } from "./shared/errors.ts";
import { helpText, overview } from "./shared/flags.ts";
import { type Mode, PERMISSIONS, type Surroundings } from "./shared/mode.ts";
import { nearest } from "./shared/nearest.ts";
import { OutputError, writeLine } from "./shared/output.ts";
import { printable } from "./shared/text.ts";
import { prepareTls } from "./shared/tls_start.ts";
import { VERSION } from "./shared/version.ts";

/**
 * The modes of the program. The code of a mode is loaded only when the mode is run, so that no mode
 * waits for the code of the others.
 */
export const MODES: readonly Mode[] = [
  {
    name: "serve",
    summary: "Start a server",
    uses: ["net", "read", "sys", "write"],
    load: () => import("./server/cli/serve.ts"),
  },
  {
    name: "connect",
    operand: "HOST[:PORT][/ROOM]|URL...",
    summary: "Join a server",
    uses: ["net", "read", "sys", "write"],
    load: () => import("./client.ts"),
  },
  {
    name: "send",
    operand: "HOST[:PORT]/ROOM|URL [TEXT...]",
    summary: "Send a text to a room",
    uses: ["net", "read", "sys", "write"],
    load: async () => (await import("./client.ts")).SEND_MODE,
  },
  {
    name: "tail",
    operand: "HOST[:PORT]/ROOM|URL",
    summary: "Print what happens in a room",
    uses: ["net", "read", "sys", "write"],
    load: async () => (await import("./client.ts")).TAIL_MODE,
  },
  {
    name: "history",
    operand: "HOST[:PORT]/ROOM|URL",
    summary: "Print earlier messages of a room",
    uses: ["net", "read", "sys", "write"],
    load: async () => (await import("./client.ts")).HISTORY_MODE,
  },
  {
    name: "doctor",
    summary: "Check what a server needs, and say what to do",
    uses: ["net", "read", "sys", "write"],
    load: () => import("./server/cli/doctor.ts"),
  },
  {
    name: "export",
    summary: "Export messages, or check the database",
    uses: ["read"],
    load: () => import("./server/cli/export.ts"),
  },
  {
    name: "backup",
    operand: "DIR",
    summary: "Copy a server's messages, accounts, files and key",
    uses: ["read", "write"],
    load: () => import("./server/cli/backup.ts"),
  },
  {
    name: "restore",
    operand: "DIR",
    summary: "Put a copy back into a server's folder",
    uses: ["read", "write"],
    load: () => import("./server/cli/restore.ts"),
  },
  {
    name: "forget",
    operand: "HOST[:PORT]",
    summary: "Forget the fingerprint of a server",
    uses: ["read", "write"],
    load: () => import("./client/cli/forget.ts"),
  },
  {
    name: "operators",
    operand: "add NAME | remove NAME | list",
    summary: "Add, remove or list the operators of a server",
    uses: ["read", "write"],
    load: () => import("./server/cli/operators.ts"),
  },
  {
    name: "completion",
    operand: "bash|zsh|fish",
    summary: "Print the script by which a shell completes commands",
    // It loads the other modes for their tables of flags, and loading their code needs these
    // permissions.
    uses: ["read", "sys"],
    load: async () => (await import("./shared/completion_mode.ts")).completionMode(MODES),
  },
];

const PROCESS: Surroundings = {
  print: writeLine,
  printError: console.error,
  environment: Deno.env,
  prepareTls,
  giveUp: (name) => Deno.permissions.revokeSync({ name }),
  isTerminal: () => Deno.stdout.isTerminal(),
  stopRequest,
  onHangUp(action, closed) {
    // Windows has no SIGHUP.
    if (Deno.build.os === "windows") return;
    const hadTerminal = Deno.stdin.isTerminal();
    // If the window of the terminal was closed, standard input no longer counts as a terminal.
    const hang = () => hadTerminal && !Deno.stdin.isTerminal() ? closed() : action();
    Deno.addSignalListener("SIGHUP", hang);
  },
  onUncaught: (report) => reportUncaught = report,
};

/**
 * Handles an error that no code has caught. By default, reports it and ends the process; a mode can
 * set another handler.
 */
let reportUncaught = (error: unknown): void => {
  // Exits in a later turn, so that other listeners of this error can restore the terminal first.
  setTimeout(() => Deno.exit(report(error, PROCESS, "chat --help")));
};

/** Runs the command line with these arguments; resolves to the exit code. Never rejects. */
export async function main(
  args: readonly string[],
  surroundings: Surroundings = PROCESS,
): Promise<number> {
  try {
    return await dispatch(args, surroundings);
  } catch (error) {
    const help = find(args[0] ?? "") ? `chat ${args[0]} --help` : "chat --help";
    return report(error, surroundings, help);
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
  // TLS is prepared on another thread while the module is loaded: both take about as long.
  if (mode.uses.includes("net")) surroundings.prepareTls();
  const { run } = await mode.load();
  for (const permission of PERMISSIONS) {
    if (!mode.uses.includes(permission)) surroundings.giveUp(permission);
  }
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
  const isAddress = /[.:/]/.test(word);
  const words = [...MODES.map(({ name }) => name), "help", "--help", "--version"];
  const meant = isAddress ? `connect ${word}` : nearest(word, words);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  throw new UsageError(`unknown ${kind} ${word}${hint}`);
}

/** The signals that ask the process to stop. Windows has no SIGTERM. */
const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/**
 * The time in milliseconds within which two signals count as one request. A terminal sends the
 * SIGINT of Ctrl-C to all processes that run in it. One of these may send a second signal to this
 * process: `deno task` forwards SIGINT, and `deno run --watch` sends SIGTERM.
 */
const SAME_SIGNAL_MS = 250;

/** Resolves when a signal asks the process to stop. A second request ends the process at once. */
function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    let first: { readonly signal: Deno.Signal; readonly at: number } | undefined;
    const stop = (signal: Deno.Signal) => {
      const at = performance.now();
      first ??= { signal, at };
      const isSame = signal === first.signal || signal === "SIGTERM";
      const isFirst = isSame && at - first.at < SAME_SIGNAL_MS;
      // Shells report this exit code for a command that SIGINT has ended.
      if (!isFirst) Deno.exit(130);
      resolve();
    };
    for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, () => stop(signal));
  });
}

/**
 * Prints an error on one line, and returns the exit code. If the command line was wrong, the line
 * also names `help`, the command that shows the right usage.
 */
function report(error: unknown, { printError, environment }: Surroundings, help: string): number {
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) printError(`chat: ${message} (see: ${help})`);
  else if (error instanceof OutputError && error.isQuiet) return error.exitCode;
  else if (error instanceof UserError) printError(`chat: ${message}`);
  else printError(`chat: this is a bug in chat: ${message} (CHAT_DEBUG=1 shows where)`);
  if (environment.get("CHAT_DEBUG") && error instanceof Error) printError(error.stack ?? "");
  return error instanceof UserError ? error.exitCode : 1;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, " "));
}

/**
 * Passes errors that no code catches, as in timers and sockets, to `handle`; they do not end the
 * process.
 */
export function catchUncaught(
  events: Pick<EventTarget, "addEventListener">,
  handle: (error: unknown) => void,
): void {
  const caught = (event: Event, error: unknown): void => {
    event.preventDefault();
    handle(error);
  };
  events.addEventListener("error", (event) => {
    if (event instanceof ErrorEvent) caught(event, event.error);
  });
  events.addEventListener("unhandledrejection", (event) => {
    if (event instanceof PromiseRejectionEvent) caught(event, event.reason);
  });
}

if (import.meta.main) {
  catchUncaught(globalThis, (error) => reportUncaught(error));
  // Not awaited: while the evaluation of a module waits, each turn of the event loop costs more,
  // and in a channel of a thousand members the slowest message takes three times as long
  // (bench/README.md).
  main(Deno.args).then((code) => Deno.exit(code));
}
