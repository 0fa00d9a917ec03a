/**
 * The client, `chat connect`: a session with a server, shown in a terminal where there is one, and
 * otherwise between input and output.
 *
 * @module
 */

import { type Clock, systemClock } from "./shared/clock.ts";
import { UserError } from "./shared/errors.ts";
import type { Command } from "./shared/flags.ts";
import type { Surroundings } from "./shared/mode.ts";
import { dialEncrypted, dialUpgradable } from "./client/net/dial.ts";
import type { LoginOptions } from "./client/session/login.ts";
import { CONNECT, type ConnectOptions, connectOptions } from "./client/cli/options.ts";
import { askPassword } from "./client/terminal/password.ts";
import { runPipe } from "./client/terminal/pipe.ts";
import { streamDialer } from "./client/net/stream_dialer.ts";
import { MECHANISMS } from "./client/session/sasl.ts";
import { Token } from "./client/session/token.ts";
import { runTerminal } from "./client/terminal/window.ts";
import { type Stdio, systemStdio } from "./client/terminal/stdio.ts";

/**
 * So many messages are shown in a terminal of what was said in a room before one came; to a program
 * in a pipe, only what is said from then on.
 */
const HISTORY = 20;

/** The flags of `chat connect`, and its help. */
export const command: Command = CONNECT;

/** Runs `chat connect` with these arguments; see {@linkcode connect}. */
export function run(args: readonly string[], { environment }: Surroundings): Promise<number> {
  return connect(connectOptions(args, environment));
}

/** What the client works with, which tests replace. */
export interface ConnectParts {
  /** The time. */
  readonly clock: Clock;
  /** Authorities to believe, in PEM; undefined: those that the runtime does, which are Mozilla's. */
  readonly authorities?: readonly string[];
  /** Input, output and the terminal. */
  readonly stdio: Stdio;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

const SYSTEM: ConnectParts = {
  clock: systemClock,
  stdio: systemStdio,
  random: Math.random,
};

/** The exit code of who gave up, as of a process that SIGINT ended. */
const GAVE_UP = 130;

/**
 * Runs until the user leaves; resolves to the process's exit code: 0, 1 where something that was
 * said was refused or may be lost, 128 and the signal's number after a signal.
 *
 * @throws {UserError} if the server cannot be reached, is none, or does not let one in.
 */
export async function connect(
  options: ConnectOptions,
  parts: Partial<ConnectParts> = {},
): Promise<number> {
  const { stdio, ...rest } = { ...SYSTEM, ...parts };
  const { login, token, ...other } = options;
  const password = login &&
    (isByKey(login) ? "" : login.password ?? await passwordOf(login.account, options, stdio));
  if (login && password === undefined) return GAVE_UP;
  const isTerminal = stdio.stdin.isTerminal() && stdio.stdout.isTerminal() && stdio.hasEscapes;
  const means = {
    ...other,
    ...rest,
    dial: streamDialer(
      options.tls
        ? dialEncrypted({ ...options, ...options.tls }, rest)
        : dialUpgradable(options, rest),
      rest.clock,
    ),
    ...(login && password !== undefined && { login: { ...login, password } }),
    ...(token !== undefined && { token: new Token(token) }),
  };
  return isTerminal
    ? await runTerminal({ ...means, history: HISTORY }, stdio)
    : await runPipe({ ...means, history: 0 }, stdio);
}

/** Whether the user's key takes the place of a password. */
function isByKey({ mechanism }: Pick<LoginOptions, "mechanism">): boolean {
  return MECHANISMS.some(({ name, isByKey }) => isByKey && name === mechanism);
}

/** Asked for before connecting: a server waits for nobody who types. */
function passwordOf(
  account: string,
  { host }: ConnectOptions,
  stdio: Stdio,
): Promise<string | undefined> {
  if (stdio.stdin.isTerminal()) return askPassword(`password of ${account} at ${host}: `, stdio);
  throw new UserError(
    `the password of ${account} is asked for at a terminal, and the input is none: ` +
      "give it in CHAT_LOGIN_PASSWORD",
  );
}
