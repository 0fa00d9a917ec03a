/**
 * The client without a terminal. It sends the lines of its input and prints what others do. It leaves
 * when its input ends or its output is closed; the exit code is 0 if all lines have arrived.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import { textDecoder } from "../net/encoding.ts";
import type { ClientEvent } from "../session/events.ts";
import { isUserEvent, PLAIN, safeText, toJson, toSentence, toText, type View } from "./format.ts";
import { inputLines } from "./input.ts";
import { Output } from "./output.ts";
import { Session, type SessionOptions } from "../session/session.ts";
import type { Stdio } from "./stdio.ts";
import { PIPE_TEXTS } from "../texts/terminal.ts";

/** The options of the client in a pipe. */
export interface PipeOptions extends SessionOptions {
  /** True to stay when the input has ended. */
  readonly follow: boolean;
  /** True to print JSON. */
  readonly json: boolean;
  /** The encoding of input that is not UTF-8. */
  readonly encoding?: string;
}

/** The number of lines that may be sent before the server has confirmed them. */
const MAX_UNCONFIRMED = 32;

/** The exit codes after a signal: 128 plus its number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** The types of events that are reported on standard error. */
const REPORTED: ReadonlySet<ClientEvent["type"]> = new Set(
  [
    "remembered",
    "no-key",
    "awaiting-server",
    "disconnected",
    "retrying",
    "nick-taken",
    "room-refused",
    "refused",
    "unconfirmed",
    "warning",
  ] as const,
);

/** The types of events of others that are not printed: they are about an earlier line. */
const QUIET: ReadonlySet<ClientEvent["type"]> = new Set(["reaction", "redaction"] as const);

/** The view for a pipe: without marks, and without the name of the room, because there is only one. */
const VIEW: View = { style: PLAIN, room: undefined };

/** The types of events that make the exit code 1: a message was not sent, or may be lost. */
const FAILURES: ReadonlySet<ClientEvent["type"]> = new Set(["refused", "unconfirmed"] as const);

/**
 * Runs the client in a pipe until the input ends, or with `follow` until it is stopped; resolves to
 * the exit code.
 *
 * @throws {UserError} if the server or the room cannot be joined.
 */
export async function runPipe(options: PipeOptions, stdio: Stdio): Promise<number> {
  const stdout = new Output(stdio.stdout);
  const stderr = new Output(stdio.stderr);
  const roomLost = Promise.withResolvers<never>();
  // It may be rejected before anything waits for it.
  roomLost.promise.catch(() => {});
  let hasFailed = false;
  let hasLostRoom = false;

  const session = new Session(options, {
    event(event) {
      if (FAILURES.has(event.type)) hasFailed = true;
      // Only the error that ends the client reports this.
      if (isRoomLost(event)) {
        hasLostRoom = true;
        return roomLost.reject(new UserError(toSentence(event)));
      }
      if (isUserEvent(event)) {
        if (!event.own && !QUIET.has(event.type)) {
          stdout.write(`${options.json ? toJson(event) : toText(event, VIEW)}\n`);
        }
      } else if (REPORTED.has(event.type) || (event.type === "connected" && !event.isFirst)) {
        stderr.write(`chat: ${toSentence(event)}\n`);
      }
    },
    ready: () => stdout.ready(),
  });

  await session.start();
  const signaled = Promise.withResolvers<number>();
  const cancels = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    stdio.onSignal(signal, () => signaled.resolve(EXIT_CODES[signal]))
  );
  let signalCode: number | void;
  const ending = new AbortController();
  try {
    signalCode = await Promise.race([
      sendInput(session, options, stdio, () => ending.signal.aborted || hasLostRoom),
      roomLost.promise,
      session.ended,
      stdout.broken.then(reportBroken),
      signaled.promise,
    ]);
  } finally {
    ending.abort();
    cancels.forEach((cancel) => cancel());
    await session.leave("");
    await stdout.flush();
    await stderr.flush();
  }
  return signalCode ?? (hasFailed ? 1 : 0);
}

/**
 * Handles an output that cannot be written any more. A reader that has left, as `| head` does, is no
 * failure.
 *
 * @throws {UserError} for any other error, for example a full disk.
 */
function reportBroken(error: unknown): void {
  if (error instanceof Deno.errors.BrokenPipe) return;
  const reason = error instanceof Error ? error.message : String(error);
  throw new UserError(PIPE_TEXTS.cannotWrite(reason));
}

/** Sends the input; resolves when the server has answered all of it. With `follow`, never resolves. */
async function sendInput(
  session: Session,
  { follow, encoding }: PipeOptions,
  stdio: Stdio,
  hasEnded: () => boolean,
): Promise<void> {
  if (session.home === undefined) throw new UserError(PIPE_TEXTS.noRoom);
  for await (const line of inputLines(stdio.stdin, textDecoder(encoding))) {
    if (hasEnded()) return;
    // The session skips empty lines. `home` is read for each line, because the room may be renamed.
    session.say(session.home, safeText(line));
    await session.settled(MAX_UNCONFIRMED);
  }
  await session.settled(0);
  if (follow) await new Promise<never>(() => {});
}

/** Reports whether the user cannot join the room, or has left it: the client then has nothing to do. */
function isRoomLost(
  event: ClientEvent,
): event is Extract<ClientEvent, { type: "room-refused" | "kick" | "part" }> {
  if (event.type === "room-refused") return true;
  return (event.type === "kick" || event.type === "part") && event.own;
}
