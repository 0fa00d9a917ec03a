/**
 * The client: `chat connect`, a session with a server, shown in a terminal, or between input and output if
 * there is none; and `chat send`, `chat tail` and `chat history` for the shell.
 *
 * @module
 */

import { type Clock, systemClock } from "./shared/clock.ts";
import { UsageError, UserError } from "./shared/errors.ts";
import type { Command } from "./shared/flags.ts";
import type { LoadedMode, Surroundings } from "./shared/mode.ts";
import { dialEncrypted, type DialParts, dialUpgradable } from "./client/net/dial.ts";
import { LineOfServer, readWords, replaceFile } from "./client/net/folder.ts";
import { Places } from "./client/net/places.ts";
import type { SessionOptions } from "./client/session/options.ts";
import { TypedTexts } from "./client/net/typed_texts.ts";
import { ANY_SERVER, Identities } from "./client/net/identities.ts";
import { Positions } from "./client/net/positions.ts";
import type { IdentityOptions, KnownIdentity } from "./client/session/identity.ts";
import { isSharedName } from "./client/cli/user_name.ts";
import { ask } from "./client/terminal/question.ts";
import { isNick } from "./protocol.ts";
import { formatAddress } from "./shared/address.ts";
import { dialHere } from "./client/net/dial_here.ts";
import type { DialSocket } from "./client/net/socket_stream.ts";
import type { LoginOptions } from "./client/session/login.ts";
import { CONNECT, type ConnectOptions, connectOptions } from "./client/cli/options.ts";
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
import { PasswordError } from "./client/session/registration.ts";
import { textDecoder } from "./client/net/encoding.ts";
import { inputLines } from "./client/terminal/input.ts";
import { readSince } from "./client/terminal/script_commands.ts";
import { historyTask, tailTask } from "./client/terminal/shell.ts";
import { runTask, type Task } from "./client/terminal/task.ts";
import { askPassword } from "./client/terminal/password.ts";
import { type PipeOptions, runPipe, sendTask } from "./client/terminal/pipe.ts";
import { streamDialer } from "./client/net/stream_dialer.ts";
import { MECHANISMS } from "./client/session/sasl.ts";
import { Token } from "./client/session/token.ts";
import { formatServer } from "./client/cli/target.ts";
import {
  NICK_QUESTION_TEXTS,
  OPTION_TEXTS,
  PASSWORD_TEXTS,
  SERVER_PASSWORD_TEXTS,
  SHELL_TEXTS,
} from "./client/texts/cli.ts";
import { runTerminal } from "./client/terminal/window.ts";
import type { WindowOptions } from "./client/terminal/window_options.ts";
import { type Stdio, systemStdio } from "./client/terminal/stdio.ts";

/**
 * The number of earlier messages of a room that a terminal shows after joining it. A pipe gets none,
 * because a program wants new messages only.
 */
const HISTORY = 20;

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

/** The surroundings of the client, which tests replace. */
export interface ConnectParts {
  /** The clock. */
  readonly clock: Clock;
  /** The trusted authorities, in PEM; if absent, those of the runtime, which are Mozilla's. */
  readonly authorities?: readonly string[];
  /** Input, output and the terminal. */
  readonly stdio: Stdio;
  /** Returns a number from 0 to 1, like `Math.random`. */
  readonly random: () => number;
}

const SYSTEM: ConnectParts = {
  clock: systemClock,
  stdio: systemStdio,
  random: Math.random,
};

/** The options of a session, but for the number of earlier messages. */
type SessionParts = Omit<PipeOptions, "history">;

/** The exit code after a canceled password prompt, as after SIGINT. */
const CANCELED = 130;

/**
 * Runs the client until the user leaves; resolves to the exit code: 0; 1 if a message was refused or
 * may be lost; 128 and the signal's number after a signal.
 *
 * @throws {UserError} if the server cannot be reached, is not a chat server, or refuses the user.
 */
