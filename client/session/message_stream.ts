/**
 * What a session needs of a connection: messages in, messages out, and what is known of the other end.
 * It names no socket, so that a session can run on anything that carries messages.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** A connection to a server, as messages in and messages out. */
export interface MessageStream {
  /** The fingerprint of a server met for the first time, by which it is recognised from now on. */
  readonly firstSeen?: string | undefined;
  /** Why one shows the server no key to be recognised by; undefined where one does, or need not. */
  readonly noKey?: string | undefined;
  /** Whether the connection is encrypted. */
  readonly isEncrypted?: boolean | undefined;
  /**
   * Takes in what the server says of `sts`. Returns whether to hang up without another word, and to
   * dial again: that will be encrypted. Undefined where it cannot be acted upon.
   *
   * @throws {UserError} if it cannot be remembered.
   */
  readonly applySts?: ((sts: string) => boolean) | undefined;
  /**
   * Queues `message` for sending; never waits. What cannot be sent any more is dropped.
   *
   * @throws {FormatError} if it is not one message.
   */
  send(message: Message): void;
  /** Closes the connection; `reason` is what {@linkcode receive} then resolves to. */
  close(reason: string): void;
  /** Hands on what the server sends, until the connection ends; resolves to why it did. */
  receive(receiver: StreamReceiver): Promise<string>;
}

/** What takes in what a server sends. */
export interface StreamReceiver {
  /** Takes a message; called in the order in which they came. */
  message(message: Message): void;
  /** Takes what is no message of the protocol: as much of it as can be shown, perhaps nothing. */
  garbage(text: string): void;
  /** Called after each chunk; nothing more is read until it resolves. */
  ready(): Promise<void> | undefined;
}

/**
 * Connects to a server; rejects with a `UserError` that says why that cannot be done, before long or
 * as soon as `signal` is aborted. Nothing is sent before the stream is asked to.
 */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<MessageStream>;
