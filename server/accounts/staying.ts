/**
 * What becomes of users whose clients are gone: the owner of an account may stay in their rooms.
 *
 * @module
 */

import type { Context } from "../core/context.ts";
import type { User } from "../state/state.ts";
import { dropRights } from "./operator_rights.ts";

/** Lets `user`, whose last client is gone, stay if their account says so, or else quit. */
export function stayOrQuit(context: Context, user: User, reason: string): void {
  const { network } = context;
  const { account = "" } = user.actor;
  // Of each account, one at most: they take nicks, and are no connections that could be too many.
  if (network.account(account)?.stays && network.usersOf(account).size === 1) {
    // OPER holds for as long as one is connected: nobody gives its password by coming back.
    dropRights(context, user);
    return context.append({ type: "Stayed", by: user.actor });
  }
  context.append({ type: "Quit", by: user.actor, reason });
}
