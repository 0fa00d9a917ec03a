/**
 * Delivers the messages that the owner of an account got while offline.
 *
 * @module
 */

import { inFittingLines } from "../core/fitting.ts";
import type { Steps } from "../session/slices.ts";
import type { Session } from "../session/session.ts";
import { historyKeyOf } from "../kinds/history_keys.ts";
import { sendWaitingMessage } from "../session/waiting_view.ts";

/**
 * Sends the client the messages that wait for its user's account, and removes them from those that
 * wait.
 */
export function deliverWaiting(session: Session): void {
  session.answers.send(waitingSteps(session));
}

/** Returns the steps of {@linkcode deliverWaiting}, each of which reads a message. */
export function* waitingSteps(session: Session): Steps {
  const { context: { network, store }, context, user } = session;
  const account = user?.actor.account;
  if (!user || account === undefined) return;
  const waiting = [...network.waiting.of(account)];
  if (waiting.length === 0) return;
  const { id, nick } = user.actor;
  for (const message of waiting) {
    yield;
    const said = store.find(historyKeyOf(message.by, message.to, network), message.id);
    // It may have been redacted.
    if (said?.type !== "Said") continue;
    const to = { type: "user", user: id, nick } as const;
    sendWaitingMessage(session, inFittingLines({ ...context.cloaks.eventFrom(said), to }));
  }
  // The account may have got others meanwhile.
  const delivered = new Set(waiting.map((message) => message.id));
  const messages = network.waiting.of(account).filter((message) => !delivered.has(message.id));
  context.append({ type: "WaitingChanged", by: user.actor, account, messages });
}
