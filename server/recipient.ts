/**
 * What the rest of the server sees of a connected client: the way lines reach it.
 *
 * @module
 */

import type { Message } from "../protocol.ts";
import type { Outbox } from "./outbox.ts";
import type { Caps } from "./view/capabilities.ts";
import type { Channel } from "./state/state.ts";

/** One way in which lines reach a person. */
export interface Recipient {
  /** Its capabilities, or {@linkcode PLAIN}. Two recipients with the same get the same bytes. */
  readonly kind: Caps;
  /** Whether a command of its own is being done: what happens now, its person does here. */
  readonly acting: boolean;
  /** Whether the answer to that command is to be sent as one, and therefore gathered. */
  readonly answering: boolean;
  /** When its person last said something; milliseconds since 1970-01-01 UTC. */
  readonly lastActive: number;
  /** Whether nobody on the way to it can read along. */
  readonly encrypted: boolean;
  /** The fingerprint of the certificate it has shown; absent, it has shown none. */
  readonly certificate?: string | undefined;
  /** The keys of metadata that it wants to be told of. */
  readonly subscriptions: ReadonlySet<string>;
  /** Where encoded lines for it are queued; to do that never waits. */
  readonly outbox: Pick<Outbox, "push">;
  /** Queues a message, as an answer if a command is being answered. */
  send(message: Message): void;
  /** Shows the channel that its person has come into, as far as it wants to see it. */
  entered(channel: Channel): void;
  /** Sees it out, telling it and everybody else why. */
  close(reason: string): void;
}

/** Somebody who can be reached, in as many ways as they are connected. */
export interface Hearer {
  /** The ways; none for who is not connected to this very server. */
  readonly recipients: readonly Recipient[];
  /** The way, where there is one and no other. */
  readonly only?: Recipient | undefined;
}

/** When somebody last said something, wherever; as in {@linkcode Recipient}. */
export function lastActive({ recipients }: Hearer): number {
  return Math.max(...recipients.map((recipient) => recipient.lastActive));
}

/** Whether somebody is connected, and all of their connections are encrypted. */
export function isEncrypted({ recipients }: Hearer): boolean {
  return recipients.length > 0 && recipients.every(({ encrypted }) => encrypted);
}

/** The kind of a recipient that speaks no IRC and is shown only what is said. */
export const PLAIN: Caps = 1 << 31;
