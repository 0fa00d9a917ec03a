/**
 * A connection as a session sees it: messages in, messages out, and a few facts about the other end.
 * It names no socket, so a session runs on anything that carries messages.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** A connection to a server, as messages in and messages out. */
export interface MessageStream {
  /** The fingerprint of a server met for the first time, by which it is recognised from now on. */
  readonly newFingerprint?: string | undefined;
  /** The reason why the user shows the server no key; undefined where they do, or need not. */
  readonly keyProblem?: string | undefined;
  /** Whether the connection is encrypted. */
  readonly isEncrypted?: boolean | undefined;
  /**
   * Applies the server's value of `sts` (https://ircv3.net/specs/extensions/sts). Returns whether to
   * hang up without another word and to dial again, which will be encrypted. Undefined where a policy
   * changes nothing.
   *
   * @throws {UserError} if the policy cannot be kept.
   */
  readonly applySts?: ((sts: string) => boolean) | undefined;
  /**
   * Queues `message` for sending; never waits. Drops it where the connection has ended.
   *
   * @throws {FormatError} if it is not one message.
   */
  send(message: Message): void;
  /** Closes the connection; {@linkcode receive} then resolves to `reason`. */
  close(reason: string): void;
  /** Hands on messages until the connection ends; resolves to the reason. */
  receive(receiver: StreamReceiver): Promise<string>;
}

/** The receiver of a stream. */
export interface StreamReceiver {
  /** Takes a message; called in the order in which they came. */
  message(message: Message): void;
  /** Takes a line that is no message of the protocol: the part of it that can be shown, perhaps nothing. */
  invalidLine(text: string): void;
  /** Called after each chunk; nothing more is read until it resolves. */
  ready(): Promise<void> | undefined;
}

/**
 * Connects to a server; sends nothing by itself. Rejects with a `UserError` that says why it cannot,
 * within a time limit or as soon as `signal` is aborted.
 */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<MessageStream>;
