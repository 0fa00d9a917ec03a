/**
 * How history shows to a client: as the messages they were, in a batch where it knows batches; or, to
 * those who could not tell them from new ones, as text. Whether they may see it is asked elsewhere.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Caps } from "../irc/capabilities.ts";
import type { Context } from "../core/context.ts";
import { isFor, plainText, renderAll } from "../delivery/render.ts";
import type { Event } from "../events/events.ts";
import { historyOf } from "../core/history.ts";
import { formatTime } from "../irc/server_time.ts";
import type { Session } from "./session.ts";
import type { Channel, User } from "../state/state.ts";
import { type EventFilter, isTalk, TALK } from "../store/store.ts";

/**
 * What clients with `caps` are shown later on: everybody what was said, and the rest those who
 * understand that it is over (https://ircv3.net/specs/extensions/chathistory, "`CHATHISTORY`
 * Command").
 */
export function shownLater(caps: Caps): EventFilter {
  if (!caps.has("draft/event-playback")) return TALK;
  return { talkOnly: false, accepts: (event) => isTalk(event) || isFor(event, caps) };
}

/** Sends `events` as a page of the history of `target`. */
export function sendHistory(session: Session, target: string, events: readonly Event[]): void {
  session.inBatch("chathistory", () => sendEvents(session, events), target);
}

/** Sends `events` as they were when they happened. */
export function sendEvents(session: Session, events: readonly Event[]): void {
  for (const event of events) {
    for (const message of renderAll(event, session.caps)) session.send(message);
  }
}

/**
 * Shows what was said last in `channel` to who has come there; but not to a client that asks for it
 * by itself (the same, "Implementation").
 */
export function replay(session: Session, user: User, { name }: Channel): void {
  const { caps, context } = session;
  if (caps.has("draft/chathistory")) return;
  if (caps.has("server-time")) return replayMessages(session, name, lastSaid(context, user, name));
  const room = LIMITS.line - byteLength(`:${context.options.name} NOTICE ${name} :\r\n`);
  for (const line of replayedText(context, user, name, room)) {
    session.fromServer("NOTICE", name, line);
  }
}

/**
 * Shows `events` as the messages they were, each with its time. Where there are no batches, lines
 * before and behind tell them from new ones: some clients take the time and do not show it.
 */
function replayMessages(session: Session, channel: string, events: readonly Event[]): void {
  const [first] = events;
  if (first === undefined) return;
  const tell = (text: string): void => {
    if (!session.caps.has("batch")) session.fromServer("NOTICE", channel, text);
  };
  tell(`Said here before, since ${minute(first.time)}:`);
  sendHistory(session, channel, events);
  tell("End of what was said here before");
}

/** What was said last in a channel, as lines of at most `room` bytes that say when it was said. */
export function replayedText(
  context: Context,
  user: User,
  channel: string,
  room = Infinity,
): string[] {
  return lastSaid(context, user, channel).flatMap((event) => {
    if (event.type !== "Said") return [];
    const stamp = `[${minute(event.time)}] `;
    const lines = plainText(event).split("\n").filter((line) => line !== "");
    return lines.flatMap((line) => splitText(line, room - stamp.length))
      .map((line) => stamp + line);
  });
}

/** `time` as people write it, in UTC. */
function minute(time: number): string {
  return `${formatTime(time).slice(0, 16).replace("T", " ")} UTC`;
}

function lastSaid(context: Context, user: User, channel: string): Event[] {
  const { replay } = context.options;
  if (replay === 0) return [];
  return historyOf(context, user, channel)?.last({}, replay, TALK) ??
    [];
}
