/**
 * Reads the history of a room or a person, page by page
 * (https://ircv3.net/specs/extensions/chathistory), for a caller that asked for it. Does not show
 * it.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { type AboutMessage, isReaction, isSpeech, type Speech, type Stamp } from "./events.ts";
import { isLastPage, referenceOf } from "./backlog.ts";
import type { Outcome } from "./outcome.ts";
import type { Position } from "./reading.ts";
import type { Session } from "./session.ts";
import { historyRequest } from "./tags.ts";

/** The part of a history to read. */
export interface PastRange {
  /**
   * The time from which to read, in milliseconds since 1970-01-01 UTC; undefined: the beginning.
   */
  readonly since?: number | undefined;
  /**
   * The time before which to stop, in milliseconds since 1970-01-01 UTC; used only without a limit.
   */
  readonly until?: number | undefined;
  /** The message before which to read backward; undefined: the present. */
  readonly before?: Position | undefined;
  /** The largest number of messages to read. The last messages are read; undefined: all. */
  readonly limit?: number | undefined;
}

/**
 * The function that takes messages in order, as they arrive, and reactions if the session reads
 * them. It returns false to end the reading.
 */
export type TakePast = (
  messages: readonly Speech[],
  reactions: readonly AboutMessage[],
) => void | false;

/** A page, and the outcome of its request. */
export interface Page {
  /** The messages, in order. */
  readonly messages: readonly Speech[];
  /** The reactions in this part of the history, in order. Some are to earlier messages. */
  readonly reactions: readonly AboutMessage[];
  /**
   * The time and the id of the first line of the page, which may be neither message nor reaction.
   */
  readonly first: Stamp | undefined;
  /**
   * The time and the id of the last line of the page, which may be neither message nor reaction.
   */
  readonly last: Stamp | undefined;
  /** The outcome of the request for this page. */
  readonly outcome: Outcome;
  /** True if the server has no more messages in the direction of the request. */
  readonly isLast: boolean;
}

/**
 * Reads the messages to and from `target` in `range`, and passes them to `take`; resolves to the
 * outcome. With a limit, passes all messages at once. Without a limit, passes page by page until
 * `take` returns false, so that a long history needs little memory.
 */
export async function readPast(
  session: Session,
  target: string,
  range: PastRange,
  take: TakePast,
): Promise<Outcome> {
  if (session.features?.historyPage === undefined) {
    return { status: "refused", reason: SESSION_TEXTS.noHistory, ids: [] };
  }
  const { since, limit, until, before } = range;
  return limit === undefined
    ? await readForward(session, target, { since: since ?? 0, until }, take)
    : await readBackward(session, target, { since, limit, before }, take);
}

async function readForward(
  session: Session,
  target: string,
  { since, until = Infinity }: { readonly since: number; readonly until?: number | undefined },
  take: TakePast,
): Promise<Outcome> {
  // A server leaves out messages with the time of the reference itself.
  for (let after = `timestamp=${timeText(since - 1)}`;;) {
    const size = session.features?.historyPage ?? 0;
    const page = await readPage(session, ["AFTER", target, after], size);
    const { messages, reactions, outcome, isLast, last } = page;
    const wanted = messages.filter(({ time }) => time < until);
    const isEnough = take(wanted, reactions) === false;
    const id = last?.id;
    const isEnd = isLast || isEnough || wanted.length < messages.length || id === undefined;
    if (outcome.status !== "done" || isEnd) return outcome;
    after = `msgid=${id}`;
  }
}

async function readBackward(
  session: Session,
  target: string,
  { since = 0, limit, before }: PastRange & { readonly limit: number },
  take: TakePast,
): Promise<Outcome> {
  const found: Speech[] = [];
  const foundReactions: AboutMessage[] = [];
  const start = before ? ["BEFORE", target, referenceOf(before)] : ["LATEST", target, "*"];
  for (let point = start;;) {
    // A page may consist mostly of reactions. If its size were the number of missing messages, many
    // small pages could be necessary.
    const missing = session.features?.playsReactions ? limit : limit - found.length;
    const size = Math.min(session.features?.historyPage ?? 0, missing);
    const { messages, reactions, outcome, isLast, first } = await readPage(session, point, size);
    found.unshift(...messages.filter(({ time }) => time >= since));
    foundReactions.unshift(...reactions);
    const isEnd = isLast || found.length >= limit || (first?.time ?? 0) < since;
    if (outcome.status !== "done" || isEnd || first?.id === undefined) {
      take(found, foundReactions);
      return outcome;
    }
    point = ["BEFORE", target, `msgid=${first.id}`];
  }
}

/**
 * Returns the first page of history after `position` that has a message; if there is none, the last
 * page. Adds the reactions of the pages that it skips.
 */
export async function readAfter(
  session: Session,
  target: string,
  position: Position,
  size: number,
): Promise<Page> {
  const reactions: AboutMessage[] = [];
  for (let after = position;;) {
    const page = await readPage(session, ["AFTER", target, referenceOf(after)], size);
    const { messages, outcome, isLast, last } = page;
    reactions.push(...page.reactions);
    const isEnd = isLast || messages.length > 0 || outcome.status !== "done";
    if (isEnd || last?.id === undefined) return { ...page, reactions };
    after = last;
  }
}

/** Returns the page of history around the message `id`. */
export async function readAround(
  session: Session,
  target: string,
  id: string,
  size: number,
): Promise<Page> {
  return await readPage(session, ["AROUND", target, `msgid=${id}`], size);
}

async function readPage(
  session: Session,
  point: readonly string[],
  size: number,
): Promise<Page> {
  const lines: Message[] = [];
  const playsReactions = session.features?.playsReactions === true;
  const message = historyRequest([...point, String(size)], playsReactions);
  let isEnd: boolean | undefined;
  const outcome = await session.request(message, (messages, isLast) => {
    lines.push(...messages);
    isEnd = isLast;
  });
  const { state } = session;
  const events = lines.flatMap((each) => state.past(each));
  const [first, last] = [lines[0], lines.at(-1)];
  const end = {
    count: lines.length,
    first: first && state.stampOf(first),
    last: last && state.stampOf(last),
    isEnd,
  };
  return {
    messages: events.filter(isSpeech).map((event) => ({ ...event, isPast: true })),
    reactions: playsReactions ? events.filter(isReaction) : [],
    first: end.first,
    last: end.last,
    outcome,
    isLast: isLastPage(end, size),
  };
}

function timeText(time: number): string {
  return new Date(Math.max(0, time)).toISOString();
}
