/**
 * Reconnects after a lost connection: tries again and again, with pauses that grow, until a
 * connection is made or the user leaves. Does not know what a connection is.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { FinalError, UnreachableError, UserError } from "../../shared/errors.ts";
import type { StatusEvent, Unstamped } from "./events.ts";

/** The dependencies of {@linkcode reconnect}. */
export interface ReconnectParts<Connection> {
  /** The time. */
  readonly clock: Clock;
  /**
   * Returns a number from 0 to 1, as `Math.random` does; it spreads the attempts of many clients.
   */
  readonly random: () => number;
  /** Aborted when the user leaves. */
  readonly leaving: AbortSignal;
  /** Called at the start of each pause with the function that ends it early. */
  readonly pausing: (end: () => void) => void;
  /**
   * Makes a connection.
   *
   * @throws {UserError} if that fails.
   */
  open(): Promise<Connection>;
  /** Reports the progress. */
  emit(event: Unstamped<StatusEvent>): void;
}

/** The first and the longest pause in seconds; each pause is double the one before. */
const PAUSE = { first: 1, longest: 60 } as const;

/**
 * Pauses and tries until there is a connection; resolves to `undefined` if the user leaves.
 *
 * @param reason - The reason why there is no connection.
 * @param attempt - The number of attempts since the last connection that lasted.
 * @throws {FinalError} if trying again cannot help.
 */
async function reconnect<Connection extends object>(
  reason: string,
  attempt: number,
  parts: ReconnectParts<Connection>,
): Promise<Connection | undefined> {
  const { random, leaving, emit } = parts;
  let reported: string | undefined;
  while (!leaving.aborted) {
    const isSteady = isLongest(attempt);
    const isKnown = isLongest(attempt - 1) && reason === reported;
    const retry = pauseAfter(attempt++, random);
    if (reported === undefined) emit({ type: "disconnected", reason, retry });
    else if (!isKnown) emit({ type: "retrying", reason, retry, isSteady });
    reported = reason;
    await pause(retry * 1000, parts);
    if (leaving.aborted) return undefined;
    const next = await tryToOpen(parts);
    if (typeof next !== "string") return next;
    reason = next;
  }
  return undefined;
}

/** The dependencies of {@linkcode stayConnected}. */
export interface StayParts<Connection> extends ReconnectParts<Connection> {
  /** Records that the connection is lost. */
  lost(reason: string): void;
  /**
   * Returns true if the client has left only to reconnect at once; returns false when called again.
   */
  takeReturn(): boolean;
}

/**
 * The time after which a connection is stable: the next pauses are short again. In milliseconds.
 */
const STABLE = 60_000;

/**
 * Reconnects whenever the connection breaks; resolves when the user leaves.
 *
 * @throws {FinalError} if trying again cannot help.
 */
export async function stayConnected<Connection extends { readonly ended: Promise<string> }>(
  first: Connection | undefined,
  parts: StayParts<Connection>,
): Promise<void> {
  const { clock } = parts;
  let connection = first;
  let attempt = 0;
  while (connection) {
    const since = clock.moment();
    const lost: string = await connection.ended;
    parts.lost(lost);
    if (clock.moment().since(since) >= STABLE) attempt = 0;
    const next: Connection | string = parts.takeReturn() ? await tryToOpen(parts) : lost;
    connection = typeof next === "string" ? await reconnect(next, attempt++, parts) : next;
  }
}

/** The longest pause while waiting for a server to come up, in seconds. */
export const LONGEST_WAIT = 5;

/**
 * Makes the first connection. While the server cannot be reached, tries again for `wait`
 * milliseconds. Resolves to `undefined` if the user leaves.
 *
 * @throws {UserError} if no connection is made in that time.
 */
export async function connectFirst<Connection extends object>(
  wait: number,
  parts: ReconnectParts<Connection>,
): Promise<Connection | undefined> {
  const { clock, random, leaving, open, emit } = parts;
  const start = clock.moment();
  let reported: string | undefined;
  for (let attempt = 0; !leaving.aborted; attempt++) {
    try {
      return await open();
    } catch (error) {
      if (leaving.aborted) break;
      const left = wait - clock.moment().since(start);
      if (left <= 0 || !(error instanceof UnreachableError)) throw error;
      const { message: reason } = error;
      if (reason !== reported) emit({ type: "awaiting-server", reason, left });
      reported = reason;
      const pauseMs = Math.min(pauseAfter(attempt, random), LONGEST_WAIT) * 1000;
      await pause(Math.min(pauseMs, left), parts);
    }
  }
  return undefined;
}

/**
 * Tries once to make a connection; resolves to the connection, or to the reason why it failed.
 *
 * @throws {FinalError} if trying again cannot help.
 */
async function tryToOpen<Connection extends object>(
  { open }: Pick<ReconnectParts<Connection>, "open">,
): Promise<Connection | string> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof FinalError) throw error;
    // The address was right before, so only the reason is reported, without advice on the address.
    return error.reason;
  }
}

/**
 * Returns the pause after `attempt` attempts, in seconds: `random` (from 0 to 1) shortens it by up
 * to half, so that many clients do not return at the same moment.
 */
function pauseAfter(attempt: number, random: () => number): number {
  return Math.min(PAUSE.first * 2 ** attempt, PAUSE.longest) * (1 + random()) / 2;
}

/** Returns true if the pauses after `attempt` attempts do not grow any more. */
function isLongest(attempt: number): boolean {
  return PAUSE.first * 2 ** attempt >= PAUSE.longest;
}

/** Resolves after `ms` milliseconds, or when the user leaves or ends the pause. */
function pause(
  ms: number,
  { clock, leaving: signal, pausing }: Pick<
    ReconnectParts<object>,
    "clock" | "leaving" | "pausing"
  >,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const cancel = clock.after(ms, wake);
  signal.addEventListener("abort", wake);
  pausing(wake);
  return promise.finally(() => {
    cancel();
    signal.removeEventListener("abort", wake);
  });
}
