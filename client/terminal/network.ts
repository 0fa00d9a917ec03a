/**
 * One server that the user is at: its session, and all that belongs to that session alone. Its
 * events go into its buffers; the window shows the events of the buffer that the user sees.
 *
 * @module
 */

import type { Settings } from "../commands/settings.ts";
import type { Buffer } from "../session/buffer.ts";
import type { BufferList } from "../session/buffer_list.ts";
import { Buffers, isLeaving, isOwnElsewhere } from "../session/buffers.ts";
import {
  type AboutMessage,
  type ClientEvent,
  isSpeech,
  type SessionReceiver,
  type Speech,
} from "../session/events.ts";
import { Closed, type ClosedStore } from "../session/closed.ts";
import { Ignored, type IgnoredStore } from "../session/ignored.ts";
import { withKeywords } from "../session/mentions.ts";
import type { SessionOptions } from "../session/options.ts";
import { type PastBlock, ReadingBack } from "../session/reading_back.ts";
import { Session } from "../session/session.ts";
import type { SilencedStore } from "../session/silenced.ts";
import type { Alerts } from "./alerts.ts";
import { isUserEvent } from "./format.ts";
import { LeftRooms } from "./left_rooms.ts";
import { TypingRow } from "./typing_row.ts";
import { uploadTo } from "./uploading.ts";
import type { SendFile } from "../net/upload.ts";

/** The options of a server that the user is at. */
export interface NetworkOptions extends SessionOptions {
  /** The place where the list of ignored people is kept; absent if there is none. */
  readonly ignoredStore?: IgnoredStore;
  /** The place where the names of silenced rooms and persons are kept; absent if there is none. */
  readonly silencedStore?: SilencedStore;
  /** The place where closed private conversations are kept; absent if there is none. */
  readonly closedStore?: ClosedStore;
  /** Sends files to the server; absent if the client sends none. */
  readonly sendFile?: SendFile;
  /** A line that is shown once the client is connected; absent for none. */
  readonly hint?: string;
}

/** The window, as its networks use it. */
export interface NetworkWindow {
  /** The settings of the user. */
  readonly settings: Settings;
  /** The bell and the notifications. */
  readonly alerts: Alerts;
  /** The buffers of all networks. */
  readonly list: BufferList;
  /** The number of messages in one page of the screen. */
  readonly pageSize: number;
  /** Returns true if the user sees `network`. */
  isSeen(network: Network): boolean;
  /** Shows `event` at the end of this turn. */
  show(event: ClientEvent): void;
  /** Strikes out the message of a `deletion` in `buffer` on the screen, at the end of this turn. */
  takeBack(buffer: Buffer, deletion: AboutMessage): void;
  /** Shows other changes at the end of this turn. */
  changed(): void;
  /** Shows the unseen events of the current buffer at once. */
  showNews(buffer: Buffer): void;
  /** Shows earlier messages at once. */
  showPast(network: Network, block: PastBlock): void;
  /** Tells the user that a person has begun to write to them. */
  tellOfPerson(buffer: Buffer, message: Speech): void;
  /** Closes the current buffer by `close`, and shows the buffer that `next` returns. */
  replace(close: () => void, next: () => Buffer | undefined): void;
  /** Records that the first buffer of a network was opened, and that the user sees it. */
  opened(): void;
  /** Records that a buffer of `network` was closed. */
  closed(network: Network, buffer: Buffer): void;
  /** Resolves when a slow terminal has caught up; returns `undefined` unless it is behind. */
  ready(): Promise<void> | undefined;
}

/** The events about the connection, which concern all rooms. */
const CONNECTION: ReadonlySet<ClientEvent["type"]> = new Set(
  ["connected", "disconnected", "retrying", "returning"] as const,
);

/** The largest number of kept events that belong to no buffer. */
const MAX_UNSHOWN = 100;

/** A server that the user is at, or connects to. */
export class Network implements SessionReceiver {
  /** The name or the address of the server. */
  readonly host: string;
  /** The port of the server. */
  readonly port: number;
  /** The nick that the user wanted at the start. */
  readonly wantedNick: string;
  /** The session. */
  readonly session: Session;
  /** The rooms and persons. */
  readonly buffers: Buffers;
  /** The people whose messages are not shown. */
  readonly ignored: Ignored;
  /** Reads back in the history of the server. */
  readonly readingBack: ReadingBack;
  /** Sends notices that the user is typing, and keeps the notices of other users. */
  readonly typing: TypingRow;
  /** The reason why the connection has failed for good; undefined if it has not. */
  failure: string | undefined;
  readonly #options: NetworkOptions;
  readonly #window: NetworkWindow;
  readonly #leftRooms = new LeftRooms();
  readonly #closedOnes: Closed;
  /** The events that belong to no buffer, and that the user has not seen. */
  #unshown: ClientEvent[] = [];
  #isClosed = false;

