/**
 * Shows history to a client. The client gets the original messages, in a batch if it has the batch
 * capability. A client without server-time could not tell old messages from new ones, so it gets
 * text instead. Callers check that the client may see the history.
 *
 * @module
 */

import { encodeLine, LIMITS, type Tags } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import { bytesLeft } from "../irc/limits.ts";
import { Caps } from "../irc/capabilities.ts";
import type { Context } from "../core/context.ts";
import { isFor, plainText, renderAll } from "../delivery/render.ts";
import type { Event } from "../events/events.ts";
import { historyOf } from "../core/history.ts";
import { formatMinute } from "../irc/server_time.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import type { BatchOpening } from "./response_buffer.ts";
import type { Session } from "./session.ts";
import type { Steps } from "./slices.ts";
import type { Channel, User } from "../state/state.ts";
import { type EventFilter, isTalk, SAID, TALK } from "../store/store.ts";

/**
 * A tag of requests for history. With the value `tagmsg`, the client wants messages with and
 * without text (TAGMSG, such as reactions), but not the other events of event-playback, which are
 * far more numerous in a busy channel. It is a tag and not a capability, because messages are
 * encoded once for each set of capabilities.
 */
const PLAYBACK_TAG = "+chat/playback";

/**
 * The part of a send queue that the messages of one channel may take when a client joins. The rest
 * is for the names of the members, and for other channels that the client joins.
 */
const REPLAY_SHARE = 1 / 4;
/** The largest size of a one-line message, in bytes, with 200 for the tags that the server adds. */
const SHORT_BYTES = LIMITS.line + 200;
/** The capabilities with which a message has the most bytes. */
const LONGEST = Caps.of(["account-tag", "message-tags", "server-time"]);

/**
 * Returns the filter for the events of history that clients with `caps` get: messages, and with
 * event-playback also other events (https://ircv3.net/specs/extensions/chathistory, "`CHATHISTORY`
 * Command"). `tags` are those of the client's request.
 */
export function playbackFilter(caps: Caps, tags?: Tags): EventFilter {
  if (caps.has("draft/event-playback")) {
    return { within: "all", accepts: (event) => isTalk(event) || isFor(event, caps) };
  }
  return caps.has("message-tags") && tags?.get(PLAYBACK_TAG) === "tagmsg" ? SAID : TALK;
}

/**
 * Returns the steps that send `events`, one page of the history of `target`. `isEnd` is true if no
 * events follow the page.
 */
export function historySteps(
  session: Session,
  target: string,
  events: Iterable<Event>,
  isEnd: boolean,
): Steps {
  const opening = { type: "chathistory", params: [target], ...endTag(session, isEnd) };
  return session.answers.inBatch(opening, eventSteps(session, events));
}

/**
 * Returns the tags of the line that opens a page of history. If `isEnd` is true, and the client
 * reads tags, a tag says that nothing follows the page
 * (https://ircv3.net/specs/extensions/chathistory, "`draft/chathistory-end` tag").
 */
export function endTag(session: Session, isEnd: boolean): Pick<BatchOpening, "tags"> {
  if (!isEnd || !session.caps.has("message-tags")) return {};
  return { tags: new Map([["draft/chathistory-end", ""]]) };
}

/**
 * Returns the steps that send `events` with their original times and ids. Leaves out messages that
 * were deleted since they were read.
 */
export function* eventSteps(session: Session, events: Iterable<Event>): Steps {
  for (const event of events) {
    if (session.context.redactions.has(event.id)) continue;
    const shown = session.context.cloaks.eventFrom(event);
    for (const message of renderAll(shown, session.caps)) session.send(message);
    yield;
  }
}

/**
 * Sends the last messages in a channel to a client whose user has joined it. A user who left the
 * channel only minutes ago gets only the messages since then. Sends nothing to a client that
 * requests history itself (https://ircv3.net/specs/extensions/chathistory, "Implementation"), or to
 * a bot, which would act on old messages again.
 */
export function replay(session: Session, user: User, { name }: Channel): void {
  const { caps, context } = session;
  if (caps.has("draft/chathistory") || isBot(context, user)) return;
  if (caps.has("server-time")) return replayMessages(session, name, lastSaid(context, user, name));
  const maxBytes = bytesLeft(context.options.name, "NOTICE", name);
  for (const line of replayedText(context, user, name, maxBytes)) {
    session.fromServer("NOTICE", name, line);
  }
}

/**
 * Sends `events` as the original messages, each with its time. A client without batches also gets
 * lines before and after them, because some clients accept the time but do not show it.
 */
function replayMessages(session: Session, channel: string, events: readonly Event[]): void {
  const [first] = events;
  if (first === undefined) return;
  const notice = (text: string): void => {
    if (!session.caps.has("batch")) session.fromServer("NOTICE", channel, text);
  };
  notice(SESSION_TEXTS.earlierMessages(formatMinute(first.time)));
  session.inBatch({ type: "chathistory", params: [channel] }, () => {
    const steps = eventSteps(session, events);
    while (!steps.next().done);
  });
  notice(SESSION_TEXTS.endOfEarlierMessages);
}

/**
 * Returns the last messages in a channel as lines of at most `maxBytes` bytes, each with its time.
 */
export function replayedText(
  context: Context,
  user: User,
  channel: string,
  maxBytes = Infinity,
): string[] {
  return lastSaid(context, user, channel).flatMap((event) => {
    if (event.type !== "Said") return [];
    const stamp = `[${formatMinute(event.time)}] `;
    const lines = plainText(event).split("\n").filter((line) => line !== "");
    return lines.flatMap((line) => splitText(line, maxBytes - stamp.length))
      .map((line) => stamp + line);
  });
}

function isBot({ network }: Context, { actor: { account }, modes }: User): boolean {
  return modes.has("B") || network.account(account ?? "")?.bot === true;
}

function lastSaid(context: Context, user: User, name: string): Event[] {
  const { network, options, seen } = context;
  // Mode `H` of the channel is a limit of its own.
  const limit = Number(network.channel(name)?.settings.get("H") ?? Infinity);
  const count = Math.min(options.replay, limit);
  if (count === 0) return [];
  const after = seen.upTo(user, name);
  const range = after === undefined ? {} : { after };
  const last = historyOf(context, user, name)?.last(range, count, TALK) ?? [];
  return lastFitting(last, options.limits.sendQueueBytes * REPLAY_SHARE);
}

/** Returns the last of `events`: as many as together take at most `bytes` bytes. */
function lastFitting(events: Event[], bytes: number): Event[] {
  let left = bytes;
  return events.slice(1 + events.findLastIndex((event) => (left -= bytesOf(event)) < 0));
}

/** Returns the bytes of an event for a client that gets each line as a message with all its tags. */
function bytesOf(event: Event): number {
  // Most messages are short. To render them only for their size would double the time of a replay.
  const isShort = event.type === "Said" && event.lines === undefined && event.tags.size === 0;
  if (isShort) return SHORT_BYTES;
  return renderAll(event, LONGEST).reduce((sum, message) => sum + encodeLine(message).length, 0);
}
