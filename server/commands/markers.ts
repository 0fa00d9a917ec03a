/**
 * MARKREAD: how far one has read, shared by all clients of a person.
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

/** Commands of this family. */
export const markerCommands: readonly Command[] = [
  {
    name: "MARKREAD",
    syntax: "<target> [timestamp=<time>]",
    help: "Says, or asks, how far you have read; all your clients are told.",
    minParams: 0,
    when: "registered",
    run: markRead,
  },
];

function markRead({ context, session, user, params }: UserCall): void {
  if (!session.caps.has("draft/read-marker")) throw new IrcError("ERR_UNKNOWNCOMMAND", "MARKREAD");
  const [target, given] = params;
  if (target === undefined) throw fail("NEED_MORE_PARAMS", "Missing parameters");
  if (!isChannel(target) && !isNick(target)) {
    throw fail("INVALID_PARAMS", target, "It has to be a channel or a nick");
  }
  if (given === undefined) return sendMarker(session, user, target);
  const time = given.startsWith("timestamp=")
    ? parseTime(given.slice("timestamp=".length))
    : undefined;
  if (time === undefined) {
    throw fail("INVALID_PARAMS", given, "A time is like timestamp=2019-01-04T14:33:26.123Z");
  }
  const { markers } = context.network;
  const reader = identityOf(user.actor);
  const known = markers.get(reader, target);
  if (known === undefined && markers.countOf(reader) >= MARKER_LIMIT) {
    throw fail(
      "INTERNAL_ERROR",
      target,
      `You have ${MARKER_LIMIT} markers, which is all there can be`,
    );
  }
  // Nobody can have read what is still to be said ("Implementation Considerations").
  const upTo = Math.min(time, context.clock.now());
  if (known !== undefined && upTo <= known) return sendMarker(session, user, target);
  context.append({ type: "MarkerMoved", by: context.server, marker: { reader, target, upTo } });
}

function fail(code: string, ...params: readonly string[]): StandardError {
  return new StandardError("MARKREAD", code, ...params);
}
