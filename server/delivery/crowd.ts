/**
 * Makes many messages to the same audience in one turn of the event loop as cheap as one. From the
 * second message of a turn on, outboxes with the same lines share one queue, and a message is added
 * to it once. Before an outbox gets a line that the others do not get, it leaves the shared queue,
 * and keeps the lines that were in it.
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
    this.crowd.addStray(this);
  }
}

/**
 * Clients that share one queue: they have equal capabilities, and had equal lines when they began
 * to share it.
 */
interface Group {
  readonly caps: Caps;
  readonly shared: SharedQueue;
}

/**
 * The clients that get a channel's messages in one turn. A crowd is used no longer once a client of
 * any user has come or gone; see {@linkcode Crowd.isCurrent}.
 */
export class Crowd {
  /** The clients that share no queue: they get each line by themselves. */
  readonly #strays: Attendant[] = [];
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

  /** True while no client of any user has come or gone since the crowd was made. */
  get isCurrent(): boolean {
    return this.#changes === Recipients.changes;
  }

  /** Adds a client that no longer shares a queue. */
  addStray(stray: Attendant): void {
    this.#strays.push(stray);
  }

  /**
   * Sends each client the line that `lineFor` returns for its capabilities; leaves out the clients
   * of `author`. Returns the number of clients that got a line. If a queue could exceed its limit,
   * sends nothing and returns `undefined`: then the caller must deliver to each client separately.
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
    // A client that leaves a shared queue during the following steps becomes a stray, but has the
    // line already.
    const strays = this.#strays.slice();
    let sent = 0;
    this.#groups.forEach(({ shared }, i) => sent += shared.append(lines[i]));
    for (const { user, recipient } of strays) {
      const line = user === author ? undefined : lineFor(recipient.caps);
      if (line === undefined) continue;
      recipient.outbox.push(line);
      sent++;
    }
    return sent;
  }

  #place(user: Reachable, recipient: Recipient, groups: Map<Queue, Group>): void {
    const { caps, outbox } = recipient;
    if (outbox instanceof Outbox) {
      // The outbox may share a queue of an earlier crowd of this turn.
      outbox.leaveShared();
      const lines = outbox.shareable;
      if (lines) {
        const group = groups.get(lines) ?? { caps, shared: new SharedQueue(lines) };
        groups.set(lines, group);
        if (group.caps === caps) {
          return outbox.share(new Member(this, user, recipient, group.shared));
        }
      }
    }
    this.addStray({ user, recipient });
  }
}

/** The crowds of one turn. */
export class Crowds {
  /**
   * The audiences that have got a message in this turn. An audience has a crowd from the second
   * message on.
   */
  #crowds = new Map<readonly Reachable[], Crowd | undefined>();

  /**
   * Must be called once for each message. Returns `undefined` for the first message to `audience`
   * in a turn, and the crowd of `audience` for each later message. An audience is recognized by its
   * array.
   */
  find(audience: readonly Reachable[]): Crowd | undefined {
    const isFirst = !this.#crowds.has(audience);
    const earlier = this.#crowds.get(audience);
    const crowd = isFirst || earlier?.isCurrent ? earlier : new Crowd(audience);
    this.#crowds.set(audience, crowd);
    return crowd;
  }

  /** Ends the turn. The crowds are dropped, so that they keep no lines in memory. */
  end(): void {
    if (this.#crowds.size > 0) this.#crowds = new Map();
  }
}
