/**
 * One client's conversation with the server, as command handlers see it: how far it has registered,
 * which capabilities it asked for, and how to answer it. Knows IRC's form of an answer; which answer
 * to give is the handlers' business.
 *
 * @module
 */

import { encodeLine, LIMITS, type Message } from "../../protocol.ts";
import { byteLength, joinInLines } from "../../shared/text.ts";
import { ResponseBuffer } from "./response_buffer.ts";
import { Caps } from "../irc/capabilities.ts";
import type { ListenAddress } from "../config/options.ts";
import type { Connection } from "../net/connection.ts";
import type { Client, Context } from "../core/context.ts";
import { faultFields } from "../../shared/log.ts";
import type { Outbox } from "../delivery/outbox.ts";
import { REGISTRATION_TIMEOUT } from "../net/refusals.ts";
import type { MultilineBatch } from "./batch.ts";
import { MetadataClient } from "./metadata_client.ts";
import type { Recipient } from "../state/recipient.ts";
import type { Exchange } from "../auth/sasl.ts";
import type { Channel, User } from "../state/state.ts";
import { IrcError, type Numeric, NUMERICS, StandardError } from "../irc/replies.ts";

/** What a client has said of itself before it is registered. */
export interface Registration {
  /** The nick asked for. */
  nick?: string;
  /** The user name given with USER, tilde included. */
  username?: string;
  /** What they say of themselves. */
  realname?: string;
  /** Why they are away already, if they said so. */
  away?: string | undefined;
  /** What they gave as the server's password. */
  password?: string;
  /** The account they have logged in to. */
  account?: string;
  /** A nick that it asked for was refused: the one that it has is not the one that it wants. */
  isRefused?: boolean;
  /** CAP LS or REQ came, and CAP END has not. */
  negotiating: boolean;
  /** Tries again to register, while its nick is in use by somebody who may be leaving. */
  retry?: () => void;
}

/**
 * What is to follow from what a session goes through: a session itself knows neither how things are
 * shown nor the rules of accounts.
 */
export interface SessionHooks {
  /** Shows the client `channel`, which its user has come into. */
  entered(session: Session, user: User, channel: Channel): void;
  /** Decides what becomes of `user`, whose last client is gone. */
  left(context: Context, user: User, reason: string): void;
  /** Goes on when the client has logged in to an account. */
  loggedIn(session: Session): void;
}

/** The parts that a session is made of. */
export interface SessionParts {
  /** The server's shared parts. */
  readonly context: Context;
  /** What follows from what the session goes through. */
  readonly hooks: SessionHooks;
  /** The address it connects from, and its host as others see it. */
  readonly host: string;
  /** What it is told of `sts`, if anything. */
  readonly sts?: string | undefined;
}

/** A client; see the module. */
export class Session implements Recipient, Client {
  /** The server's shared parts. */
  readonly context: Context;
  /** The address it connects from, and its host as others see it. */
  readonly host: string;
  readonly outbox: Outbox;
  /** What it is told of `sts`, if anything; see `server/net/strict_transport.ts`. */
  readonly sts: string | undefined;
  /** What it has said of itself so far. */
  readonly registration: Registration = { negotiating: false };
  /** The capabilities it asked for and was given. */
  caps: Caps = Caps.none;
  /** The version of capability negotiation it speaks: 302 or more understands values. */
  capVersion = 301;
  /** Who it is, once registered and until it left. */
  user: User | undefined;
  /** The batch it has opened and not closed yet. */
  batch: MultilineBatch | undefined;
  /** The label that the answer to `batch` is due under. */
  batchLabel: string | undefined;
  /** What it has asked for of metadata. */
  readonly metadata: MetadataClient = new MetadataClient();
  /** The last nick it asked for and could not have, as that belongs to an account. */
  refusedNick: string | undefined;
  /** The token it gave that could not be redeemed yet. */
  heldToken: string | undefined;
  /** What is to be done when it is so late, in milliseconds of the clock, if it is still here. */
  alarm: { readonly at: number; ring(): void } | undefined;
  /** The authentication it has begun and not finished. */
  sasl: Exchange | undefined;
  /** When it last said something, for WHOIS; milliseconds of the clock. */
  lastActive: number;
  readonly #connection: Connection;
  readonly #hooks: SessionHooks;
  #pinged = false;
  #acting = false;
  /** The name of the command that was performed last. */
  #command = "*";
  readonly #responses: ResponseBuffer;

