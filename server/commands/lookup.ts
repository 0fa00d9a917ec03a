/**
 * What parameters of commands name: each function finds it, or throws the error that says it is not
 * there.
 *
 * @module
 */

import type { UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import { TARGET_LIMITS } from "../irc/limits.ts";
import { isKnown } from "../state/permissions.ts";
import type { Channel, User } from "../state/state.ts";
import { IrcError } from "../irc/replies.ts";

/** The channel called `name`; there has to be one, and the user has to be allowed to know of it. */
export function theChannel(
  { context, user }: Pick<UserCall, "context" | "user">,
  name: string,
): Channel {
  const channel = context.network.channel(name);
  if (!channel || !isKnown(channel, user)) throw new IrcError("ERR_NOSUCHCHANNEL", name);
  return channel;
}

/** The user called `nick`; there has to be one. */
export function theUser(context: Context, nick: string): User {
  const user = context.network.user(nick);
  if (!user) throw new IrcError("ERR_NOSUCHNICK", nick);
  return user;
}

/** The names in `list`; there has to be one, and no more than the command may have. */
export function targets(list: string, command: keyof typeof TARGET_LIMITS): string[] {
  const names = list.split(",").filter((name) => name !== "");
  if (names.length === 0) throw new IrcError("ERR_NEEDMOREPARAMS", command);
  if (names.length > TARGET_LIMITS[command]) {
    throw new IrcError("ERR_TOOMANYTARGETS", command, "Too many targets; nothing was done");
  }
  return names;
}
