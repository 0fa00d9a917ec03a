/**
 * The connected clients of a user, as the delivery of events uses them. They belong to this server
 * alone and are not part of the state: applying an event neither reads nor changes them.
 *
 * @module
 */

import type { Moment } from "../../shared/clock.ts";
import type { Message } from "../../protocol.ts";
import type { Caps } from "../irc/capabilities.ts";

/** The away message of a client, and its time. */
export interface Away {
  /** The away message. */
  readonly message: string;
  /** The time when it was set, in milliseconds of the clock. */
  readonly since: number;
}

/** The answers of a client to the question whether it is still there. */
export interface Life {
  /**
   * Resolves to true once the client answers, and to false if no answer comes in time or the client
   * has left.
   */
  readonly isAlive: Promise<boolean>;
  /**
   * Resolves like `isAlive`. But if the client had sent something a moment before the question,
   * resolves to true after about a second.
   */
  readonly isProbablyAlive: Promise<boolean>;
}

/** The answers for a client that cannot be asked, because its protocol has no PING. */
export const ALIVE: Life = {
  isAlive: Promise.resolve(true),
  isProbablyAlive: Promise.resolve(true),
};

/** A connected client of a user. */
export interface Recipient {
  /** Its capabilities. Two recipients with the same capabilities get the same bytes. */
  readonly caps: Caps;
  /** True while a command of this client runs: its user's events now come from this client. */
  readonly acting: boolean;
  /**
   * True while messages to this client are collected, because together they are the response to its
   * command.
   */
  readonly answering: boolean;
  /** Its away message; `undefined` while it is not away. */
  readonly away: Away | undefined;
  /** The moment when this client last sent a message for its user. */
  readonly lastActive: Moment;
  /** True if its connection is encrypted. */
  readonly encrypted: boolean;
  /** The fingerprint of the certificate that it has presented, if any. */
  readonly certificate?: string | undefined;
  /** The name of the gateway through which it connects (WEBIRC), if there is one. */
  readonly gateway?: string | undefined;
  /** The metadata keys that it is subscribed to. */
  readonly subscriptions: ReadonlySet<string>;
  /**
   * Its send queue. `push` takes an encoded line; `pushLater` takes a function that encodes it when
   * it is sent. Neither waits.
   */
  readonly outbox: { push(line: Uint8Array): void; pushLater(make: () => Uint8Array): void };
  /** Queues a message, or adds it to the response that is being collected. */
  send(message: Message): void;
  /**
   * Shows a channel that its user has just joined. If the channel is `known`, it was only renamed:
   * the client already has its messages.
   */
  entered(channel: string, known?: boolean): void;
  /**
   * Asks the client by a PING if it is still there. If the client sent something a moment ago, and
   * the question is not urgent, the PING is sent only if the client then stays silent.
   */
  askIfAlive(isUrgent: boolean): Life;
  /** Closes the connection; `reason` is sent to the client and to the users who see it leave. */
  close(reason: string): void;
}

/** A user, or some clients of a user, to deliver to. */
export interface Reachable {
  /** The clients. */
  readonly recipients: Pick<Recipients, "all">;
  /**
   * The client, if there is exactly one. Deliveries read this instead of the list, because that is
   * faster.
   */
  readonly only?: Recipient | undefined;
}

/** The clients of one user that are connected to this server. */
export class Recipients {
  static #changes = 0;
  #all: readonly Recipient[] = [];
  readonly #setOnly: (only: Recipient | undefined) => void;

  /**
   * Makes an empty list. At each change, it calls `setOnly` with the client if there is exactly
   * one, and otherwise with `undefined`.
   */
  constructor(setOnly: (only: Recipient | undefined) => void) {
    this.#setOnly = setOnly;
  }

  /**
   * The number of times that any user's list of clients has changed. While it stays the same, so do
   * all lists.
   */
  static get changes(): number {
    return Recipients.#changes;
  }

  /** All clients, in the order in which they connected. */
  get all(): readonly Recipient[] {
    return this.#all;
  }

  /** Adds a client. */
  add(recipient: Recipient): void {
    this.#set([...this.#all, recipient]);
  }

  /** Removes a client. */
  remove(recipient: Recipient): void {
    this.#set(this.#all.filter((each) => each !== recipient));
  }

  #set(recipients: readonly Recipient[]): void {
    Recipients.#changes++;
    this.#all = recipients;
    this.#setOnly(recipients.length === 1 ? recipients[0] : undefined);
  }
}

/** Returns true if a user has a connected client. */
export function isConnected({ recipients }: Reachable): boolean {
  return recipients.all.length > 0;
}

/** Returns the time since a connected user's last message through any client, in milliseconds. */
export function idleMs({ recipients }: Reachable, now: Moment): number {
  return Math.min(...recipients.all.map(({ lastActive }) => now.since(lastActive)));
}

/**
 * The away message of a client that gives no reason (https://ircv3.net/specs/extensions/pre-away).
 */
const UNSPECIFIED = "*";

/**
 * Returns the away message of a user with connected clients; `undefined` unless all of them are
 * away. If they have several messages, returns the latest one that gives a reason, or the latest
 * one if no message gives a reason.
 */
export function awayMessage({ recipients }: Reachable): string | undefined {
  const all = recipients.all.flatMap(({ away }) => away ?? []);
  if (all.length < recipients.all.length) return undefined;
  const messages = all.toSorted((one, other) => one.since - other.since)
    .map(({ message }) => message);
  return messages.findLast((message) => message !== UNSPECIFIED) ?? messages.at(-1);
}

/** Returns true if a user is connected, and all connections are encrypted. */
export function isEncrypted({ recipients }: Reachable): boolean {
  return recipients.all.length > 0 && recipients.all.every(({ encrypted }) => encrypted);
}
