/**
 * The messages between the nodes of a cluster, and between them and the log, as plain data.
 *
 * The **log** has entries. An entry has the events that one leader has decided in one turn, in
 * order. They are shown only once the log has the entry. A leader **holds** an epoch, which begins
 * with an entry of its own.
 *
 * An **edge** is the part of a node that has clients. It numbers the inputs of each client; the
 * leader performs each once, in order, and numbers its answers to each client. An answer has a
 * position in the log, and is shown to the client exactly there.
 *
 * @module
 */

import type { Event } from "../../server/events/events.ts";
import type { UserId } from "../../server/events/actor.ts";
import type { Caps } from "../../server/irc/capabilities.ts";
import type { Registration } from "../../server/session/registration.ts";
import type { Away } from "../../server/state/recipient.ts";
import type { StoreChange } from "./model_store.ts";

/**
 * The identity of a process: the name of its node, and a number that no other process of the node
 * has: `n1.7`.
 */
export type Life = string;

/**
 * The identity of a client: that of its process, a slash and a number. A client that reconnects
 * gets another one.
 */
export type ClientId = string;

/** Returns the process that a client is connected to. */
export function lifeOf(client: ClientId): Life {
  return client.slice(0, client.indexOf("/"));
}

/** Returns the number of a client among those of its process. */
export function numberOf(client: ClientId): number {
  return Number(client.slice(client.indexOf("/") + 1));
}

/** Returns the node of a process. */
export function nodeOf(life: Life): string {
  return life.slice(0, life.indexOf("."));
}

/** An input of a client. */
export type Input =
  | { readonly type: "opened"; readonly host: string; readonly certificate: string | undefined }
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "closed"; readonly reason: string };

/** An event in the log. */
export interface LoggedEvent {
  readonly event: Event;
  /** The client whose command caused the event, if there is one. */
  readonly acting: ClientId | undefined;
  /**
   * True if the answer to that command contains the line by which this client learns of the event.
   */
  readonly isAnswered: boolean;
}

/** An entry of the log. */
export interface Entry {
  readonly epoch: number;
  /** The process that holds the epoch. */
  readonly leader: Life;
  /** True for the entry that begins the epoch. */
  readonly begins: boolean;
  readonly events: readonly LoggedEvent[];
  /**
   * For each client that was answered since the last entry: the number of answers to it so far. Its
   * edge must have all of them before it applies this entry.
   */
  readonly answered: ReadonlyMap<ClientId, number>;
  /**
   * The clients that became clients of a user, with that user, and, with `undefined`, those that
   * are no longer clients of any user. From this, a new leader knows the users that are connected,
   * and their clients.
   */
  readonly attached: ReadonlyMap<ClientId, UserId | undefined>;
  /** The processes that are gone, whose clients have left. */
  readonly buried: readonly Life[];
}

/**
 * A position in the log: after the first `index` events of the entry `seq`, and after all earlier
 * entries. A position with the index 0 is reached only when the log has that entry, because an
 * answer may follow from events of its turn even if it is shown before them. {@linkcode behind}
 * returns the position between two entries.
 */
export interface Position {
  readonly seq: number;
  readonly index: number;
}

/** Returns the position after the entry `seq` and before the next one. */
export function behind(seq: number): Position {
  return { seq, index: Infinity };
}

/** Returns true if `one` is `other`, or is before it. */
export function isUpTo(one: Position, other: Position): boolean {
  return one.seq < other.seq || (one.seq === other.seq && one.index <= other.index);
}

/**
 * The facts of a session that a new leader needs to restore it, and an edge needs to deliver
 * events.
 */
export interface SessionFacts {
  readonly host: string;
  readonly certificate: string | undefined;
  readonly caps: Caps;
  readonly capVersion: number;
  readonly registration: Registration;
  readonly user: UserId | undefined;
  readonly away: Away | undefined;
  /** True while a command is in progress that no other leader can continue. */
  readonly isBusy: boolean;
}

/** An answer to one client. */
export interface Answer {
  readonly client: ClientId;
  /** The number of the answer: 1 for the first to this client in this epoch. */
  readonly number: number;
  readonly position: Position;
  readonly content:
    | { readonly type: "line"; readonly line: string }
    /** The first `count` inputs have been performed. */
    | { readonly type: "performed"; readonly count: number }
    | { readonly type: "facts"; readonly facts: SessionFacts }
    | { readonly type: "closed" };
}

/** A client as its edge introduces it to a new leader. */
export interface Introduced {
  readonly client: ClientId;
  /** The facts; absent if the client has not been introduced to any leader. */
  readonly facts: SessionFacts | undefined;
  /** The number of inputs that have been performed. */
  readonly performed: number;
}

/** All that a node keeps on its disk. */
export interface Saved {
  /** All entries that were applied to its database. */
  readonly entries: readonly Entry[];
  /** The database, as the changes that made it. */
  readonly changes: readonly StoreChange[];
}

/** A message from one process to another, or to all. */
export type Message =
  /** The leader lives. */
  | {
    readonly type: "heartbeat";
    readonly epoch: number;
    readonly leader: Life;
    /** The number of the last entry of the log that it knows. */
    readonly last: number;
  }
  /**
   * The process lives. `received` has the number of answers in the epoch that each of its clients
   * has got. A client whose number is below `opened`, and that is not in `received`, has left. So a
   * message that arrives late is still true.
   */
  | {
    readonly type: "alive";
    readonly life: Life;
    readonly epoch: number;
    readonly opened: number;
    readonly received: ReadonlyMap<ClientId, number>;
  }
  /** A process introduces its clients to the leader of the epoch. */
  | {
    readonly type: "hello";
    readonly life: Life;
    readonly epoch: number;
    readonly clients: readonly Introduced[];
  }
  /** The leader knows the clients of the process. */
  | { readonly type: "welcome"; readonly epoch: number }
  | {
    readonly type: "input";
    readonly epoch: number;
    readonly client: ClientId;
    readonly number: number;
    readonly input: Input;
  }
  | { readonly type: "answers"; readonly epoch: number; readonly answers: readonly Answer[] }
  /** The log has committed an entry. */
  | { readonly type: "committed"; readonly seq: number; readonly entry: Entry }
  | { readonly type: "snapshot wanted"; readonly life: Life }
  | { readonly type: "snapshot"; readonly saved: Saved };

/** A request to the log. */
export type Request =
  | {
    readonly type: "append";
    /** The id of the append; the log stores only one entry for each id. */
    readonly id: string;
    /** The number that the last entry must have; absent for any. */
    readonly expected: number | undefined;
    readonly entry: Entry;
  }
  | { readonly type: "get"; readonly seq: number };

/** The reply of the log to a request. */
export type Reply =
  | { readonly type: "stored"; readonly id: string; readonly seq: number }
  | { readonly type: "refused"; readonly id: string; readonly last: number }
  | { readonly type: "entry"; readonly seq: number; readonly entry: Entry }
  /** The log has no such entry: it does not exist yet, or was purged. */
  | { readonly type: "none"; readonly seq: number; readonly first: number };
