/**
 * Holds the state of one client's connection for command handlers, such as the registration and the
 * capabilities, and runs commands: their replies go to the client, and so do their errors.
 *
 * @module
 */

import { encodeLine, type Message } from "../../protocol.ts";
import type { Moment } from "../../shared/clock.ts";
import type { Registration } from "./registration.ts";
import { type Alarm, endOverdue } from "./overdue.ts";
import { Pulse } from "./pulse.ts";
import { Replier } from "./replier.ts";
import { type BatchOpening, ResponseBuffer } from "./response_buffer.ts";
import { Caps } from "../irc/capabilities.ts";
import type { ServeOptions } from "../config/config.ts";
import type { ListenAddress } from "../config/options.ts";
import type { Connection } from "../net/connection.ts";
import type { Client } from "../core/client.ts";
import type { Context } from "../core/context.ts";
import type { Outbox } from "../delivery/outbox.ts";
import type { MultilineBatch } from "./batch.ts";
import { MetadataClient } from "./metadata_client.ts";
import { type SliceClient, SlicedAnswers } from "./slices.ts";
import type { Away, Life, Recipient } from "../state/recipient.ts";
import { KeyProof } from "../auth/key_proof.ts";
import type { Exchange } from "../auth/sasl.ts";
import type { Channel, User } from "../state/state.ts";
import type { SentWaiting } from "../state/waiting.ts";
import { IrcError, StandardError } from "../irc/replies.ts";
import { SESSION_TEXTS } from "../texts/session.ts";

/**
 * The functions that a session calls after some of its steps, such as a login. They are parameters,
 * so that a session does not depend on views or on the rules of accounts.
 */
export interface SessionHooks {
  /** Shows a channel that the client's user has joined or that, if `known`, has a new name. */
  entered(session: Session, user: User, channel: Channel, known: boolean): void;
  /** Called after a client of `user` has left. After the last client, the user quits or stays. */
  left(context: Context, user: User, reason: string): void;
  /** Called after the client has logged in to an account. */
  loggedIn(session: Session): void;
  /** Tells the client about the differences between the options `before` and the present ones. */
  reconfigured(session: Session, before: ServeOptions): void;
}

/** The parts of a session. */
export interface SessionParts {
  /** The server's shared parts. */
  readonly context: Context;
  /** The functions that the session calls after some of its steps. */
  readonly hooks: SessionHooks;
  /** The address that the client connects from. */
  readonly host: string;
  /** The value of the capability `sts` for the client, if it gets that capability. */
  readonly sts?: string | undefined;
}

/** The session of one client. */
export class Session extends Replier implements Recipient, Client, SliceClient {
  /** The server's shared parts. */
  readonly context: Context;
  /** The address that it connects from; see {@linkcode Session.shownHost}. */
  readonly host: string;
  readonly outbox: Outbox;
  /** The value of `sts`, if it gets that capability; see `server/net/strict_transport.ts`. */
  sts: string | undefined;
  /** The details that it has given so far. */
  readonly registration: Registration = { negotiating: false };
  /** The capabilities that it has enabled. */
  caps: Caps = Caps.none;
  /** Its version of capability negotiation. Versions from 302 on support values. */
  capVersion = 301;
  /** Its user; `undefined` until the client has registered, and once it has left. */
  user: User | undefined;
  /** Its away message; `undefined` while the client is not away. */
  away: Away | undefined;
  /** The batch that it has opened and not yet closed. */
  batch: MultilineBatch | undefined;
  /** The label for the response to `batch`. */
  batchLabel: string | undefined;
  /** Its metadata subscriptions and requests. */
  readonly metadata: MetadataClient = new MetadataClient();
  /** The last nick that was refused because an account owns it, as that account spells it. */
  refusedNick: string | undefined;
  /** The token of ownership that it gave before it had an account. It is redeemed at the login. */
  heldToken: string | undefined;
  /** The last messages that had waited for an account and that it was sent. */
  sentWaiting: SentWaiting | undefined;
  /** An action for a later moment, if the client is still connected then. */
  alarm: Alarm | undefined;
  /** The SASL exchange that it has begun and not finished. */
  sasl: Exchange | undefined;
  /** The means to prove that it has a private key (KEY), if the client is the server's own page. */
  readonly keyProof: KeyProof | undefined;
  /** The moment of its last message, for the idle time in WHOIS. */
  lastActive: Moment;
  readonly #connection: Connection;
  readonly #hooks: SessionHooks;
  readonly #pulse: Pulse;
  #acting = false;
  /** The name of the last command that was performed. */
  #command = "*";
  readonly #responses: ResponseBuffer;
  /** The long answers to its commands. */
  readonly answers: SlicedAnswers;

