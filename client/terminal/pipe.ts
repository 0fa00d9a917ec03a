/**
 * The client in a pipe. It sends the lines of its input and prints what other users do; with
 * `json`, it runs the commands of its input and prints all events. The client leaves when its input
 * ends or its output is closed. The exit code is 0 if all lines have arrived.
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
import { runTask, type Task } from "./task.ts";

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

/**
 * The types of events that are not printed, because each is about a line that was printed before.
 */
const QUIET: ReadonlySet<ClientEvent["type"]> = new Set(
  ["reaction", "unreaction", "redaction"] as const,
);

/** The view for output that is not a terminal: without marks, and without the names of rooms. */
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
    ...sendTask(lines, follow),
    lineOf(event, home) {
      if (!isUserEvent(event) || event.own || QUIET.has(event.type)) return undefined;
      const view = { ...PIPE_VIEW, room: home };
      return apart(event).map((each) => toText(each, view)).join("\n");
    },
  });
}

/**
 * Returns the task of sending `lines` to the room, and printing nothing. It ends when the server
 * has answered all lines; with `follow`, it never ends. If the client ends earlier, a report says
 * up to which line the input was sent.
 */
export function sendTask(lines: AsyncIterable<string>, follow = false): Task {
  let count = 0;
  let isWhole = false;
  return {
    lineOf: () => undefined,
    isEndedBy: () => true,
    async run({ session, hasEnded }) {
      assertHome(session);
      for await (const line of lines) {
        if (hasEnded() || session.home === undefined) return "";
        count++;
        // The session skips empty lines. `home` is read for each line, because the room may be
        // renamed.
        session.say(session.home, safeText(line));
        await session.settled(MAX_UNCONFIRMED);
      }
      isWhole = true;
      await session.settled(0);
      if (follow) await new Promise<never>(() => {});
      return "";
    },
    ended(report) {
      if (count > 0 && !isWhole) report(PIPE_TEXTS.inputLeft(count));
      return Promise.resolve();
    },
  };
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
