/**
 * SEARCH: finds what was said by its words, its author, its place and its time.
 *
 * Source: https://soju.im/ext/search
 *
 * @module
 */

import { casefold, parseTags } from "../../protocol.ts";
import type { Command, UserCall } from "../session/command.ts";
import { historiesOf, historyOf, withChannelName } from "../core/history.ts";
import { sendEvents } from "../session/history_view.ts";
import { idAt } from "../events/ids.ts";
import { HISTORY_LIMIT } from "../irc/limits.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { parseTime } from "../irc/server_time.ts";

/** Commands of this family. */
export const searchCommands: readonly Command[] = [
  {
    name: "SEARCH",
    syntax: "<attribute>=<value>{;<attribute>=<value>}",
    help: "Finds messages by text, from, in, after and before; limit says how many.",
    minParams: 1,
    when: "registered",
    run: search,
  },
];

/** "Standard search attributes" */
const ATTRIBUTES: ReadonlySet<string> = new Set(["in", "from", "after", "before", "text", "limit"]);

function search(call: UserCall): void {
  const { context, session, params } = call;
  if (!session.caps.has("soju.im/search")) throw new IrcError("ERR_UNKNOWNCOMMAND", "SEARCH");
  if (params.length > 1) throw fail("*", "Put a colon before attributes that have a space in them");
  const attributes = parseTags(params[0] ?? "");
  for (const name of attributes.keys()) {
    if (!ATTRIBUTES.has(name)) throw fail(name, `Attributes are ${[...ATTRIBUTES].join(", ")}`);
  }
  const histories = historiesIn(call, attributes.get("in"));
  const after = timeOf("after", attributes.get("after"));
  const before = timeOf("before", attributes.get("before"));
  const from = attributes.get("from");
  const nick = from === undefined ? undefined : casefold(from);
  const found = context.store.search({
    scopes: histories,
    words: attributes.get("text") ?? "",
    nick,
    // Both ends are part of what is asked for.
    after: after === undefined ? undefined : idAt(after),
    before: before === undefined ? undefined : idAt(before + 1),
    limit: limitOf(attributes.get("limit")),
    from: after === undefined ? "last" : "first",
  });
  const names = new Map(histories.map(({ key, name }) => [key, name]));
  const events = found
    // The index knows words, and a nick may be more than one.
    .filter(({ event }) => nick === undefined || casefold(event.by.nick) === nick)
    .map(({ key, event }) => withChannelName(names.get(key) ?? key, event));
  session.inBatch("soju.im/search", () => sendEvents(session, events));
}

function historiesIn({ context, user }: UserCall, name: string | undefined) {
  if (name === undefined) return historiesOf(context, user);
  const history = historyOf(context, user, name);
  if (!history) throw fail("in", "You are not there, or there is no such target");
  return [history];
}

function timeOf(attribute: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time === undefined) throw fail(attribute, "A time is like 2019-01-04T14:33:26.123Z");
  return time;
}

function limitOf(text = String(HISTORY_LIMIT)): number {
  if (!/^[0-9]+$/.test(text) || Number(text) === 0) {
    throw fail("limit", "The limit has to be a number above 0");
  }
  return Math.min(Number(text), HISTORY_LIMIT);
}

function fail(what: string, text: string): StandardError {
  return new StandardError("SEARCH", "INVALID_PARAMS", what, text);
}
