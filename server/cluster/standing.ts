/**
 * The knowledge that a process has of the cluster, besides the state of the network, after it has
 * applied the entries of the log up to a number.
 *
 * @module
 */

import type { UserId } from "../events/actor.ts";
import type { EventId } from "../events/ids.ts";
import type { ClientId, Entry, Life } from "./messages.ts";

/** The knowledge after an entry. */
export interface Standing {
  /** The number of the last entry that was applied. */
  readonly seq: number;
  /** The epoch; 0 before the first. */
  readonly epoch: number;
  /** The process that leads in this epoch. */
  readonly leader: Life | undefined;
  /** The process that has led in the epoch before this one. */
  readonly before: Life | undefined;
  /** The greatest id of an event. */
  readonly lastId: EventId | undefined;
  /** The user of each client of any process. */
  readonly users: ReadonlyMap<ClientId, UserId>;
  /** The processes that count as gone. */
  readonly buried: ReadonlySet<Life>;
}

/** The standing before the first entry of a log. */
export const BEFORE_ALL: Standing = {
  ...{ seq: 0, epoch: 0, leader: undefined, before: undefined, lastId: undefined },
  ...{ users: new Map(), buried: new Set() },
};

/** The number of processes that are remembered as gone. */
const BURIED_LIMIT = 1000;

/** A standing that changes with each entry. */
export class Progress implements Standing {
  seq: number;
  epoch: number;
  leader: Life | undefined;
  before: Life | undefined;
  lastId: EventId | undefined;
  readonly users: Map<ClientId, UserId>;
  readonly buried: Set<Life>;

  /** Continues from a standing. */
  constructor({ seq, epoch, leader, before, lastId, users, buried }: Standing) {
    this.seq = seq;
    this.epoch = epoch;
    this.leader = leader;
    this.before = before;
    this.lastId = lastId;
    this.users = new Map(users);
    this.buried = new Set(buried);
  }

  /** Notes the epoch that an entry begins, if it begins one. */
  begin({ begins, epoch, leader }: Entry): void {
    if (!begins || epoch === this.epoch) return;
    this.epoch = epoch;
    this.before = this.leader;
    this.leader = leader;
  }

  /** Notes the next entry. */
  note(entry: Entry): void {
    this.begin(entry);
    this.seq++;
    this.lastId = entry.events.at(-1)?.event.id ?? this.lastId;
    for (const [client, user] of entry.attached) {
      if (user === undefined) this.users.delete(client);
      else this.users.set(client, user);
    }
    for (const life of entry.buried) this.buried.add(life);
    for (const life of this.buried) {
      if (this.buried.size <= BURIED_LIMIT) break;
      this.buried.delete(life);
    }
  }
}
