/**
 * Commands about channels and their members: JOIN, PART, TOPIC, NAMES, INVITE, KICK.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { splitText } from "../../shared/text.ts";
import { namesSteps, sendTopic } from "../session/channel_view.ts";
import type { Command, UserCall } from "../session/command.ts";
import type { Steps } from "../session/slices.ts";
import type { Context } from "../core/context.ts";
import { inviteTo, joinAndShow } from "../core/joining.ts";
import { RENAME_TEXTS } from "../texts/rename.ts";
import { TARGET_TEXTS } from "../texts/search.ts";
import { isOwned, kickedFrom } from "../state/modes.ts";
import type { Channel, User } from "../state/state.ts";
import {
  assertMayInvite,
  assertMaySpeak,
  assertMember,
  assertRank,
  isFull,
  isInvited,
  joinRefusal,
  mayInviteAlways,
  shownReason,
} from "../state/permissions.ts";
import { isKnown } from "../state/visibility.ts";
import { IrcError } from "../irc/replies.ts";
import type { Session } from "../session/session.ts";
import { requireChannel, requireUser, splitTargets } from "./lookup.ts";

/** Commands of this family. */
export const channelCommands: readonly Command[] = [
  {
    name: "JOIN",
    syntax: "<channel>{,<channel>} [<key>{,<key>}]",
    help: "Joins channels, and creates those that do not exist; JOIN 0 leaves all channels.",
    minParams: 1,
    when: "registered",
    run: (call) => call.session.answers.send(join(call), "to the end"),
  },
  {
    name: "PART",
    syntax: "<channel>{,<channel>} [<reason>]",
    help: "Leaves channels.",
    minParams: 1,
    when: "registered",
    run: (call) => call.session.answers.send(part(call), "to the end"),
  },
  {
    name: "TOPIC",
    syntax: "<channel> [<topic>]",
    help: "Shows a channel's topic, or sets it; an empty topic removes it.",
    minParams: 1,
    when: "registered",
    run: topic,
  },
  {
    name: "NAMES",
    syntax: "<channel>{,<channel>}",
    help: "Lists the members of channels.",
    minParams: 0,
    when: "registered",
    run: (call) => call.session.answers.send(names(call)),
  },
  {
    name: "INVITE",
    syntax: "[<nick> <channel>]",
    help: "Invites a user to a channel, for one day; without parameters, lists the channels you " +
      "are invited to.",
    minParams: 0,
    when: "registered",
    run: invite,
  },
  {
    name: "KICK",
    syntax: "<channel> <nick>{,<nick>} [<reason>]",
    help: "Removes members from a channel.",
    minParams: 2,
    when: "registered",
    run: kick,
  },
];

function* join({ context, session, user, params }: UserCall): Steps {
  const [list = "", keyList = ""] = params;
  if (list === "0") {
    // `JOIN 0` leaves all channels (https://modern.ircdocs.horse, "JOIN message").
    for (const channel of [...user.channels]) {
      // The user may have left meanwhile, by another client or altogether.
      if (channel.members.has(user)) leave(context, user, channel.name, undefined);
      yield;
    }
    return;
  }
  // Each key is for the channel at the same place of the list. An empty place and its key are
  // skipped.
  const places = list.split(",");
  const keys = keyList.split(",").filter((_, place) => places[place] !== "");
  for (const [index, requested] of splitTargets(list, "JOIN").entries()) {
    if (!context.network.users.has(user.actor.id)) return;
    session.step(() => {
      const present = presentName(context, user, requested);
      if (present !== requested) {
        session.note(
          "JOIN",
          "RENAMED",
          requested,
          present,
          RENAME_TEXTS.renamed(requested, present),
        );
      }
      const name = destination(context, user, present, keys[index]);
      if (name !== present) session.reply("ERR_LINKCHANNEL", present, name);
      const isNew = !context.network.channel(name);
      joinAndShow(context, user, name, keys[index]);
      if (isNew) noteLimit(session, user, name);
    });
    yield;
  }
}

/** Tells the user that a new channel has no owner, because their account owns too many. */
function noteLimit(session: Session, user: User, name: string): void {
  const channel = session.context.network.channel(name);
  if (user.actor.account === undefined || !channel || isOwned(channel)) return;
  session.note("JOIN", "TOO_MANY_OWNED", channel.name, TARGET_TEXTS.tooManyOwned(channel.name));
}

/**
 * Returns the present name of the channel that was called `name` before it was renamed. Returns
 * `name` itself if there is no such channel, if the user is a member of it, or if the user may not
 * know of it. Users who left a secret channel a moment ago may still know of it.
 */
function presentName({ network, clock, seen }: Context, user: User, name: string): string {
  const channel = network.renamedChannel(name, clock.now());
  // A member knows the present name, so they ask for a new channel.
  if (!channel || channel.members.has(user)) return name;
  const mayKnow = isKnown(channel, user) || seen.upTo(user, channel.name) !== undefined;
  return mayKnow ? channel.name : name;
}

