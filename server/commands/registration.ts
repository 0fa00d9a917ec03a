/**
 * PASS, NICK, USER, PING, PONG and QUIT: a client registers, stays connected and leaves. Also
 * WEBIRC, which is refused here: a gateway must send it as its first line (`server/net/layers.ts`).
 *
 * Source: Modern IRC (https://modern.ircdocs.horse).
 *
 * @module
 */

import { isUser, LIMITS, nickFault } from "../../protocol.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Call, Command } from "../session/command.ts";
import { isKept } from "../core/ghosts.ts";
import { assertMayChangeIdentity } from "../state/permissions.ts";
import { IrcError } from "../irc/replies.ts";
import { sameSecret } from "../auth/secrets.ts";
import { redeem } from "../accounts/redeeming.ts";
import { WEBIRC_TEXTS } from "../texts/net.ts";
import { REGISTRATION_TEXTS } from "../texts/registration.ts";
import type { Session } from "../session/session.ts";
import { offerNick } from "../accounts/own_nicks.ts";
import { checkClaim, logIn, nickRefusal } from "../accounts/accounts.ts";
import { isSamePerson, register } from "./connecting.ts";

/** Commands of this family. */
export const registrationCommands: readonly Command[] = [
  {
    name: "PASS",
    syntax: "<password>",
    help: "Gives the server password, the NAME:PASSWORD of an account, or a token.",
    minParams: 1,
    long: true,
    when: "before registration",
    run: password,
  },
  {
    name: "WEBIRC",
    syntax: "<password> <gateway> <host> <address> [<options>]",
    help: "Reports the address of a gateway's client. Must be the gateway's first line.",
    minParams: 0,
    when: "before registration",
    run: ({ session }) => session.close(WEBIRC_TEXTS.notFirst),
  },
  {
    name: "NICK",
    syntax: "<nick>",
    help: "Sets or changes your nick.",
    minParams: 0,
    when: "always",
    run: nick,
  },
  {
    name: "USER",
    syntax: "<user> 0 * <real name>",
    help: "Together with NICK, registers you with the server.",
    minParams: 4,
    when: "before registration",
    run: user,
  },
  {
    name: "PING",
    syntax: "<token>",
    help: "Asks for a PONG with the same token.",
    minParams: 0,
    when: "always",
    run: ping,
  },
  {
    name: "PONG",
    syntax: "<token>",
    help: "Answers a PING.",
    minParams: 0,
    when: "always",
    run: pong,
  },
  {
    name: "QUIT",
    syntax: "[<reason>]",
    help: "Disconnects you from the server.",
    minParams: 0,
    when: "always",
    run: quit,
  },
];

// Registration: Modern IRC, "Connection Registration".

function password({ context, session, params: [password = ""] }: Call): void {
  session.registration.password = password;
  const { password: serverPassword } = context.options;
  if (serverPassword !== undefined && sameSecret(password, serverPassword)) return;
  const colon = password.indexOf(":");
  // On a server with a password, PASS gives this password or a token, but never the password of an
  // account.
  if (serverPassword !== undefined || colon <= 0) return redeem(session, password);
  const claim = { name: password.slice(0, colon), password: password.slice(colon + 1) };
  checkClaim(session, "PASS", claim, (account, reason) => {
    if (account) logIn(session, account);
    else session.reply("ERR_PASSWDMISMATCH", REGISTRATION_TEXTS.loginFailed(reason));
  });
}

function nick(call: Call): void {
  const { session, context, params: [wanted = ""] } = call;
  const { user } = session;
  if (wanted === "") throw new IrcError("ERR_NONICKNAMEGIVEN");
  const fault = nickFault(wanted);
  if (fault !== undefined) {
    session.registration.isRefused = true;
    throw new IrcError("ERR_ERRONEUSNICKNAME", wanted, fault);
  }
  if (!user) {
    session.registration.nick = wanted;
    return register(session);
  }
  const refusal = nickRefusal(session, wanted);
  if (refusal !== undefined) throw new IrcError("ERR_NICKNAMEINUSE", wanted, refusal);
  if (context.network.isTaken(wanted, user)) {
    const { account } = user.actor;
    const isOwner = account !== undefined &&
      context.network.accountOfNick(wanted)?.name === account;
    session.finishLater("NICK", isKept(context, wanted, user, isOwner), (isInUse) => {
      if (isInUse) throw nickInUse(session, wanted);
      nick(call);
    });
    return;
  }
  if (wanted === user.actor.nick) return;
  assertMayChangeIdentity(user);
  context.append({ type: "NickChanged", by: user.actor, nick: wanted });
  offerNick(session);
}

function nickInUse(session: Session, wanted: string): IrcError {
  const holder = session.context.network.user(wanted);
  const isOwn = holder !== undefined && isSamePerson(session, holder);
  const { nickInUse, nickInUseByYou } = REGISTRATION_TEXTS;
  return new IrcError("ERR_NICKNAMEINUSE", wanted, isOwn ? nickInUseByYou : nickInUse);
}

function user({ session, params: [username = "", , , realname = ""] }: Call): void {
  if (username === "" || realname === "") throw new IrcError("ERR_NEEDMOREPARAMS", "USER");
  session.registration.username = unverifiedName(username);
  session.registration.realname = splitText(realname, LIMITS.realname)[0] ?? "";
  register(session);
}

/**
 * Returns `claimed` without the characters that a user name cannot have, and with a tilde before
 * it. The tilde means that the name is not verified (Modern IRC, "USER message").
 */
function unverifiedName(claimed: string): string {
  const allowed = [...claimed].filter((character) => isUser(character)).join("");
  const [name] = splitText(allowed || "user", LIMITS.user - byteLength("~"));
  return `~${name}`;
}

function ping({ session, context, params: [token] }: Call): void {
  if (token === undefined) throw new IrcError("ERR_NOORIGIN");
  session.fromServer("PONG", context.options.name, token);
}

function pong({ session, params: [token = ""] }: Call): void {
  session.answered(token);
}

function quit({ session, params: [reason] }: Call): void {
  const [cut = ""] = splitText(reason ?? "", LIMITS.kick);
  // Even an empty reason gets the prefix, which shows that the user left by themselves (Modern IRC,
  // "QUIT message").
  session.close(REGISTRATION_TEXTS.quitReason(cut));
}