  /** Opens a session on `connection`. */
  constructor(connection: Connection, { context, hooks, host, sts }: SessionParts) {
    super();
    this.#connection = connection;
    this.#hooks = hooks;
    this.outbox = connection.outbox;
    this.context = context;
    this.#pulse = new Pulse(this, connection);
    this.host = host;
    this.sts = sts;
    const { pageOrigin } = connection;
    if (pageOrigin !== undefined) this.keyProof = new KeyProof(pageOrigin);
    this.lastActive = connection.arrivedAt;
    this.#responses = new ResponseBuffer(
      context.options.name,
      // Later slices of long answers, and lines caused by other clients, are not urgent.
      (message) => this.outbox.push(encodeLine(message), this.#acting && !this.answers.isSlicing),
    );
    this.answers = new SlicedAnswers(this, connection.budget, this.#responses);
    context.clients.add(this);
  }

  get subscriptions(): ReadonlySet<string> {
    return this.metadata.subscriptions;
  }

  get encrypted(): boolean {
    return this.#connection.encrypted;
  }

  /** The address of this machine that it connected to. */
  get local(): ListenAddress {
    return this.#connection.local;
  }

  /** The host that other users see, unless an operator chooses another. */
  get shownHost(): string {
    return this.context.cloaks.hostOf(this.host);
  }

  get certificate(): string | undefined {
    return this.keyProof?.fingerprint ?? this.#connection.certificate;
  }

  get gateway(): string | undefined {
    return this.#connection.gateway;
  }

  get acting(): boolean {
    return this.#acting;
  }

  isPresent(): boolean {
    return this.context.clients.has(this);
  }

  pause(): () => void {
    return this.#connection.pause();
  }

  get answering(): boolean {
    return this.#responses.isHeld;
  }

  /** The nick for replies to it: `*` while it has no nick. */
  get nick(): string {
    return this.user?.actor.nick ?? this.registration.nick ?? "*";
  }

  get account(): string | undefined {
    return this.user ? this.user.actor.account : this.registration.account;
  }

  send(message: Message): void {
    this.pass(this.#responses.marked(message));
  }

  pass(message: Message): void {
    this.#responses.send(message);
  }

  entered(name: string, known = false): void {
    const channel = this.context.network.channel(name);
    const { user, context, host: address } = this;
    if (!user || !channel) return;
    const show = () => this.#hooks.entered(this, user, channel, known);
    // The user is already in the channel. The others must see the join in any case.
    if (context.guard("a room could not be shown", { address, room: name }, show)) return;
    this.reply("ERR_UNKNOWNERROR", "JOIN", SESSION_TEXTS.internalError);
  }

  reconfigured(before: ServeOptions): void {
    this.#hooks.reconfigured(this, before);
  }

  /** Runs the action that follows the client's login to an account. */
  loggedIn(): void {
    this.#hooks.loggedIn(this);
  }

  /** Runs `action`; replies with the error if it throws an `IrcError` or a `StandardError`. */
  attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof IrcError) this.reply(error.numeric, ...error.params);
      else if (error instanceof StandardError) this.fail(error.command, ...error.params);
      else throw error;
    }
  }

  /**
   * Runs `action` for the command called `command`; replies with the error that it throws. Logs an
   * error of the program itself, which affects only this client, and tells the client.
   */
  perform(command: string, action: () => void): void {
    this.#command = command;
    this.#act(() => {
      try {
        this.attempt(action);
      } catch (error) {
        this.context.fault("a command failed", { command }, error);
        this.reply("ERR_UNKNOWNERROR", command, SESSION_TEXTS.internalError);
      }
    });
  }

  #act(action: () => void): void {
    const wasActing = this.#acting;
    this.#acting = true;
    action();
    this.#acting = wasActing;
  }

  /**
   * Runs `action` as one step of the current command: if it throws an error, the error is answered
   * as that of a command, and the steps after it still run.
   */
  step(action: () => void): void {
    this.perform(this.#command, action);
  }

  /**
   * Finishes the command called `command` with the result of `work`. The client's next commands
   * wait until then. Does nothing for a client that has left. If the command has sent replies
   * already, these have its label, and the replies of `finish` have no label.
   */
  async finishLater<T>(
    command: string,
    work: Promise<T>,
    finish: (result: T) => void,
  ): Promise<void> {
    const label = this.#responses.heldCount > 0 ? undefined : this.takeLabel();
    const resume = this.#connection.pause();
    const [outcome] = await Promise.allSettled([work]);
    const action = () =>
      this.perform(command, () => {
        if (outcome.status === "rejected") throw outcome.reason;
        finish(outcome.value);
      });
    const answer = (): void => {
      if (!this.context.clients.has(this)) return;
      if (label === undefined) action();
      else this.answerLabeled(label, action);
    };
    const act = () => this.context.guard("an answer failed", { command }, answer);
    const waiting = this.#connection.budget.run(act);
    if (waiting) await waiting;
    resume();
  }

  /** Runs `action`, and sends its replies under `label`. */
  answerLabeled(label: string, action: () => void): void {
    this.#act(() => this.#responses.labeled(label, this.caps.has("batch"), action));
  }

  /** Runs `action`, and sends its replies as one batch, if the client has the batch capability. */
  inBatch(opening: BatchOpening, action: () => void): void {
    if (this.caps.has("batch")) this.#responses.batch(opening, action);
    else action();
  }

  /** Takes the label from the current command, so that a later response can have it. */
  takeLabel(): string | undefined {
    return this.#responses.takeLabel();
  }

  /** Runs `action`. Its replies answer the command that opened the batch, under its label. */
  answerBatch(action: () => void): void {
    const label = this.batchLabel;
    this.batchLabel = undefined;
    if (label === undefined) this.attempt(action);
    else this.answerLabeled(label, () => this.attempt(action));
  }

  /**
   * Pings a silent client. Closes a client that does not reply, or does not register in time. Drops
   * a batch that was not closed in time.
   */
  check(now: Moment): void {
    endOverdue(this, this.#connection, now);
    this.#pulse.check(now);
    if (this.user) this.#pulse.checkSilence(now);
    else this.#pulse.checkRegistration(now);
  }

  askIfAlive(isUrgent: boolean): Life {
    return this.#pulse.ask(!this.context.clients.has(this), isUrgent);
  }

  /** Notes a PONG with this token. */
  answered(token: string): void {
    this.#pulse.answered(token);
  }

  /** Removes the client as {@linkcode leave} does, tells it the reason, and disconnects it. */
  close(reason: string): void {
    if (!this.context.clients.has(this)) return;
    if (!this.user) this.context.refused(this.host, reason);
    this.leave(reason);
    this.send({ command: "ERROR", params: [reason] });
    this.#connection.end(reason);
  }

  /**
   * Removes a client that has left or is leaving. Its user leaves as well, unless another client of
   * the user is connected, or the user stays while offline.
   */
  leave(reason: string): void {
    this.context.clients.delete(this);
    this.#pulse.end();
    const { context, user } = this;
    if (user === undefined) return;
    this.user = undefined;
    context.monitors.forget(this);
    context.log.info("disconnected", { nick: user.actor.nick, address: this.host, reason });
    context.rememberSeen(user, this.#pulse.gotUpTo(reason));
    user.recipients.remove(this);
    this.#hooks.left(context, user, reason);
  }
}
