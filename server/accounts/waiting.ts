/**
 * Handing over what was said to the owner of an account while they were not connected.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import { historyKeyOf } from "../kinds/history_keys.ts";
import { sendWaited } from "../session/waiting_view.ts";

/** Shows the client what waits for the account of its user; then it waits no more. */
export function handOverWaiting(session: Session): void {
  const { context: { network, store }, context, user } = session;
  const account = user?.actor.account;
  if (!user || account === undefined) return;
  const waiting = network.waiting.of(account);
  if (waiting.length === 0) return;
  const { id, nick } = user.actor;
  for (const message of waiting) {
    const said = store.find(historyKeyOf(message.by, message.to, network), message.id);
    // It may have been taken back.
    if (said?.type !== "Said") continue;
    sendWaited(session, { ...said, to: { type: "user", user: id, nick } });
  }
  context.append({ type: "WaitingChanged", by: user.actor, account, messages: [] });
}