export async function connect(
  options: ConnectOptions,
  parts: Partial<ConnectParts> = {},
): Promise<number> {
  const { stdio } = { ...SYSTEM, ...parts };
  const isTerminal = stdio.stdin.isTerminal() && stdio.stdout.isTerminal() && stdio.hasEscapes;
  if (options.isLast && !isTerminal) throw new UsageError(OPTION_TEXTS.noServer);
  const session = await sessionFor(options, parts, isTerminal);
  if (!session) return CANCELED;
  return await withServerPassword(
    session,
    stdio,
    (session) =>
      isTerminal
        ? runTerminal({
          ...session,
          ...settingsOf(options),
          ...positionsOf(options),
          history: HISTORY,
        }, stdio)
        : runPipe({ ...session, history: 0 }, stdio),
  );
}

/** Sends a text or the input, without printing; resolves to the exit code, as {@linkcode connect} does. */
export function send(
  { options, text }: SendOptions,
  parts: Partial<ConnectParts> = {},
): Promise<number> {
  const { stdio: { stdin } } = { ...SYSTEM, ...parts };
  const { encoding } = options;
  const lines = text === undefined ? inputLines(stdin, textDecoder(encoding)) : linesOf(text);
  return runShell(options, parts, sendTask(lines));
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

/** Runs `task` in the room of `options`, after `last` earlier messages. */
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
  return await withServerPassword(session, stdio, run);
}

/** The number of times that a user is asked for the password of a server. */
const PASSWORD_TRIES = 3;

/**
 * Runs a session. If the server refuses its password, or wants one, asks for it at the terminal and runs the
 * session again; nothing has been read from the input by then.
 */
async function withServerPassword(
  session: SessionParts,
  stdio: Stdio,
  run: (session: SessionParts) => Promise<number>,
): Promise<number> {
  for (let tries = 0;; tries++) {
    try {
      return await run(session);
    } catch (error) {
      const mayAsk = error instanceof PasswordError && stdio.stdin.isTerminal();
      if (!mayAsk || tries === PASSWORD_TRIES) throw error;
      const { question, refused } = SERVER_PASSWORD_TEXTS;
      await stdio.stderr.write(new TextEncoder().encode(refused(error.refusal)));
      const password = await askPassword(question(session.host), stdio);
      if (password === undefined) return CANCELED;
      session = { ...session, password };
    }
  }
}

async function* linesOf(text: string): AsyncGenerator<string, void> {
  yield* text.split("\n");
}

/** Returns the options of a session; undefined if the user cancels the prompt for the password. */
async function sessionFor(
  options: ConnectOptions,
  parts: Partial<ConnectParts>,
  isTerminal: boolean,
): Promise<SessionParts | undefined> {
  const { stdio, ...rest } = { ...SYSTEM, ...parts };
  const { login, token, ...other } = options;
  if (!isTerminal && options.rooms && !options.json) throw new UsageError(OPTION_TEXTS.roomsApart);
  const password = login &&
    (isByKey(login) ? "" : login.password ?? await askFor(login.account, options, stdio));
  if (login && password === undefined) return undefined;
  return {
    ...other,
    ...rest,
    ...await identityFor(options, isTerminal ? stdio : undefined),
    ...(isTerminal && roomsFor(options)),
    dial: streamDialer(dialerFor(options, rest), rest.clock, options.encoding),
    ...(login && password !== undefined && { login: { ...login, password } }),
    ...(token !== undefined && { token: new Token(token) }),
  };
}

/**
 * Returns the nick and the account to begin with. In a terminal, asks for a nick if the user's name says
 * nothing, and remembers later ones.
 */