  /** Creates a network that is not connected. */
  constructor(options: NetworkOptions, window: NetworkWindow) {
    this.#options = options;
    this.#window = window;
    const { host, port, nick, clock } = options;
    this.wantedNick = nick;
    this.host = host;
    this.port = port;
    const session = this.session = new Session(options, this);
    this.ignored = new Ignored(
      (one, other) => session.state.isupport.isSame(one, other),
      options.ignoredStore,
    );
    const { silencedStore } = options;
    const names = () => session.state.isupport;
    const closed = (buffer: Buffer) => this.#closed(buffer);
    this.#closedOnes = new Closed((nick) => names().fold(nick), options.closedStore);
    const buffers = this.buffers = new Buffers(names, window.list, silencedStore, closed);
    this.typing = new TypingRow(session, clock, window.settings, () => window.changed());
    this.readingBack = new ReadingBack({
      session,
      buffers,
      pageSize: () => window.pageSize,
      show: (block) => window.showPast(this, block),
      hides: (event) => this.ignored.hides(event),
      tell: (text) => this.tell(text),
    });
  }

  /** Uploads a file, and sends its link to the room or person `to`. */
  async upload(path: string, to: string): Promise<void> {
    const tell = (text: string) => this.tell(text);
    const { session } = this;
    const { login, sendFile } = this.#options;
    await uploadTo({ session, login, sendFile, tell }, path, to);
  }

  /** Closes all buffers; takes no more events. */
  close(): void {
    this.#isClosed = true;
    this.typing.close();
    for (const buffer of [...this.buffers.all]) this.buffers.close(buffer);
  }