  /** Opens a session on `connection`. */
  constructor(connection: Connection, { context, hooks, host, sts }: SessionParts) {
    this.#connection = connection;
    this.#hooks = hooks;
    this.outbox = connection.outbox;
    this.context = context;
    this.host = host;
    this.sts = sts;
    this.lastActive = connection.arrivedAt;
    this.#responses = new ResponseBuffer(
      context.options.name,
      (message) => this.outbox.push(encodeLine(message)),
      (action) => context.afterwards(action),
    );
    context.clients.add(this);
  }

  get subscriptions(): ReadonlySet<string> {
    return this.metadata.subscriptions;
  }

  get encrypted(): boolean {
    return this.#connection.encrypted;
  }

  /** Which address of this machine it came to. */
  get local(): ListenAddress {
    return this.#connection.local;
  }

  get certificate(): string | undefined {
    return this.#connection.certificate;
  }

  get acting(): boolean {
    return this.#acting;
  }

  get answering(): boolean {
    return this.#responses.isHeld;
  }

  /** The nick to address it by: `*` as long as it has none. */
  get nick(): string {
    return this.user?.actor.nick ?? this.registration.nick ?? "*";
  }

  get account(): string | undefined {
    return this.user ? this.user.actor.account : this.registration.account;
  }

  send(message: Message): void {
    this.context.afterwards(() => this.#responses.send(message));
  }

  entered(name: string): void {
    const channel = this.context.network.channel(name);
    if (this.user && channel) this.#hooks.entered(this, this.user, channel);
  }

  /** Does what follows when the client has logged in to an account. */
  loggedIn(): void {
    this.#hooks.loggedIn(this);
  }

  /** Answers with a numeric. Its text is added where {@linkcode NUMERICS} has one. */
  reply(numeric: Numeric, ...params: readonly string[]): void {
    const [code, text]: readonly [string, string?] = NUMERICS[numeric];
    const all = text === undefined ? params : [...params, text];
    const last = all.length - 1;
    this.fromServer(code, this.nick, ...all.map((p, i) => i < last ? asMiddle(p) : p));
  }

  /**
   * Answers with a numeric whose last parameter is a list, as often as it takes for all of `words`:
   * not at all where there are none.
   */
  replyList(
    numeric: Numeric,
    params: readonly string[],
    words: Iterable<string>,
    separator = " ",
  ): void {
    const [code] = NUMERICS[numeric];
    const before = [`:${this.context.options.name}`, code, this.nick, ...params, ":"].join(" ");
    const room = LIMITS.line - byteLength(`${before}\r\n`);
    for (const line of joinInLines(words, separator, room)) this.reply(numeric, ...params, line);
  }

  /** Answers with a standard reply, `FAIL`: nothing of what was asked for is done. */
  fail(command: string, ...params: readonly string[]): void {
    this.#standardReply("FAIL", command, params);
  }

  /** Answers with a standard reply, `WARN`: a part of what was asked for is not done. */
  warn(command: string, ...params: readonly string[]): void {
    this.#standardReply("WARN", command, params);
  }

  /** Tells something with a standard reply, `NOTE`; who does not know these gets its text alone. */
  note(command: string, ...params: readonly string[]): void {
    if (this.caps.has("standard-replies")) return this.#standardReply("NOTE", command, params);
    this.fromServer("NOTICE", this.nick, params.at(-1) ?? "");
  }

  /** https://ircv3.net/specs/extensions/standard-replies */
  #standardReply(type: "FAIL" | "NOTE" | "WARN", command: string, params: readonly string[]): void {
    const last = params.length - 1;
    this.fromServer(type, command, ...params.map((p, i) => i < last ? asMiddle(p) : p));
  }

  /** Sends a message as from the server, such as PONG or CAP. */
  fromServer(command: string, ...params: readonly string[]): void {
    this.send({ source: this.context.options.name, command, params });
  }

  /** Does `action`; if it cannot be done, says so. */
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
   * Does `action` for the command called `command`; if it cannot be done, says so. A mistake of this
   * program is logged: whoever met it is told, and nobody else is disturbed.
   */
  perform(command: string, action: () => void): void {
    const wasActing = this.#acting;
    this.#acting = true;
    this.#command = command;
    try {
      this.attempt(action);
    } catch (error) {
      this.context.log.error("a command failed", { command, ...faultFields(error) });
      this.reply("ERR_UNKNOWNERROR", command, "Something went wrong here; it has been logged");
    } finally {
      this.context.afterwards(() => this.#acting = wasActing);
    }
  }

  /** Goes on with the command, by `action`, once everything that it made happen has been applied. */
  afterwards(action: () => void): void {
    this.context.afterwards(() => this.perform(this.#command, action));
  }

  /**
   * Finishes the command called `command` when `work` is done, with its result. What the client sends
   * meanwhile waits, so that nothing overtakes it; for a client that is gone, nothing is done.
   */
  async finishLater<T>(
    command: string,
    work: Promise<T>,
    finish: (result: T) => void,
  ): Promise<void> {
    const label = this.takeLabel();
    const resume = this.#connection.pause();
    const [outcome] = await Promise.allSettled([work]);
    const action = () =>
      this.perform(command, () => {
        if (outcome.status === "rejected") throw outcome.reason;
        finish(outcome.value);
      });
    this.context.afterwards(() => {
      if (!this.context.clients.has(this)) return;
      if (label === undefined) action();
      else this.answerLabelled(label, action);
    });
    this.context.afterwards(resume);
  }

  /** Does `action`, and answers it under `label`. */
  answerLabelled(label: string, action: () => void): void {
    this.#responses.labelled(label, this.caps.has("batch"), action);
  }

  /** Sends what `action` answers as one batch of that type, with these parameters, if the client knows batches. */
  inBatch(type: string, action: () => void, ...params: readonly string[]): void {
    if (this.caps.has("batch")) this.#responses.batch(type, params, action);
    else action();
  }

  /** Takes the label from the command being answered: its answer will be another's. */
  takeLabel(): string | undefined {
    return this.#responses.takeLabel();
  }

  /** Answers the command that opened the batch, under its label if it had one. */
  answerBatch(action: () => void): void {
    const label = this.batchLabel;
    this.batchLabel = undefined;
    if (label === undefined) this.attempt(action);
    else this.answerLabelled(label, () => this.attempt(action));
  }

  /**
   * Pings a client that is silent; closes one that stays so, or does not register in time. Gives up a
   * batch that is never ended.
   */
  check(now: number): void {
    const { alarm, context } = this;
    if (alarm && now >= alarm.at) {
      this.alarm = undefined;
      context.afterwards(() => alarm.ring());
    }
    const late = this.batch?.expire(now);
    if (late) this.answerBatch(() => this.fail(late.command, ...late.params));
    if (this.user) return this.#checkSilence(now);
    context.afterwards(() => this.registration.retry?.());
    context.afterwards(() => {
      const waited = now - this.#connection.arrivedAt;
      const isLate = waited >= context.options.limits.registrationSeconds * 1000;
      if (!this.user && isLate) this.close(REGISTRATION_TIMEOUT);
    });
  }

  #checkSilence(now: number): void {
    const { pingSeconds } = this.context.options.limits;
    const silent = (now - this.#connection.lastHeard) / 1000;
    if (silent < pingSeconds) this.#pinged = false;
    else if (silent >= 2 * pingSeconds) this.close(`Ping timeout: ${Math.floor(silent)} seconds`);
    else if (!this.#pinged) {
      this.#pinged = true;
      this.send({ command: "PING", params: [this.context.options.name] });
    }
  }

  /** Sees the client out: takes its user off the network, says why, and closes. */
  close(reason: string): void {
    if (!this.context.clients.has(this)) return;
    if (!this.user) this.context.refused(this.host, reason);
    this.leave(reason);
    this.send({ command: "ERROR", params: [reason] });
    this.context.afterwards(() => this.#connection.end(reason));
  }

  /**
   * The client is gone, or about to be: takes its user off the network, if it has one who is not
   * connected otherwise.
   */
  leave(reason: string): void {
    this.context.clients.delete(this);
    this.context.afterwards(() => this.#depart(reason));
  }

  #depart(reason: string): void {
    const { context, user } = this;
    if (user === undefined) return;
    this.user = undefined;
    context.log.info("went", { nick: user.actor.nick, address: this.host, reason });
    user.recipients.remove(this);
    if (user.recipients.all.length === 0) this.#hooks.left(context, user, reason);
  }
}

/** What a client sent, in a form that fits between two parameters. */
function asMiddle(param: string): string {
  return param === "" || param.startsWith(":") || param.includes(" ") ? "*" : param;
}
