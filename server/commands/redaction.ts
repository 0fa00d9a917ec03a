/**
 * REDACT: deletes a message from the history, and asks clients to hide it.
 *
 * Source: https://ircv3.net/specs/extensions/message-redaction
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Said } from "../events/events.ts";
import type { Target } from "../events/actor.ts";
import { startOf } from "../events/ids.ts";
import { historyKeyOf } from "../kinds/history_keys.ts";
import { hasRank, MEMBER_MODES, splitRank } from "../state/modes.ts";
import { isSame } from "../state/person.ts";
import { isChannelOperator, shownReason } from "../state/permissions.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { REDACTION_TEXTS } from "../texts/messages.ts";
import type { Channel } from "../state/state.ts";

/** Commands of this family. */
export const redactionCommands: readonly Command[] = [
  {
    name: "REDACT",
    syntax: "<target> <message id> [<reason>]",
    help: "Deletes a message: your own or, as an operator of the channel, any message there.",
    minParams: 2,
    when: "registered",
    run: redact,
  },
];

function redact(call: UserCall): void {
  const { context, session, user, params: [name = "", message = "", comment] } = call;
  if (!session.caps.has("draft/message-redaction")) {
    throw new IrcError("ERR_UNKNOWNCOMMAND", "REDACT");
  }
  const ranked = splitRank(name);
  const channel = ranked && channelOf(call, ranked.channel);
  const found = channel ? inChannel(call, channel, message) : withUser(call, name, message);
  if (!found) throw fail("UNKNOWN_MSGID", name, message, REDACTION_TEXTS.unknownMessage);
  const { said, to } = found;
  if (!isOwn(call, said) && !(channel && isChannelOperator(channel, user))) {
    throw fail("REDACT_FORBIDDEN", name, message, REDACTION_TEXTS.forbidden);
  }
  const cut = comment === undefined ? undefined : splitText(comment, LIMITS.kick)[0];
  const reason = channel ? shownReason(user, channel, cut) : cut;
  context.append({ type: "Redacted", by: user.actor, to, message, reason });
}

/** A message that was found, and its target by the present name of the channel or user. */
interface Found {
  readonly said: Said;
  readonly to: Target;
}

/**
 * Finds a message to a channel, or to a rank in the channel. A message to a rank is found only for
 * members with that rank, and for its author.
 */
function inChannel(call: UserCall, { name, members }: Channel, id: string): Found | undefined {
  const { context: { network, store }, user } = call;
  for (const rank of [undefined, ...MEMBER_MODES.map(({ prefix }) => prefix)]) {
    const to = { type: "channel", channel: name, ...(rank !== undefined && { rank }) } as const;
    const said = store.find(historyKeyOf(user.actor, to, network), id);
    if (said?.type !== "Said") continue;
    const mayRead = rank === undefined || hasRank(members.get(user) ?? "", rank);
    if (mayRead || isOwn(call, said)) return { said, to };
  }
  return undefined;
}

/** Finds a message in the conversation with the user called `name`. */
function withUser(call: UserCall, name: string, id: string): Found | undefined {
  const { context: { network, store }, user } = call;
  const to = otherUser(call, name);
  const said = store.find(historyKeyOf(user.actor, to, network), id);
  return said?.type === "Said" ? { said, to } : undefined;
}

/**
 * Returns true if the user sent the message. A message of an earlier account of the same name is
 * not the user's.
 */
function isOwn({ context, user: { actor } }: UserCall, { by, id }: Said): boolean {
  const account = context.network.account(actor.account ?? "");
  return isSame(by, actor) && (account === undefined || id > startOf(account));
}

/**
 * Returns the channel called `name`.
 * @throws {StandardError} if the user is not in it.
 */
function channelOf({ context, user }: UserCall, name: string): Channel {
  const channel = context.network.channel(name);
  if (!channel?.members.has(user)) throw noTarget(name);
  return channel;
}

function otherUser({ context }: UserCall, name: string): Target {
  const { network } = context;
  const other = network.user(name);
  const account = network.accountOfNick(name);
  if (!other && account) return { type: "account", account: account.name };
  if (!other) throw noTarget(name);
  return { type: "user", user: other.actor.id, nick: other.actor.nick };
}

function noTarget(name: string): StandardError {
  return fail("INVALID_TARGET", name, REDACTION_TEXTS.invalidTarget);
}

function fail(code: string, ...params: readonly string[]): StandardError {
  return new StandardError("REDACT", code, ...params);
}
