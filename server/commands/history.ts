/**
 * CHATHISTORY, which sends pages of history, and lists the channels and nicks that have a history.
 *
 * Source: https://ircv3.net/specs/extensions/chathistory
 *
 * @module
 */

import type { Tags } from "../../protocol.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Event } from "../events/events.ts";
import { historiesOf, type History, historyOf, type Reading } from "../core/history.ts";
import { endTag, historySteps, playbackFilter } from "../session/history_view.ts";
import { type EventId, isEventId, LAST_ID, numberOf, textOf } from "../events/ids.ts";
import { HISTORY_LIMIT } from "../irc/limits.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { formatTime, parseTime } from "../irc/server_time.ts";
import type { Session } from "../session/session.ts";
import type { Steps } from "../session/slices.ts";
import type { EventFilter, Range } from "../store/store.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";

/** Commands of this family. */
export const historyCommands: readonly Command[] = [
  {
    name: "CHATHISTORY",
    syntax: "<LATEST|BEFORE|AFTER|AROUND|BETWEEN|TARGETS> <parameters> <limit>",
    help:
      "Shows earlier messages, or lists the channels and nicks with messages from a period (TARGETS).",
    minParams: 1,
    when: "registered",
    run: (call) => call.session.answers.send(chatHistory(call)),
  },
];

/**
 * A point in a history: ids before it are less than `from`, and ids after it are greater than `to`.
 */
interface Point {
  readonly from: EventId;
  readonly to: EventId;
}

/** A reference to a point: a `msgid`, or a time in milliseconds. */
type Reference = { readonly id: EventId } | { readonly time: number };

/** The beginning of a history, for the `*` of LATEST. */
const BEGINNING: Point = { from: "", to: "" };

/** The part of a history that a client can show, read in pages of at most `limit` events. */
class Pages {
  readonly #history: History;
  readonly #wanted: EventFilter;
  /** True once more events were found than fit into a page. */
  hasMore = false;

  /** Reads `history` for `session`, whose request has `tags`. */
  constructor(history: History, session: Session, tags?: Tags) {
    this.#history = history;
    this.#wanted = playbackFilter(session.caps, tags);
  }

  *first(range: Range, limit: number): Reading<Event[]> {
    const found = yield* this.#history.read("first", range, limit + 1, this.#wanted);
    return this.#noteMore(found, limit).slice(0, limit);
  }

  *last(range: Range, limit: number): Reading<Event[]> {
    const found = yield* this.#history.read("last", range, limit + 1, this.#wanted);
    return this.#noteMore(found, limit).slice(Math.max(0, found.length - limit));
  }

  #noteMore(found: Event[], limit: number): Event[] {
    if (found.length > limit) this.hasMore = true;
    return found;
  }
}

/**
 * The subcommands except TARGETS ("Subcommands"): for each, the number of its points, and a
 * function that reads the page to send.
 */
const SUBCOMMANDS: ReadonlyMap<string, {
  readonly points: 1 | 2;
  page(pages: Pages, limit: number, one: Point, two: Point): Reading<Event[]>;
}> = new Map([
  ["LATEST", { points: 1, page: (pages, limit, { to }) => pages.last({ after: to }, limit) }],
  ["BEFORE", { points: 1, page: (pages, limit, { from }) => pages.last({ before: from }, limit) }],
  ["AFTER", { points: 1, page: (pages, limit, { to }) => pages.first({ after: to }, limit) }],
  ["AROUND", {
    points: 1,
    *page(pages, limit, { from }) {
      const before = yield* pages.last({ before: from }, Math.floor(limit / 2));
      // The event at the point itself is part of the second half.
      const after = textOf(numberOf(from) - 1);
      return [...before, ...yield* pages.first({ after }, limit - before.length)];
    },
  }],
  ["BETWEEN", {
    points: 2,
    page: (pages, limit, one, two) =>
      one.from <= two.from
        ? pages.first({ after: one.to, before: two.from }, limit)
        : pages.last({ after: two.to, before: one.from }, limit),
  }],
]);

