/**
 * The messages between the nodes of a cluster, and between them and the log, as plain data.
 *
 * The **log** has entries. An entry is what one leader has decided in one turn: events, in order, and
 * nothing of it is shown before the log has it. A leader **holds** an epoch, which begins with an entry
 * of its own.
 *
 * An **edge** is the part of a node that has clients. It numbers the inputs of each client; the leader
 * performs each once, in order, and numbers its answers to each client. An answer has a position in
 * the log, and is shown to the client exactly there.
 *
 * @module
 */

import type { Event } from "../../server/events/events.ts";
import type { UserId } from "../../server/events/actor.ts";
import type { Caps } from "../../server/irc/capabilities.ts";
import type { Registration } from "../../server/session/registration.ts";
import type { Away } from "../../server/state/recipient.ts";
import type { StoreChange } from "./model_store.ts";

/** The name of a node and the number of its process, which no other process had: `n1.7`. */
export type Life = string;

/** A client: its life, a slash and a number. A client that connects again is another one. */
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
  /** True if the answer to that command has the client's line for the event. */
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
   * The number of answers that each client gets before the first later entry, of those clients that
   * were answered since the last entry.
   */
  readonly answered: ReadonlyMap<ClientId, number>;
  /**
   * The clients that became clients of a user, with that user, and those that are no longer clients of
   * any. So a new leader knows who is connected, and where.
   */
  readonly attached: ReadonlyMap<ClientId, UserId | undefined>;
  /** The processes that are gone, whose clients have left. */
  readonly buried: readonly Life[];
}

/**
 * The place behind the first `index` events of the entry `seq`, and behind all earlier entries. With
 * the index 0 it is not before the log has that entry: an answer from a turn that has events may follow
 * from them even if it comes first. {@linkcode behind} is the place between two entries.
 */
export interface Position {
  readonly seq: number;
  readonly index: number;
}

/** Returns the place behind the entry `seq`. */
export function behind(seq: number): Position {
  return { seq, index: Infinity };
}

/** Returns true if `one` is not behind `other`. */
export function isUpTo(one: Position, other: Position): boolean {
  return one.seq < other.seq || (one.seq === other.seq && one.index <= other.index);
}

/** The facts of a session that a new leader needs, and an edge to deliver. */
export interface SessionFacts {
  readonly host: string;
  readonly certificate: string | undefined;
  readonly caps: Caps;
  readonly capVersion: number;
  readonly registration: Registration;
  readonly user: UserId | undefined;
  readonly away: Away | undefined;
  /** True while a command goes on that no other leader can continue. */
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
  /** All entries up to the one that its database has. */
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
   * A process lives; its clients have got so many answers of the epoch. The numbers of clients are
   * below `opened`, and those that are not there have left. So an old message says nothing wrong.
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
  /** The leader knows the process. */
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
    /** The id of the entry; the log stores an id once. */
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
  /** There is no such entry: it is still to come, or was purged. */
  | { readonly type: "none"; readonly seq: number; readonly first: number };
