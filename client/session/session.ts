/**
 * A user's stay on a server, however often the connection breaks: it connects, joins, says what the
 * user says and knows what became of each line, and comes back by itself. It tells what happens as
 * events and knows nothing of terminals and pipes.
 *
 * @module
 */

import type { Cancel } from "../../shared/clock.ts";
import { formatTags, type Message } from "../../protocol.ts";
import { CatchUp, type Names } from "./catchup.ts";
import { Connection, type ConnectionOptions, type ConnectionReceiver } from "./connection.ts";
import { Conversation } from "./conversation.ts";
import type { ClientEvent, MessageKind, Stamp, StatusEvent, Unstamped } from "./events.ts";
import type { CatchUpStep } from "./missed.ts";
import { reconnect, type ReconnectParts, tryToOpen } from "./reconnect.ts";
import { isRefusal, JOIN_REFUSALS, replyText } from "./replies.ts";
import { Speaker } from "./speaker.ts";
import { type WantedRoom, WantedRooms } from "./wanted.ts";

/** Where to, as whom, and with what means. */
export interface SessionOptions extends Omit<ConnectionOptions, "signal"> {
  /** The room to join, with or without its `#`; undefined: the one the server names. */
  readonly room?: string;
  /** So many messages are shown of what was said before one comes to a room; 0 for none. */
  readonly history: number;
  /** From 0 to 1, as `Math.random`: spreads the returns of many clients. */
  readonly random: () => number;
}

/** Whom a session tells what happens. */
export interface SessionReceiver {
  /** Called for each event, in order; must not throw. */
  event(event: ClientEvent): void;
  /** Where events pile up: nothing more is read from the server until this resolves. */
  ready(): Promise<void> | undefined;
}

/** Milliseconds a connection must have held for the pauses to begin anew. */
const STABLE = 60_000;

/** Milliseconds in which the server has to answer what was said before. */
const HISTORY_PATIENCE = 30_000;

/** A session; {@linkcode Session.start} begins it. */
export class Session implements ConnectionReceiver {
  readonly #options: SessionOptions;
  readonly #receiver: SessionReceiver;
  readonly #leaving = new AbortController();
  /** The connection while it stands. */
  #connection: Connection | undefined;
  /** What is known; of the last connection while there is none. */
  #state: Conversation;
  readonly #wanted = new WantedRooms((one, other) => this.#state.isupport.isSame(one, other));
  readonly #catchUp: CatchUp;
  /** Ends the wait for what was said before. */
  #stopWaiting: Cancel = () => {};
  readonly #speaker: Speaker;
  /** Whether there was no connection yet. */
  #isFirst = true;
  /** The nick to ask for at the next connection. */
  #nick: string;
  /** The account that the server has logged one in to of late. */
  #account: string | undefined;
  /** Whether the connection ends so that the next can begin. */
  #isReturning = false;
  /**
   * Resolves when the user has left; rejects with a {@linkcode FinalError} when, coming back, the
   * server is not the one that it was, or does not log the user in.
   */
  ended: Promise<void> = Promise.resolve();
  /** The room that was asked for, or else the one the server names. */
  home: string | undefined;

