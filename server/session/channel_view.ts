/**
 * Shows a channel to a client: its topic and its members, according to the client's capabilities.
 * Callers check that the client may see the channel.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import { prefixesOf } from "../state/modes.ts";
import { isKnown, isVisible } from "../state/permissions.ts";
import type { Session } from "./session.ts";
import type { Steps } from "./slices.ts";
import type { Channel, User } from "../state/state.ts";

/** Sends the topic, if there is one (Modern IRC, "RPL_TOPIC" and "RPL_TOPICWHOTIME"). */
export function sendTopic(session: Session, { name, topic }: Channel): void {
  if (!topic) return;
  session.reply("RPL_TOPIC", name, topic.text);
  session.reply("RPL_TOPICWHOTIME", name, topic.by, String(Math.floor(topic.time / 1000)));
}

/** Sends the members of `channel` that `viewer` may see, at once. */
export function sendNames(session: Session, viewer: User, channel: Channel): void {
  const steps = namesSteps(session, viewer, channel);
  while (!steps.next().done);
}

/**
 * Returns the steps that send the members of `channel` that `viewer` may see, in as few lines as the limit allows. A user
 * who is not a member does not see invisible members.
 */
export function* namesSteps(session: Session, viewer: User, channel: Channel): Steps {
  const { name, members, flags } = channel;
  const symbol = flags.has("s") ? "@" : flags.has("p") ? "*" : "="; // Modern IRC, "RPL_NAMREPLY"
  // ":server 353 nick = #channel :" and the line end.
  const { options } = session.context;
  const overhead = byteLength(`:${options.name} 353 ${session.nick} = ${name} :\r\n`);
  const showsMasks = session.caps.has("userhost-in-names");
  let line = "";
  let room = LIMITS.line - overhead;
  for (const [member, modes] of members) {
    yield;
    // The viewer may have left the channel since the step before.
    if (!isKnown(channel, viewer)) break;
    if (!members.has(viewer) && !isVisible(member, viewer)) continue;
    const item = shownPrefixes(session, modes) +
      (showsMasks ? member.actor.mask : member.actor.nick);
    const length = byteLength(item) + 1;
    if (length > room && line !== "") {
      session.reply("RPL_NAMREPLY", symbol, name, line);
      line = "";
      room = LIMITS.line - overhead;
    }
    line += line === "" ? item : ` ${item}`;
    room -= length;
  }
  if (line !== "") session.reply("RPL_NAMREPLY", symbol, name, line);
  session.reply("RPL_ENDOFNAMES", name);
}

/**
 * Returns the highest prefix of a member; all prefixes for a client with multi-prefix
 * (https://ircv3.net/specs/extensions/multi-prefix).
 */
export function shownPrefixes(session: Session, memberModes: string): string {
  const prefixes = prefixesOf(memberModes);
  return session.caps.has("multi-prefix") ? prefixes : prefixes.slice(0, 1);
}
