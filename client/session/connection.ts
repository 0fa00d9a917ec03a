/**
 * One connection to a server, from dialing to its end. It handles registration, keepalive and
 * barriers: PINGs whose PONG shows that the server has answered all earlier messages. All other
 * messages go to the session. The session keeps the things that outlive the connection: rooms and
 * unsent messages.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { printable } from "../../shared/text.ts";
import { END_TEXTS } from "../texts/session.ts";
import { Batches, type MessageReceiver } from "./batches.ts";
import type { Capabilities } from "./capabilities.ts";
import { ServerView } from "./server_view.ts";
import { isAnswer, Keepalive } from "./keepalive.ts";
import { Lag } from "./lag.ts";
import { NickWatch } from "./nick_watch.ts";
import type { Outcome } from "./outcome.ts";
import { type NickRefusal, Registration, type RegistrationOptions } from "./registration.ts";
import { Requests, type TakePage } from "./requests.ts";
import type { Dial, MessageStream, StreamReceiver } from "./message_stream.ts";

/** The time from QUIT until the client closes the connection itself, in milliseconds. */
const QUIT_TIMEOUT = 1_500;

/** The parameter of a PING that asks whether the server still answers. */
const KEEPALIVE_TOKEN = "still-there";

/** The server, the user and the dependencies of a connection. */
export interface ConnectionOptions extends RegistrationOptions {
  /** The name or IP address of the server; IPv6 without brackets. */
  readonly host: string;
  /** The port, from 1 to 65535. */
  readonly port: number;
  /** Connects to the server. */
  readonly dial: Dial;
  /** Aborts the attempt to connect and to register; has no effect after that. */
  readonly signal: AbortSignal;
  /** True if reactions are read from the history, too; only servers of `chat` send them. */
  readonly playsReactions?: true;
}

/** The receiver of the messages of a connection. */
export interface ConnectionReceiver extends MessageReceiver {
  /**
   * Called once, before any message is delivered: the client is registered, and the server has sent
   * its greeting and its features.
   */
  registered(connection: Connection): void;
  /** Called after each chunk; reading pauses until the promise resolves, if it returns one. */
  ready(): Promise<void> | undefined;
}

/** A connection to a server; made by {@linkcode Connection.dial}. */
export class Connection implements StreamReceiver {
  /** The state, as the server's messages describe it. */
  readonly view: ServerView;
  /** Resolves to the reason why the connection ended. */
  readonly ended: Promise<string>;
  readonly #end: PromiseWithResolvers<string> = Promise.withResolvers();
  /** The fingerprint of a server that was trusted for the first time, and is now remembered. */
  readonly newFingerprint: string | undefined;
  /**
   * The reason why the client has no cryptographic key to identify the user with; undefined if it
   * has one, or needs none.
   */
  readonly keyProblem: string | undefined;

  readonly #options: ConnectionOptions;
  readonly #receiver: ConnectionReceiver;
  readonly #stream: MessageStream;
  readonly #registration: Registration;
  /** The actions that wait for a PONG, by its token. */
  readonly #barriers = new Map<string, () => void>();
  #barrierCount = 0;
  readonly #batches: Batches;
  readonly #requests: Requests;
  #keepalive: Keepalive | undefined;
  /** The watch for the wanted nick, until the user has it or asks for another. */
  #nickWatch: NickWatch | undefined;
  readonly #lag: Lag;
  /** True once messages are not delivered any more. */
  #isSilent = false;
  /** The invitations in the greeting. */
  readonly #invitations: Message[] = [];
  /** The text of the server's ERROR. */
  #errorText: string | undefined;

  /**
   * Connects; sends and reads nothing before {@linkcode register}.
   *
   * @throws {UserError} if it cannot connect.
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
    this.#lag = new Lag(() => options.clock.moment());
    this.view = new ServerView(options.nick, () => options.clock.now());
    this.#stream = stream;
    this.#registration = new Registration(options, {
      address: { hostname: options.host, port: options.port },
      stream,
      send: (message) => this.send(message),
      barrier: (action) =>
        this.barrier(() => {
          this.view.greeting = "over";
          action();
          this.#showInvitations();
        }),
      registered: () => {
        receiver.registered(this);
        this.#watchNick();
      },
      leave: () => void this.leave(""),
      close: (reason) => this.#stream.close(reason),
    });
    this.#requests = new Requests({
      clock: options.clock,
      capabilities: this.capabilities,
      view: this.view,
      send: (message) => this.send(message),
      barrier: (action) => this.barrier(action),
    }, receiver);
    this.#batches = new Batches(this.#requests);
    this.newFingerprint = stream.newFingerprint;
    this.keyProblem = stream.keyProblem;
    this.ended = this.#end.promise;
  }

  /**
   * Registers with the server; resolves to true once that is done. From then on messages are
   * delivered, until {@linkcode ended}. Resolves to false if the server asks for TLS: the client
   * has then sent no nick, and must dial again.
   *
   * @throws {UserError} if the server does not accept the client, or is not a chat server.
   */
  async register(): Promise<boolean> {
    try {
      this.#registration.begin();
    } catch (error) {
      this.#stream.close(END_TEXTS.left);
      throw error;
    }
    void this.#receive();
    return await this.#registration.outcome;
  }

  /** The capabilities that the server and the client have negotiated. */
  get capabilities(): Capabilities {
    return this.#registration.capabilities;
  }

  /** The number of messages in one page of history; undefined if the server has no history. */
  get historyPage(): number | undefined {
    return this.capabilities.keepsHistory ? this.view.isupport.historyPage : undefined;
  }

