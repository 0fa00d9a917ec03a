/**
 * Delivers the messages that the owner of an account got while offline.
 *
 * @module
 */

import { inFittingLines } from "../core/fitting.ts";
import type { Session } from "../session/session.ts";
import { historyKeyOf } from "../kinds/history_keys.ts";
import { sendWaitingMessage } from "../session/waiting_view.ts";

/**
 * Sends the client the messages that wait for its user's account, and removes them from those that
 * wait.
 */
export function deliverWaiting(session: Session): void {
  const { context: { network, store }, context, user } = session;
  const account = user?.actor.account;
  if (!user || account === undefined) return;
  const waiting = network.waiting.of(account);
  if (waiting.length === 0) return;
  const { id, nick } = user.actor;
  for (const message of waiting) {
    const said = store.find(historyKeyOf(message.by, message.to, network), message.id);
    // It may have been redacted.
    if (said?.type !== "Said") continue;
    const to = { type: "user", user: id, nick } as const;
    sendWaitingMessage(session, inFittingLines({ ...context.cloaks.eventFrom(said), to }));
  }
  context.append({ type: "WaitingChanged", by: user.actor, account, messages: [] });
}
