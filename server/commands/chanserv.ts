/**
 * ChanServ: a service with the commands by which people manage channels on other networks. These
 * commands run the IRC commands of the server, such as MODE, for the user, so the same rules apply.
 * A channel counts as registered if an account owns it.
 *
 * @module
 */

import {
  attemptFor,
  type Service,
  type ServiceCommand,
  tellCommands,
  tellFrom,
} from "../accounts/service.ts";
import { giveRank, restoreRank } from "../core/ranks.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { formatTime } from "../irc/server_time.ts";
import type { UserCall } from "../session/command.ts";
import { foundersModes, isOwned, isOwner } from "../state/modes.ts";
import { assertChannelOperator, assertMember } from "../state/permissions.ts";
import type { Channel, User } from "../state/state.ts";
import { CHANSERV_TEXTS } from "../texts/chanserv.ts";
import { topic } from "./channels.ts";
import { requireChannel, requireUser } from "./lookup.ts";
import { mode } from "./modes.ts";

/** The largest number of nicks in one OP or DEOP. */
const NICK_LIMIT = 8;

const COMMANDS: readonly ServiceCommand[] = [
  {
    name: "DEOP",
    syntax: "<channel> [<nick>{ <nick>}]",
    help: "Takes the operator rank from members: by default, from you.",
    minWords: 1,
    maxWords: 1 + NICK_LIMIT,
    run: (call, words) => changeOperators(call, false, words),
  },
  {
    name: "DROP",
    syntax: "<channel>",
    help: "Gives up your ownership of a channel. You remain its operator.",
    minWords: 1,
    maxWords: 1,
    run: drop,
  },
  {
    name: "HELP",
    syntax: "",
    help: "Lists these commands.",
    minWords: 0,
    maxWords: Infinity,
    run: (call) => tellCommands(chanServ, call),
  },
  {
    name: "INFO",
    syntax: "<channel>",
    help: "Shows the owners of a channel.",
    minWords: 1,
    maxWords: 1,
    run: info,
  },
  {
    name: "OP",
    syntax: "<channel> [<nick>{ <nick>}]",
    help: "Gives members the operator rank: by default, you, if your account has it.",
    minWords: 1,
    maxWords: 1 + NICK_LIMIT,
    run: (call, words) => changeOperators(call, true, words),
  },
  {
    name: "REGISTER",
    syntax: "<channel>",
    help: "Makes you the owner of a channel that you are an operator of and that no account owns.",
    minWords: 1,
    maxWords: 1,
    run: register,
  },
  {
    name: "TOPIC",
    syntax: "<channel> <topic>",
    help: "Sets the topic of a channel.",
    minWords: 2,
    maxWords: Infinity,
    run: setTopic,
  },
];

/** The service ChanServ. */
export const chanServ: Service = {
  nick: "ChanServ",
  realname: CHANSERV_TEXTS.realname,
  commands: COMMANDS,
};

function tell(call: UserCall, text: string): void {
  tellFrom(chanServ.nick, call, text);
}

function register(call: UserCall, [name = ""]: readonly string[]): void {
  const { context, user } = call;
  const channel = requireChannel(call, name);
  const { account } = user.actor;
  if (account === undefined) {
    throw new StandardError("CHANSERV", "ACCOUNT_REQUIRED", CHANSERV_TEXTS.loginRequired);
  }
  if (isOwned(channel)) return tell(call, CHANSERV_TEXTS.alreadyRegistered(channel.name));
  assertChannelOperator(channel, user);
  if (!context.network.canFound(account)) {
    return tell(call, CHANSERV_TEXTS.tooManyOwned(channel.name));
  }
  giveRank(context, user, channel, foundersModes(account));
  tell(call, CHANSERV_TEXTS.registered(channel.name, account));
}

function drop(call: UserCall, [name = ""]: readonly string[]): void {
  const { user } = call;
  const channel = requireChannel(call, name);
  if (!isOwned(channel)) return tell(call, CHANSERV_TEXTS.notRegistered(channel.name));
  assertMember(channel, user);
  if (!isOwner(channel.members.get(user) ?? "")) {
    return tell(call, CHANSERV_TEXTS.notOwner(channel.name));
  }
  mode({ ...call, params: [channel.name, "-q", user.actor.nick] });
  tell(call, CHANSERV_TEXTS.dropped(channel.name));
}

function info(call: UserCall, [name = ""]: readonly string[]): void {
  const { context: { network } } = call;
  const channel = requireChannel(call, name);
  if (!isOwned(channel)) return tell(call, CHANSERV_TEXTS.notRegistered(channel.name));
  const owners = [...channel.ranks].filter(([, modes]) => isOwner(modes))
    .map(([account]) => network.account(account)?.name ?? account);
  const created = formatTime(channel.createdAt).slice(0, 10);
  tell(call, CHANSERV_TEXTS.info(channel.name, owners, created));
}

function changeOperators(call: UserCall, add: boolean, words: readonly string[]): void {
  const { context, user } = call;
  const [name = "", ...nicks] = words;
  const channel = requireChannel(call, name);
  for (const nick of nicks) {
    attemptFor(chanServ.nick, call, () => changeOne(requireUser(context, nick)));
  }
  if (nicks.length > 0) return;
  assertMember(channel, user);
  const before = isOpped(channel, user);
  if (add) restoreRank(context, user, channel.name);
  // `restoreRank` may have given the rank already.
  if (add && !before && isOpped(channel, user)) report(user);
  else changeOne(user);

  function changeOne(member: User): void {
    const { nick } = member.actor;
    if (!channel.members.has(member)) {
      throw new IrcError("ERR_USERNOTINCHANNEL", nick, channel.name);
    }
    if (isOpped(channel, member) === add) {
      const { alreadyDeopped, alreadyOpped } = CHANSERV_TEXTS;
      return tell(call, (add ? alreadyOpped : alreadyDeopped)(nick, channel.name));
    }
    if (member !== user || add) assertChannelOperator(channel, user);
    mode({ ...call, params: [channel.name, add ? "+o" : "-o", nick] });
    report(member);
  }

  function report(member: User): void {
    if (isOpped(channel, member) !== add) return;
    const { deopped, opped } = CHANSERV_TEXTS;
    tell(call, (add ? opped : deopped)(member.actor.nick, channel.name));
  }
}

function isOpped(channel: Channel, user: User): boolean {
  return channel.members.get(user)?.includes("o") ?? false;
}

function setTopic(call: UserCall, [name = "", ...words]: readonly string[]): void {
  const channel = requireChannel(call, name);
  topic({ ...call, params: [channel.name, words.join(" ")] });
  tell(call, CHANSERV_TEXTS.topicChanged(channel.name));
}
