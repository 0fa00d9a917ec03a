/**
 * Shows the user's lines before the lines of others that may answer them. With echo-message, the
 * server's order tells which line came first. Without it, a line may be confirmed only after other
 * users have answered it. So an unconfirmed line is shown before the next line of another user,
 * marked as on its way.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { type ClientEvent, isSpeech, type SessionReceiver, type Speech } from "./events.ts";
import type { PendingLine } from "./outgoing.ts";

/** The parts of a session that say which lines have no answer. */
export interface OwnLinesParts {
  /** The lines that were sent and have no answer yet, in their order. */
  readonly sent: readonly PendingLine[];
  /** The connection, if there is one. */
  readonly connection: Pick<Connection, "capabilities" | "view"> | undefined;
}

/**
 * A receiver that passes events on, and shows the user's unconfirmed lines before the events that
 * may answer them.
 */
export class OwnLines implements SessionReceiver {
  readonly #receiver: SessionReceiver;
  readonly #parts: () => OwnLinesParts;

  /** Passes the events on to `receiver`. */
  constructor(receiver: SessionReceiver, parts: () => OwnLinesParts) {
    this.#receiver = receiver;
    this.#parts = parts;
  }

  /** Part of {@linkcode SessionReceiver}. */
  event(event: ClientEvent): void {
    for (const earlier of this.#before(event)) this.#receiver.event(earlier);
    this.#receiver.event(event);
  }

  /** Part of {@linkcode SessionReceiver}. */
  ready(): Promise<void> | undefined {
    return this.#receiver.ready();
  }

  /** Part of {@linkcode SessionReceiver}. */
  caughtUp(name: string): void {
    this.#receiver.caughtUp?.(name);
  }

  /** Part of {@linkcode SessionReceiver}. */
  presence(): void {
    this.#receiver.presence?.();
  }

  /** Part of {@linkcode SessionReceiver}. */
  readElsewhere(name: string, time: number): void {
    this.#receiver.readElsewhere?.(name, time);
  }

  /** Part of {@linkcode SessionReceiver}. */
  conversation(nick: string, time: number): void {
    this.#receiver.conversation?.(nick, time);
  }

  /** Shows a confirmed `line` as `event`, unless it was already shown as on its way. */
  confirmed(event: Speech, line: PendingLine): void {
    if (!line.isShown) this.#receiver.event(event);
  }

  /** Returns the lines to show before `event`. */
  #before(event: ClientEvent): Speech[] {
    if (!isSpeech(event) || event.own || event.isPast) return [];
    const { sent, connection } = this.#parts();
    if (!connection || connection.capabilities.echoes) return [];
    const state = connection.view;
    const { isupport } = state;
    const lines = sent.filter(({ isShown }) => !isShown).filter(({ to }) =>
      event.room === undefined
        ? isupport.isSame(to, event.nick)
        : isupport.isSame(isupport.withoutStatus(to), event.room)
    );
    for (const line of lines) line.isShown = true;
    return lines.map((line) => ({ ...state.speech(line), isOnItsWay: true }));
  }
}
