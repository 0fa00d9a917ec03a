/**
 * REDACT: takes back what was said, as far as it is remembered.
 *
 * Source: https://ircv3.net/specs/extensions/message-redaction
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { splitText } from "../../text.ts";
import { cap } from "../capabilities.ts";
import type { Command, UserCall } from "../command.ts";
import { isChannelOperator } from "../permissions.ts";
import { IrcError, StandardError } from "../replies.ts";
import type { Channel, Remembered } from "../state.ts";

/** Commands of this family. */
export const redactionCommands: readonly Command[] = [
  {
    name: "REDACT",
    syntax: "<target> <message id> [<reason>]",
    help: "Takes back a message: your own, or, as the channel's operator, anybody's there.",
    minParams: 2,
    when: "registered",
    run: redact,
  },
];

const MESSAGE_REDACTION = cap("draft/message-redaction");

function redact(call: UserCall): void {
  const { context, session, user, params: [name = "", message = "", comment] } = call;
  if (!(session.caps & MESSAGE_REDACTION)) throw new IrcError("ERR_UNKNOWNCOMMAND", "REDACT");
  const channel = name.startsWith("#") ? channelOf(call, name) : undefined;
  const said = channel ? channel.said.get(message) : saidTo(call, name, message);
  if (!said) {
    throw fail("UNKNOWN_MSGID", name, message, "There is no such message, or it is too old");
  }
  if (said.by !== user.actor.id && !(channel && isChannelOperator(channel, user))) {
    throw fail("REDACT_FORBIDDEN", name, message, "Only its author and operators can take it back");
  }
  const reason = comment === undefined ? undefined : splitText(comment, LIMITS.kick)[0];
  // Somebody may go by another nick by now.
  const nick = context.network.user(name)?.actor.nick ?? name;
  // The same goes for the channel.
  const to = said.to.type === "user"
    ? { ...said.to, nick }
    : { ...said.to, channel: channel?.name ?? said.to.channel };
  context.happen({ type: "Redacted", by: user.actor, to, message, reason });
}

/** The channel called `name`, as long as its messages are the user's to see. */
function channelOf({ context, user }: UserCall, name: string): Channel {
  const channel = context.network.channel(name);
  if (!channel?.members.has(user)) throw noTarget(name);
  return channel;
}

/** What the user and the one called `name` said to each other. */
function saidTo({ context, user }: UserCall, name: string, id: string): Remembered | undefined {
  const other = context.network.user(name);
  if (!other) throw noTarget(name);
  return [[user, other], [other, user]].flatMap(([from, to]) => {
    const said = from?.said.get(id);
    return said?.to.type === "user" && said.to.user === to?.actor.id ? [said] : [];
  })[0];
}

function noTarget(name: string): StandardError {
  return fail("INVALID_TARGET", name, "You are not there, or there is no such target");
}

function fail(code: string, ...params: readonly string[]): StandardError {
  return new StandardError("REDACT", code, ...params);
}
