/**
 * A user's session at a server: connects, joins rooms, sends messages and tracks the outcome of
 * each, and reconnects by itself. It reports everything as events and does not know terminals or
 * pipes.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { SESSION_TEXTS } from "../texts/session.ts";
import { Connection, type ConnectionReceiver } from "./connection.ts";
import { ServerView } from "./server_view.ts";
import type {
  ClientEvent,
  MessageKind,
  SessionReceiver,
  Stamp,
  StatusEvent,
  Unstamped,
} from "./events.ts";
import { History } from "./history.ts";
import { Identity } from "./identity.ts";
import { Joins } from "./joins.ts";
import { redeemCode } from "./linking.ts";
import type { Outcome } from "./outcome.ts";
import type { SessionOptions } from "./options.ts";
import type { PendingLine } from "./outgoing.ts";
import { OwnLines } from "./own_lines.ts";
import { connectFirst, stayConnected, type StayParts } from "./reconnect.ts";
import { replyText } from "./replies.ts";
import type { TakePage } from "./requests.ts";
import { type LineExtras, Speaker } from "./speaker.ts";
import { WantedRooms } from "./wanted.ts";

/** A session; {@linkcode Session.start} connects it. */
export class Session implements ConnectionReceiver {
  #options: SessionOptions;
  readonly #receiver: OwnLines;
  readonly #leaving = new AbortController();
  /** The current connection, once registered. */
  #connection: Connection | undefined;
  /** The state of the current connection, or of the last one. */
  #state: ServerView;
  readonly #wanted = new WantedRooms(
    (name) => this.#state.isupport.fold(name),
    (rooms) => this.#options.rememberRooms?.(rooms),
  );
  readonly #joins: Joins;
  readonly #history: History;
  readonly #speaker: Speaker;
  /** The nick and the account, of this connection and the next. */
  readonly #identity: Identity;
  /** True while the client leaves only to reconnect at once. */
  #isReturning = false;
  #endPause = (): void => {};
  /** Resolves when the user has left; rejects with a `FinalError` if no reconnect can succeed. */
  ended: Promise<void> = Promise.resolve();
  /** True until the first connection is registered, or the user leaves. */
  isStarting = true;
  /** The room that the user asked for, or else the one that the server names. */
  home: string | undefined;

  /** Creates a session that has not started. */
  constructor(options: SessionOptions, receiver: SessionReceiver) {
    this.#options = options;
    this.#receiver = new OwnLines(receiver, () => ({
      sent: this.#speaker.sent,
      connection: this.#connection,
    }));
    this.#identity = new Identity(options, (one, other) => this.#state.isupport.isSame(one, other));
    this.#state = new ServerView(options.nick, () => options.clock.now());
    this.#history = new History(options.history, {
      clock: options.clock,
      connection: () => this.#connection,
      state: () => this.#state,
      receiver: this.#receiver,
      positions: options.positions,
      maxMissed: options.maxMissed,
    });
    this.#joins = new Joins({
      clock: options.clock,
      state: () => this.#state,
      send: (command, ...params) => this.send(command, ...params),
      barrier: (action) => this.#connection?.barrier(action),
      unanswered: (room) => this.#giveUp(room, SESSION_TEXTS.noAnswer),
    });
    this.#speaker = new Speaker({
      clock: options.clock,
      isAwaited: (to) => this.#joins.isOpen(to),
      emit: (event) => this.#emit(event),
      show: (event, line) => this.#receiver.confirmed(event, line),
    });
  }

  /** The state of the server, the rooms and the user, as the client knows it. */
  get state(): ServerView {
    return this.#state;
  }

  /** The account that the user is logged in to; undefined if there is none. */
  get account(): string | undefined {
    return this.#identity.account;
  }

  /** True while there is a registered connection. */
  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /**
   * Connects for the first time and joins the first room; resolves to false if the user leaves
   * before. Later the session reconnects by itself. After an error it can start again, with another
   * server `password`.
   *
   * @throws {UserError} if the server cannot be reached or does not accept the client.
   */
  async start(password?: string): Promise<boolean> {
    if (password !== undefined) this.#options = { ...this.#options, password };
    const first = connectFirst(this.#options.wait ?? 0, this.#reconnectParts);
    // If there is no first connection, this method itself throws the error.
    this.ended = first.catch(() => undefined)
      .then((connection) => stayConnected(connection, this.#reconnectParts))
      .finally(() => this.isStarting || this.#speaker.drop(SESSION_TEXTS.closed));
    return await first !== undefined;
  }

  /** Tries to reconnect now, if there is no connection. */
  reconnect(): void {
    this.#endPause();
  }

  /** Sends `text` as soon as possible, divided if it is long; drops an empty text. */
  say(to: string, text: string, kind: MessageKind = "message", more?: LineExtras): void {
    this.#speaker.say(this.nameOf(to), text, kind, more);
  }

  /** Sends `text` to the first room, as soon as the user is there. */
  sayAtHome(text: string): void {
    this.#speaker.hold(text);
  }

  /** Returns the server's name for `room`: a server may join the user to it under another name. */
  nameOf(room: string): string {
    return this.#wanted.nameOf(room);
  }

  /** The rooms that the user asked for, and the server's names for them. */
  get asked(): Pick<WantedRooms, "names" | "isAsked"> {
    return this.#wanted;
  }

  /** Records that the user has seen the message `stamp` of the room or person `name`. */
  read(name: string, stamp: Stamp): void {
    this.#history.read(name, stamp);
  }

  /** Resolves once at most `atMost` messages are neither confirmed, nor refused, nor lost. */
  settled(atMost: number): Promise<void> {
    return this.#speaker.settled(atMost);
  }

  /** The number of messages that have no outcome yet. */
  get unsettled(): number {
    return this.#speaker.unsettled;
  }

  /** The user's lines, sent or waiting, that have no answer and are not on the screen. */
  get onTheirWay(): PendingLine[] {
    return this.#speaker.lines.filter(({ isShown }) => !isShown);
  }

  /** The time that the server takes to answer, in milliseconds; 0 without a connection. */
  get lag(): number {
    return this.#connection?.lag ?? 0;
  }

  /** Sends a command; returns false if there is no connection. */
  send(command: string, ...params: string[]): boolean {
    if (command === "NICK") this.#identity.request(params[0] ?? "");
    this.#connection?.send({ command, params });
    return this.#connection !== undefined;
  }

  /**
   * Sends a command; resolves to its outcome. If the answer is a page of history or a NOTE, calls
   * `takePage` with it.
   */
  request(message: Message, takePage?: TakePage): Promise<Outcome> {
    if (message.command === "NICK") this.#identity.request(message.params[0] ?? "");
    const reason = SESSION_TEXTS.notConnected;
    return this.#connection?.request(message, takePage) ??
      Promise.resolve({ status: "refused", reason, ids: [] });
  }

  /** The capabilities and limits of the present connection; undefined if there is none. */
  get features(): Pick<Connection, "capabilities" | "historyPage" | "playsReactions"> | undefined {
    return this.#connection;
  }

  /**
   * Logs in to the account of the user's other machine, with the `code` that the other machine
   * shows. If the server takes the code, reconnects with the nick of that account, so that both
   * machines are one user. Returns false if there is no connection.
   */
  link(code: string): boolean {
    const connection = this.#connection;
    if (!connection) return false;
    redeemCode(code, connection, this.#identity, (nick) => {
      this.#isReturning = true;
      this.#emit({ type: "returning", nick });
    });
    return true;
  }

  /**
   * Joins a room, or several with commas between their names: now, or once there is a connection.
   * If `mustExist`, creates no room.
   */
  join(names: string, keys?: string, mustExist = false): void {
    const given = keys?.split(",") ?? [];
    for (const [i, each] of names.split(",").entries()) {
      const key = given[i];
      const name = this.nameOf(this.#state.isupport.toRoom(each));
      const room = { name, ...(key !== undefined && { key }), ...(mustExist && { mustExist }) };
      this.#wanted.add(room);
      this.#joins.begin(room);
    }
  }

  /** Leaves `room`, and does not rejoin it after a reconnect. */
  part(room: string, reason: string): void {
    const part = { command: "PART", params: reason === "" ? [room] : [room, reason] };
    if (this.#connection) this.#connection.send(part);
    // Without a connection, the client acts as if the server had answered.
    else this.message({ ...part, source: this.#state.nick }, undefined);
  }

  /** Keeps the positions up to which the user has read, for later sessions. */
  keep(): void {
    this.#history.keep();
  }

  /** Ends the session; resolves once the connection has ended, after 1.5 seconds at the latest. */
  async leave(reason: string): Promise<void> {
    this.keep();
    this.#leaving.abort();
    await this.#connection?.leave(reason);
    // An error is reported to callers that wait for `ended`.
    await this.ended.catch(() => {});
    if (this.isStarting) this.#speaker.drop(SESSION_TEXTS.neverConnected(this.#options.host));
    this.isStarting = false;
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  ready(): Promise<void> | undefined {
    return this.#receiver.ready();
  }

  /** Part of {@linkcode ConnectionReceiver}: joins the rooms and sends the waiting messages. */
  registered(connection: Connection): void {
    this.#connection = connection;
    const isFirst = this.isStarting;
    this.isStarting = false;
    const { nick, isupport } = this.#state;
    if (isFirst) this.home = this.#wanted.begin(this.#options, isupport);
    const server = isupport.network ?? this.#options.host;
    const { account } = this.#options.login ?? {};
    this.#emit({ type: "connected", server, nick, isFirst, ...(account && { account }) });
    if (connection.nickRefusal) this.#emit({ type: "nick-taken", nick, ...connection.nickRefusal });
    const differences = this.#identity.connected(nick, connection, isFirst);
    for (const text of differences) this.#emit({ type: "warning", text });
    if (isFirst && this.home === undefined) this.#emit({ type: "no-room" });
    this.#speaker.release(this.home);
    this.#history.connected(isFirst);
    for (const room of this.#wanted) this.#joins.begin(room);
    this.#speaker.begin(connection);
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  message(message: Message, label: string | undefined): void {
    if (this.#history.takes(message)) return;
    const refusal = this.#options.token?.refusedBy(message);
    if (refusal !== undefined) return this.#emit({ type: "warning", text: refusal });
    this.#wanted.followKey(message, this.#state.isupport);
    this.#identity.follow(message);
    const meaning = this.#speaker.take(message, label);
    if (meaning === "reported") return;
    // This reply is not shown: the JOIN that follows it is shown with both names.
    if (this.#joins.renamedBy(message)) return;
    const room = this.#joins.refusedBy(message);
    if (room !== undefined) return this.#giveUp(room, replyText(message));
    for (const event of this.#state.apply(message, meaning === "echo")) this.#take(event);
    if (message.command === "AWAY") this.#receiver.presence();
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  history(room: string, messages: readonly Message[], _label?: string, isEnd?: boolean): void {
    this.#history.page(room, messages, isEnd);
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  targets(messages: readonly Message[], isEnd?: boolean): void {
    this.#history.targets(messages, isEnd);
  }

  /** Connects and registers; connects again with TLS if the server asks for it. */
  async #open(): Promise<Connection> {
    const identity = this.#identity.connecting(this.isStarting);
    const options = { ...this.#options, ...identity, signal: this.#leaving.signal };
    const connection = await Connection.dial(options, this);
    const { newFingerprint: fingerprint, keyProblem: reason } = connection;
    if (fingerprint !== undefined) this.#emit({ type: "remembered", fingerprint });
    if (reason !== undefined && this.isStarting) this.#emit({ type: "no-key", reason });
    this.#state = connection.view;
    if (!this.isStarting) this.#state.greeting = "repeated";
    if (!await connection.register()) return await this.#open();
    return connection;
  }

  get #reconnectParts(): StayParts<Connection> {
    const { clock, random } = this.#options;
    return {
      clock,
      random,
      leaving: this.#leaving.signal,
      pausing: (end) => this.#endPause = end,
      open: () => this.#open(),
      lost: (reason) => this.#disconnected(reason),
      takeReturn: () => {
        const isReturning = this.#isReturning;
        this.#isReturning = false;
        return isReturning;
      },
      emit: (event) => this.#emit(event),
    };
  }

  #disconnected(reason: string): void {
    this.#connection = undefined;
    this.#joins.lost();
    this.#history.lost();
    this.#speaker.lose(reason);
  }

  /** Shows `event` or holds it back, and updates the wanted rooms if it is about the user. */
  #take(event: ClientEvent): void {
    const marked = this.#wanted.marked(event);
    if (event.type === "join" && event.own) this.#joined(event.room);
    this.#history.show(marked);
    if (event.type === "rename") return this.#renamed(event);
    if (!("own" in event && event.own)) return;
    switch (event.type) {
      case "join":
        this.#history.joined(event);
        return this.#speaker.pump();
      case "nick":
        return this.#identity.renamed(event.to);
      case "kick":
        return this.#forget(event.room, SESSION_TEXTS.removedBy(event.by));
      case "part":
        return this.#forget(event.room, SESSION_TEXTS.leftRoom);
    }
  }

  /** Follows a room to its new name, which is used to send and to join from now on. */
  #renamed({ room, to }: { readonly room: string; readonly to: string }): void {
    const isRoom = (name: string) => this.#state.isupport.isSame(name, room);
    this.#wanted.rename(room, to);
    this.#history.renamed(room, to);
    this.#speaker.retarget(isRoom, to);
    if (isRoom(this.home ?? "")) this.home = to;
  }

  /** Records that the user is in the room that the server calls `name`. */
  #joined(name: string): void {
    const asked = this.#joins.answeredBy(name);
    if (this.#state.isupport.isSame(asked, name)) return this.#wanted.keep(name);
    this.#wanted.call(asked, name);
    this.#renamed({ room: asked, to: name });
    this.#emit({ type: "answer", text: SESSION_TEXTS.calledElse(asked, name) });
  }

  /** Reports that `room` cannot be joined, and forgets it. */
  #giveUp(room: string, reason: string): void {
    this.#emit({ type: "room-refused", room, reason });
    this.#forget(room, reason);
  }

  /** Forgets `room`: does not rejoin it, and drops the messages that wait for it. */
  #forget(room: string, reason: string): void {
    this.#joins.close(room);
    this.#wanted.remove(room);
    this.#history.left(room);
    this.#speaker.drop(reason, (to) => this.#state.isupport.isSame(to, room));
  }

  #emit(event: Unstamped<StatusEvent>): void {
    this.#receiver.event({ ...event, time: this.#options.clock.now() });
  }
}