function* chatHistory(call: UserCall): Steps {
  const { context, session, user, params: [given = "", ...params] } = call;
  if (!session.caps.has("draft/chathistory")) {
    throw new IrcError("ERR_UNKNOWNCOMMAND", "CHATHISTORY");
  }
  const name = given.toUpperCase();
  if (name === "TARGETS") return yield* sendTargets(call, params);
  const subcommand = SUBCOMMANDS.get(name);
  if (!subcommand) throw fail("INVALID_PARAMS", given, HISTORY_TEXTS.unknownSubcommand);
  assertCount(given, params, subcommand.points + 2);
  const [target = "", ...rest] = params;
  const references = rest.slice(0, -1).map((text) =>
    text === "*" && name === "LATEST" ? undefined : referenceIn(call, target, text)
  );
  const limit = limitOf(given, rest);
  const history = historyOf(context, user, target);
  if (!history) throw fail("INVALID_TARGET", given, target, HISTORY_TEXTS.noSuchTarget);
  const now = context.clock.now();
  const [one, two] = references;
  const from = one ? yield* pointAt(history, one, now) : BEGINNING;
  const to = two ? yield* pointAt(history, two, now) : BEGINNING;
  const pages = new Pages(history, session, call.message.tags);
  const page = yield* subcommand.page(pages, limit, from, to);
  yield* historySteps(session, history.name, history.readableOf(page), !pages.hasMore);
}

/**
 * Sends the targets whose latest message is between two times, which may be in either order
 * ("TARGETS").
 */
function* sendTargets(call: UserCall, params: string[]): Steps {
  const { context, session, user, params: [given = ""] } = call;
  assertCount(given, params, 3);
  const [one = 0, two = 0] = params.slice(0, 2).map((text) => {
    const reference = referenceIn(call, "*", text);
    if ("time" in reference) return reference.time;
    throw fail("INVALID_PARAMS", given, text, HISTORY_TEXTS.targetsNeedTimes);
  });
  const limit = limitOf(given, params);
  const [after, before] = [Math.min(one, two), Math.max(one, two)];
  const found: { readonly name: string; readonly id: EventId; readonly time: number }[] = [];
  for (const history of historiesOf(context, user)) {
    yield;
    const [latest] = yield* new Pages(history, session).last({}, 1);
    if (!latest || latest.time <= after || latest.time >= before) continue;
    found.push({ name: history.name, id: latest.id, time: latest.time });
  }
  found.sort((a, b) => a.id < b.id ? -1 : 1);
  const page = one <= two ? found.slice(0, limit) : found.slice(-limit);
  const isEnd = found.length <= limit;
  const opening = { type: "draft/chathistory-targets", ...endTag(session, isEnd) };
  session.inBatch(opening, () => {
    for (const { name, time } of page) {
      session.fromServer("CHATHISTORY", "TARGETS", name, formatTime(time));
    }
  });
}

function assertCount(given: string, { length }: readonly string[], count: number): void {
  if (length < count) throw fail("INVALID_PARAMS", given, HISTORY_TEXTS.tooFewParams);
  if (length > count) throw fail("INVALID_PARAMS", given, HISTORY_TEXTS.tooManyParams);
}

/**
 * Returns the limit that the last parameter gives, at most `HISTORY_LIMIT`. It must be above 0.
 */
function limitOf(given: string, params: readonly string[]): number {
  const text = params.at(-1) ?? "";
  if (!/^[0-9]+$/.test(text) || Number(text) === 0) {
    throw fail("INVALID_PARAMS", given, text, HISTORY_TEXTS.invalidLimit);
  }
  return Math.min(Number(text), HISTORY_LIMIT);
}

function referenceIn(
  { params: [given = ""] }: UserCall,
  target: string,
  text: string,
): Reference {
  const [, type, value = ""] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (type === "msgid") {
    if (isEventId(value)) return { id: value };
    throw fail("INVALID_PARAMS", given, text, HISTORY_TEXTS.invalidMsgid);
  }
  if (type === "timestamp") {
    const time = parseTime(value);
    if (time !== undefined) return { time };
    throw fail("INVALID_PARAMS", given, text, HISTORY_TEXTS.invalidTime);
  }
  throw fail("INVALID_MSGREFTYPE", given, target, HISTORY_TEXTS.invalidReference);
}

/** Returns the point that a reference means; `now` is the present time. */
function* pointAt(history: History, reference: Reference, now: number): Reading<Point> {
  if ("id" in reference) return { from: reference.id, to: reference.id };
  const { time } = reference;
  // No message is later than now: a message with a later time was sent before the clock was set
  // back. So a future time is after all messages.
  if (time > now) return { from: LAST_ID, to: LAST_ID };
  return {
    from: yield* history.startFrom(time, now),
    to: yield* history.endBefore(time + 1, now),
  };
}

function fail(code: string, ...params: readonly string[]): StandardError {
  return new StandardError("CHATHISTORY", code, ...params);
}
