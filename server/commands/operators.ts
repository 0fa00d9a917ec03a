/**
 * What a server's operators may do: OPER to become one, CHGHOST, KILL, REHASH, WALLOPS.
 *
 * @module
 */

import { isHost, isUser, LIMITS } from "../../protocol.ts";
import { byteLength, printable, splitText } from "../../shared/text.ts";
import { UserError } from "../../shared/errors.ts";
import type { Command, UserCall } from "../session/command.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { LOGIN_TEXTS } from "../texts/logins.ts";
import { sameSecret } from "../auth/secrets.ts";
import { theUser } from "./lookup.ts";

/** Commands of this family. */
export const operatorCommands: readonly Command[] = [
  {
    name: "OPER",
    syntax: "<name> <password>",
    help: "Makes you an operator of the server.",
    minParams: 2,
    when: "registered",
    run: oper,
  },
  {
    name: "CHGHOST",
    syntax: "<nick> <user> <host>",
    help: "Shows somebody with another user name and host; for operators.",
    minParams: 3,
    when: "operator",
    run: changeHost,
  },
  {
    name: "KILL",
    syntax: "<nick> [<reason>]",
    help: "Ends somebody's connection; for operators.",
    minParams: 1,
    when: "operator",
    run: kill,
  },
  {
    name: "REHASH",
    syntax: "",
    help: "Reads message of the day, operators and limits from the configuration file again.",
    minParams: 0,
    when: "operator",
    run: rehash,
  },
  {
    name: "WALLOPS",
    syntax: "<text>",
    help: "Tells something to everybody with user mode w; for operators.",
    minParams: 1,
    when: "operator",
    run: wallops,
  },
];

function oper(call: UserCall): void {
  const { context, session, user, params: [name = "", password = ""] } = call;
  const { nick } = user.actor;
  const { log, logins, options } = context;
  if (!logins.mayTry(session.host, name)) {
    log.warn("refused OPER", { nick, address: session.host, reason: "too often" });
    throw new IrcError("ERR_PASSWDMISMATCH", LOGIN_TEXTS.tooManyTries);
  }
  const operator = options.operators.find((each) => each.name === name);
  // Compared even where there is no such operator, so that the time it takes says nothing.
  const right = sameSecret(password, operator?.password ?? "");
  if (!operator || !right) {
    logins.failed(session.host, name);
    log.warn("refused OPER", { nick, address: session.host });
    throw new IrcError("ERR_PASSWDMISMATCH", "No operator of that name and password");
  }
  if (!user.modes.has("o")) {
    const changes = [{ add: true, letter: "o" }];
    context.append({ type: "UserModesChanged", by: user.actor, changes });
  }
  log.info("became operator", { nick, operator: name });
  session.reply("RPL_YOUREOPER");
}

function kill({ context, user, params: [nick = "", comment = ""] }: UserCall): void {
  const victim = theUser(context, nick);
  const [reason = ""] = splitText(comment, LIMITS.kick);
  const by = user.actor.nick;
  context.log.warn("killed", { nick: victim.actor.nick, by });
  context.tellOperators(
    `Killed: ${victim.actor.mask} by ${by}${reason === "" ? "" : `: ${reason}`}`,
  );
  const told = `Killed (${by}${reason === "" ? "" : ` (${reason})`})`;
  for (const recipient of victim.recipients.all) {
    recipient.close(told);
  }
  // A user who stays while not connected does so no more.
  context.afterwards(() => {
    if (!context.network.users.has(victim.actor.id)) return;
    context.append({ type: "Quit", by: victim.actor, reason: told });
  });
}

/** https://ircv3.net/specs/extensions/chghost */
function changeHost(
  { context, user, params: [nick = "", username = "", host = ""] }: UserCall,
): void {
  const { actor } = theUser(context, nick);
  const expected =
    `A user name is at most ${LIMITS.user} bytes and a host at most ${LIMITS.host}, ` +
    "of letters, digits and a few signs";
  if (!isUser(username) || !isHost(host)) {
    const wrong = isUser(username) ? host : username;
    throw new StandardError("CHGHOST", "INVALID_PARAMS", wrong, expected);
  }
  const change = `${actor.mask} is now ${username}@${host}, by ${user.actor.nick}`;
  context.log.info("changed a host", { nick: actor.nick, username, host, by: user.actor.nick });
  context.tellOperators(`Host changed: ${change}`);
  context.append({ type: "HostChanged", by: actor, username, host });
}

/** Modern IRC, "WALLOPS message". */
function wallops({ context, user, params: [text = ""] }: UserCall): void {
  if (text === "") throw new IrcError("ERR_NEEDMOREPARAMS", "WALLOPS");
  // Refused rather than cut: nobody would notice what is missing.
  const length = byteLength(`:${user.actor.mask} WALLOPS :${text}\r\n`);
  if (length > LIMITS.line) throw new IrcError("ERR_INPUTTOOLONG");
  context.append({ type: "Announced", by: user.actor, mode: "w", text });
}

/** Modern IRC, "REHASH message"; standard-replies, "Rehash Failure". */
function rehash({ context, session, user }: UserCall): void {
  const by = user.actor.nick;
  const { config } = context.options;
  if (config !== undefined) session.reply("RPL_REHASHING", config);
  try {
    context.rehash();
    context.log.info("read the configuration file again", { by });
    context.tellOperators(`Rehash: ${by} had the configuration file read again`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.log.warn("cannot read the configuration file again", { by, error: error.message });
    const why = printable(`Nothing has changed: ${error.message}`);
    if (session.caps.has("standard-replies")) throw new StandardError("REHASH", "CONFIG_BAD", why);
    session.fromServer("NOTICE", by, why);
  }
}
