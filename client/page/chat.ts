/**
 * The state of the page: a session, its conversations, and what the user does in them. The
 * components show this state; {@linkcode Chat.changes} announces each change. The module knows
 * neither elements nor events of the document.
 *
 * @module
 */

import { submit } from "../commands/commands.ts";
import { edit } from "../commands/messages.ts";
import { Settings } from "../commands/settings.ts";
import { systemClock } from "../../shared/clock.ts";
import { isLinkNotice } from "../../shared/link_notice.ts";
import type { Buffer } from "../session/buffer.ts";
import { BufferList } from "../session/buffer_list.ts";
import { Buffers, isLeaving } from "../session/buffers.ts";
import { Closed } from "../session/closed.ts";
import type { Entry } from "../session/entries.ts";
import { type ClientEvent, isAboutMessage, isSpeech } from "../session/events.ts";
import { Ignored } from "../session/ignored.ts";
import { withKeywords } from "../session/mentions.ts";
import { ReadingBack } from "../session/reading_back.ts";
import { Session } from "../session/session.ts";
import type { SessionOptions } from "../session/options.ts";
import { REPLY_TAG } from "../session/tags.ts";
import { OwnTyping, Typists } from "../session/typing.ts";
import type { Answer } from "./answers.ts";
import { Attachments } from "./attachments.ts";
import { Changes } from "./changes.ts";
import type { ChatParts } from "./chat_parts.ts";
import { commandContext } from "./command_context.ts";
import { type Connectedness, connectednessAfter } from "./connectedness.ts";
import { type Chosen, Drafts } from "./drafts.ts";
import { closedStore, ignoredStore, newMarks, settingStore } from "./keeping.ts";
import { Muting } from "./muting.ts";
import { pageSettings } from "./page_settings.ts";
import { Paging } from "./paging.ts";
import { isWorthARow } from "./rows.ts";
import { Tasks } from "./tasks.ts";
import { Timeline } from "./timeline.ts";
import { Unsent } from "./unsent.ts";

/** The number of results of a search that are shown at once. */
const RESULTS = 20;

/** The state of the page. */
export class Chat {
  /** The session with the server. */
  readonly session: Session;
  /** The conversations, as commands number them. */
  readonly list = new BufferList();
  /** The conversations. */
  readonly buffers: Buffers;
  /** The settings of the user. */
  readonly settings = new Settings(settingStore, [], pageSettings);
  /** The people whose messages are not shown. */
  readonly ignored: Ignored;
  /** Shows earlier messages, and the results of searches, as answers. */
  readonly readingBack: ReadingBack;
  /** Reads earlier and later messages into the list of a conversation, and goes to one message. */
  readonly paging: Paging;
  /** Keeps the messages that the server has not confirmed. */
  readonly unsent: Unsent;
  /** The drafts of the conversations. */
  readonly drafts: Drafts;
  /** True once the user has chosen a message, until the field has the focus. */
  isChoosing = false;
  /** The number of times that the user has chosen a conversation. */
  switches = 0;
  /** The answer that is shown. */
  answer: Answer | undefined;
  /**
   * The results of the last search. From a message that was found, the user can go back to them.
   */
  results: Answer | undefined;
  /** The room that the user has just left, until they do something else. */
  left: string | undefined;
  /** The number of other devices that the user has linked. */
  linked = 0;
  /** The files that the user is about to send. */
  readonly attached = new Attachments(() => this.changes.changed(), (text) => this.tell(text));
  /** The tasks that take some time, as the user sees them. */
  readonly tasks = new Tasks(() => this.changes.changed());
  /** The state of the connection. */
  connectedness: Connectedness = { type: "online" };
  /** The changes of this state. */
  readonly changes: Changes;
  readonly #parts: ChatParts;
  readonly #timelines = new Map<Buffer, Timeline>();
  readonly #typing: OwnTyping;
  readonly #typists: Typists;
  readonly #muting: Muting;
  readonly #closedOnes: Closed;
  /** The number of the page's own requests to the server that are not answered yet. */
  #ownQuestions = 0;
  /** The warnings that came before there was a conversation to show them in. */
  readonly #warnings: ClientEvent[] = [];

