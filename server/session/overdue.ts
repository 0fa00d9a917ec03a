/**
 * Acts on the deadlines of a client: rings its alarm, and ends a batch that the client has not
 * closed in time. Before either, waits until everything that the client may have sent in time has
 * been read. Does not close the client.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Context } from "../core/context.ts";
import type { Connection } from "../net/connection.ts";
import type { MultilineBatch } from "./batch.ts";

/** An action for a later moment. */
export interface Alarm {
  /** The moment. */
  readonly at: Moment;
  /** Runs at that moment. */
  ring(): void;
}

/** The parts of a client's session that have a deadline, and those that act after the deadline. */
export interface OverdueOwner {
  /** The server's shared parts. */
  readonly context: Pick<Context, "guard" | "inflow">;
  /** An action for a later moment. */
  alarm: Alarm | undefined;
  /** The batch that the client has opened and not yet closed. */
  readonly batch: MultilineBatch | undefined;
  /** Runs `action`; its replies answer the command that opened the batch. */
  answerBatch(action: () => void): void;
  /** Replies with `FAIL`. */
  fail(command: string, ...params: readonly string[]): void;
}

/**
 * Rings the alarm of `owner` if its moment has come, and ends a batch that was not closed in time.
 */
export function endOverdue(
  owner: OverdueOwner,
  { hasWaitingLines }: Pick<Connection, "hasWaitingLines">,
  now: Moment,
): void {
  const { alarm, batch } = owner;
  if (alarm && now.ms >= alarm.at.ms) {
    onceRead(owner, () => {
      if (owner.alarm !== alarm) return;
      owner.alarm = undefined;
      alarm.ring();
    });
  }
  // The line that closes the batch may be among the lines that wait.
  if (batch?.isOverdue(now) && !hasWaitingLines) {
    onceRead(owner, () => {
      if (owner.batch !== batch || !batch.isOverdue(now)) return;
      const { command, params } = batch.expire();
      owner.answerBatch(() => owner.fail(command, ...params));
    });
  }
}

function onceRead({ context }: OverdueOwner, action: () => void): void {
  context.inflow.caughtUp().then(() => context.guard("a deadline failed", {}, action));
}
