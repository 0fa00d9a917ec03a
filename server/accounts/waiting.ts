/**
 * Delivers the messages that the owner of an account got while offline.
 *
 * @module
 */

import { inFittingLines } from "../core/fitting.ts";
import type { Steps } from "../session/slices.ts";
import type { Session } from "../session/session.ts";
import type { Context } from "../core/context.ts";
import { historyKeyOf } from "../kinds/history_keys.ts";
import { sendWaitingMessage } from "../session/waiting_view.ts";
import type { Actor } from "../events/actor.ts";
import type { EventId } from "../events/ids.ts";
import type { User } from "../state/state.ts";

/**
 * Sends the client the messages that wait for the account to which it has just logged in. They
 * come after the reply to the login.
 */
export function deliverWaiting(session: Session): void {
  const { context: { network }, user } = session;
  const account = user?.actor.account ?? "";
  if (network.waiting.of(account).length > 0) session.answers.sendAfter(waitingSteps(session));
}

/**
 * Returns the steps that send the messages that wait for the account of the client's user; each
 * reads and sends one message. A message no longer waits once the operating system has taken it from
 * the client's send queue. If the connection ends before that, it waits for the next login.
 */
export function* waitingSteps(session: Session): Steps {
  const { context: { network, store }, context, user } = session;
  const account = user?.actor.account;
  if (!user || account === undefined) return;
  const { id, nick } = user.actor;
  const sent = new SentMessages(session, user, account);
  // A copy of the list: this client also gets messages that another client of the account takes
  // meanwhile.
  for (const message of [...network.waiting.of(account)]) {
    yield;
    const said = store.find(historyKeyOf(message.by, message.to, network), message.id);
    // The message may have been redacted since.
    if (said?.type === "Said") {
      const to = { type: "user", user: id, nick } as const;
      sendWaitingMessage(session, inFittingLines({ ...context.cloaks.eventFrom(said), to }));
    }
    if (session.outbox.isClosed) return;
    sent.add(message.id);
  }
}

/** The messages that were put into the send queue of a client, and still wait in the state. */
class SentMessages {
  readonly #session: Session;
  readonly #user: User;
  readonly #account: string;
  /**
   * For each message: its id, and the value that `outbox.taken` reaches once the whole message is
   * taken.
   */
  #queued: { readonly id: EventId; readonly end: number }[] = [];
  #isWatching = false;

  /** Watches the queue of `session`, a client of `user`, who is logged in to `account`. */
  constructor(session: Session, user: User, account: string) {
    this.#session = session;
    this.#user = user;
    this.#account = account;
  }

  /** Adds the message that was put into the send queue last. */
  add(id: EventId): void {
    const { outbox } = this.#session;
    this.#session.sentWaiting = { account: this.#account, upTo: id };
    this.#queued.push({ id, end: outbox.taken + outbox.length });
    this.#watch();
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { context, outbox } = this.#session;
    const settle = (): void => this.#settle();
    outbox.drained().then(() => {
      this.#isWatching = false;
      context.guard("waiting messages were not settled", {}, settle);
    });
  }

  /** Ends the wait of those messages that the operating system has taken. */
  #settle(): void {
    const { context, outbox } = this.#session;
    const taken = this.#queued.filter(({ end }) => end <= outbox.taken).map(({ id }) => id);
    this.#queued = this.#queued.slice(taken.length);
    if (taken.length > 0) {
      const delivered = new Set(taken);
      endWait(context, this.#user.actor, this.#account, (id) => delivered.has(id));
    }
    // If a client of a cluster sends no more, its queue drains, but nothing counts as taken.
    // Watching such a queue would never end.
    if (this.#queued.length > 0 && taken.length > 0 && !outbox.isClosed) this.#watch();
  }
}

/**
 * Ends the wait of the messages that the client was sent under an earlier leader of the cluster,
 * which may have died before the log had the end of their wait.
 */
export function endWaitOfSent({ context, sentWaiting }: Session): void {
  if (!sentWaiting) return;
  const { account, upTo } = sentWaiting;
  const [first] = context.network.waiting.of(account);
  if (first && first.id <= upTo) endWait(context, context.server, account, (id) => id <= upTo);
}

function endWait(
  context: Context,
  by: Actor,
  account: string,
  isDelivered: (id: EventId) => boolean,
): void {
  const messages = context.network.waiting.of(account).filter(({ id }) => !isDelivered(id));
  context.append({ type: "WaitingChanged", by, account, messages });
}
