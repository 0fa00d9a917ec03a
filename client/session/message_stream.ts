/**
 * A connection as the session sees it: messages in, messages out, and a few facts about the server.
 * It does not know sockets, so that a session works on anything that carries messages.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/** A connection to a server, as messages in and messages out. */
export interface MessageStream {
  /** The fingerprint of a server that was trusted for the first time, and is now remembered. */
  readonly newFingerprint?: string | undefined;
  /**
   * The reason why the client has no cryptographic key to identify the user with; undefined if it
   * has one, or needs none.
   */
  readonly keyProblem?: string | undefined;
  /** True if the connection is encrypted. */
  readonly isEncrypted?: boolean | undefined;
  /**
   * True if the server can see the user's key. If absent, the server sees the key if the client has
   * one and the connection is encrypted: TLS shows it.
   */
  readonly showsKey?: boolean | undefined;
  /**
   * Applies the server's value of `sts` (https://ircv3.net/specs/extensions/sts). Returns true if
   * the client must disconnect at once and dial again; the new connection uses TLS. Undefined if
   * policies do not apply.
   *
   * @throws {UserError} if the policy cannot be saved.
   */
  readonly applySts?: ((sts: string) => boolean) | undefined;
  /**
   * Queues `message` for sending; never waits. Drops it if the connection has ended.
   *
   * @throws {FormatError} if it cannot be sent as one message.
   */
  send(message: Message): void;
  /** Closes the connection; {@linkcode receive} then resolves to `reason`. */
  close(reason: string): void;
  /** Delivers messages until the connection ends; resolves to the reason. */
  receive(receiver: StreamReceiver): Promise<string>;
}

/** The receiver of a stream. */
export interface StreamReceiver {
  /** Takes a message; called in the order of arrival. */
  message(message: Message): void;
  /** Takes the printable part, perhaps empty, of a line that is not a message of the protocol. */
  invalidLine(text: string): void;
  /**
   * Called if the server begins with a TLS alert, which it sends if it expects TLS and gets plain
   * text.
   */
  tlsAlert(): void;
  /** Called after each chunk; reading pauses until the promise resolves, if it returns one. */
  ready(): Promise<void> | undefined;
}

/**
 * Connects to a server; sends no message by itself. If that fails, rejects with a `UserError` that
 * says why. Fails after a time limit, or as soon as `signal` is aborted.
 */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<MessageStream>;
