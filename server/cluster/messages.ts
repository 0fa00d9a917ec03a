/**
 * The messages between the processes of a cluster, and between them and the log, as plain data.
 *
 * The **log** has entries. An entry has the events that one leader has decided in one turn, in
 * order. They are shown only once the log has the entry. An **epoch** is the time for which one
 * process leads; this process **holds** it. An epoch begins with an entry of its own.
 *
 * An **edge** is the part of a process that has clients. It numbers the inputs of each client; the
 * leader performs each once, in order, and numbers its answers to each client. An answer has a
 * position in the log, and is shown to the client exactly there.
 *
 * @module
 */

import type { Received } from "../../lines.ts";
import type { ListenAddress } from "../config/options.ts";
import type { KeyedRequest } from "../accounts/operator_requests.ts";
import type { UserId } from "../events/actor.ts";
import type { Event } from "../events/events.ts";
import type { Refusal } from "../net/refusals.ts";
import type { Capability } from "../irc/capabilities.ts";
import type { Registration } from "../session/registration.ts";
import type { Away } from "../state/recipient.ts";
import type { SentWaiting } from "../state/waiting.ts";

/**
 * The identity of a process: the name of its node, a dot, and a text that no other process of the
 * node has.
 */
export type Life = string;

/**
 * The identity of a client: that of its process, a slash and a number. A client that reconnects
 * gets another one.
 */
export type ClientId = string;

/** Returns the process that a client is connected to. */
export function lifeOf(client: ClientId): Life {
  return client.slice(0, client.lastIndexOf("/"));
}

/** Returns the node of a process. */
export function nodeOf(life: Life): string {
  return life.slice(0, life.lastIndexOf("."));
}

/** The facts about a client's connection, which do not change. */
export interface Origin {
  /** The IP address of the client, in the form of a parameter of IRC. */
  readonly host: string;
  /** The address that the client has connected to. */
  readonly local: ListenAddress;
  /** True if the connection is encrypted. */
  readonly encrypted: boolean;
  /** True if the lines are messages of a WebSocket. */
  readonly isWebSocket: boolean;
  /** The fingerprint of the client's certificate, if there is one. */
  readonly certificate?: string | undefined;
  /** The name of the gateway that passes the connection on, if there is one. */
  readonly gateway?: string | undefined;
  /** The origin of the server's own page, if the client is that page. */
  readonly pageOrigin?: string | undefined;
  /** The value of the capability `sts`, if the client gets one. */
  readonly sts?: string | undefined;
}

/** An input of a client. */
export type Input =
  | { readonly type: "opened"; readonly origin: Origin }
  | { readonly type: "line"; readonly found: Received }
  /** A line of the client's batch with this reference was refused, and the rest of it will be. */
  | { readonly type: "torn"; readonly batch: string }
  | {
    readonly type: "closed";
    readonly reason: string;
    /**
     * True if the client has only ended its sending direction, so that it may still read the answers
     * to its earlier inputs. Absent from earlier versions.
     */
    readonly mayRead?: boolean | undefined;
  };

/** An input of a client, with its number: 1 for the first. */
export interface Numbered {
  /** The client. */
  readonly client: ClientId;
  /** The number of the input. */
  readonly number: number;
  /** The input. */
  readonly input: Input;
  /**
   * The number of all answers that the client had been shown in this epoch when the input was sent
   * to the leader. By this, the leader knows what a client had got when it left. Absent before the
   * input is sent. Earlier versions do not send it.
   */
  readonly received?: number | undefined;
}

/** An event in the log. */
export interface LoggedEvent {
  /** The event. */
  readonly event: Event;
  /** The client whose command caused the event, if there is one. */
  readonly acting?: ClientId | undefined;
  /**
   * True if the answer to that command contains the line by which this client learns of the event.
   */
  readonly isAnswered?: boolean | undefined;
}

/** An entry of the log. */
export interface Entry {
  /** The epoch. */
  readonly epoch: number;
  /** The process that holds the epoch. */
  readonly leader: Life;
  /** True for the entry that begins the epoch. */
  readonly begins: boolean;
  /** The events, in order. */
  readonly events: readonly LoggedEvent[];
  /**
   * For each client that was answered since the last entry: the number of answers to it so far. Its
   * edge must have all of them before it applies this entry.
   */
  readonly answered: ReadonlyMap<ClientId, number>;
  /**
   * The clients whose user has changed, each with its new user, or with `undefined` if it is no
   * longer a client of any user. From this, a new leader knows which users are connected, and with
   * which clients.
   */
  readonly attached: ReadonlyMap<ClientId, UserId | undefined>;
  /** The processes that count as gone from this entry on. Their clients have left. */
  readonly buried: readonly Life[];
}

/**
 * A position in the log: after the first `index` events of the entry `seq`, and after all earlier
 * entries. A position with the index 0 is reached only when the log has the entry `seq`: an answer
 * at this position is shown before the entry's events, but may be a consequence of them.
 *
 * {@linkcode behind} returns the position between two entries.
 */
export interface Position {
  /** The number of the entry. */
  readonly seq: number;
  /** The number of events; `undefined` for all. */
  readonly index: number | undefined;
}

/** Returns the position after the entry `seq` and before the next one. */
export function behind(seq: number): Position {
  return { seq, index: undefined };
}

/** Returns true if `one` is `other`, or is before it. */
export function isUpTo(one: Position, other: Position): boolean {
  if (one.seq !== other.seq) return one.seq < other.seq;
  return (one.index ?? Infinity) <= (other.index ?? Infinity);
}

