/**
 * MARKREAD: sets and shows read markers, which all clients of a user share.
 *
 * Source: https://ircv3.net/specs/extensions/read-marker
 *
 * @module
 */

import { isChannel, isNick } from "../../protocol.ts";
import type { Command, UserCall } from "../session/command.ts";
import { identityOf } from "../state/person.ts";
import { MARKER_LIMIT } from "../state/read_markers.ts";
import { sendMarker } from "../session/markers_view.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { parseTime } from "../irc/server_time.ts";
import { MARKER_TEXTS } from "../texts/messages.ts";

/** Commands of this family. */
export const markerCommands: readonly Command[] = [
  {
    name: "MARKREAD",
    syntax: "<target> [timestamp=<time>]",
    help: "Shows or sets the time up to which you have read. Your other clients are told.",
    minParams: 0,
    when: "registered",
    run: markRead,
  },
];

function markRead({ context, session, user, params }: UserCall): void {
  if (!session.caps.has("draft/read-marker")) throw new IrcError("ERR_UNKNOWNCOMMAND", "MARKREAD");
  const [target, given] = params;
  if (target === undefined) throw fail("NEED_MORE_PARAMS", MARKER_TEXTS.missingTarget);
  if (!isChannel(target) && !isNick(target)) {
    throw fail("INVALID_PARAMS", target, MARKER_TEXTS.invalidTarget);
  }
  if (given === undefined) return sendMarker(session, user, target);
  const time = given.startsWith("timestamp=")
    ? parseTime(given.slice("timestamp=".length))
    : undefined;
  if (time === undefined) throw fail("INVALID_PARAMS", given, MARKER_TEXTS.invalidTime);
  const { markers } = context.network;
  const reader = identityOf(user.actor);
  const known = markers.get(reader, target);
  if (known === undefined && markers.countOf(reader) >= MARKER_LIMIT) {
    throw fail("INTERNAL_ERROR", target, MARKER_TEXTS.tooMany(MARKER_LIMIT));
  }
  // A message with a time after now cannot have been read ("Implementation Considerations"). A
  // known marker with such a time is from before the clock was set back, so an earlier one may
  // replace it.
  const now = context.clock.now();
  const upTo = Math.min(time, now);
  if (known !== undefined && known <= now && upTo <= known) {
    return sendMarker(session, user, target);
  }
  context.append({ type: "MarkerMoved", by: context.server, marker: { reader, target, upTo } });
}

function fail(code: string, ...params: readonly string[]): StandardError {
  return new StandardError("MARKREAD", code, ...params);
}
