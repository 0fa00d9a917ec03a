/**
 * Finds the channels and users that the parameters of commands name. If there is no such channel or
 * user, the functions throw the error with which the command fails.
 *
 * @module
 */

import type { UserCall } from "../session/command.ts";
import type { Context } from "../core/context.ts";
import { TARGET_LIMITS } from "../irc/limits.ts";
import { isKnown } from "../state/visibility.ts";
import type { Channel, User } from "../state/state.ts";
import { IrcError } from "../irc/replies.ts";
import { TARGET_TEXTS } from "../texts/search.ts";

/**
 * Returns the channel called `name`.
 *
 * @throws {IrcError} if there is no such channel, or the user must not know that it exists.
 */
export function requireChannel(
  { context, user }: Pick<UserCall, "context" | "user">,
  name: string,
): Channel {
  const channel = context.network.channel(name);
  if (!channel || !isKnown(channel, user)) throw new IrcError("ERR_NOSUCHCHANNEL", name);
  return channel;
}

/**
 * Returns the user who has the nick `nick`.
 *
 * @throws {IrcError} if there is no such user.
 */
export function requireUser(context: Context, nick: string): User {
  const user = context.network.user(nick);
  if (!user) throw new IrcError("ERR_NOSUCHNICK", nick);
  return user;
}

/**
 * Returns the names in `list`, which are separated by commas.
 *
 * @throws {IrcError} if the list is empty, or has more names than `command` takes.
 */
export function splitTargets(list: string, command: keyof typeof TARGET_LIMITS): string[] {
  const names = list.split(",").filter((name) => name !== "");
  if (names.length === 0) throw new IrcError("ERR_NEEDMOREPARAMS", command);
  const limit = TARGET_LIMITS[command];
  if (names.length > limit) {
    throw new IrcError("ERR_TOOMANYTARGETS", command, TARGET_TEXTS.tooMany(command, limit));
  }
  return names;
}
