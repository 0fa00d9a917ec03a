/**
 * Ends the access of all other clients to an account whose secrets have changed.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";

/**
 * Ends the access of other clients to `account`. They are disconnected, even those that have not
 * registered yet; the account's tickets for HTTP no longer work; and all its subscriptions to Web
 * Push end.
 */
export function endOtherAccess(session: Session, account: Account, reason: string): void {
  const { context } = session;
  context.logins.tickets.forget(account.name);
  for (const { endpoint } of context.network.pushes.of(account.name)) {
    context.append({ type: "PushRemoved", by: context.server, endpoint });
  }
  for (const client of [...context.clients]) {
    if (client !== session && client.account === account.name) client.close(reason);
  }
}
