/**
 * WHO: people in a channel or matching a mask, in a row each.
 *
 * Source: Modern IRC, "WHO message".
 *
 * @module
 */

import type { Command, UserCall } from "../command.ts";
import { matchesMask } from "../masks.ts";
import { isKnown, isVisible } from "../permissions.ts";
import type { Channel, User } from "../state.ts";
import { shownPrefixes } from "../channel_view.ts";

/** Commands of this family. */
export const whoCommands: readonly Command[] = [
  {
    name: "WHO",
    syntax: "[<mask> [o]]",
    help: "Lists people in a channel or matching a mask; o: operators only.",
    minParams: 0,
    when: "registered",
    run: who,
  },
];

function who(call: UserCall): void {
  const { context, session, user, params: [mask = "*", filter] } = call;
  const named = context.network.channel(mask);
  const channel = named && isKnown(named, user) ? named : undefined;
  const found: Iterable<User> = channel ? channel.members.keys() : matchingUsers(call, mask);
  const seesAll = channel?.members.has(user) ?? false;
  for (const each of found) {
    if (filter === "o" && !each.modes.has("o")) continue;
    if (seesAll || each.actor.nick === mask || isVisible(each, user)) sendWho(call, each, channel);
  }
  session.reply("RPL_ENDOFWHO", mask);
}

function matchingUsers({ context }: UserCall, mask: string): User[] {
  const named = context.network.user(mask);
  if (named) return [named];
  return [...context.network.users.values()].filter(({ actor, host, realname }) =>
    [actor.nick, host, realname].some((text) => matchesMask(mask, text))
  );
}

function sendWho({ context, session }: UserCall, user: User, channel: Channel | undefined): void {
  const { actor, username, host, modes, away, realname } = user;
  const flags = (away === undefined ? "H" : "G") + (modes.has("o") ? "*" : "") +
    (channel ? shownPrefixes(session, channel.members.get(user) ?? "") : "");
  const { name } = context.options;
  const where = channel?.name ?? "*";
  session.reply("RPL_WHOREPLY", where, username, host, name, actor.nick, flags, `0 ${realname}`);
}
