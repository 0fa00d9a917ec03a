/**
 * Decides if a user quits when their last client disconnects. A user with an account can choose to
 * stay in their channels (`NickServ STAY`).
 *
 * @module
 */

import { changeAway, updateAway } from "../core/away.ts";
import type { Context } from "../core/context.ts";
import { shownReason } from "../state/permissions.ts";
import type { User } from "../state/state.ts";
import { REGISTRATION_TEXTS } from "../texts/registration.ts";
import { AWAY_TEXTS } from "../texts/people.ts";
import { revokeRights } from "./operator_rights.ts";

/**
 * Updates `user` after one of their clients has left. If it was the last client, a user whose
 * account is set to stay is marked as away and stays; any other user quits.
 */
export function stayOrQuit(context: Context, user: User, reason: string): void {
  if (user.recipients.all.length > 0) return updateAway(context, user);
  const { network } = context;
  const { account = "" } = user.actor;
  // At most one user of each account stays, because users who stay occupy nicks and do not count
  // for the limit of connections.
  if (network.account(account)?.stays && network.usersOf(account).size === 1) {
    // Rights from OPER end with the connection: a client that connects later has not given that
    // password.
    revokeRights(context, user);
    context.append({ type: "Stayed", by: user.actor });
    return changeAway(context, user, user.away ?? AWAY_TEXTS.notConnected);
  }
  quitUnheard(context, user, reason);
  context.append({ type: "Quit", by: user.actor, reason });
}

/** Removes `user` from the channels in which the user may not say the words in `reason`. */
function quitUnheard(context: Context, user: User, reason: string): void {
  const said = REGISTRATION_TEXTS.quitReason("");
  const words = reason.slice(said.length);
  if (!reason.startsWith(said) || words === "") return;
  const channels = user.channels.values()
    .filter((channel) => shownReason(user, channel, words) === undefined)
    .map(({ name }) => name).toArray();
  if (channels.length === 0) return;
  context.append({ type: "QuitUnheard", by: user.actor, channels, reason: said });
}
