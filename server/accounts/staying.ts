/**
 * Decides whether a user stays in their channels when their last client disconnects, as the owner of an
 * account may.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import type { User } from "../state/state.ts";
import { revokeRights } from "./operator_rights.ts";

/** Lets `user`, whose last client is gone, stay if their account is set to; otherwise, they quit. */
export function stayOrQuit(context: Context, user: User, reason: string): void {
  const { network } = context;
  const { account = "" } = user.actor;
  // One user of each account at most: they occupy nicks, and no limit of connections counts them.
  if (network.account(account)?.stays && network.usersOf(account).size === 1) {
    // OPER ends with the connection: a user who comes back has not given its password.
    revokeRights(context, user);
    return context.append({ type: "Stayed", by: user.actor });
  }
  context.append({ type: "Quit", by: user.actor, reason });
}