  /** Not started yet. */
  constructor(options: SessionOptions, receiver: SessionReceiver) {
    this.#options = options;
    this.#receiver = receiver;
    this.#nick = options.nick;
    this.#state = new Conversation(options.nick, () => options.clock.now());
    const names: Names = {
      fold: (name) => this.#state.isupport.fold(name),
      isRoom: (name) => this.#state.isupport.isRoom(name),
    };
    this.#catchUp = new CatchUp(options.history, names, options.clock.now());
    this.#speaker = new Speaker({
      isAwaited: (to) => this.#isAwaited(to),
      emit: (event) => this.#emit(event),
      show: (event) => receiver.event(event),
    });
  }

  /** What is known of the server, the rooms and oneself. */
  get state(): Conversation {
    return this.#state;
  }

  /** Whether there is a connection now. */
  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /**
   * Connects for the first time and joins the first room; from then on the session keeps itself
   * going until {@linkcode leave}.
   *
   * @throws {UserError} if the server cannot be reached or does not let one in.
   */
  async start(): Promise<void> {
    const connection = await this.#open();
    this.ended = this.#stayConnected(connection);
  }

  /** Says `text` once that is possible. Long text becomes several lines; empty text is nothing. */
  say(to: string, text: string, kind: MessageKind = "message"): void {
    this.#speaker.say(to, text, kind);
  }

  /** Resolves as soon as at most `atMost` lines are neither confirmed nor refused nor lost. */
  settled(atMost: number): Promise<void> {
    return this.#speaker.settled(atMost);
  }

  /** How many lines are not answered yet. */
  get unsettled(): number {
    return this.#speaker.unsettled;
  }

  /** Sends a command; returns false when there is no connection to send it on. */
  send(command: string, ...params: string[]): boolean {
    this.#connection?.send({ command, params });
    return this.#connection !== undefined;
  }

  /** Looks for `words` in `room`; returns false when the server cannot. */
  search(room: string, words: string): boolean {
    if (!this.#connection?.capabilities.searches) return false;
    // https://soju.im/ext/search
    return this.send("SEARCH", formatTags(new Map([["in", room], ["text", words]])));
  }

  /**
   * Gives the server the `code` that another machine of the user's shows, to be who they are there:
   * where that one is connected under their nick, the two are one person once this one comes again.
   * Returns false when there is no connection.
   */
  link(code: string): boolean {
    const connection = this.#connection;
    if (!connection) return false;
    this.#account = undefined;
    connection.send({ command: "REDEEM", params: [code] });
    connection.barrier(() => {
      if (this.#account === undefined || this.#state.isMe(this.#account)) return;
      this.#nick = this.#account;
      this.#isReturning = true;
      this.#emit({ type: "returning", nick: this.#nick });
      void connection.leave("");
    });
    return true;
  }

  /** Joins `name`, now or when the connection is back. */
  join(name: string, key?: string): void {
    const room = { name: this.#state.isupport.toRoom(name), ...(key !== undefined && { key }) };
    this.#wanted.add(room);
    this.#sendJoin(room);
  }

  /** Leaves `room`, and does not join it again when the connection is back. */
  part(room: string, reason: string): void {
    const part = { command: "PART", params: reason === "" ? [room] : [room, reason] };
    if (this.#connection) this.#connection.send(part);
    // Nobody has to hear of it: it is as if the server had answered.
    else this.message({ ...part, source: this.#state.nick }, undefined);
  }

  /** Leaves the session for good; resolves when the server has let go, at most a moment later. */
  async leave(reason: string): Promise<void> {
    this.#leaving.abort();
    await this.#connection?.leave(reason);
    // If it ended in an error, that is for whoever waits for the end.
    await this.ended.catch(() => {});
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  ready(): Promise<void> | undefined {
    return this.#receiver.ready();
  }

  /** Part of {@linkcode ConnectionReceiver}: joins the rooms, and says what waited. */
  registered(connection: Connection): void {
    this.#connection = connection;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const { nick, isupport } = this.#state;
    const server = isupport.network ?? this.#options.host;
    const { login } = this.#options;
    const account = login && { account: login.account };
    this.#emit({ type: "connected", server, nick, isFirst, ...account });
    const { nickRefusal } = connection;
    if (nickRefusal) this.#emit({ type: "nick-taken", nick, ...nickRefusal });
    if (isFirst) {
      const { room } = this.#options;
      this.home = room === undefined ? isupport.lobby : isupport.toRoom(room);
      if (this.home === undefined) this.#emit({ type: "no-room" });
      else this.#wanted.add({ name: this.home });
    }
    if (!isFirst) {
      this.#follow(this.#catchUp.reconnected(this.#options.clock.now(), this.#historyPage));
    }
    for (const room of this.#wanted) this.#sendJoin(room);
    this.#speaker.begin(connection);
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  message(message: Message, label: string | undefined): void {
    if (message.command === "FAIL" && message.params[0] === "CHATHISTORY") {
      // Some servers know of rooms alone what was said there.
      if (message.params[2]?.toUpperCase() !== "TARGETS") {
        this.#emit({
          type: "answer",
          text: `what was said before is not known: ${replyText(message)}`,
        });
      }
      return this.#follow(this.#catchUp.refused());
    }
    const refusal = this.#options.token?.refusedBy(message);
    if (refusal !== undefined) return this.#emit({ type: "warning", text: refusal });
    if (message.command === "900") this.#account = message.params[2];
    const answered = this.#speaker.answeredBy(message, label);
    if (answered && isRefusal(message)) {
      this.#emit({ type: "refused", reason: replyText(message), line: answered });
    } else {
      const events = this.#state.apply(message, answered !== undefined);
      for (const event of events) this.#take(event, message);
      if (answered) this.#speaker.confirm(answered);
    }
    if (answered) this.#speaker.settle();
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  history(room: string, messages: readonly Message[]): void {
    if (room === "" && messages.length === 0) {
      this.#emit({ type: "answer", text: "nothing was found" });
    }
    this.#follow(this.#catchUp.page(room, messages.flatMap((each) => this.#state.apply(each))));
  }

  /** Part of {@linkcode ConnectionReceiver}. */
  targets(messages: readonly Message[]): void {
    const found = messages
      .map(({ params: [, name = "", time = ""] }) => ({ name, time: Date.parse(time) }))
      .filter(({ time }) => !Number.isNaN(time));
    this.#follow(this.#catchUp.targets(found, this.#options.clock.now()));
  }

  /** Messages of history that the server gives at once; undefined: it gives none. */
  get #historyPage(): number | undefined {
    return this.#connection?.capabilities.keepsHistory
      ? this.#state.isupport.historyPage
      : undefined;
  }

  /** Asks what was said in a room that one has just come to, or come back to. */
  #askHistory({ room, ...stamp }: Stamp & { readonly room: string }): void {
    const page = this.#historyPage;
    if (page === undefined) return;
    this.#follow({ show: [], request: this.#catchUp.joined(room, stamp, page) });
  }

  #follow({ show, request }: CatchUpStep): void {
    for (const event of show) this.#receiver.event(event);
    if (request) this.send("CHATHISTORY", ...request);
    this.#waitForHistory();
  }

  /** What is held back until the server answers is not held back for ever. */
  #waitForHistory(): void {
    this.#stopWaiting();
    if (!this.#catchUp.isAsking) return;
    this.#stopWaiting = this.#options.clock.after(HISTORY_PATIENCE, () => this.#giveUpHistory());
  }

  #giveUpHistory(): void {
    this.#emit({
      type: "warning",
      text: "the server does not tell what was said before: something may be missing here",
    });
    this.#follow(this.#catchUp.giveUp());
  }

  async #open(): Promise<Connection> {
    const options = { ...this.#options, nick: this.#nick, signal: this.#leaving.signal };
    const connection = await Connection.dial(options, this);
    const { newFingerprint: fingerprint, keyProblem: reason } = connection;
    if (fingerprint !== undefined) this.#emit({ type: "remembered", fingerprint });
    if (reason !== undefined && this.#isFirst) this.#emit({ type: "no-key", reason });
    this.#state = connection.conversation;
    if (!await connection.register()) return await this.#open();
    return connection;
  }

  /** Reconnects whenever the connection breaks, until the user leaves. */
  async #stayConnected(first: Connection): Promise<void> {
    const { clock, random } = this.#options;
    const parts: ReconnectParts<Connection> = {
      clock,
      random,
      leaving: this.#leaving.signal,
      open: () => this.#open(),
      emit: (event) => this.#emit(event),
    };
    let connection: Connection | undefined = first;
    let attempt = 0;
    try {
      while (connection) {
        const since = clock.now();
        const lost: string = await connection.ended;
        this.#disconnected();
        if (clock.now() - since >= STABLE) attempt = 0;
        const next: Connection | string = this.#isReturning ? await tryToOpen(parts) : lost;
        this.#isReturning = false;
        connection = typeof next === "string" ? await reconnect(next, attempt++, parts) : next;
      }
    } finally {
      this.#speaker.drop(() => true, "there is no connection any more");
    }
  }

  #disconnected(): void {
    this.#connection = undefined;
    this.#catchUp.lost();
    this.#stopWaiting();
    this.#speaker.lose();
  }

  /** Keeps up with the rooms one is in, then tells. */
  #take(event: ClientEvent, message: Message): void {
    if (event.type === "refused" && JOIN_REFUSALS.has(message.command)) {
      const [, room = ""] = message.params;
      if (this.#isAwaited(room)) return this.#giveUp(room, event.reason);
    }
    if (this.#catchUp.passes(event)) this.#receiver.event(event);
    else if (this.#catchUp.isFull) this.#giveUpHistory();
    if (!("own" in event && event.own)) return;
    switch (event.type) {
      case "join":
        if (!this.#wanted.has(event.room)) this.#wanted.add({ name: event.room });
        this.#askHistory(event);
        return this.#speaker.pump();
      case "nick":
        this.#nick = event.to;
        return;
      case "kick":
        return this.#forget(event.room, `${event.by} removed you`);
      case "part":
        return this.#forget(event.room, "you left it");
    }
  }

  /** `room` is not to be had; what waits to be said there cannot be said. */
  #giveUp(room: string, reason: string): void {
    this.#emit({ type: "room-refused", room, reason });
    this.#forget(room, reason);
  }

  #forget(room: string, reason: string): void {
    this.#wanted.remove(room);
    this.#catchUp.left(room);
    this.#speaker.drop((to) => this.#state.isupport.isSame(to, room), reason);
  }

  /** Whether `room` was asked for and is not joined yet. */
  #isAwaited(room: string): boolean {
    return this.#wanted.has(room) && this.#state.rooms.get(room) === undefined;
  }

  #sendJoin({ name, key }: WantedRoom): void {
    this.send("JOIN", name, ...(key === undefined ? [] : [key]));
  }

  #emit(event: Unstamped<StatusEvent>): void {
    this.#receiver.event({ ...event, time: this.#options.clock.now() });
  }
}
