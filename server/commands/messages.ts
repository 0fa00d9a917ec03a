/**
 * PRIVMSG, NOTICE and TAGMSG: users send messages to users and channels.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import { casefold, isForPrograms, isTagKey, type Tags } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import { isCut } from "../delivery/render.ts";
import { divided, fits, inFittingLines, type Unsent } from "../core/fitting.ts";
import type { Said } from "../events/events.ts";
import type { Target } from "../events/actor.ts";
import { splitRank } from "../state/modes.ts";
import { sayToService } from "../accounts/service.ts";
import {
  assertHasWaited,
  assertMayMessage,
  assertMaySpeak,
  assertTextAllowed,
  isSlow,
} from "../state/permissions.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { WAITING_LIMIT } from "../state/waiting.ts";
import { MESSAGE_TEXTS } from "../texts/messages.ts";
import { acceptReplies } from "./accept.ts";
import { requireChannel, requireUser, splitTargets } from "./lookup.ts";
import { findService } from "./services.ts";

/** Commands of this family. */
export const messageCommands: readonly Command[] = [
  {
    name: "PRIVMSG",
    syntax: "<target>{,<target>} <text>",
    help: "Sends a message to users or channels.",
    minParams: 0,
    when: "registered",
    run: (call) => sendText(call, "PRIVMSG"),
  },
  {
    name: "NOTICE",
    syntax: "<target>{,<target>} <text>",
    help: "Sends a message that programs must not answer automatically.",
    minParams: 0,
    when: "registered",
    run: notice,
  },
  {
    name: "TAGMSG",
    syntax: "<target>{,<target>}",
    help: "Sends message tags without text.",
    minParams: 1,
    when: "registered",
    run: tagMessage,
  },
];

const NO_TAGS: Tags = new Map();

function sendText(call: UserCall, command: "PRIVMSG" | "NOTICE"): void {
  const [list = "", text = ""] = call.params;
  if (list === "") throw new IrcError("ERR_NORECIPIENT", MESSAGE_TEXTS.noRecipient(command));
  if (text === "") throw new IrcError("ERR_NOTEXTTOSEND");
  call.session.lastActive = call.context.clock.moment();
  sendToEach(call, command, list, text);
}

/**
 * Sends a notice. It never gets an automatic reply, so that programs do not answer each other
 * without end (Modern IRC, "NOTICE message"). Standard replies are allowed, because no program
 * takes them for messages.
 */
function notice(call: UserCall): void {
  withoutNumerics(() => sendText(call, "NOTICE"));
}

/** Runs `action`. If it fails with a numeric, the client gets no reply. */
function withoutNumerics(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof IrcError)) throw error;
  }
}

/**
 * Sends tags without text (https://ircv3.net/specs/extensions/message-tags, "The `TAGMSG` tag-only
 * message").
 */
function tagMessage(call: UserCall): void {
  if (!call.session.caps.has("message-tags")) throw new IrcError("ERR_UNKNOWNCOMMAND", "TAGMSG");
  sendToEach(call, "TAGMSG", call.params[0] ?? "", "");
}

function sendToEach(call: UserCall, command: Said["command"], list: string, text: string): void {
  const said = { command, text, tags: clientOnlyTags(call) };
  const names = splitTargets(list, command);
  const [only = ""] = names;
  if (names.length === 1) return sendTo(call, only, said);
  for (const name of withoutRepeats(names)) {
    const send = () => sendTo(call, name, said);
    // If one target refuses the message, the others still get it.
    call.session.step(command === "NOTICE" ? () => withoutNumerics(send) : send);
  }
}

function withoutRepeats(names: readonly string[]): Iterable<string> {
  return new Map(names.map((name) => [casefold(name), name])).values();
}

/**
 * Sends a message to the user, channel or service called `name`. Throws the refusal if the sender
 * may not send it.
 */
export function sendTo(
  call: UserCall,
  name: string,
  said: Pick<Said, "command" | "text" | "tags" | "lines">,
): void {
  const { context, user } = call;
  const { command, text, lines } = said;
  const service = findService(context, name);
  if (service) {
    const to = { type: "user", user: 0, nick: name } as const;
    context.echo(inFittingLines({ type: "Said", by: user.actor, to, ...said }));
    // A service does not reply to a NOTICE.
    if (command === "PRIVMSG") sayToService(service, call, text);
    return;
  }
  const to = targetOf(call, name, command, lines?.map((line) => line.text) ?? [text]);
  if (to.type === "user") acceptReplies(call, to.user);
  const event = { ...said, type: "Said", by: user.actor, to } as const;
  if (fits(event)) context.append(event);
  else sendDivided(call, event);
  if (command === "PRIVMSG") replyAway(call, to);
}

