/**
 * Decides if a user quits when their last client disconnects. The owner of an account may stay in
 * their channels.
 *
 * @module
 */

import { changeAway, updateAway } from "../core/away.ts";
import type { Context } from "../core/context.ts";
import type { User } from "../state/state.ts";
import { AWAY_TEXTS } from "../texts/people.ts";
import { revokeRights } from "./operator_rights.ts";

/**
 * Updates `user` after one of their clients has left. After the last client, the user stays as an
 * away user, if their account is set so; otherwise, they quit.
 */
export function stayOrQuit(context: Context, user: User, reason: string): void {
  if (user.recipients.all.length > 0) return updateAway(context, user);
  const { network } = context;
  const { account = "" } = user.actor;
  // At most one user of each account stays. Users who stay occupy nicks, and no limit of
  // connections counts them.
  if (network.account(account)?.stays && network.usersOf(account).size === 1) {
    // OPER ends with the connection: a user who comes back has not given its password.
    revokeRights(context, user);
    context.append({ type: "Stayed", by: user.actor });
    return changeAway(context, user, user.away ?? AWAY_TEXTS.notConnected);
  }
  context.append({ type: "Quit", by: user.actor, reason });
}