/**
 * Returns the name of the channel that a user joins when they ask for `name`: usually `name`
 * itself. A channel may forward users that it refuses to another channel (mode `f`). Users are
 * forwarded only to a channel that they can join, and only once, so that there are no loops. Banned
 * users are not forwarded.
 *
 * No specification has this; 470 is the reply that common servers give.
 */
function destination(
  { network, clock }: Context,
  user: User,
  name: string,
  key?: string,
): string {
  const now = clock.now();
  const channel = network.channel(name);
  const next = network.channel(channel?.settings.get("f") ?? "");
  if (!channel || !next || channel.members.has(user) || next.members.has(user)) return name;
  const refusal = joinRefusal(user, channel, now, key);
  if (!refusal || refusal.numeric === "ERR_BANNEDFROMCHAN") return name;
  return joinRefusal(user, next, now) ? name : next.name;
}

function* part({ context, session, user, params: [list = "", reason] }: UserCall): Steps {
  for (const name of splitTargets(list, "PART")) {
    // The user may have quit meanwhile. A user who stays while offline leaves the channel, too.
    if (!context.network.users.has(user.actor.id)) return;
    session.step(() => leave(context, user, name, reason));
    yield;
  }
}

function leave(context: Context, user: User, name: string, reason: string | undefined): void {
  const channel = requireChannel({ context, user }, name);
  assertMember(channel, user);
  const shown = shownReason(user, channel, reason);
  context.append({ type: "Parted", by: user.actor, channel: channel.name, reason: shown });
}

/** Shows or sets a topic, as TOPIC does. */
export function topic({ context, session, user, params: [name = "", text] }: UserCall): void {
  const channel = requireChannel({ context, user }, name);
  assertMember(channel, user);
  if (text === undefined) {
    if (channel.topic) sendTopic(session, channel);
    else session.reply("RPL_NOTOPIC", channel.name);
    return;
  }
  if (channel.flags.has("t")) assertRank(channel, user, "%");
  else assertMaySpeak(user, channel);
  const [topic = ""] = splitText(text, LIMITS.topic);
  context.append({ type: "TopicChanged", by: user.actor, channel: channel.name, topic });
}

function* names({ context, session, user, params: [list = ""] }: UserCall): Steps {
  // Without the name of a channel, the reply may be empty (Modern IRC, "NAMES message").
  if (list === "") return session.reply("RPL_ENDOFNAMES", "*");
  for (const name of splitTargets(list, "NAMES")) {
    const channel = context.network.channel(name);
    if (channel && isKnown(channel, user)) yield* namesSteps(session, user, channel);
    else session.reply("RPL_ENDOFNAMES", name);
  }
}

function invite({ context, session, user, params: [nick, name] }: UserCall): void {
  if (nick === undefined) return sendInvitations(session, user, context.clock.now());
  if (name === undefined) throw new IrcError("ERR_NEEDMOREPARAMS", "INVITE");
  const invited = requireUser(context, nick);
  const channel = requireChannel({ context, user }, name);
  assertMayInvite(channel, user);
  if (channel.members.has(invited)) {
    throw new IrcError("ERR_USERONCHANNEL", invited.actor.nick, channel.name);
  }
  inviteTo(context, channel, invited, { by: user.actor, opens: mayInviteAlways(channel, user) });
  session.reply("RPL_INVITING", invited.actor.nick, channel.name);
  if (isFull(channel)) {
    const text = TARGET_TEXTS.invitedBeyondLimit(channel.members.size, invited.actor.nick);
    session.note("INVITE", "CHANNEL_FULL", channel.name, text);
  }
  if (invited.away !== undefined) session.reply("RPL_AWAY", invited.actor.nick, invited.away);
}

function sendInvitations(session: Session, user: User, now: number): void {
  for (const channel of user.invitations.keys()) {
    if (isInvited(user, channel, now)) session.reply("RPL_INVITELIST", channel.name);
  }
  session.reply("RPL_ENDOFINVITELIST");
}

function kick(call: UserCall): void {
  const { session, params: [names = "", nicks = "", comment = ""] } = call;
  const [reason = ""] = splitText(comment, LIMITS.kick);
  const channels = names.split(",");
  splitTargets(nicks, "KICK").forEach((nick, index) =>
    session.step(() => {
      // The command names one channel, or as many channels as nicks (RFC 2812, section 3.2.8).
      const channel = requireChannel(call, channels[channels.length === 1 ? 0 : index] ?? "");
      kickOne(call, channel, nick, reason);
    })
  );
}

function kickOne(
  { context, user }: UserCall,
  channel: Channel,
  nick: string,
  reason: string,
): void {
  assertMember(channel, user);
  assertRank(channel, user, "%");
  const kicked = requireUser(context, nick);
  const memberModes = channel.members.get(kicked);
  if (memberModes === undefined) throw new IrcError("ERR_USERNOTINCHANNEL", nick, channel.name);
  assertRank(channel, user, kickedFrom(memberModes));
  context.append({
    type: "Kicked",
    by: user.actor,
    channel: channel.name,
    user: kicked.actor.id,
    nick: kicked.actor.nick,
    reason: reason === "" ? user.actor.nick : reason,
  });
}
