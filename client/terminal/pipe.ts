/**
 * The client where there is no terminal: lines of input are said, what others say is printed, and
 * the exit code tells whether all that was said has arrived. It shows nothing that it does not need
 * to, and leaves when its input ends or nobody reads its output.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { UserError } from "../../shared/errors.ts";
import type { ClientEvent } from "../session/events.ts";
import { isPublic, PLAIN, plain, toJson, toSentence, toText, type View } from "./format.ts";
import { Output } from "./output.ts";
import { Session, type SessionOptions } from "../session/session.ts";
import type { Stdio } from "./stdio.ts";

/** What the pipe can be told. */
export interface PipeOptions extends SessionOptions {
  /** Whether to stay when the input has ended. */
  readonly follow: boolean;
  /** Whether to print JSON. */
  readonly json: boolean;
}

/** Lines read ahead of what the server has answered. */
const AHEAD = 32;

/** Characters after which a line that does not end is said anyway. */
const LONGEST = 16 * 1024;

/** Exit codes of a process ended by a signal: 128 and its number. */
const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** What of the connection is worth a line on standard error. */
const TOLD: ReadonlySet<ClientEvent["type"]> = new Set(
  [
    "remembered",
    "no-key",
    "disconnected",
    "retrying",
    "nick-taken",
    "room-refused",
    "refused",
    "unconfirmed",
    "warning",
  ] as const,
);

/** There is only one room. */
const VIEW: View = { style: PLAIN, room: undefined };

/** What makes the exit code 1: something was not said, or perhaps not. */
const FAILURES: ReadonlySet<ClientEvent["type"]> = new Set(["refused", "unconfirmed"] as const);

/**
 * Runs until input ends (or for ever, with `follow`); resolves to the exit code.
 *
 * @throws {UserError} if the server or the room cannot be joined.
 */
export async function runPipe(options: PipeOptions, stdio: Stdio): Promise<number> {
  const stdout = new Output(stdio.stdout);
  const stderr = new Output(stdio.stderr);
  const noRoom = Promise.withResolvers<never>();
  // Nobody may be waiting yet when it is rejected.
  noRoom.promise.catch(() => {});
  let hasFailed = false;

  const session = new Session(options, {
    event(event) {
      if (FAILURES.has(event.type)) hasFailed = true;
      if (isPublic(event)) {
        if (!event.own) stdout.write(`${options.json ? toJson(event) : toText(event, VIEW)}\n`);
      } else if (TOLD.has(event.type) || (event.type === "connected" && !event.isFirst)) {
        stderr.write(`chat: ${toSentence(event)}\n`);
      }
      if (endsStay(event)) noRoom.reject(new UserError(toSentence(event)));
    },
    ready: () => stdout.ready(),
  });

  await session.start();
  const signalled = Promise.withResolvers<number>();
  const cancels = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    stdio.onSignal(signal, () => signalled.resolve(SIGNAL_CODES[signal]))
  );
  let signalCode: number | void;
  try {
    signalCode = await Promise.race([
      talk(session, options, stdio),
      noRoom.promise,
      session.ended,
      stdout.broken.then(complain),
      signalled.promise,
    ]);
  } finally {
    cancels.forEach((cancel) => cancel());
    await session.leave("");
    await stdout.flush();
    await stderr.flush();
  }
  return signalCode ?? (hasFailed ? 1 : 0);
}

/** That a reader has left is no failure: `| head` does. Anything else, such as a full disk, is. */
function complain(error: unknown): void {
  if (error instanceof Deno.errors.BrokenPipe) return;
  const reason = error instanceof Error ? error.message : String(error);
  throw new UserError(`cannot write the output: ${reason}`);
}

/** Says what the input holds; resolves when all of it is answered, and with `follow` never. */
async function talk(session: Session, { follow }: PipeOptions, stdio: Stdio): Promise<void> {
  const { home } = session;
  if (home === undefined) {
    throw new UserError("this server names no room to join: give one, as in HOST:PORT/ROOM");
  }
  for await (const line of lines(stdio.stdin)) {
    // A message cannot be empty, so an empty line cannot be said.
    session.say(home, plain(line));
    await session.settled(AHEAD);
  }
  await session.settled(0);
  if (follow) await new Promise<never>(() => {});
}

/** Returns the lines of an input of unknown size; only a few blocks are read ahead. */
function lines(input: Stdio["stdin"]): ReadableStream<string> {
  return ReadableStream.from(text(input)).pipeThrough(new TextLineStream());
}

/** Yields an input as text. Ends a line that is too long, since a `TextLineStream` never does. */
async function* text(input: Stdio["stdin"]): AsyncGenerator<string> {
  const buffer = new Uint8Array(16 * 1024);
  const decoder = new TextDecoder();
  let length = 0;
  for (let count = await input.read(buffer); count !== null; count = await input.read(buffer)) {
    const chunk = decoder.decode(buffer.subarray(0, count), { stream: true });
    const end = chunk.lastIndexOf("\n");
    length = end < 0 ? length + chunk.length : chunk.length - end - 1;
    const isTooLong = length > LONGEST;
    if (isTooLong) length = 0;
    yield isTooLong ? `${chunk}\n` : chunk;
  }
  yield decoder.decode();
}

/** Nothing can be said or heard any more: the one room is not to be had. */
function endsStay(
  event: ClientEvent,
): event is Extract<ClientEvent, { type: "room-refused" | "kick" | "part" }> {
  if (event.type === "room-refused") return true;
  return (event.type === "kick" || event.type === "part") && event.own;
}
