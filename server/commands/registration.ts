/**
 * Coming, staying and going: PASS, NICK, USER, PING, PONG, QUIT.
 *
 * @module
 */

import { casefold, isUser, LIMITS, nickFault } from "../../protocol.ts";
import { SOFTWARE } from "../../shared/version.ts";
import { byteLength, splitText } from "../../shared/text.ts";
import type { Call, Command } from "../session/command.ts";
import { render } from "../delivery/render.ts";
import { sendIsupport } from "../session/isupport.ts";
import { CHANNEL_MODES, MEMBER_MODES, USER_MODES } from "../state/modes.ts";
import { IrcError } from "../irc/replies.ts";
import { sameSecret } from "../auth/secrets.ts";
import { holdsAccountToken, redeem, redeemHeld } from "../accounts/redeeming.ts";
import { grantAccountRights } from "../accounts/operator_rights.ts";
import { METADATA_LIMITS } from "../state/metadata.ts";
import { isMetadataAware, sendMetadata } from "../session/metadata_view.ts";
import type { Session } from "../session/session.ts";
import type { User } from "../state/state.ts";
import { sendLatestMarkers } from "../session/markers_view.ts";
import { deliverWaiting } from "../accounts/waiting.ts";
import { claimNick } from "../accounts/certificates.ts";
import { admit } from "../accounts/entrance.ts";
import { checkClaim, logIn, nickRefusal } from "../accounts/accounts.ts";
import { sendLusers, sendMotd } from "./information.ts";

/** Commands of this family. */
export const registrationCommands: readonly Command[] = [
  {
    name: "PASS",
    syntax: "<password>",
    help: "Gives the server's password, NAME:PASSWORD of an account, or a token.",
    minParams: 1,
    long: true,
    when: "before registration",
    run: password,
  },
  {
    name: "NICK",
    syntax: "<nick>",
    help: "Takes a nick, or another one.",
    minParams: 0,
    when: "always",
    run: nick,
  },
  {
    name: "USER",
    syntax: "<user> 0 * <real name>",
    help: "Introduces you, together with NICK.",
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
    run() {},
  },
  {
    name: "QUIT",
    syntax: "[<reason>]",
    help: "Leaves the server.",
    minParams: 0,
    when: "always",
    run: quit,
  },
];

// Registration: Modern IRC, "Connection Registration".

function password({ context, session, params: [password = ""] }: Call): void {
  session.registration.password = password;
  const { password: own } = context.options;
  if (own !== undefined && sameSecret(password, own)) return;
  const colon = password.indexOf(":");
  // Where the server has a password of its own, that is what PASS gives, or a token in its place.
  if (own !== undefined || colon <= 0) return redeem(session, password);
  const claim = { name: password.slice(0, colon), password: password.slice(colon + 1) };
  checkClaim(session, "PASS", claim, (account, why) => {
    if (account) logIn(session, account);
    else session.reply("ERR_PASSWDMISMATCH", `${why}; you are not logged in`);
  });
}

function nick({ session, context, params: [wanted = ""] }: Call): void {
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
    const holder = context.network.user(wanted);
    const why = holder && isSamePerson(session, holder) ? IN_USE_BY_YOU : IN_USE;
    throw new IrcError("ERR_NICKNAMEINUSE", wanted, why);
  }
  if (wanted === user.actor.nick) return;
  context.append({ type: "NickChanged", by: user.actor, nick: wanted });
}

function user({ session, params: [username = "", , , realname = ""] }: Call): void {
  if (username === "" || realname === "") throw new IrcError("ERR_NEEDMOREPARAMS", "USER");
  session.registration.username = userName(username);
  session.registration.realname = splitText(realname, LIMITS.realname)[0] ?? "";
  register(session);
}

/** With the tilde that says nobody has checked it (Modern IRC, "USER message"). */
function userName(claimed: string): string {
  const allowed = [...claimed].filter((character) => isUser(character)).join("");
  const [name] = splitText(allowed || "user", LIMITS.user - byteLength("~"));
  return `~${name}`;
}

/** Makes a user of the client, once it has said all that is needed. */
export function register(session: Session): void {
  const { context, registration, host } = session;
  const { nick, username, realname = "", negotiating } = registration;
  if (session.user || nick === undefined || username === undefined || negotiating) return;
  const mask = `${nick}!${username}@${host}`;
  if (!admit(session, { nick, mask })) return;
  const present = context.network.user(nick);
  if (present && isSamePerson(session, present)) return joinThem(session, present);
  const refusal = nickRefusal(session, nick);
  if (refusal !== undefined) return refuse(session, nick, refusal);
  if (context.network.isTaken(nick)) return awaitNick(session, nick);
  if (session.sasl) {
    // sasl-3.1, "The AUTHENTICATE command": who registers meanwhile is not logged in.
    session.sasl = undefined;
    session.reply("ERR_SASLABORTED");
  }
  const by = {
    id: context.events.newUserId(),
    nick,
    mask,
    ...(registration.account !== undefined && { account: registration.account }),
  };
  context.append({ type: "Connected", by, username, host, realname });
  session.afterwards(() => {
    session.user = context.network.users.get(by.id);
    session.user?.recipients.add(session);
  });
  inOrder(
    session,
    tellEarly,
    () => {
      context.log.info("came", { nick, address: host });
      context.tellOperators(`Connected: ${mask}`);
    },
    () => welcome(session, mask),
    grantAccountRights,
    sendLatestMarkers,
    deliverWaiting,
    () => {
      if (!holdsAccountToken(session)) claimNick(session);
    },
    redeemHeld,
  );
}

