/**
 * Removes accounts. The user must confirm the removal with a code.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { Account } from "../events/records.ts";
import { hashOf } from "../auth/secrets.ts";
import { REMOVAL_TEXTS } from "../texts/accounts.ts";

/**
 * Returns the code by which a user confirms the removal of this account. The code is not secret: it
 * only prevents mistakes.
 */
export function confirmationCode({ name, createdAt }: Pick<Account, "name" | "createdAt">): string {
  return hashOf(`${name} ${createdAt}`).slice(0, 6);
}

/** Removes `account` for the client of `session`, and disconnects all clients logged in to it. */
export function removeAccount(session: Session, account: Account): void {
  const { context, user, host } = session;
  const { name } = account;
  const by = user?.actor ?? context.server;
  context.append({ type: "AccountRemoved", by, account: name });
  context.logins.tickets.forget(name);
  context.log.warn("account removed", { account: name, by: by.nick, address: host });
  context.tellOperators(REMOVAL_TEXTS.forOperators(name, by.nick));
  const reason = REMOVAL_TEXTS.reason(name);
  for (const client of [...context.clients]) if (client.account === name) client.close(reason);
  // Users of the account who stay while offline have no client, so they quit here.
  for (const { actor } of [...context.network.usersOf(name)]) {
    context.append({ type: "Quit", by: actor, reason });
  }
}