  /** Part of {@linkcode SessionReceiver}. */
  event(event: ClientEvent): void {
    if (this.#isClosed) return;
    const { settings } = this.#window;
    this.typing.follow(event);
    if (event.type !== "typing") this.#follow(withKeywords(event, settings.words("keywords")));
    if (event.type === "connected" && event.isFirst) this.#begin();
    this.#window.changed();
  }

  /**
   * Part of {@linkcode SessionReceiver}: shows the missed messages if `name` is the current buffer.
   */
  caughtUp(name: string): void {
    const { buffers: { current } } = this;
    if (!this.#window.isSeen(this)) return;
    if (!current || this.buffers.find(name) !== current || current.unseen === 0) return;
    this.#window.showNews(current);
  }

  /** Part of {@linkcode SessionReceiver}. */
  readElsewhere(name: string, time: number): void {
    this.buffers.find(name)?.seeUpTo(time);
    this.#window.changed();
  }

  /** Part of {@linkcode SessionReceiver}: brings back a private conversation. */
  conversation(nick: string, time: number): void {
    if (!this.#closedOnes.has(nick, time)) this.buffers.restore(nick);
    this.#window.changed();
  }

  /** Shows the last messages of a conversation of an earlier session, when the user first sees it. */
  entered(buffer: Buffer): void {
    if (buffer.isRestored && !buffer.last) this.readingBack.opened(buffer.name);
    buffer.isRestored = false;
  }

  /** Part of {@linkcode SessionReceiver}. */
  ready(): Promise<void> | undefined {
    return this.#window.ready();
  }

  /** Shows `text` to the user like an answer of this network's server. */
  tell(text: string): void {
    this.event({ type: "answer", text, time: this.#options.clock.now() });
  }

  /** Tells the user of a failure. */
  warn(reason: string): void {
    this.event({ type: "refused", reason, time: this.#options.clock.now() });
  }

  /** Records that the user has seen all of `buffer`. */
  see(buffer: Buffer): void {
    buffer.see();
    const { last } = buffer;
    if (last) this.session.read(buffer.name, last);
  }

  /** Returns the events that belong to no buffer, and that the user has not seen; forgets them. */
  takeUnshown(): ClientEvent[] {
    return this.#unshown.splice(0);
  }

  /** Adds `event` to its buffers. Shows it if the user sees one of them, or if it has no buffer. */
  #follow(event: ClientEvent): void {
    if (this.ignored.hides(event)) return this.#passOver(event);
    if (event.type === "nick") this.#closedOnes.rename(event.nick, event.to);
    const { buffers, session } = this;
    const isFirst = buffers.current === undefined;
    // The server may have joined the user to a room under another name.
    for (const { asked, name } of session.asked.names) buffers.rename(asked, name);
    const owners = buffers.follow(event);
    if (this.#leftRooms.hasShown(event)) return this.#addShown(event, owners);
    const isSeen = this.#window.isSeen(this);
    const current = isSeen ? buffers.current : undefined;
    if (isFirst && current) this.#window.opened();
    const isHere = isSeen && (owners.length === 0 || owners.some((buffer) => buffer === current));
    const isMissed = isSpeech(event) && event.isMissed === true;
    // Missed messages are shown together: when all have arrived, or before the next other message.
    const isEnd = isHere && !isMissed && (isSpeech(event) || event.type === "disconnected");
    if (isEnd && current) this.caughtUp(current.name);
    const [owner] = owners;
    const isFirstEvent = owner?.events.length === 0;
    // The line on the screen is found first: adding the deletion changes the message's line.
    if (event.type === "redaction" && owner) this.#window.takeBack(owner, event);
    for (const buffer of owners) buffer.add(event, buffer === current && !isMissed);
    const isForMe = isUserEvent(event) && "forMe" in event && event.forMe && !event.isPast;
    const isSilenced = owners.some((buffer) => buffer.isSilenced);
    if (isForMe && isSpeech(event) && !isSilenced) this.#window.alerts.add(event, isHere);
    if (isHere && isMissed) return;
    if (isHere && current && isSpeech(event)) {
      current.shownFrom ??= event;
      this.see(current);
    }
    // What is not sent for want of a connection is shown even if the user sees another server.
    const isUnsent = event.type === "refused" && event.line && !session.isConnected;
    if (isHere || isUnsent || isSeen && isOwnElsewhere(event)) this.#window.show(event);
    else if (!owner) this.#keep(event);
    else if (isForMe && isSpeech(event) && isFirstEvent) {
      this.#window.tellOfPerson(owner, event);
    }
    if (isLeaving(event)) this.#left(event.room);
    for (const join of buffers.returned(event)) this.#follow(join);
  }

  /**
   * Opens the first room, in which the user types from now on unless they have chosen another
   * conversation.
   */
  #begin(): void {
    const { buffers, session: { home } } = this;
    const { hint } = this.#options;
    if (hint !== undefined) this.tell(hint);
    if (home === undefined) return;
    const isFirst = buffers.current === undefined;
    buffers.open(home);
    if (isFirst && this.#window.isSeen(this)) this.#window.opened();
  }

  /** Adds a message that was printed before the user left its room. It is not printed again. */
  #addShown(event: ClientEvent, owners: readonly Buffer[]): void {
    for (const buffer of owners) {
      buffer.add(event, true);
      if (isSpeech(event)) buffer.shownFrom ??= event;
    }
  }

  /** Records the gap before `event`, if there is one. The event itself is not shown. */
  #passOver(event: ClientEvent): void {
    if (!isSpeech(event) || !event.isAfterGap) return;
    const buffer = this.buffers.find(event.room ?? event.nick);
    if (buffer) buffer.isCut = true;
  }

  /** Keeps an event that belongs to no buffer until the user sees this network again. */
  #keep(event: ClientEvent): void {
    const { all, current } = this.buffers;
    const line = "line" in event ? event.line : undefined;
    const here = line ? this.buffers.find(line.to) ?? current : current;
    const owners = CONNECTION.has(event.type) ? all : here ? [here] : [];
    for (const buffer of owners) buffer.add(event, false);
    if (owners.length === 0) this.#unshown = [...this.#unshown, event].slice(-MAX_UNSHOWN);
  }

  #closed(buffer: Buffer): void {
    this.#window.closed(this, buffer);
    const { kind, name, last } = buffer;
    if (kind !== "person" || this.#isClosed) return;
    this.#closedOnes.add(name, Math.max(last?.time ?? 0, this.#options.clock.now()));
  }

  /** Closes the buffer of a room that the user is no longer in. */
  #left(room: string): void {
    const { buffers } = this;
    const buffer = buffers.find(room);
    if (!buffer) return;
    this.#leftRooms.left(buffer);
    const isSeen = this.#window.isSeen(this) && buffer === buffers.current;
    if (!isSeen) return buffers.close(buffer);
    this.#window.replace(() => buffers.close(buffer), () => buffers.current);
  }
}
