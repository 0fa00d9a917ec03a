/**
 * Commands of server operators, except those about bans (`bans.ts`): CHGHOST, KILL, REHASH and
 * WALLOPS. Also OPER, which makes a user an operator of the server.
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import { isHost, isUser, LIMITS } from "../../protocol.ts";
import { printable, splitText } from "../../shared/text.ts";
import { bytesLeft } from "../irc/limits.ts";
import { UserError } from "../../shared/errors.ts";
import { disconnectUser } from "../core/leaving.ts";
import type { Command, UserCall } from "../session/command.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { LOGIN_TEXTS } from "../texts/logins.ts";
import { sameSecret } from "../auth/secrets.ts";
import { CHGHOST_TEXTS, KILL_TEXTS, OPER_TEXTS, REHASH_TEXTS } from "../texts/operators.ts";
import { requireUser } from "./lookup.ts";

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
    help: "Changes the user name and host of a user; for operators.",
    minParams: 3,
    when: "operator",
    run: changeHost,
  },
  {
    name: "KILL",
    syntax: "<nick> [<reason>]",
    help: "Disconnects a user; for operators.",
    minParams: 1,
    when: "operator",
    run: kill,
  },
  {
    name: "REHASH",
    syntax: "",
    help:
      "Reads the configuration file again, and names the settings that have changed and those " +
      "that change only when the server starts again; for operators.",
    minParams: 0,
    when: "operator",
    run: rehash,
  },
  {
    name: "WALLOPS",
    syntax: "<text>",
    help: "Sends a message to all users with user mode w; for operators.",
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
    log.warn("OPER refused", { nick, address: session.host, reason: "too often" });
    throw new IrcError("ERR_PASSWDMISMATCH", LOGIN_TEXTS.tooManyTries);
  }
  const operator = options.operators.find((each) => each.name === name);
  // Passwords are compared even if the operator does not exist, so that the duration does not show
  // which names exist.
  const isRight = sameSecret(password, operator?.password ?? "");
  if (!operator || !isRight) {
    logins.failed(session.host, name);
    log.warn("OPER refused", { nick, address: session.host });
    throw new IrcError("ERR_PASSWDMISMATCH", OPER_TEXTS.wrong);
  }
  const changes = user.modes.has("o") ? [] : [{ add: true, letter: "o" }];
  context.append({ type: "UserModesChanged", by: user.actor, changes, byPassword: true });
  log.info("became operator", { nick, operator: name });
  session.reply("RPL_YOUREOPER");
}

function kill({ context, user, params: [nick = "", comment = ""] }: UserCall): void {
  const target = requireUser(context, nick);
  const [reason = ""] = splitText(comment, LIMITS.kick);
  const by = user.actor.nick;
  context.log.warn("killed", { nick: target.actor.nick, by });
  context.tellOperators(KILL_TEXTS.notice(target.actor.mask, by, reason));
  const quitReason = KILL_TEXTS.quitReason(by, reason);
  disconnectUser(context, target, quitReason);
}

/** Changes the user name and host of a user (https://ircv3.net/specs/extensions/chghost). */
function changeHost(
  { context, user, params: [nick = "", username = "", host = ""] }: UserCall,
): void {
  const { actor } = requireUser(context, nick);
  if (!isUser(username)) {
    const text = CHGHOST_TEXTS.invalidUser(LIMITS.user);
    throw new StandardError("CHGHOST", "INVALID_PARAMS", username, text);
  }
  if (!isHost(host)) {
    const text = CHGHOST_TEXTS.invalidHost(LIMITS.host);
    throw new StandardError("CHGHOST", "INVALID_PARAMS", host, text);
  }
  const by = user.actor.nick;
  context.log.info("host changed", { nick: actor.nick, username, host, by });
  context.tellOperators(CHGHOST_TEXTS.notice(actor.mask, username, host, by));
  context.append({ type: "HostChanged", by: actor, username, host });
}

/** Sends an announcement (Modern IRC, "WALLOPS message"). */
function wallops({ context, user, params: [text = ""] }: UserCall): void {
  if (text === "") throw new IrcError("ERR_NEEDMOREPARAMS", "WALLOPS");
  // A text that fitted into the operator's line may need two lines here, because each begins with
  // the operator's mask.
  for (const part of splitText(text, bytesLeft(user.actor.mask, "WALLOPS"))) {
    context.append({ type: "Announced", by: user.actor, mode: "w", text: part });
  }
}

/**
 * Reads the configuration file again (Modern IRC, "REHASH message";
 * https://ircv3.net/specs/extensions/standard-replies, "Rehash Failure").
 */
function rehash({ context, session, user }: UserCall): void {
  const by = user.actor.nick;
  const { config } = context.options;
  if (config !== undefined) session.reply("RPL_REHASHING", config);
  try {
    const { changed, needRestart } = context.rehash(by);
    const tell = (code: string, settings: readonly string[], text: string) =>
      session.note("REHASH", code, ...(settings.length > 0 ? [settings.join(",")] : []), text);
    if (changed.length > 0) tell("CHANGED", changed, REHASH_TEXTS.changed(changed.join(", ")));
    if (needRestart.length > 0) {
      const settings = needRestart.join(", ");
      tell("NEEDS_RESTART", needRestart, REHASH_TEXTS.needRestart(settings));
    }
    if (changed.length + needRestart.length === 0) tell("UNCHANGED", [], REHASH_TEXTS.unchanged);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const text = REHASH_TEXTS.failed(printable(error.message));
    if (session.caps.has("standard-replies")) throw new StandardError("REHASH", "CONFIG_BAD", text);
    session.fromServer("NOTICE", by, text);
  }
}
