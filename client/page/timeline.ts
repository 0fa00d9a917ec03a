/**
 * The events of one conversation as the page shows them: the newest ones or, while the user reads
 * back, the ones around the place where the user reads. The others are forgotten, so that a long
 * history needs little memory. Performs no I/O.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import {
  type AboutMessage,
  type ClientEvent,
  isAboutMessage,
  isSpeech,
  type Speech,
} from "../session/events.ts";
import { JoinRanks } from "../session/moves.ts";

/** An event with a number that stays the same, so that its row can be found again. */
export interface Item {
  /** The number; later items have greater ones. */
  readonly key: number;
  /** The event. */
  readonly event: ClientEvent;
}

/** The first message that was new when the user opened a conversation. */
export interface NewMark {
  /** Its id. */
  readonly id: string;
  /**
   * The number of messages from it on that were new; 0 once the user has been at the first of them.
   */
  readonly count: number;
}

/** The place where the marks outlast a reload. */
export interface NewMarks {
  /** Returns the mark of the conversation `name`. */
  read(name: string): NewMark | undefined;
  /** Keeps the mark of the conversation `name`; `undefined` removes it. */
  keep(name: string, mark: NewMark | undefined): void;
}

const NO_MARKS: NewMarks = { read: () => undefined, keep: () => {} };

/** The number of items above which items far from the user are forgotten. */
const MAX_ITEMS = 1_000;
/** The number of items that are kept then. */
const KEPT_ITEMS = 500;
/** The number of later events to take from the buffer at once. */
const STEP = 40;

/** The events of one conversation. */
export class Timeline {
  /** The events, in order. */
  items: readonly Item[] = [];
  /** The first message that the user had not seen when they opened the conversation. */
  newFrom: Pick<ClientEvent, "id"> | undefined;
  /** True if there is nothing before the first event. */
  isWhole = false;
  /** True if there are events after the last one. */
  isCut = false;
  /** True while earlier or later messages are being read. */
  isLoading = false;
  /** The number of messages of others that came while the user did not see the newest one. */
  newBelow = 0;
  /** The number of these that are for the user. */
  mentionsBelow = 0;
  #seen: number | undefined;
  /** The message to which the user wants to go, until the list shows it. */
  wanted: Item | undefined;
  readonly #buffer: Pick<Buffer, "name" | "events" | "entries">;
  readonly #marks: NewMarks;
  #newCount = 0;
  /** The ids of the messages among the {@linkcode items}. */
  readonly #ids = new Set<string>();
  readonly #ranks = new JoinRanks();
  #first = 0;
  #last = 0;

  /** Creates an empty timeline of `buffer`, which has the latest events. */
  constructor(buffer: Pick<Buffer, "name" | "events" | "entries">, marks: NewMarks = NO_MARKS) {
    this.#buffer = buffer;
    this.#marks = marks;
    const { id, count = 0 } = marks.read(buffer.name) ?? {};
    if (id !== undefined) this.newFrom = { id };
    this.#newCount = count;
  }