/** Does `steps`, each once what the ones before it made happen has been applied. */
function inOrder(session: Session, ...steps: readonly ((session: Session) => void)[]): void {
  for (const step of steps) session.afterwards(() => step(session));
}

/** Whether the client has logged in to the account of who goes by that nick now. */
function isSamePerson(session: Session, { actor }: User): boolean {
  const account = session.account;
  return account !== undefined && actor.account !== undefined &&
    casefold(account) === casefold(actor.account);
}

/** Makes of the client another one of `user`: it is where they are, and hears what they hear. */
function joinThem(session: Session, user: User): void {
  const { context, host } = session;
  const { nick, mask } = user.actor;
  session.user = user;
  user.recipients.add(session);
  context.log.info("came again", { nick, address: host });
  if (user.recipients.all.length === 1) context.append({ type: "Returned", by: user.actor });
  inOrder(
    session,
    () => welcome(session, mask),
    grantAccountRights,
    () => showChannels(session, user),
    tellEarly,
    deliverWaiting,
    redeemHeld,
  );
}

/** Shows the client the channels that its user is in, as if they had just joined them. */
function showChannels(session: Session, user: User): void {
  const { actor: by, realname, channels } = user;
  for (const channel of channels) {
    const { name, members } = channel;
    const memberModes = members.get(user) ?? "";
    const joined = { type: "Joined", by, realname, channel: name, memberModes } as const;
    session.send(render(session.context.events.stamp(joined), session.caps));
    session.entered(name);
  }
}

/** What a client said of itself before it registered is told now that somebody can hear it. */
function tellEarly(session: Session): void {
  const { context, user, registration: { away: message }, metadata: { early } } = session;
  if (!user) return;
  const { actor: by, metadata } = user;
  // https://ircv3.net/specs/extensions/pre-away
  if (message !== undefined) context.append({ type: "AwayChanged", by, message });
  const target = { type: "user", user: by.id, nick: by.nick } as const;
  const keys = new Set(metadata.keys());
  for (const [key, value] of early) {
    if (keys.has(key) || keys.size < METADATA_LIMITS.keys) {
      keys.add(key);
      context.append({ type: "MetadataChanged", by, target, key, value });
    } else {
      const why = "Another client of yours has set as many; remove another key first";
      session.fail("METADATA", "LIMIT_REACHED", "SET", key, `${METADATA_LIMITS.keys}`, why);
    }
  }
  early.clear();
}

/**
 * How often it is looked, a tenth of a second apart, whether a nick's holder has left, before a
 * newcomer is told that it is in use. Looks are counted rather than time, of which a storm of
 * newcomers takes much between two of them.
 */
const NICK_LOOKS = 5;

/**
 * Who closes a connection and comes back at once may be read before the end of the old one is, when
 * a thousand others do the same. So the answer waits a moment.
 */
function awaitNick(session: Session, nick: string): void {
  const { context, registration } = session;
  let looks = 0;
  registration.retry = () => {
    const inUse = registration.nick === nick && context.network.isTaken(nick);
    if (inUse && ++looks < NICK_LOOKS) return;
    delete registration.retry;
    if (inUse) refuse(session, nick, IN_USE);
    else register(session);
  };
}

/** Who registers cannot have that nick, and is to ask for another. */
function refuse(session: Session, nick: string, why: string): void {
  delete session.registration.nick;
  session.registration.isRefused = true;
  session.reply("ERR_NICKNAMEINUSE", nick, why);
}

const IN_USE_BY_YOU = "You go by that nickname on another connection; to share it, connect again " +
  "and log in first, by SASL or with the password NAME:PASSWORD";
const IN_USE = "That nickname is in use, or looks like one that is";

/** Modern IRC, "Connection Registration": what a client is told when it is in. */
function welcome(session: Session, mask: string): void {
  const { name, network } = session.context.options;
  session.reply("RPL_WELCOME", `Welcome to ${network}, ${mask}`);
  session.reply("RPL_YOURHOST", `Your host is ${name}, running version ${SOFTWARE}`);
  const started = new Date(session.context.startedAt).toISOString();
  session.reply("RPL_CREATED", `This server was started at ${started}`);
  const channelLetters = [...CHANNEL_MODES.keys(), ...MEMBER_MODES.map(({ letter }) => letter)];
  const withParameter = [...CHANNEL_MODES].filter(([, kind]) => kind !== "flag");
  session.reply(
    "RPL_MYINFO",
    name,
    SOFTWARE,
    [...USER_MODES.keys()].join(""),
    channelLetters.join(""),
    [...withParameter.map(([letter]) => letter), ...MEMBER_MODES.map(({ letter }) => letter)].join(
      "",
    ),
  );
  sendIsupport(session);
  sendLusers(session);
  if (session.user && isMetadataAware(session)) sendMetadata(session, session.user);
  sendMotd(session);
}

function ping({ session, context, params: [token] }: Call): void {
  if (token === undefined) throw new IrcError("ERR_NOORIGIN");
  session.fromServer("PONG", context.options.name, token);
}

function quit({ session, params: [reason] }: Call): void {
  const [text = ""] = splitText(reason ?? "", LIMITS.kick);
  // Modern IRC, "QUIT message": what says that they left themselves is there even without a reason.
  session.close(`Quit: ${text}`);
}
