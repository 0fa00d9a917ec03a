/**
 * The client in a pipe. It sends the lines of its input and prints what others do; with `json`, it runs the
 * commands of its input and prints all events. It leaves when its input ends or its output is closed; the
 * exit code is 0 if all lines have arrived.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import { textDecoder } from "../net/encoding.ts";
import { type ClientEvent, isSpeech } from "../session/events.ts";
import type { SessionOptions } from "../session/options.ts";
import type { Session } from "../session/session.ts";
import { PIPE_TEXTS } from "../texts/terminal.ts";
import { isUserEvent, PLAIN, safeText, toText, type View } from "./format.ts";
import { inputLines } from "./input.ts";
import { Script } from "./script.ts";
import type { Stdio } from "./stdio.ts";
import { runTask, type Task, type TaskParts } from "./task.ts";

/** The options of the client in a pipe. */
export interface PipeOptions extends SessionOptions {
  /** True to stay when the input has ended. */
  readonly follow: boolean;
  /** True to read commands and print events as JSON. */
  readonly json: boolean;
  /** The encoding of input that is not UTF-8. */
  readonly encoding?: string;
}

/** The number of lines that may be sent before the server has confirmed them. */
const MAX_UNCONFIRMED = 32;

/** The types of events that are not printed, because each is about a line that was printed before. */
const QUIET: ReadonlySet<ClientEvent["type"]> = new Set(
  ["reaction", "unreaction", "redaction"] as const,
);

/** The view for a pipe: without marks. Rooms other than the one that the pipe is in are named. */
export const PIPE_VIEW: View = { style: PLAIN, room: undefined };

/**
 * Runs the client in a pipe until the input ends, or with `follow` until it is stopped; resolves to
 * the exit code.
 *
 * @throws {UserError} if the server or the room cannot be joined.
 */
export function runPipe(options: PipeOptions, stdio: Stdio): Promise<number> {
  const { encoding, follow, json } = options;
  const lines = inputLines(stdio.stdin, textDecoder(encoding));
  if (json) return runTask(options, stdio, new Script(lines, { follow, clock: options.clock }));
  return runTask(options, stdio, {
    lineOf(event, home) {
      if (!isUserEvent(event) || event.own || QUIET.has(event.type)) return undefined;
      const view = { ...PIPE_VIEW, room: home };
      return apart(event).map((each) => toText(each, view)).join("\n");
    },
    isEndedBy: () => true,
    run: (parts) => sendLines(lines, parts, follow),
  });
}

/** Returns the task of sending `lines` to the room, and printing nothing. */
export function sendTask(lines: AsyncIterable<string>): Task {
  return {
    lineOf: () => undefined,
    isEndedBy: () => true,
    run: (parts) => sendLines(lines, parts, false),
  };
}

/** Sends lines; resolves when the server has answered all of them. With `follow`, never resolves. */
async function sendLines(
  lines: AsyncIterable<string>,
  { session, hasEnded }: TaskParts,
  follow: boolean,
): Promise<string> {
  assertHome(session);
  for await (const line of lines) {
    if (hasEnded() || session.home === undefined) return "";
    // The session skips empty lines. `home` is read for each line, because the room may be renamed.
    session.say(session.home, safeText(line));
    await session.settled(MAX_UNCONFIRMED);
  }
  await session.settled(0);
  if (follow) await new Promise<never>(() => {});
  return "";
}

/**
 * Checks that there is a room to be in.
 *
 * @throws {UserError} if neither the user nor the server names one.
 */
export function assertHome({ home }: Session): void {
  if (home === undefined) throw new UserError(PIPE_TEXTS.noRoom);
}

/**
 * Splits a message of several lines into one message for each line that is not empty, so that each
 * line of output has the nick. Returns any other event as it is.
 */
function apart(event: ClientEvent): ClientEvent[] {
  if (!isSpeech(event) || !event.text.includes("\n")) return [event];
  return event.text.split("\n").filter((text) => text !== "").map((text) => ({ ...event, text }));
}
