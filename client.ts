/**
 * The client. `chat connect` is a session with a server, shown in a terminal. Without a terminal,
 * it sends each line of standard input, and prints messages of others. `chat send`, `chat tail` and
 * `chat history` are for shell scripts.
 *
 * @module
 */

import { UsageError } from "./shared/errors.ts";
import type { Command } from "./shared/flags.ts";
import type { LoadedMode, Surroundings } from "./shared/mode.ts";
import { readWords, replaceFile } from "./client/net/folder.ts";
import { Places } from "./client/net/places.ts";
import { TypedTexts } from "./client/net/typed_texts.ts";
import { rememberedIdentity, rememberedPlaces } from "./client/cli/remembered.ts";
import { choosePlaces } from "./client/terminal/choice.ts";
import type { NetworkOptions } from "./client/terminal/network.ts";
import {
  atServer,
  CONNECT,
  type ConnectOptions,
  connectOptions,
  withTarget,
} from "./client/cli/options.ts";
import {
  HISTORY as HISTORY_COMMAND,
  type HistoryOptions,
  historyOptions,
  SEND,
  type SendOptions,
  sendOptions,
  TAIL,
  type TailOptions,
  tailOptions,
} from "./client/cli/shell_options.ts";
import { withServerPassword } from "./client/session/server_password.ts";
import { textDecoder } from "./client/net/encoding.ts";
import { inputLines } from "./client/terminal/input.ts";
import { readSince } from "./client/terminal/script_commands.ts";
import { historyTask, tailTask } from "./client/terminal/shell.ts";
import { runTask, type Task } from "./client/terminal/task.ts";
import { askPassword } from "./client/terminal/password.ts";
import { runPipe, sendTask } from "./client/terminal/pipe.ts";
import { formatServer } from "./client/cli/target.ts";
import { OPTION_TEXTS, SERVER_PASSWORD_TEXTS, SHELL_TEXTS } from "./client/texts/cli.ts";
import { runTerminal } from "./client/terminal/window.ts";
import type { WindowOptions } from "./client/terminal/window_options.ts";
import type { Stdio } from "./client/terminal/stdio.ts";
import {
  type ConnectParts,
  sessionAt,
  sessionFor,
  type SessionParts,
  SYSTEM,
} from "./client/cli/sessions.ts";

/**
 * The number of earlier messages that a terminal shows of a room that the user joins. A pipe shows
 * no earlier messages, because a program wants new ones only.
 */
const HISTORY = 20;

/**
 * The largest number of missed messages of one conversation that a terminal requests: as many as a
 * conversation keeps in memory. A pipe requests all missed messages, because its user has no way to
 * request older ones.
 */
const MAX_MISSED = 1000;

/** The flags of `chat connect`, and its help. */
export const command: Command = CONNECT;

/** Runs `chat connect` with these arguments; see {@linkcode connect}. */
export function run(args: readonly string[], { environment }: Surroundings): Promise<number> {
  return connect(connectOptions(args, environment));
}

/** The mode `chat send`. */
export const SEND_MODE: LoadedMode = {
  command: SEND,
  run: (args, { environment }) => send(sendOptions(args, environment)),
};

/** The mode `chat tail`. */
export const TAIL_MODE: LoadedMode = {
  command: TAIL,
  run: (args, { environment }) => tail(tailOptions(args, environment)),
};

/** The mode `chat history`. */
export const HISTORY_MODE: LoadedMode = {
  command: HISTORY_COMMAND,
  run: (args, { environment }) => history(historyOptions(args, environment)),
};

/** The exit code after the user has canceled a prompt: the same as after SIGINT. */
const CANCELED = 130;

/**
 * Runs the client until the user leaves. Resolves to the exit code: 128 plus the number of the
 * signal that ended it; 1 if, without a terminal, a message was refused or may be lost; or else 0.
 *
 * @throws {UserError} if the server cannot be reached, is not a chat server, or refuses the user.
 */
export async function connect(
  options: ConnectOptions,
  parts: Partial<ConnectParts> = {},
): Promise<number> {
  const { stdio } = { ...SYSTEM, ...parts };
  const isTerminal = stdio.stdin.isTerminal() && stdio.stdout.isTerminal() && stdio.hasEscapes;
  if (isTerminal) return await connectTerminal(options, parts, stdio);
  if (options.isLast) throw new UsageError(OPTION_TEXTS.noServer);
  const [other] = options.others ?? [];
  if (other) throw new UsageError(OPTION_TEXTS.oneServerOnly(formatServer(other)));
  const session = await sessionFor(options, parts, false);
  if (!session) return CANCELED;
  const run = (session: SessionParts) => runPipe({ ...session, history: 0 }, stdio);
  return await runWithPassword(session, stdio, run);
}