/**
 * The facts of a session. A new leader needs them to restore the session, and an edge needs them to
 * deliver events.
 */
export interface SessionFacts {
  /** The facts about its connection. */
  readonly origin: Origin;
  /** The names of its capabilities. */
  readonly caps: readonly Capability[];
  /** Its version of capability negotiation. */
  readonly capVersion: number;
  /** The details that it gave before it was registered. */
  readonly registration: Readonly<Registration>;
  /**
   * The token that it has given. The token is redeemed once the session has what it requires, such
   * as an account.
   */
  readonly heldToken?: string | undefined;
  /** Its user, if it is registered. */
  readonly user: UserId | undefined;
  /** Its away message, if it is away. */
  readonly away: Away | undefined;
  /** The nicks that it monitors. */
  readonly monitored: readonly string[];
  /** The keys of metadata that it is subscribed to. */
  readonly subscriptions: readonly string[];
  /**
   * The messages that had waited and that it was sent. The log may lack the end of their wait.
   * Earlier versions do not send it.
   */
  readonly sentWaiting?: SentWaiting | undefined;
  /**
   * True while the session has a command in progress, or data that another leader would not get.
   */
  readonly isBusy: boolean;
}

/** An answer to one client. */
export interface Answer {
  /** The client. */
  readonly client: ClientId;
  /** The number of the answer: 1 for the first to this client in this epoch. */
  readonly number: number;
  /** The position at which it is shown. */
  readonly position: Position;
  /** The content. */
  readonly content:
    /** Whole lines, with their ends. */
    | { readonly type: "lines"; readonly text: string }
    /** The first `count` inputs have been performed. */
    | { readonly type: "performed"; readonly count: number }
    | { readonly type: "facts"; readonly facts: SessionFacts }
    | { readonly type: "closed"; readonly reason: string };
}

/** A client as its edge introduces it to a new leader. */
export interface Introduced {
  /** The client. */
  readonly client: ClientId;
  /** The facts; absent if no leader has told the edge any. */
  readonly facts: SessionFacts | undefined;
  /** The number of inputs that have been performed. */
  readonly performed: number;
  /**
   * The time since its last message, or else since it has connected, in milliseconds. Earlier
   * versions do not send it.
   */
  readonly idleMs?: number | undefined;
}

/** A message from one process to another, or to all. */
export type Message =
  /** The leader lives. */
  | {
    readonly type: "heartbeat";
    readonly epoch: number;
    readonly leader: Life;
    /** The number of the last entry of the log that the leader knows. */
    readonly last: number;
    /** The time for which an append of the leader has had no answer, in milliseconds, or 0. */
    readonly waitsMs: number;
  }
  /** The process lives. */
  | {
    readonly type: "alive";
    readonly life: Life;
    readonly epoch: number;
    /**
     * The clients that were shown answers since the last such message. For each: the number of all
     * answers that it was shown in this epoch, or `Infinity` if it has left.
     */
    readonly received: ReadonlyMap<ClientId, number>;
    /** The clients that read so slowly that no long answers must be sent to them now. */
    readonly full: readonly ClientId[];
    /** The number of the last entry that the process can restore without the log. */
    readonly saved: number;
    /**
     * The requests of `chat operators` that are not fulfilled by the entries that the process has
     * applied.
     */
    readonly requests: readonly KeyedRequest[];
    /**
     * The connections that the process has refused since the last such message, or only the first
     * of them if there are many. Earlier versions do not send it.
     */
    readonly refused?: readonly Refusal[] | undefined;
  }
  /** A process introduces its clients, or some of them, to the leader of the epoch. */
  | {
    readonly type: "hello";
    readonly life: Life;
    readonly epoch: number;
    /**
     * The number of all clients of the process: a message with many clients may be divided on its
     * way.
     */
    readonly count: number;
    readonly clients: readonly Introduced[];
    /**
     * The time since the process has started, in milliseconds. Earlier versions do not send it.
     */
    readonly uptimeMs?: number | undefined;
  }
  /** The leader knows the clients of the process `life`. */
  | { readonly type: "welcome"; readonly life: Life; readonly epoch: number }
  /** The process is about to end. */
  | { readonly type: "leaving"; readonly life: Life }
  | { readonly type: "inputs"; readonly epoch: number; readonly inputs: readonly Numbered[] }
  | { readonly type: "answers"; readonly epoch: number; readonly answers: readonly Answer[] }
  /** The log has committed an entry. */
  | { readonly type: "committed"; readonly seq: number; readonly entry: Entry };

/** A request to the log. */
export type Request =
  | {
    readonly type: "append";
    /** The id of the append; the log stores only one entry for each id. */
    readonly id: string;
    /** The number that the last entry must have. */
    readonly expected: number;
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

/** A process, as the receiver of messages. */
export interface Station {
  /** The present identity of the process. */
  readonly life: Life;
  /** Takes a message. */
  received(message: Message): void;
  /** Takes a reply of the log. */
  replied(reply: Reply): void;
}

/** The connection of a process with the other processes and with the log. */
export interface Bus {
  /** False while no messages can come. A loss of the connection may be noticed late. */
  readonly isConnected: boolean;
  /** Sends a message to one process. It may get lost, come late, or come twice. */
  send(to: Life, message: Message): void;
  /** Sends a message to all other processes, in the same way. */
  publish(message: Message): void;
  /**
   * Sends a request to the log. The reply, if one comes, goes to {@linkcode Station.replied}. An
   * append that got no reply may have been stored; it is safe to send it again.
   */
  request(request: Request): void;
}