/**
 * Divides a message that does not fit into one line, and sends it. Tells its sender if a client of
 * the recipient gets only the first line.
 */
function sendDivided({ context, session }: UserCall, said: Unsent): void {
  const event = divided(said);
  context.append(event);
  const { command, lines = [], to } = event;
  const recipients = to.type === "user" ? context.network.user(to.nick)?.recipients.all ?? [] : [];
  if (to.type !== "user" || !recipients.some(({ caps }) => isCut(event, caps))) return;
  const bytes = byteLength(lines[0]?.text ?? "");
  session.note(command, "MESSAGE_CUT", to.nick, `${bytes}`, MESSAGE_TEXTS.cut(to.nick, bytes));
}

/**
 * Returns the target of a message to the user or channel called `name`.
 *
 * @throws {IrcError | StandardError} if the sender may not send `texts` to it.
 */
function targetOf(
  call: UserCall,
  name: string,
  command: Said["command"],
  texts: readonly string[],
): Target {
  const { context, user } = call;
  const ranked = splitRank(name);
  if (ranked === undefined) {
    const recipient = context.network.user(name);
    if (recipient) assertMayMessage(user, recipient);
    const isFleeting = command === "TAGMSG" || isForPrograms(texts[0] ?? "");
    const account = isFleeting ? undefined : absentAccount(context, name);
    if (account !== undefined) return waitingTarget(context, account, command);
    const { id, nick } = requireUser(context, name).actor;
    return { type: "user", user: id, nick };
  }
  const { rank } = ranked;
  const channel = requireChannel(call, ranked.channel);
  assertMaySpeak(user, channel);
  for (const text of texts) assertTextAllowed(text, channel);
  if (command !== "TAGMSG" && isSlow(channel)) {
    assertHasWaited(user, channel, context.clock.now());
  }
  const target = { type: "channel", channel: channel.name } as const;
  return rank === undefined ? target : { ...target, rank };
}

/**
 * Returns the account for which a message to `name` must wait: that of the user with this nick; if
 * there is no such user, the account that owns the nick. Returns `undefined` if there is no such
 * account, or the user is connected.
 */
function absentAccount({ network }: Context, name: string): string | undefined {
  const user = network.user(name);
  if (user && user.recipients.all.length > 0) return undefined;
  return user?.actor.account ?? network.accountOfNick(name)?.name;
}

/**
 * Returns the target for a message that waits for the owner of an account, who is offline. If too
 * many messages wait, first forgets those that were deleted for their age or for lack of space.
 * @throws {StandardError} if too many messages wait for the owner all the same.
 */
function waitingTarget(context: Context, account: string, command: string): Target {
  const waiting = context.network.waiting.of(account);
  if (waiting.length >= WAITING_LIMIT) {
    const { firstId = "" } = context.store;
    const messages = waiting.filter(({ id }) => id >= firstId);
    if (messages.length === waiting.length) {
      const text = MESSAGE_TEXTS.tooManyWaiting(account, WAITING_LIMIT);
      throw new StandardError(command, "TOO_MANY_WAITING", account, text);
    }
    context.append({ type: "WaitingChanged", by: context.server, account, messages });
  }
  return { type: "account", account };
}

function replyAway({ context: { network }, session }: UserCall, to: Target): void {
  if (to.type === "account") {
    return session.reply("RPL_AWAY", to.account, MESSAGE_TEXTS.keptUntilReturn);
  }
  const away = to.type === "user" ? network.user(to.nick)?.away : undefined;
  if (to.type === "user" && away !== undefined) session.reply("RPL_AWAY", to.nick, away);
}

/**
 * Returns the client-only tags of the message. Only these tags are passed on to recipients
 * (https://ircv3.net/specs/extensions/message-tags, "Client-only tags").
 */
export function clientOnlyTags({ session, message }: UserCall): Tags {
  if (!message.tags || !session.caps.has("message-tags")) return NO_TAGS;
  return new Map([...message.tags].filter(([key]) => key.startsWith("+") && isTagKey(key)));
}