/** Runs the client in a terminal, like {@linkcode connect}. */
async function connectTerminal(
  given: ConnectOptions,
  parts: Partial<ConnectParts>,
  stdio: Stdio,
): Promise<number> {
  const options = given.isLast ? await chosen(given, stdio) : given;
  const session = options && await sessionFor(options, parts, true);
  if (!session) return CANCELED;
  const others: NetworkOptions[] = [];
  // If no nick is remembered for another server, the user gets the nick of `session` there, too.
  for (const other of options.others ?? []) {
    const another = await sessionFor({ ...other, nick: session.nick }, parts, true);
    if (another) others.push(networkFor(other, another));
  }
  const toServer = (target: string, password?: string) => {
    const other = atServer({ ...options, nick: session.nick }, target, password);
    return networkFor(other, sessionAt(other, parts, true, rememberedIdentity(other)));
  };
  return await runTerminal({
    ...networkFor(options, session),
    ...settingsOf(options),
    others,
    toServer,
  }, stdio);
}

/**
 * Returns `options` with the servers that the user chooses, if several servers are known. Returns
 * `undefined` if the input ends.
 */
async function chosen(
  options: ConnectOptions,
  stdio: Stdio,
): Promise<ConnectOptions | undefined> {
  const { all } = new Places(`${options.folder}/places`);
  if (all.length < 2) return options;
  const [first, ...others] = await choosePlaces(all, stdio) ?? [];
  return first && {
    ...withTarget(options, first.target),
    others: others.map(({ target }) => atServer(options, target)),
  };
}

/** Returns the options of a server that is shown in a terminal. */
function networkFor(options: ConnectOptions, session: SessionParts): NetworkOptions {
  return { ...session, ...rememberedPlaces(options), history: HISTORY, maxMissed: MAX_MISSED };
}

/** Sends `text` or standard input, line by line; resolves to the exit code, as `connect` does. */
export async function send(
  { options, text }: SendOptions,
  parts: Partial<ConnectParts> = {},
): Promise<number> {
  const { stdio: { stdin, stderr } } = { ...SYSTEM, ...parts };
  const isTyped = text === undefined && stdin.isTerminal();
  if (isTyped) await stderr.write(new TextEncoder().encode(SHELL_TEXTS.typeLines));
  const decoder = textDecoder(options.encoding);
  const lines = text === undefined ? inputLines(stdin, decoder) : linesOf(text);
  return await runShell(options, parts, { ...sendTask(lines), leavesRooms: true });
}

/** Prints what happens in a room; resolves to the exit code, as {@linkcode connect} does. */
export function tail(
  { options, last, json }: TailOptions,
  parts: Partial<ConnectParts> = {},
): Promise<number> {
  return runShell(options, parts, tailTask(json), last);
}

/**
 * Prints the history of a room; resolves to the exit code, as {@linkcode connect} does.
 *
 * @throws {UserError} if the history cannot be read.
 */
export function history(
  { options, since: text, limit, json }: HistoryOptions,
  parts: Partial<ConnectParts> = {},
): Promise<number> {
  const { clock } = { ...SYSTEM, ...parts };
  const since = text === undefined ? undefined : readSince(text, clock.now());
  if (text !== undefined && since === undefined) throw new UsageError(SHELL_TEXTS.badSince(text));
  const range = { since, limit: limit ?? (since === undefined ? DEFAULT_LIMIT : undefined) };
  return runShell(options, parts, historyTask(range, json));
}

/** The number of messages that `chat history` prints if neither a number nor a time is given. */
const DEFAULT_LIMIT = 50;

/** Runs `task` in the room of `options`, beginning with the last `last` messages of the room. */
async function runShell(
  options: ConnectOptions,
  parts: Partial<ConnectParts>,
  task: Task,
  last = 0,
): Promise<number> {
  const { stdio } = { ...SYSTEM, ...parts };
  const session = await sessionFor(options, parts, false);
  if (!session) return CANCELED;
  const run = (session: SessionParts) => runTask({ ...session, history: last }, stdio, task);
  return await runWithPassword(session, stdio, run);
}

/**
 * Runs a session. If the server wants a password, or refuses the given one, asks for it at the
 * terminal and runs a new session. No input is lost: a refused session has read no input.
 */
async function runWithPassword(
  session: SessionParts,
  stdio: Stdio,
  run: (session: SessionParts) => Promise<number>,
): Promise<number> {
  const exitCode = await withServerPassword(
    (password) => run({ ...session, ...(password !== undefined && { password }) }),
    async (error) => {
      if (!stdio.stdin.isTerminal()) throw error;
      const { question, refused } = SERVER_PASSWORD_TEXTS;
      await stdio.stderr.write(new TextEncoder().encode(refused(error.refusal)));
      return await askPassword(question(session.host), stdio);
    },
  );
  return exitCode ?? CANCELED;
}

async function* linesOf(text: string): AsyncGenerator<string, void> {
  yield* text.split("\n");
}

/** Returns the settings set by flags, and the files for changed settings and for typed text. */
function settingsOf(
  options: ConnectOptions,
): Pick<WindowOptions, "settingStore" | "settingsOnce" | "typed"> {
  const { folder, ascii, plainScreen } = options;
  const settingsOnce = [
    ...(ascii ? [["ascii", "on"] as const] : []),
    ...(plainScreen ? [["plain", "on"] as const] : []),
  ];
  if (folder === undefined) return { settingsOnce };
  const path = `${folder}/settings`;
  return {
    settingsOnce,
    settingStore: { read: () => readWords(path), keep: (lines) => replaceFile(path, lines) },
    typed: new TypedTexts(`${folder}/typed`),
  };
}