  /** True if reactions are read from the history, too. */
  get playsReactions(): boolean {
    return this.#options.playsReactions === true;
  }

  /** The refusal of the wanted nick, if the client has another nick. */
  get nickRefusal(): NickRefusal | undefined {
    return this.#registration.nickRefusal;
  }

  /** The time that the server takes to answer, in milliseconds. */
  get lag(): number {
    return this.#lag.ms;
  }

  /** The account that the client logged in to during the registration. */
  get account(): string | undefined {
    return this.#registration.account;
  }

  /** Queues a message; never waits. */
  send(message: Message): void {
    if (message.command === "NICK") this.#nickWatch = undefined;
    this.#queue(message);
  }

  /**
   * Sends a command; resolves to its outcome. `takePage` gets the history or NOTE that answers it.
   */
  request(message: Message, takePage?: TakePage): Promise<Outcome> {
    return this.#requests.send(message, takePage);
  }

  /** Calls `action` once the server has answered all messages sent until now. */
  barrier(action: () => void): void {
    const token = `barrier-${++this.#barrierCount}`;
    this.#barriers.set(token, action);
    this.send({ command: "PING", params: [token] });
  }

  /** Leaves like {@linkcode leave}; messages that still arrive are not delivered. */
  async leaveSilently(): Promise<void> {
    this.#isSilent = true;
    await this.leave("");
  }

  /** Sends QUIT; resolves once the connection has ended, after 1.5 seconds at the latest. */
  async leave(reason: string): Promise<void> {
    this.send({ command: "QUIT", params: reason === "" ? [] : [reason] });
    const cancel = this.#options.clock.after(
      QUIT_TIMEOUT,
      () => this.#stream.close(END_TEXTS.left),
    );
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
  tlsAlert(): void {
    this.#registration.tlsAlert();
  }

  /** Part of {@linkcode StreamReceiver}. */
  message(message: Message): void {
    if (this.#isSilent) return;
    const isMe = (nick: string) => this.view.isMe(nick);
    if (isAnswer(message, isMe)) this.#keepalive?.answered();
    this.#lag.received(message);
    if (!this.#registration.isFromIrcServer(message)) return;
    switch (message.command) {
      case "PING":
        return this.send({ command: "PONG", params: message.params.slice(-1) });
      case "PONG":
        if (this.#passBarrier(message.params.at(-1) ?? "")) return;
        break;
      case "ERROR":
        this.#errorText = printable(message.params.at(-1) ?? "");
        // Nothing follows an ERROR (https://modern.ircdocs.horse, "ERROR message"), but not all
        // servers close the connection at once.
        return this.#stream.close(this.#errorText);
      case "CAP":
        // Only the user asks for CAP LIST, so the answer is shown.
        if (message.params[1] === "LIST") break;
        return this.#registration.negotiate(message);
    }
    if (this.#registration.handles(message) || this.#nickWatch?.take(message)) return;
    if (message.command === "INVITE" && this.view.greeting !== "over") {
      return void this.#invitations.push(message);
    }
    this.#batches.take(message);
    if (message.command === "NICK") this.#endWatch();
  }

  /**
   * Delivers the invitations in the greeting, except to rooms that the user is in. A server that
   * accepts a token invites the user to the token's room and joins them to it, on each connection.
   */
  #showInvitations(): void {
    const { rooms } = this.view;
    for (const message of this.#invitations.splice(0)) {
      if (!rooms.get(message.params[1] ?? "")) this.#batches.take(message);
    }
  }

  #queue(message: Message): void {
    this.#lag.sent(message);
    this.#stream.send(message);
  }

  /** Begins to watch for the wanted nick, if another user has it. */
  #watchNick(): void {
    const { takenNick } = this.#registration;
    if (takenNick === undefined) return;
    const { isupport } = this.view;
    this.#nickWatch = new NickWatch(takenNick, isupport.monitors, {
      isSame: (one, other) => isupport.isSame(one, other),
      send: (message) => this.#queue(message),
    });
  }

  /** Ends the watch once the user has the wanted nick. */
  #endWatch(): void {
    const { takenNick = "" } = this.#registration;
    if (!this.#nickWatch || !this.view.isMe(takenNick)) return;
    this.#nickWatch = undefined;
    if (!this.view.isupport.monitors) return;
    this.#queue({ command: "MONITOR", params: ["-", takenNick] });
  }

  /** Receives messages until the connection ends. */
  async #receive(): Promise<void> {
    const { clock, signal } = this.#options;
    const keepalive = new Keepalive(clock, {
      ping: () => this.send({ command: "PING", params: [KEEPALIVE_TOKEN] }),
      timeout: () => this.#stream.close(END_TEXTS.timeout),
    });
    this.#keepalive = keepalive;
    const abort = () => this.#stream.close(END_TEXTS.left);
    // The user may have left right after the socket was connected.
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    const done = () => signal.removeEventListener("abort", abort);
    this.#registration.outcome.then(done, done);
    const reason = await this.#stream.receive(this);
    keepalive.stop();
    const endReason = this.#errorText ?? reason;
    this.#registration.end(endReason);
    this.#requests.lost();
    this.#end.resolve(endReason);
  }

  /** Handles a PONG; returns false if the PING came from the user, not from the client itself. */
  #passBarrier(token: string): boolean {
    const action = this.#barriers.get(token);
    this.#barriers.delete(token);
    action?.();
    return action !== undefined || token === KEEPALIVE_TOKEN;
  }
}