  /** Creates the state of a session that has not started. */
  constructor(options: SessionOptions, parts: ChatParts) {
    this.#parts = parts;
    this.changes = new Changes(parts.beforeFrame);
    const session = this.session = new Session(options, this);
    this.#muting = new Muting({
      session: () => session,
      quietly: (ask) => this.quietly(ask),
    });
    const names = () => session.state.isupport;
    this.#closedOnes = new Closed((nick) => names().fold(nick), closedStore);
    this.buffers = new Buffers(names, this.list, this.#muting, (buffer) => this.#closed(buffer));
    this.drafts = new Drafts({
      session,
      buffers: this.buffers,
      tell: (text) => this.tell(text),
      changedRows: () => this.changes.changedRows(),
    });
    this.unsent = new Unsent({ session, buffers: this.buffers, drafts: this.drafts });
    const isSame = (one: string, other: string) => session.state.isupport.isSame(one, other);
    this.ignored = new Ignored(isSame, ignoredStore);
    this.#typists = new Typists(systemClock, isSame, () => this.changes.changed());
    this.#typing = new OwnTyping(systemClock, (message) => {
      const { tags, labels } = session.features?.capabilities ?? {};
      if (tags && labels && this.settings.isOn("typing")) void session.request(message);
    });
    this.readingBack = new ReadingBack({
      session,
      buffers: this.buffers,
      pageSize: () => RESULTS,
      show: (block) => this.show({ type: "messages", block }),
      showNothing: (words, place) => this.show({ type: "nothing", words, place }),
      hides: (event) => this.ignored.hides(event),
      tell: (text) => this.tell(text),
    });
    this.paging = new Paging({
      session,
      timelineOf: (buffer) => this.timelineOf(buffer),
      hides: (event) => this.ignored.hides(event),
      tell: (text) => this.tell(text),
      changed: () => this.changes.changed(),
      changedRows: () => this.changes.changedRows(),
    });
  }

  /** Returns the events of a conversation. */
  timelineOf(buffer: Buffer): Timeline {
    let timeline = this.#timelines.get(buffer);
    if (!timeline) this.#timelines.set(buffer, timeline = new Timeline(buffer, newMarks));
    return timeline;
  }

  /** Returns the nicks of the people who type in a conversation. */
  typistsIn(buffer: Buffer): string[] {
    return this.settings.get("typing") === "off" ? [] : this.#typists.in(buffer.name);
  }

  /** Part of `SessionReceiver`. */
  event(event: ClientEvent): void {
    this.#typists.follow(event);
    this.unsent.follow(event);
    this.drafts.follow(event);
    this.#followConnection(event);
    if (event.type === "awaiting-server") this.#parts.awaitsServer();
    if (event.type === "connected") this.tellSilenced();
    if (event.type !== "typing") this.#follow(withKeywords(event, this.settings.words("keywords")));
    this.changes.changed();
  }

  /** Part of `SessionReceiver`: the page never pauses reading. */
  ready(): undefined {}

  /** Part of `SessionReceiver`. */
  caughtUp(name: string): void {
    const buffer = this.buffers.find(name);
    if (buffer && buffer === this.buffers.current && this.#parts.isSeen()) this.seeAll();
    this.changes.changed();
  }

  /** Part of `SessionReceiver`. */
  presence(): void {
    this.changes.changed();
  }

  /** Part of `SessionReceiver`. */
  readElsewhere(name: string, time: number): void {
    this.buffers.find(name)?.seeUpTo(time);
    this.changes.changed();
  }

  /** Part of `SessionReceiver`. */
  conversation(nick: string, time: number): void {
    if (!this.#closedOnes.has(nick, time)) this.buffers.open(nick);
    this.changes.changed();
  }

  /** Shows a conversation. */
  switchTo(buffer: Buffer): void {
    this.buffers.show(buffer);
    this.switches++;
    this.results = this.left = undefined;
    this.#typing.typed(undefined);
    void this.drafts.find();
    this.#markNew(buffer);
    for (const event of this.#warnings.splice(0)) this.timelineOf(buffer).add(event);
    this.seeAll();
    this.changes.changedRowsNow();
  }

  /**
   * Switches to the room `name` if the user is in it, or to the conversation with the person
   * `name`.
   */
  showConversation(name: string): void {
    const isRoom = this.session.state.isupport.isRoom(name);
    const buffer = isRoom ? this.buffers.find(name) : this.buffers.open(name);
    if (buffer) this.switchTo(buffer);
  }

  /** Records that the user has seen all of the current conversation. */
  seeAll(): void {
    const { current } = this.buffers;
    if (!current) return;
    if (current.unseen > 0) this.#markNew(current);
    current.see();
    if (current.last) this.session.read(current.name, current.last);
    this.changes.changed();
  }

  /** Closes a conversation; leaves it if it is a room. */
  close(buffer: Buffer): void {
    if (buffer.kind === "room") this.session.part(buffer.name, "");
    else this.buffers.close(buffer);
  }

  /**
   * Sends the text that the user has written, or runs it as a command. The text may answer or
   * replace the message `chosen`.
   */
  write(text: string, chosen?: Chosen): void {
    this.left = undefined;
    this.#typing.said();
    const { current: buffer } = this.buffers;
    // The user's text and the answer to it are shown at the end of the list.
    if (buffer) this.timelineOf(buffer).toNewest();
    const id = chosen?.entry.speech.id;
    if (!chosen || !buffer || id === undefined) submit(commandContext(this, text), text);
    else if (chosen.kind === "edit") {
      void edit(commandContext(this, "/edit"), { ...chosen, buffer, id, rest: text });
    } else this.session.say(buffer.name, text, "message", { tags: new Map([[REPLY_TAG, id]]) });
    this.unsent.changed();
    this.changes.changedRowsNow();
  }

  /** Records that the text in the composer has changed. */
  typed(text: string): void {
    this.#typing.typed(/^[^/]/.test(text) ? this.buffers.current?.name : undefined);
  }

  /**
   * Chooses a message to answer, or to replace by `edited`, which the user can change first;
   * `undefined` ends that.
   */
  choose(chosen: Chosen | undefined, edited = chosen?.entry.speech.text): void {
    this.drafts.choose(chosen, edited);
    this.isChoosing = chosen !== undefined;
    // The user may type at once, so this change does not wait for the next frame.
    this.changes.changedRowsNow();
  }

  /** Runs a command on one message. */
  act(entry: Entry, command: string): void {
    submit(commandContext(this, command, entry), command);
    this.changes.changed();
  }

  /** Shows `text` in the current conversation, even while {@linkcode quietly} hides answers. */
  readonly tell = (text: string): void => {
    const { current } = this.buffers;
    if (current) this.timelineOf(current).add({ type: "answer", text, time: systemClock.now() });
    this.changes.changed();
  };

  /** Brings a message into the composer to be edited, with `text` in place of its text. */
  compose(text: string, entry: Entry): void {
    this.choose({ kind: "edit", entry }, text);
  }

  /** Leaves the server; the others see `reason`. */
  leave(reason: string): void {
    void this.session.leave(reason);
    this.ended(reason);
  }

  /** Runs `ask`, a question that the user did not send, and shows no answers until it resolves. */
  async quietly<Result>(ask: () => Promise<Result>): Promise<Result> {
    this.#ownQuestions++;
    try {
      return await ask();
    } finally {
      this.#ownQuestions--;
    }
  }

  /** Tells the server which conversations are silenced, if it knows the user's account. */
  tellSilenced(): void {
    this.#muting.tell();
  }

  /** Silences a conversation, or ends its silence. */
  toggleSilenced({ name, isSilenced }: Buffer): void {
    this.buffers.silence(name, !isSilenced);
    this.changes.changed();
  }

  /** Closes the answer that is shown. */
  closeAnswer(): void {
    this.answer = this.results = undefined;
    this.changes.changed();
  }

  /** Records that the session has ended for good. */
  ended(reason: string): void {
    this.connectedness = { type: "ended", reason };
    this.changes.changedRows();
  }

  /** Shows an answer. */
  show(answer: Answer): void {
    this.results = answer.type === "messages" && answer.block.numbers ? answer : undefined;
    this.answer = answer;
    this.changes.changed();
  }

  #followConnection(event: ClientEvent): void {
    const before = this.connectedness;
    this.connectedness = connectednessAfter(event) ?? before;
    if (this.connectedness !== before) this.changes.changedRows();
  }

  /**
   * Adds `event` to its conversations; an event without a conversation belongs to the current one.
   */
  #follow(event: ClientEvent): void {
    if (this.ignored.hides(event)) return;
    if (event.type === "nick") this.#closedOnes.rename(event.nick, event.to);
    for (const { asked, name } of this.session.asked.names) this.buffers.rename(asked, name);
    const owners = this.buffers.follow(event);
    const { current } = this.buffers;
    if (isAboutMessage(event) || isSpeech(event) && event.reply !== undefined) {
      this.changes.changedRows();
    }
    // Missed messages are seen together, once all have arrived.
    const isNow = this.#parts.isSeen() && !(isSpeech(event) && event.isMissed);
    for (const buffer of owners) {
      const isSeen = buffer === current && isNow;
      buffer.add(event, isSeen);
      this.timelineOf(buffer).add(event);
      if (isSeen && isSpeech(event)) this.seeAll();
    }
    for (const join of this.buffers.returned(event)) this.#follow(join);
    if (owners.length === 0 && isWorthARow(event)) this.#followElsewhere(event);
    const isForMe = isSpeech(event) && event.forMe && !event.own && !event.isPast;
    if (isForMe && !owners.some((buffer) => buffer.isSilenced)) this.#parts.notify(event);
    if (event.type === "join" && event.own && !event.isReturn) this.left = undefined;
    if (event.type === "answer" && isLinkNotice(event.text)) this.linked++;
    if (isLeaving(event)) {
      if (event.type === "part") this.left = event.room;
      const buffer = this.buffers.find(event.room);
      if (buffer) this.buffers.close(buffer);
    }
  }

  /**
   * Adds an event without a conversation to the current conversation, unless {@linkcode quietly}
   * hides answers. If there is no conversation yet, drops the event, because the page does not show
   * the server's greeting. A warning is never dropped: it waits for the first conversation.
   */
  #followElsewhere(event: ClientEvent): void {
    const { current } = this.buffers;
    const isWarning = event.type === "warning" || event.type === "nick-taken";
    if (!current && isWarning) this.#warnings.push(event);
    else if (current && (isWarning || this.#ownQuestions === 0)) {
      this.timelineOf(current).add(event);
    }
  }

  #closed(buffer: Buffer): void {
    this.#timelines.delete(buffer);
    this.attached.remove(buffer);
    newMarks.keep(buffer.name, undefined);
    // A closed conversation must not come back at the next visit, before there is a new message.
    const { name, kind, last } = buffer;
    if (kind === "person") this.#closedOnes.add(name, Math.max(last?.time ?? 0, systemClock.now()));
    this.changes.changed();
  }

  /** Draws the line before the first message of others that the user has not seen. */
  #markNew(buffer: Buffer): void {
    if (buffer.unseen > 0) this.timelineOf(buffer).markNew(buffer.events.slice(-buffer.unseen));
  }
}
