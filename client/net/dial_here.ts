/**
 * Connects to a server on this machine: with TLS if the server offers TLS, and otherwise in plain
 * text. With TLS, the server recognizes the user by their cryptographic key.
 *
 * @module
 */

import type { Clock } from "../../shared/clock.ts";
import { UnreachableError, UserError } from "../../shared/errors.ts";
import {
  dialEncrypted,
  type DialParts,
  dialPlain,
  dialUpgradable,
  NoTlsError,
  prepareHandshake,
  type TrustOptions,
} from "./dial.ts";
import type { DialSocket, Socket } from "./socket_stream.ts";

/** The time for the TLS handshake before the client also tries plain text, in milliseconds. */
const PATIENCE = 100;

/**
 * The time that is left for the handshake after the server has answered in plain text: `answers`
 * times as long as that answer took, and at least `least` milliseconds. It is long because the
 * machine may be busy, and because the server would not recognize the user in plain text.
 */
const GRACE = { least: 1000, answers: 10 } as const;

const OPENING = new TextEncoder().encode("CAP LS 302\r\n");

/**
 * Returns a function that connects to this machine. The certificate of the server does not matter,
 * because no other machine can be in between. A server without TLS may refuse the handshake, or not
 * answer it. If the handshake is not answered, and a second connection gets an answer in plain
 * text, plain text is used.
 */
export function dialHere(
  { folder }: Pick<TrustOptions, "folder">,
  parts: DialParts,
): DialSocket {
  const options = folder === undefined ? {} : { folder };
  const dialTls = dialEncrypted({ ...options, isHere: true }, parts);
  const dialInPlainText = dialUpgradable(options, parts);
  return async (hostname, port, signal) => {
    await prepareHandshake(folder);
    const decided = new AbortController();
    const stop = AbortSignal.any([signal, decided.signal]);
    const encrypted = dialTls(hostname, port, stop).catch(withoutTls);
    const noAnswer = answersOnlyPlainText(hostname, port, stop, parts.clock);
    try {
      const socket = await Promise.race([encrypted, noAnswer]);
      if (!socket) void encrypted.then((late) => late?.close());
      return socket ?? await dialInPlainText(hostname, port, signal);
    } finally {
      decided.abort();
    }
  };
}

/**
 * Throws `error` if it is for the user and plain text would not help. Returns nothing if the server
 * has no TLS or cannot be reached: the caller then tries plain text, and that attempt reports the
 * failure.
 */
function withoutTls(error: unknown): undefined {
  if (error instanceof NoTlsError || error instanceof UnreachableError) return;
  if (error instanceof UserError) throw error;
}

/**
 * Resolves once the server has answered in plain text, and the time left for the handshake has
 * passed. Never resolves if the server does not answer. Never rejects.
 */
async function answersOnlyPlainText(
  hostname: string,
  port: number,
  stop: AbortSignal,
  clock: Clock,
): Promise<undefined> {
  await pause(PATIENCE, stop, clock);
  const since = clock.moment();
  if (!await answersInPlainText(hostname, port, stop)) return await new Promise(() => {});
  await pause(Math.max(GRACE.least, GRACE.answers * clock.moment().since(since)), stop, clock);
}

async function answersInPlainText(
  hostname: string,
  port: number,
  stop: AbortSignal,
): Promise<boolean> {
  let socket: Socket | undefined;
  const close = () => socket?.close();
  try {
    socket = await dialPlain(hostname, port, stop);
    stop.addEventListener("abort", close);
    await socket.write(OPENING);
    return await socket.read(new Uint8Array(1)) !== null;
  } catch {
    return false;
  } finally {
    stop.removeEventListener("abort", close);
    if (!stop.aborted) close();
  }
}

/** Resolves after `ms` milliseconds, or never once `stop` is aborted. */
function pause(ms: number, stop: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    stop.addEventListener("abort", cancel);
  });
}