  /**
   * The number of messages from {@linkcode newFrom} on; 0 once the user has been at the first of
   * them.
   */
  get newCount(): number {
    return this.#newCount;
  }
  set newCount(count: number) {
    if (count === this.#newCount) return;
    this.#newCount = count;
    this.#keepMark();
  }

  /** The number of the first item that the user sees; `undefined` while they see the newest one. */
  get seen(): number | undefined {
    return this.#seen;
  }
  set seen(seen: number | undefined) {
    this.#seen = seen;
    if (seen === undefined) this.newBelow = this.mentionsBelow = 0;
  }

  /**
   * Adds an event at the end. A reaction or a deletion only changes the row of its message. A
   * message that is there already is left out.
   */
  add(event: ClientEvent): void {
    if (isAboutMessage(event)) return this.#change(event);
    if (this.seen !== undefined && isSpeech(event) && !event.own && !event.isPast) {
      this.newBelow++;
      if (event.forMe) this.mentionsBelow++;
    }
    // An event beyond the end of a cut list, or before its beginning, is left out. The user gets to
    // it by scrolling there.
    if (this.isCut || this.#isBeforeFirst(event)) return;
    this.#append([event]);
  }

  /** Adds earlier messages at the beginning, without those that are there already. */
  addEarlier(messages: readonly Speech[], reactions: readonly AboutMessage[] = []): void {
    this.#read(messages, reactions);
    const fresh = messages.filter((event) => !this.#isKnown(event));
    this.#first -= fresh.length;
    const items = fresh.map((event, index) => ({ key: this.#first + index, event }));
    this.items = [...items, ...this.items];
    this.#trim();
  }

  /**
   * Adds later messages at the end of a timeline that is cut; `isLast` is true if the server has no
   * more messages.
   */
  addLater(
    messages: readonly Speech[],
    isLast: boolean,
    reactions: readonly AboutMessage[] = [],
  ): void {
    this.#read(messages, reactions);
    this.#append(messages);
    if (isLast && !this.continue()) this.isCut = false;
  }

  /** Adds some of the later events, if the buffer still has them; returns false otherwise. */
  continue(): boolean {
    const { events } = this.#buffer;
    const at = events.findLastIndex(({ id = "" }) => this.#ids.has(id));
    if (at < 0) return false;
    this.isCut = at + STEP < events.length - 1;
    this.#append(events.slice(at + 1, at + 1 + STEP).filter((event) => !isAboutMessage(event)));
    return true;
  }

  /** Returns true if a message that is shown answers one of `messages`. */
  quotes(messages: readonly Speech[]): boolean {
    const ids = new Set(messages.map(({ id }) => id));
    return this.items.some(({ event }) =>
      isSpeech(event) && [event.reply, event.answers].some((id) => id !== undefined && ids.has(id))
    );
  }

  /** Marks the first message of others among `unseen`, the latest events, as the first new one. */
  markNew(unseen: readonly ClientEvent[]): void {
    const fresh = unseen.filter((event) => isSpeech(event) && !event.own && !event.isPast);
    if (fresh.length === 0) return;
    this.newFrom = fresh[0];
    this.#newCount = fresh.length;
    this.#keepMark();
  }

  #keepMark(): void {
    const { id } = this.newFrom ?? {};
    const mark = id === undefined ? undefined : { id, count: this.#newCount };
    this.#marks.keep(this.#buffer.name, mark);
  }

  /** Shows the newest events. */
  toNewest(): void {
    this.seen = undefined;
    if (this.isCut) this.#showLatest();
  }

  /**
   * Returns the message with `id`. If only the buffer has it, first shows the events of the buffer.
   */
  find(id: string): Item | undefined {
    const isThere = this.items.some(({ event }) => event.id === id);
    if (!isThere && this.#buffer.events.some((event) => event.id === id)) this.#showLatest();
    return this.items.find(({ event }) => event.id === id);
  }

  /** Shows a part of the history, in place of what is shown. */
  showPart(messages: readonly Speech[], reactions: readonly AboutMessage[]): void {
    this.#clear();
    this.isCut = true;
    this.#seen = this.#first;
    this.#read(messages, reactions);
    this.#append(messages);
  }

  #showLatest(): void {
    this.#clear();
    this.isCut = false;
    this.#append(this.#buffer.events.filter((event) => !isAboutMessage(event)));
  }

  #clear(): void {
    this.isWhole = false;
    this.#forget(this.items);
    this.#ids.clear();
    this.items = [];
    // The numbers of the items that are gone are not used again.
    this.#first = this.#last;
  }

  /** The first message, before which to read back. */
  get firstSpeech(): Speech | undefined {
    return this.items.find(isSpoken)?.event;
  }

  /** The last message, after which to read on. */
  get lastSpeech(): Speech | undefined {
    return this.items.findLast(isSpoken)?.event;
  }

  /** Returns true for a message of the history that is older than the first message here. */
  #isBeforeFirst(event: ClientEvent): boolean {
    const { firstSpeech: first } = this;
    if (!first || !isSpeech(event) || !event.isPast && !event.isMissed) return false;
    const [one, other] = [event, first].map(({ id = "" }) => id);
    return event.time < first.time || event.time === first.time && (one ?? "") < (other ?? "");
  }

  #append(events: readonly ClientEvent[]): void {
    const fresh = events.filter((event) => !this.#isKnown(event) && !this.#ranks.completes(event));
    this.items = [...this.items, ...fresh.map((event) => ({ key: this.#last++, event }))];
    this.#trim();
  }

  /** Forgets the events that are far from the user, if there are many. */
  #trim(): void {
    const { items, seen } = this;
    const more = items.length - KEPT_ITEMS;
    if (items.length <= MAX_ITEMS) return;
    const at = seen === undefined ? items.length : items.findIndex(({ key }) => key >= seen);
    const start = Math.min(Math.max(0, at - KEPT_ITEMS / 2), more);
    const end = start + KEPT_ITEMS;
    this.items = items.slice(start, end);
    this.#forget([...items.slice(0, start), ...items.slice(end)]);
    if (start > 0) this.isWhole = false;
    if (end < items.length) this.isCut = true;
    this.#first += start;
    this.#last -= items.length - end;
  }

  /**
   * Records messages and reactions that were read from the history, for the rows that they change.
   */
  #read(messages: readonly Speech[], reactions: readonly AboutMessage[]): void {
    for (const event of [...messages, ...reactions]) this.#buffer.entries.addEarlier(event);
  }

  #forget(items: readonly Item[]): void {
    for (const { event: { id = "" } } of items) {
      this.#ids.delete(id);
      this.#buffer.entries.forget(id);
    }
  }

  /** Returns true for a message that is there already; records any other message. */
  #isKnown(event: ClientEvent): boolean {
    if (!isSpeech(event) || event.id === undefined) return false;
    if (this.#ids.has(event.id)) return true;
    this.#ids.add(event.id);
    return false;
  }

  /** Changes the row of a message. A deleted message that is too old for the entries is removed. */
  #change(event: AboutMessage): void {
    if (event.type !== "redaction" || this.#buffer.entries.find(event.reply)) {
      // The rows are made anew from the entries.
      this.items = [...this.items];
    } else {
      this.items = this.items.filter(({ event: { id } }) => id !== event.reply);
    }
  }
}

function isSpoken(item: Item): item is Item & { readonly event: Speech } {
  return isSpeech(item.event);
}
