/**
 * Shows a channel to a client: its topic and its members, in the forms of the client's
 * capabilities. Callers check that the client may see the channel.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import { isKnown, isVisible } from "../state/visibility.ts";
import { keptLines, NameLines, type NamesForm, prefixesIn } from "./names.ts";
import type { Session } from "./session.ts";
import type { Steps } from "./slices.ts";
import type { Channel, User } from "../state/state.ts";

/** Sends the topic, if there is one (Modern IRC, "RPL_TOPIC" and "RPL_TOPICWHOTIME"). */
export function sendTopic(session: Session, { name, topic }: Channel): void {
  if (!topic) return;
  session.reply("RPL_TOPIC", name, topic.text);
  session.reply("RPL_TOPICWHOTIME", name, topic.by, String(Math.floor(topic.time / 1000)));
}

/** The parts of a session that sending names needs. */
export interface NamesClient extends Pick<Session, "caps" | "reply"> {
  /** The server's shared parts. */
  readonly context: { readonly options: Pick<Session["context"]["options"], "name"> };
}

/** Sends the members of `channel` that `viewer` may see, at once. */
export function sendNames(session: NamesClient, viewer: User, channel: Channel): void {
  const steps = namesSteps(session, viewer, channel);
  while (!steps.next().done);
}

/** The number of members that one step looks at. */
const MEMBERS_A_STEP = 100;

/**
 * Returns the steps that send the members of `channel` that `viewer` may see: all members to a
 * member, and to other viewers only the members who are visible to them. If the viewer is a member,
 * the steps send kept lines. If another member leaves or changes meanwhile, they then send all
 * members once more.
 */
export function* namesSteps(session: NamesClient, viewer: User, channel: Channel): Steps {
  const { name, members, flags } = channel;
  const symbol = flags.has("s") ? "@" : flags.has("p") ? "*" : "="; // Modern IRC, "RPL_NAMREPLY"
  const form = namesForm(session, channel);
  const send = (line: string) => session.reply("RPL_NAMREPLY", symbol, name, line);
  const kept = members.has(viewer) ? keptLines(channel, form) : undefined;
  if (!kept || !(yield* linesSteps(kept, () => kept.isCurrent, send))) {
    const isShown = (member: User) => members.has(viewer) || isVisible(member, viewer);
    // The viewer may have left the channel since the step before.
    const isAllowed = () => isKnown(channel, viewer);
    yield* linesSteps(new NameLines(members, form, isShown), isAllowed, send);
  }
  session.reply("RPL_ENDOFNAMES", name);
}

/**
 * Returns the steps that send all lines of `names`. They stop, with the result false, as soon as
 * `areRight` returns false: then the lines are outdated, or the viewer may not see them any more.
 */
function* linesSteps(
  names: NameLines,
  areRight: () => boolean,
  send: (line: string) => void,
): Generator<void, boolean, void> {
  let isGrowing = true;
  for (let sent = 0; isGrowing; yield) {
    if (!areRight()) return false;
    isGrowing = names.extend(MEMBERS_A_STEP);
    // The last line is sent only when it is complete, because more names may fit into it.
    const complete = names.lines.length - (isGrowing ? 1 : 0);
    for (const line of names.lines.slice(sent, complete)) {
      send(line);
      sent++;
      yield;
      if (!areRight()) return false;
    }
  }
  return true;
}

/** Returns the form in which the client gets the names of the members of `channel`. */
function namesForm({ caps, context }: NamesClient, { name }: Channel): NamesForm {
  // The same lines are sent to recipients with different nicks, so they leave space for the longest
  // nick.
  const before = `:${context.options.name} 353  = ${name} :\r\n`;
  return {
    hasAllPrefixes: caps.has("multi-prefix"),
    hasMasks: caps.has("userhost-in-names"),
    lineLength: LIMITS.line - LIMITS.nick - byteLength(before),
  };
}

/**
 * Returns the highest prefix of a member; all prefixes for a client with multi-prefix
 * (https://ircv3.net/specs/extensions/multi-prefix).
 */
export function shownPrefixes({ caps }: Session, memberModes: string): string {
  return prefixesIn(memberModes, caps.has("multi-prefix"));
}
