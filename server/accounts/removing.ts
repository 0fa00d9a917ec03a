/**
 * Removing an account: what is asked before, and what it comes to.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";
import { hashOf } from "../auth/secrets.ts";

/** What somebody says to show that they mean this very account; no secret. */
export function confirmationOf({ name, createdAt }: Pick<Account, "name" | "createdAt">): string {
  return hashOf(`${name} ${createdAt}`).slice(0, 6);
}

/** Removes `account`, as the client of `session` wants; whoever is logged in to it has to go. */
export function removeAccount(session: Session, account: Account): void {
  const { context, user, host } = session;
  const { name } = account;
  const by = user?.actor ?? context.server;
  context.append({ type: "AccountRemoved", by, account: name });
  context.log.warn("removed an account", { account: name, by: by.nick, address: host });
  context.tellOperators(`Account removed: ${name} by ${by.nick}`);
  const reason = `The account ${name} was removed`;
  context.afterwards(() => {
    for (const client of [...context.clients]) if (client.account === name) client.close(reason);
  });
  // The owner who stays while not connected does so no more.
  context.afterwards(() => {
    for (const { actor } of [...context.network.usersOf(name)]) {
      context.append({ type: "Quit", by: actor, reason });
    }
  });
}