async function identityFor(
  { folder, host, port, login, nick, isNickGuessed }: ConnectOptions,
  terminal: Stdio | undefined,
): Promise<IdentityOptions> {
  if (folder === undefined || login) return { nick };
  const identities = new Identities(`${folder}/identities`);
  const address = formatAddress({ hostname: host.toLowerCase(), port });
  const known = identities.find(address);
  const begin = { ...known, nick: isNickGuessed && known ? known.nick : nick };
  if (!terminal) return begin;
  const remember = (identity: KnownIdentity) => identities.keep(address, identity);
  const mustAsk = isNickGuessed && !known && isSharedName(nick);
  if (!mustAsk) return { ...begin, remember };
  const chosen = identities.find(ANY_SERVER)?.nick ?? await askNick(nick, terminal);
  identities.keep(ANY_SERVER, { nick: chosen });
  return { ...begin, nick: chosen, remember };
}

/** Returns the settings of the flags, and the place of the others, a line for each that the user has changed. */
function settingsOf(
  options: ConnectOptions,
): Pick<WindowOptions, "settingStore" | "settingsOnce" | "ignoredStore" | "typed"> {
  const { folder, ascii, plainScreen } = options;
  const settingsOnce = [
    ...(ascii ? [["ascii", "on"] as const] : []),
    ...(plainScreen ? [["row", "off"] as const] : []),
  ];
  if (folder === undefined) return { settingsOnce };
  const path = `${folder}/settings`;
  return {
    settingsOnce,
    settingStore: { read: () => readWords(path), keep: (lines) => replaceFile(path, lines) },
    typed: new TypedTexts(`${folder}/typed`),
    ignoredStore: new LineOfServer(`${folder}/ignored`, formatServer(options)),
  };
}

/** Returns the rooms that the user was in at the server, after those that were given; remembers later ones. */
function roomsFor(options: ConnectOptions): Pick<SessionOptions, "rooms" | "rememberRooms"> {
  const { folder, rooms: given = [] } = options;
  if (folder === undefined) return { rooms: given };
  const places = new Places(`${folder}/places`);
  const target = formatServer(options);
  const isGiven = (name: string) => given.some((room) => room.name === name);
  const known = places.roomsAt(target).filter(({ name }) => !isGiven(name));
  return {
    rooms: [...given, ...known],
    rememberRooms: (rooms) => places.keep(target, rooms),
  };
}

/** Returns the place in which the positions of the user at the server are kept. */
function positionsOf(
  { folder, host, port }: ConnectOptions,
): Pick<SessionOptions, "positions"> {
  if (folder === undefined) return {};
  const address = formatAddress({ hostname: host.toLowerCase(), port });
  return { positions: new Positions(`${folder}/positions`, address) };
}

/** Asks for a nick until the answer can be one; an empty answer means `nick`. */
async function askNick(nick: string, terminal: Stdio): Promise<string> {
  for (;;) {
    const answer = await ask(NICK_QUESTION_TEXTS.question(nick), terminal) || nick;
    if (isNick(answer)) return answer;
    await terminal.stderr.write(new TextEncoder().encode(`${NICK_QUESTION_TEXTS.invalid}\n`));
  }
}

/** Returns the function that connects to the server of `options`. */
function dialerFor(options: ConnectOptions, parts: DialParts): DialSocket {
  if (options.tls) return dialEncrypted({ ...options, ...options.tls }, parts);
  return options.isHere ? dialHere(options, parts) : dialUpgradable(options, parts);
}

/** Reports whether the user's key takes the place of a password. */
function isByKey({ mechanism }: Pick<LoginOptions, "mechanism">): boolean {
  return MECHANISMS.some(({ name, isByKey }) => isByKey && name === mechanism);
}

/** Asks for the password before connecting, because the server may time out while the user types. */
function askFor(
  account: string,
  { host }: ConnectOptions,
  stdio: Stdio,
): Promise<string | undefined> {
  if (stdio.stdin.isTerminal()) return askPassword(PASSWORD_TEXTS.question(account, host), stdio);
  throw new UserError(PASSWORD_TEXTS.noTerminal(account));
}
