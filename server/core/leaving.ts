/**
 * Removes users who did not choose to leave, such as those that an operator disconnects.
 *
 * @module
 */

import type { User } from "../state/state.ts";
import type { Context } from "./context.ts";

/**
 * Closes all clients of `user`, and removes the user even if their account is set to stay while
 * offline.
 */
export function disconnectUser(context: Context, user: User, reason: string): void {
  for (const recipient of user.recipients.all) recipient.close(reason);
  if (!context.network.users.has(user.actor.id)) return;
  context.append({ type: "Quit", by: user.actor, reason });
}
