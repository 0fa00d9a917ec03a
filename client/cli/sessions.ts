/**
 * Makes the options of a session from those of a mode: finds the nick and the way to the server, and
 * asks the user at the terminal for what is missing, such as a password.
 *
 * @module
 */

import { type Clock, systemClock } from "../../shared/clock.ts";
import { UsageError, UserError } from "../../shared/errors.ts";
import { dialEncrypted, type DialParts, dialUpgradable } from "../net/dial.ts";
import { ANY_SERVER, Identities } from "../net/identities.ts";
import type { IdentityOptions } from "../session/identity.ts";
import { addressOf, rememberedIdentity, rememberedRooms } from "./remembered.ts";
import { withoutLinkCode } from "./link_code.ts";
import { isSharedName } from "./user_name.ts";
import type { NetworkOptions } from "../terminal/network.ts";
import { ask } from "../terminal/question.ts";
import { isNick } from "../../protocol.ts";
import { dialHere } from "../net/dial_here.ts";
import type { DialSocket } from "../net/socket_stream.ts";
import type { LoginOptions } from "../session/login.ts";
import type { ConnectOptions } from "./options.ts";
import { askPassword } from "../terminal/password.ts";
import type { PipeOptions } from "../terminal/pipe.ts";
import { fileSender } from "../net/upload.ts";
import { streamDialer } from "../net/stream_dialer.ts";
import { MECHANISMS } from "../session/sasl.ts";
import { Token } from "../session/token.ts";
import { NICK_QUESTION_TEXTS, OPTION_TEXTS, PASSWORD_TEXTS } from "../texts/cli.ts";
import { type Stdio, systemStdio } from "../terminal/stdio.ts";

/** The surroundings of the client, which tests replace. */
export interface ConnectParts {
  /** The clock. */
  readonly clock: Clock;
  /** The trusted authorities, in PEM; if absent, the runtime's list, which is Mozilla's. */
  readonly authorities?: readonly string[];
  /** Input, output and the terminal. */
  readonly stdio: Stdio;
  /** Returns a number from 0 to 1, like `Math.random`. */
  readonly random: () => number;
}

/** The real surroundings. */
export const SYSTEM: ConnectParts = { clock: systemClock, stdio: systemStdio, random: Math.random };

/** The options of a session, without the number of earlier messages to show. */
export type SessionParts = Omit<PipeOptions, "history"> & Pick<NetworkOptions, "sendFile">;

/** Returns the options of a session; undefined if the user cancels the prompt for the password. */
export async function sessionFor(
  given: ConnectOptions,
  parts: Partial<ConnectParts>,
  isTerminal: boolean,
): Promise<SessionParts | undefined> {
  const options = await withoutLinkCode(given, sessionAt(given, parts, false, given));
  const { stdio } = { ...SYSTEM, ...parts };
  const { login } = options;
  if (!isTerminal && options.rooms && !options.json) throw new UsageError(OPTION_TEXTS.roomsApart);
  const password = login &&
    (isByKey(login) ? "" : login.password ?? await askFor(login.account, options, stdio));
  if (login && password === undefined) return undefined;
  const identity = await identityFor(options, isTerminal ? stdio : undefined);
  return {
    ...sessionAt(options, parts, isTerminal, identity),
    ...(login && password !== undefined && { login: { ...login, password } }),
  };
}

/** Returns the options of a session that begins with `identity`, without a login. */
export function sessionAt(
  { login: _login, token, ...options }: ConnectOptions,
  parts: Partial<ConnectParts>,
  isTerminal: boolean,
  identity: IdentityOptions,
): SessionParts {
  const { stdio: _stdio, ...rest } = { ...SYSTEM, ...parts };
  const dial = dialerFor(options, rest);
  return {
    ...options,
    ...rest,
    ...identity,
    ...(isTerminal && rememberedRooms(options)),
    dial: streamDialer(dial, rest.clock, options.encoding),
    sendFile: fileSender({ ...options, clock: rest.clock, dial }),
    ...(token !== undefined && { token: new Token(token) }),
  };
}

/**
 * Returns the nick and the account to begin with. In a terminal, later nicks are remembered, and a
 * new user with a common name on the system, such as `root`, is asked for a nick.
 */
async function identityFor(
  options: ConnectOptions,
  terminal: Stdio | undefined,
): Promise<IdentityOptions> {
  const { folder, login, nick, isNickGuessed } = options;
  if (folder === undefined || login) return { nick };
  const identities = new Identities(`${folder}/identities`);
  const known = identities.find(addressOf(options));
  if (!terminal) return { ...known, nick: isNickGuessed && known ? known.nick : nick };
  const isKnown = known !== undefined || identities.find(ANY_SERVER) !== undefined;
  if (!isNickGuessed || isKnown || !isSharedName(nick)) return rememberedIdentity(options);
  const typed = await askNick(nick, terminal);
  identities.keep(ANY_SERVER, { nick: typed });
  // Another client of the user may have saved another nick meanwhile.
  return { ...rememberedIdentity(options), nick: typed };
}

/** Asks for a nick until the answer is a valid nick; an empty answer means `nick`. */
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

/** Reports whether the user's cryptographic key takes the place of a password. */
function isByKey({ mechanism }: Pick<LoginOptions, "mechanism">): boolean {
  return MECHANISMS.some(({ name, isByKey }) => isByKey && name === mechanism);
}

/** Asks for a password; called before connecting, because a server may time out meanwhile. */
function askFor(
  account: string,
  { host }: ConnectOptions,
  stdio: Stdio,
): Promise<string | undefined> {
  if (stdio.stdin.isTerminal()) return askPassword(PASSWORD_TEXTS.question(account, host), stdio);
  throw new UserError(PASSWORD_TEXTS.noTerminal(account));
}
