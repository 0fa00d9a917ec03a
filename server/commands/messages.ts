/**
 * What people say: PRIVMSG, NOTICE, TAGMSG.
 *
 * @module
 */

import { isTagKey, LIMITS, type Tags } from "../../protocol.ts";
import { byteLength } from "../../shared/text.ts";
import { isNickServ } from "../accounts/accounts.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import type { Said } from "../events/events.ts";
import type { Target } from "../events/actor.ts";
import { MEMBER_MODES } from "../state/modes.ts";
import { sayToNickServ } from "../accounts/nickserv.ts";
import { assertMayMessage, assertMaySpeak, assertTextAllowed } from "../state/permissions.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { WAITING_LIMIT } from "../state/waiting.ts";
import { acceptReplies } from "./accept.ts";
import { targets, theChannel, theUser } from "./lookup.ts";

/** Commands of this family. */
export const messageCommands: readonly Command[] = [
  {
    name: "PRIVMSG",
    syntax: "<target>{,<target>} <text>",
    help: "Says something to people or in channels.",
    minParams: 0,
    when: "registered",
    run: (call) => say(call, "PRIVMSG"),
  },
  {
    name: "NOTICE",
    syntax: "<target>{,<target>} <text>",
    help: "As PRIVMSG, but nothing may answer it by itself.",
    minParams: 0,
    when: "registered",
    run: notice,
  },
  {
    name: "TAGMSG",
    syntax: "<target>{,<target>}",
    help: "Sends message tags without a text.",
    minParams: 1,
    when: "registered",
    run: tagMessage,
  },
];

const NO_TAGS: Tags = new Map();

function say(call: UserCall, command: "PRIVMSG" | "NOTICE"): void {
  const [list = "", text = ""] = call.params;
  if (list === "") throw new IrcError("ERR_NORECIPIENT", `No recipient given (${command})`);
  if (text === "") throw new IrcError("ERR_NOTEXTTOSEND");
  assertFits(call, command, list, text);
  call.session.lastActive = call.context.clock.now();
  sayToEach(call, command, list, text);
}

/**
 * Modern IRC, "NOTICE message": nothing is ever answered to a notice, so that robots don't loop; but
 * for a standard reply, by which no robot can be meant.
 */
function notice(call: UserCall): void {
  silently(() => say(call, "NOTICE"));
}

function silently(action: () => void): void {
  try {
    action();
  } catch (error) {
    const isAboutTheLine = error instanceof IrcError && error.numeric === "ERR_INPUTTOOLONG";
    if (isAboutTheLine || !(error instanceof IrcError)) throw error;
  }
}

/**
 * What a client says gets its source put in front, and may then have no room in a line. It is refused
 * rather than cut: nobody would notice what is missing.
 */
function assertFits({ user }: UserCall, command: string, list: string, text: string): void {
  const { mask } = user.actor;
  // No letter has more than three bytes: most of what is said has not to be counted.
  const most = 3 * (mask.length + list.length + text.length);
  if (most + `: ${command}  :\r\n`.length <= LIMITS.line) return;
  const longest = Math.max(...list.split(",").map(byteLength));
  const rest = byteLength(`:${mask} ${command}  :${text}\r\n`);
  if (longest + rest > LIMITS.line) throw new IrcError("ERR_INPUTTOOLONG");
}

/** https://ircv3.net/specs/extensions/message-tags, "The TAGMSG tag-only message" */
function tagMessage(call: UserCall): void {
  if (!call.session.caps.has("message-tags")) throw new IrcError("ERR_UNKNOWNCOMMAND", "TAGMSG");
  sayToEach(call, "TAGMSG", call.params[0] ?? "", "");
}

function sayToEach(call: UserCall, command: Said["command"], list: string, text: string): void {
  const tags = clientOnlyTags(call);
  for (const name of new Set(targets(list, command))) sayTo(call, name, { command, text, tags });
}

/** Says something to `name`, if the sender may. */
export function sayTo(
  call: UserCall,
  name: string,
  said: Pick<Said, "command" | "text" | "tags" | "lines">,
): void {
  const { context, session, user } = call;
  const { command, text, lines } = said;
  if (isNickServ(name)) {
    context.echo({
      type: "Said",
      by: user.actor,
      to: { type: "user", user: 0, nick: name },
      ...said,
    });
    // Nothing is answered to a notice.
    if (command === "PRIVMSG") sayToNickServ(call, text);
    return;
  }
  const say = (): void => {
    const to = target(call, name, command, lines?.map((line) => line.text) ?? [text]);
    if (to.type === "user") acceptReplies(call, to.user);
    context.append({ type: "Said", by: user.actor, to, ...said });
    if (command === "PRIVMSG") answerAway(call, to);
  };
  session.afterwards(command === "NOTICE" ? () => silently(say) : say);
}

/** Where `texts` go when said to `name`; the sender must be allowed to say them there. */
function target(
  call: UserCall,
  name: string,
  command: Said["command"],
  texts: readonly string[],
): Target {
  const { context, user } = call;
  // Modern IRC, "STATUSMSG Parameter": to the members of that rank and above.
  const rank = name.startsWith("#")
    ? undefined
    : MEMBER_MODES.find(({ prefix }) => name.startsWith(`${prefix}#`))?.prefix;
  if (rank === undefined && !name.startsWith("#")) {
    const hearer = context.network.user(name);
    if (hearer) assertMayMessage(user, hearer);
    const account = command === "TAGMSG" ? undefined : absentAccount(context, name);
    if (account !== undefined) return whereItWaits(context, account);
    const { id, nick } = theUser(context, name).actor;
    return { type: "user", user: id, nick };
  }
  const channel = theChannel(call, rank === undefined ? name : name.slice(rank.length));
  assertMaySpeak(user, channel);
  for (const text of texts) assertTextAllowed(text, channel);
  return { type: "channel", channel: channel.name, ...(rank !== undefined && { rank }) };
}

/** The account of who is called `name`, if they have one and are not connected. */
function absentAccount({ network }: Context, name: string): string | undefined {
  const user = network.user(name);
  if (user && user.recipients.all.length > 0) return undefined;
  return user?.actor.account ?? network.account(name)?.name;
}

/** What is said to somebody with an account who is not here waits for them. */
function whereItWaits({ network }: Context, account: string): Target {
  if (network.waiting.of(account).length < WAITING_LIMIT) return { type: "account", account };
  const why = "They are not here, and no more messages can wait for them";
  throw new StandardError("PRIVMSG", "TOO_MANY_WAITING", account, why);
}

function answerAway({ context: { network }, session }: UserCall, to: Target): void {
  if (to.type === "account") {
    return session.reply("RPL_AWAY", to.account, "Not here; the message waits for them");
  }
  const away = to.type === "user" ? network.user(to.nick)?.away : undefined;
  if (to.type === "user" && away !== undefined) session.reply("RPL_AWAY", to.nick, away);
}

/** message-tags, "Client-only tags": these are passed on as they are; others are not. */
export function clientOnlyTags({ session, message }: UserCall): Tags {
  if (!message.tags || !session.caps.has("message-tags")) return NO_TAGS;
  return new Map([...message.tags].filter(([key]) => key.startsWith("+") && isTagKey(key)));
}
