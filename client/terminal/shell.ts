/**
 * The tasks of `chat tail` and `chat history`, which print a room. They send no messages.
 *
 * @module
 */

import { UserError } from "../../shared/errors.ts";
import type { ClientEvent } from "../session/events.ts";
import { type PastRange, readPast } from "../session/past.ts";
import { PIPE_TEXTS } from "../texts/terminal.ts";
import { isUserEvent, safeText, toText } from "./format.ts";
import { eventToJson } from "./json.ts";
import { assertHome, PIPE_VIEW } from "./pipe.ts";
import type { Task } from "./task.ts";

/** Returns the task of printing the events of the room until the client is stopped. */
export function tailTask(json: boolean): Task {
  return {
    inRoomsOnly: true,
    leavesRooms: true,
    lineOf: (event) => json ? eventToJson(event) : isOwnVisit(event) ? undefined : datedLine(event),
    isEndedBy: () => true,
    async run({ session }) {
      assertHome(session);
      return await new Promise<never>(() => {});
    },
  };
}

/** Reports whether the user has just come into a room, or left it. */
function isOwnVisit(event: ClientEvent): boolean {
  return (event.type === "join" || event.type === "part") && event.own;
}

/** Returns the task of printing a part of the room's history. */
export function historyTask(range: PastRange, json: boolean): Task {
  const joined = Promise.withResolvers<void>();
  /** The room, if its history was read and has nothing to print. */
  let empty: string | undefined;
  return {
    inRoomsOnly: true,
    leavesRooms: true,
    lineOf(event) {
      if (event.type === "join" && event.own) joined.resolve();
      return undefined;
    },
    isEndedBy: () => true,
    async run({ session, print, hasEnded }) {
      assertHome(session);
      // Servers show the history of a room only to its members, so the task waits for the join.
      await joined.promise;
      const { home = "" } = session;
      let isEmpty = true;
      const { status, reason = "" } = await readPast(session, home, range, (page) => {
        for (const event of hasEnded() ? [] : page) {
          isEmpty = false;
          print((json ? eventToJson(event) : datedLine(event)) ?? "");
        }
      });
      if (status !== "done") throw new UserError(safeText(reason));
      if (isEmpty) empty = home;
      return "";
    },
    ended(report) {
      if (empty !== undefined) {
        report(PIPE_TEXTS.nothingSaid(safeText(empty), range.since !== undefined));
      }
      return Promise.resolve();
    },
  };
}

/**
 * Returns an event as one line: its local date and time, and its text. Returns `undefined` unless
 * it is a message, or a change of a room or a user.
 */
function datedLine(event: ClientEvent): string | undefined {
  if (!isUserEvent(event)) return undefined;
  const date = new Date(event.time);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return `${day} ${time} ${toText(event, PIPE_VIEW)}`;
}
