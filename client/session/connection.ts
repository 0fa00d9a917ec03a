/**
 * One stay at a server, from dialling to the end: being let in, keeping the line alive, barriers. It
 * hands on every message that concerns people; what was said and to which rooms one belongs outlive
 * it and are the session's.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { printable } from "../../shared/text.ts";
import { Batches, type MessageReceiver } from "./batches.ts";
import type { Capabilities } from "./capabilities.ts";
import { Conversation } from "./conversation.ts";
import { Keepalive } from "./keepalive.ts";
import { type NickRefusal, Registration, type RegistrationOptions } from "./registration.ts";
import type { Dial, MessageStream, StreamReceiver } from "./message_stream.ts";

/** Milliseconds from saying goodbye until the connection is closed anyway. */
const GOODBYE = 1_500;

/** Where and as whom to connect, and with what means. */
export interface ConnectionOptions extends RegistrationOptions {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** From 1 to 65535. */
  readonly port: number;
  /** How connections are made. */
  readonly dial: Dial;
  /** Aborts the attempt to get in; a connection that stands is not concerned. */
  readonly signal: AbortSignal;
}

/** Whom a connection hands messages on to. */
export interface ConnectionReceiver extends MessageReceiver {
  /**
   * Called once, before anything happens: the server has let one in, and has said what it says of
   * itself.
   */
  registered(connection: Connection): void;
  /** Called after each chunk; nothing more is read until it resolves. */
  ready(): Promise<void> | undefined;
}

/** A connection to a server; made by {@linkcode Connection.dial}. */
export class Connection implements StreamReceiver {
  /** What is known from the server's messages. */
  readonly conversation: Conversation;
  /** Resolves to why the connection ended. */
  readonly ended: Promise<string>;
  readonly #end: PromiseWithResolvers<string> = Promise.withResolvers();
  /** The fingerprint of a server met for the first time, by which it is recognised from now on. */
  readonly newFingerprint: string | undefined;
  /** Why one shows no key to be recognised by, where one should. */
  readonly keyProblem: string | undefined;

  readonly #options: ConnectionOptions;
  readonly #receiver: ConnectionReceiver;
  readonly #stream: MessageStream;
  readonly #registration: Registration;
  /** What is to be done when the server has answered all that was sent before. */
  readonly #barriers = new Map<string, () => void>();
  #barrierCount = 0;
  readonly #batches: Batches;
  #keepalive: Keepalive | undefined;
  #lastWords: string | undefined;

  /**
   * Connects; nothing is sent or read before {@linkcode register}.
   *
   * @throws {UserError} if that fails, for whatever reason.
   */
  static async dial(
    options: ConnectionOptions,
    receiver: ConnectionReceiver,
  ): Promise<Connection> {
    const { host, port, signal } = options;
    return new Connection(await options.dial(host, port, signal), options, receiver);
  }

  private constructor(
    stream: MessageStream,
    options: ConnectionOptions,
    receiver: ConnectionReceiver,
  ) {
    this.#options = options;
    this.#receiver = receiver;
    this.#batches = new Batches(receiver);
    this.conversation = new Conversation(options.nick, () => options.clock.now());
    this.#stream = stream;
    this.#registration = new Registration(options, {
      address: { hostname: options.host, port: options.port },
      stream,
      send: (message) => this.send(message),
      barrier: (action) => this.barrier(action),
      registered: () => receiver.registered(this),
      leave: () => void this.leave(""),
      close: (reason) => this.#stream.close(reason),
    });
    this.newFingerprint = stream.newFingerprint;
    this.keyProblem = stream.keyProblem;
    this.ended = this.#end.promise;
  }

  /**
   * Asks to be let in; resolves once that is done. From then on messages are handed on, until
   * {@linkcode ended}. Resolves to false if the server asks for TLS instead: nobody has introduced
   * themselves, and it is to be dialled again.
   *
   * @throws {UserError} if the server does not let one in, or is none.
   */
  async register(): Promise<boolean> {
    this.#registration.begin();
    void this.#live();
    return await this.#registration.outcome;
  }

  /** What the server and the client have agreed upon. */
  get capabilities(): Capabilities {
    return this.#registration.capabilities;
  }

  /** Why the nick is not the wanted one. */
  get nickRefusal(): NickRefusal | undefined {
    return this.#registration.nickRefusal;
  }

  /** Queues a message; never waits. */
  send(message: Message): void {
    this.#stream.send(message);
  }

  /** Calls `action` when the server has answered all that was sent until now. */
  barrier(action: () => void): void {
    const token = `barrier-${++this.#barrierCount}`;
    this.#barriers.set(token, action);
    this.send({ command: "PING", params: [token] });
  }

  /** Says goodbye; resolves when the connection has ended, at most a moment later. */
  async leave(reason: string): Promise<void> {
    this.send({ command: "QUIT", params: reason === "" ? [] : [reason] });
    const cancel = this.#options.clock.after(GOODBYE, () => this.#stream.close("left"));
    await this.ended;
    cancel();
  }

  /** Part of {@linkcode StreamReceiver}. */
  ready(): Promise<void> | undefined {
    const ready = this.#receiver.ready();
    return ready && (this.#keepalive?.pause(ready) ?? ready);
  }

  /** Part of {@linkcode StreamReceiver}. */
  invalidLine(text: string): void {
    this.#registration.invalidLine(text);
  }

  /** Part of {@linkcode StreamReceiver}. */
  message(message: Message): void {
    this.#keepalive?.received();
    if (!this.#registration.isFromIrcServer(message)) return;
    switch (message.command) {
      case "PING":
        return this.send({ command: "PONG", params: message.params.slice(-1) });
      case "PONG":
        return this.#passBarrier(message.params.at(-1) ?? "");
      case "ERROR":
        this.#lastWords = printable(message.params.at(-1) ?? "");
        // Modern IRC, "ERROR message": nothing follows, and not all servers are quick to hang up.
        return this.#stream.close(this.#lastWords);
      case "CAP":
        return this.#registration.negotiate(message);
    }
    if (!this.#registration.handles(message)) this.#batches.take(message);
  }

  async #live(): Promise<void> {
    const { clock, signal } = this.#options;
    const keepalive = new Keepalive(clock, {
      ping: () => this.send({ command: "PING", params: ["still-there"] }),
      timeout: () => this.#stream.close("the server does not answer any more"),
    });
    this.#keepalive = keepalive;
    const giveUp = () => this.#stream.close("left");
    signal.addEventListener("abort", giveUp);
    const done = () => signal.removeEventListener("abort", giveUp);
    this.#registration.outcome.then(done, done);
    const reason = await this.#stream.receive(this);
    keepalive.stop();
    const why = this.#lastWords ?? reason;
    this.#registration.end(why);
    this.#end.resolve(why);
  }

  #passBarrier(token: string): void {
    const action = this.#barriers.get(token);
    this.#barriers.delete(token);
    action?.();
  }
}
