/**
 * Decides what becomes of a user when one of their clients disconnects: after the last one, the owner of
 * an account may stay in their channels.
 *
 * @module
 */

import { changeAway, updateAway } from "../core/away.ts";
import type { Context } from "../core/context.ts";
import type { User } from "../state/state.ts";
import { AWAY_TEXTS } from "../texts/people.ts";
import { revokeRights } from "./operator_rights.ts";

/**
 * Continues after a client of `user` is gone. If it was the last one, the user stays, as one who is away,
 * if their account is set to; otherwise, they quit.
 */
export function stayOrQuit(context: Context, user: User, reason: string): void {
  if (user.recipients.all.length > 0) return updateAway(context, user);
  const { network } = context;
  const { account = "" } = user.actor;
  // One user of each account at most: they occupy nicks, and no limit of connections counts them.
  if (network.account(account)?.stays && network.usersOf(account).size === 1) {
    // OPER ends with the connection: a user who comes back has not given its password.
    revokeRights(context, user);
    context.append({ type: "Stayed", by: user.actor });
    return changeAway(context, user, user.away ?? AWAY_TEXTS.notConnected);
  }
  context.append({ type: "Quit", by: user.actor, reason });
}
