/**
 * Runs a session without a terminal, for a task such as sending the input. Prints the lines of the
 * task to standard output and problems to standard error, and finds the exit code. Does not know
 * the tasks.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { ClientEvent } from "../session/events.ts";
import type { SessionOptions } from "../session/options.ts";
import { Session } from "../session/session.ts";
import { PIPE_TEXTS } from "../texts/terminal.ts";
import { EnteredRooms } from "./entered_rooms.ts";
import { isUserEvent, toSentence } from "./format.ts";
import { Output } from "./output.ts";
import type { Stdio } from "./stdio.ts";

/** An event after which the user is not in a room, so that the client may have nothing to do. */
export type RoomLost = Extract<ClientEvent, { type: "room-refused" | "kick" | "part" }>;

/** The session of a task, and the functions by which the task prints and fails. */
export interface TaskParts {
  /** The session, which is connected. */
  readonly session: Session;
  /** Prints a line to standard output. */
  print(line: string): void;
  /** Makes the exit code 1. */
  fail(): void;
  /** Returns true once the client leaves; it then sends nothing more. */
  hasEnded(): boolean;
}

/** The work of a client without a terminal. */
export interface Task {
  /** True to pass over private events, and those of rooms that the user did not ask for. */
  readonly inRoomsOnly?: true;
  /** True to leave, at the end, the rooms that the user was not in before. */
  readonly leavesRooms?: true;
  /**
   * Returns the line to print for `event`; undefined to print no line. `home` is the room of the
   * task, if it has one.
   */
  lineOf(event: ClientEvent, home: string | undefined): string | undefined;
  /** Returns true if the client cannot go on after `event`. */
  isEndedBy(event: RoomLost): boolean;
  /** Does the work; resolves when the client can leave, to the reason that other users see. */
  run(parts: TaskParts): Promise<string>;
  /**
   * Called once the session has ended; resolves when nothing more will be printed. `report` prints
   * a problem to standard error.
   */
  ended?(report: (problem: string) => void): Promise<void>;
}

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

/** The types of events that make the exit code 1: a message was not sent, or may be lost. */
const FAILURES: ReadonlySet<ClientEvent["type"]> = new Set(["refused", "unconfirmed"] as const);

/**
 * Runs `task` in a session until it is done, or until the client is stopped; resolves to the exit
 * code.
 *
 * @throws {UserError} if the server or the room cannot be joined.
 */
export async function runTask(options: SessionOptions, stdio: Stdio, task: Task): Promise<number> {
  const stdout = new Output(stdio.stdout);
  const stderr = new Output(stdio.stderr);
  const roomLost = Promise.withResolvers<never>();
  // The promise may be rejected before anything waits for it, which would end the process.
  roomLost.promise.catch(() => {});
  let hasFailed = false;
  let hasLostRoom = false;
  const ending = new AbortController();
  const print = (line: string) => stdout.write(`${line}\n`);
  const report = (problem: string) => stderr.write(`chat: ${problem}\n`);

  // A ban ends the client. Without a terminal, no user might see that it only waits for the ban's
  // end.
  const session = new Session({ ...options, endsIfBanned: true }, {
    event(event) {
      entered.follow(event);
      // The rooms that the task leaves at its end are no news.
      if (ending.signal.aborted && task.leavesRooms && isRoomLost(event)) return;
      if (FAILURES.has(event.type)) hasFailed = true;
      const isPassedOver = task.inRoomsOnly && !isInRooms(session, event);
      const line = isPassedOver ? undefined : task.lineOf(event, homeIn(session, event));
      if (line !== undefined) print(line);
      // The error that ends the client reports this event. Only rooms of the task count: another
      // client of the same user may leave other rooms.
      if (isRoomLost(event) && isInRooms(session, event) && task.isEndedBy(event)) {
        hasLostRoom = true;
        return roomLost.reject(new UserError(toSentence(event)));
      }
      if (REPORTED.has(event.type) || (event.type === "connected" && !event.isFirst)) {
        if (!("own" in event)) report(toSentence(event));
      }
    },
    ready: () => stdout.ready(),
  });
  const entered = new EnteredRooms(session);

  await session.start();
  const signaled = Promise.withResolvers<number>();
  const cancels = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    stdio.onSignal(signal, () => signaled.resolve(EXIT_CODES[signal]))
  );
  const hasEnded = () => ending.signal.aborted || hasLostRoom;
  const fail = () => void (hasFailed = true);
  let end: number | string | void = undefined;
  try {
    end = await Promise.race([
      task.run({ session, print, fail, hasEnded }),
      roomLost.promise,
      session.ended,
      stdout.broken.then(reportBroken),
      signaled.promise,
    ]);
  } finally {
    ending.abort();
    cancels.forEach((cancel) => cancel());
    if (task.leavesRooms) entered.leave();
    await session.leave(typeof end === "string" ? end : "");
    await task.ended?.(report);
    await stdout.flush();
    await stderr.flush();
  }
  if (typeof end === "number") return end;
  // The last lines were written only after the end of the task.
  reportBroken(stdout.failure);
  return hasFailed ? 1 : 0;
}

/**
 * Returns the room of the task. If `event` happened in that room, the name is spelled as in
 * `event`.
 */
function homeIn({ home, state }: Session, event: ClientEvent): string | undefined {
  const room = "room" in event ? event.room : undefined;
  if (room === undefined || home === undefined) return home;
  return state.isupport.isSame(room, home) ? room : home;
}

/**
 * Returns false for a private event, and for an event in rooms that the user did not ask for: the
 * server also sends the events in rooms of the user's other clients.
 */
function isInRooms({ asked }: Session, event: ClientEvent): boolean {
  if ("rooms" in event) return event.rooms.some((room) => asked.isAsked(room));
  const room = "room" in event ? event.room : undefined;
  return room === undefined ? !isUserEvent(event) : asked.isAsked(room);
}

/**
 * Handles the error of an output that cannot be written any more, if there is one. A reader that
 * has left, as `| head` does, is no failure.
 *
 * @throws {UserError} for any other error, for example a full disk.
 */
function reportBroken(error: unknown): void {
  if (error === undefined || error instanceof Deno.errors.BrokenPipe) return;
  const reason = error instanceof Error ? error.message : String(error);
  throw new UserError(PIPE_TEXTS.cannotWrite(reason));
}

/** Reports whether the user cannot join a room, or has left it. */
function isRoomLost(event: ClientEvent): event is RoomLost {
  if (event.type === "room-refused") return true;
  return (event.type === "kick" || event.type === "part") && event.own;
}
