/**
 * Delivers many messages to the same audience at the cost of one. From the second message of a turn
 * on, outboxes with the same lines share one queue, and a message is added to it once. An outbox
 * that gets a line of its own leaves the shared queue first, with all lines that it has by then.
 *
 * @module
 */

import type { Caps } from "../irc/capabilities.ts";
import { type Reachable, type Recipient, Recipients } from "../state/recipient.ts";
import { type Following, Outbox, type Queue, SharedQueue } from "./outbox.ts";

/** A client of the audience, and its user. */
export interface Attendant {
  /** The user. */
  readonly user: Reachable;
  /** The client. */
  readonly recipient: Recipient;
}

/** A client of the audience that shares a queue. */
class Member implements Attendant, Following {
  readonly crowd: Crowd;
  readonly user: Reachable;
  readonly recipient: Recipient;
  readonly shared: SharedQueue;

  constructor(crowd: Crowd, user: Reachable, recipient: Recipient, shared: SharedQueue) {
    this.crowd = crowd;
    this.user = user;
    this.recipient = recipient;
    this.shared = shared;
  }

  left(): void {
    this.crowd.strays.push(this);
  }
}

/** The members with the same capabilities and the same lines. */
interface Group {
  readonly caps: Caps;
  readonly shared: SharedQueue;
}

/** The audience of a channel's messages, as long as it stays the same. */
export class Crowd {
  /** The members that share no queue. */
  readonly strays: Attendant[] = [];
  readonly #groups: readonly Group[];
  readonly #changes = Recipients.changes;

  /** Lets the outboxes of `audience` that have the same lines share a queue. */
  constructor(audience: readonly Reachable[]) {
    const groups = new Map<Queue, Group>();
    for (const user of audience) {
      for (const recipient of user.recipients.all) this.#place(user, recipient, groups);
    }
    this.#groups = [...groups.values()];
  }

  /** True if the members are the same, and nothing was written since they began to share queues. */
  get isCurrent(): boolean {
    return this.#changes === Recipients.changes &&
      this.#groups.every(({ shared }) => shared.isOpen);
  }

  /**
   * Sends each member the line that `lineFor` returns for its capabilities, but none to `author`.
   * Returns the number of clients that got one, or `undefined` if nothing was sent, because a queue
   * could exceed its limit.
   */
  send(
    author: Reachable | undefined,
    lineFor: (caps: Caps) => Uint8Array | undefined,
  ): number | undefined {
    for (const { outbox } of author?.recipients.all ?? []) {
      if (outbox instanceof Outbox) outbox.leaveShared();
    }
    const lines = this.#groups.map(({ caps }) => lineFor(caps));
    if (!this.#groups.every(({ shared }, i) => shared.hasRoomFor(lines[i]))) return undefined;
    let sent = 0;
    this.#groups.forEach(({ shared }, i) => sent += shared.append(lines[i]));
    for (const { user, recipient } of this.strays) {
      const line = user === author ? undefined : lineFor(recipient.caps);
      if (line === undefined) continue;
      recipient.outbox.push(line);
      sent++;
    }
    return sent;
  }

  #place(user: Reachable, recipient: Recipient, groups: Map<Queue, Group>): void {
    const { caps, outbox } = recipient;
    if (!(outbox instanceof Outbox) || outbox.shareable === undefined) {
      this.strays.push({ user, recipient });
      return;
    }
    const lines = outbox.shareable;
    let group = groups.get(lines);
    if (!group) groups.set(lines, group = { caps, shared: new SharedQueue(lines) });
    if (group.caps === caps) outbox.share(new Member(this, user, recipient, group.shared));
    else this.strays.push({ user, recipient });
  }
}

/** The last delivery to an audience. */
interface Last {
  /** The lines of one of its clients after that. */
  readonly lines: Queue;
  /** The client's outbox. */
  readonly outbox: Outbox;
  crowd?: Crowd;
}

const lastDeliveries = new WeakMap<readonly Reachable[], Last>();

/**
 * Returns the crowd of `audience` if it got a message in this turn before, and nothing of that was
 * written yet.
 */
export function crowdOf(audience: readonly Reachable[]): Crowd | undefined {
  const last = lastDeliveries.get(audience);
  if (last === undefined) return undefined;
  if (last.crowd) return last.crowd.isCurrent ? last.crowd : undefined;
  if (last.outbox.shareable !== last.lines) return undefined;
  return last.crowd = new Crowd(audience);
}

/** Notes that `recipient`, a client of `audience`, was the last to get a line. */
export function noteDelivery(audience: readonly Reachable[], { outbox }: Recipient): void {
  if (!(outbox instanceof Outbox) || outbox.shareable === undefined) {
    lastDeliveries.delete(audience);
  } else lastDeliveries.set(audience, { lines: outbox.shareable, outbox });
}
