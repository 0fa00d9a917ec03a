/**
 * SEARCH: finds messages by their words, author, channel and time.
 *
 * Source: https://soju.im/ext/search
 *
 * @module
 */

import { casefold, parseTags } from "../../protocol.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import {
  historiesOf,
  type History,
  historyOf,
  type Reading,
  withChannelName,
} from "../core/history.ts";
import type { Steps } from "../session/slices.ts";
import { eventSteps } from "../session/history_view.ts";
import { type EventId, idAt, numberOf, textOf, timeOf as timeOfId } from "../events/ids.ts";
import { HISTORY_LIMIT } from "../irc/limits.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { formatTime, parseTime } from "../irc/server_time.ts";
import { SEARCH_TEXTS } from "../texts/search.ts";

/** Commands of this family. */
export const searchCommands: readonly Command[] = [
  {
    name: "SEARCH",
    syntax: "<attribute>=<value>{;<attribute>=<value>}",
    help: "Finds messages. Attributes: text, from, in, after, before; limit is the maximum number.",
    minParams: 1,
    when: "registered",
    run: (call) => call.session.answers.send(search(call)),
  },
];

/** The attributes of a search ("Standard search attributes"). */
const ATTRIBUTES: ReadonlySet<string> = new Set(["in", "from", "after", "before", "text", "limit"]);

function* search(call: UserCall): Steps {
  const { context, session, params } = call;
  if (!session.caps.has("soju.im/search")) throw new IrcError("ERR_UNKNOWNCOMMAND", "SEARCH");
  if (params.length > 1) throw fail("*", SEARCH_TEXTS.missingColon);
  const attributes = parseTags(params[0] ?? "");
  for (const name of attributes.keys()) {
    if (!ATTRIBUTES.has(name)) throw fail(name, SEARCH_TEXTS.unknownAttribute([...ATTRIBUTES]));
  }
  const histories = historiesIn(call, attributes.get("in"));
  const after = timeOf("after", attributes.get("after"));
  const before = timeOf("before", attributes.get("before"));
  const from = attributes.get("from");
  const nick = from === undefined ? undefined : casefold(from);
  const afterId = after === undefined ? undefined : yield* endBefore(after, context, histories);
  const beforeId = before === undefined
    ? undefined
    : yield* endBefore(before + 1, context, histories);
  const scopes = histories.flatMap((history) =>
    history.scopes.map((scope) => ({ ...scope, history }))
  );
  const { found, cut } = yield* context.store.searchInSteps({
    scopes,
    words: attributes.get("text") ?? "",
    nick,
    // The range includes both times.
    after: afterId,
    before: beforeId === undefined ? undefined : textOf(numberOf(beforeId) + 1),
    limit: limitOf(attributes.get("limit")),
    from: after === undefined ? "last" : "first",
  });
  const byKey = new Map(scopes.map((scope) => [scope.key, scope]));
  const events = found.values()
    // The index finds the words of a nick, which may be part of other nicks, too. So the whole nick
    // is compared again.
    .filter(({ event }) => nick === undefined || casefold(event.by.nick) === nick)
    .filter(({ event: { time } }) => time >= (after ?? time) && time <= (before ?? time))
    .flatMap(({ key, event }) => {
      const { history, rank } = byKey.get(key) ?? {};
      // Each message is checked when it is sent: the user may have left the channel meanwhile.
      const isReadable = history !== undefined && history.mayRead(rank ?? "", event.id);
      return isReadable ? [withChannelName(history.name, event)] : [];
    });
  yield* session.answers.inBatch({ type: "soju.im/search" }, eventSteps(session, events));
  if (cut === undefined) return;
  const rest = `${after === undefined ? "before" : "after"}=${formatTime(timeOfId(cut))}`;
  session.note("SEARCH", "SEARCH_CUT", rest, SEARCH_TEXTS.cut(rest));
}

function historiesIn({ context, user }: UserCall, name: string | undefined) {
  if (name === undefined) return historiesOf(context, user);
  const history = historyOf(context, user, name);
  if (!history) throw fail("in", SEARCH_TEXTS.invalidTarget);
  return [history];
}

/**
 * Returns an id that divides the messages before `time` from the later ones, in all histories.
 * Reads the histories only while ids are ahead of the clock.
 */
function* endBefore(
  time: number,
  context: Context,
  histories: readonly History[],
): Reading<EventId> {
  const now = context.clock.now();
  let end = idAt(time);
  if (timeOfId(context.events.nextId()) <= now) return end;
  for (const history of histories) {
    const own = yield* history.endBefore(time, now);
    if (own > end) end = own;
  }
  return end;
}

function timeOf(attribute: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time === undefined) throw fail(attribute, SEARCH_TEXTS.invalidTime);
  return time;
}

function limitOf(text = String(HISTORY_LIMIT)): number {
  if (!/^[0-9]+$/.test(text) || Number(text) === 0) {
    throw fail("limit", SEARCH_TEXTS.invalidLimit);
  }
  return Math.min(Number(text), HISTORY_LIMIT);
}

function fail(attribute: string, text: string): StandardError {
  return new StandardError("SEARCH", "INVALID_PARAMS", attribute, text);
}
