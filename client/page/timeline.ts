/**
 * The events of one conversation as the page shows them: those that the session reports, and before
 * them the earlier messages that were read back. Performs no I/O.
 *
 * @module
 */

import type { Entries } from "../session/entries.ts";
import {
  type AboutMessage,
  type ClientEvent,
  isAboutMessage,
  isSpeech,
  type Speech,
} from "../session/events.ts";

/** An event with a number that stays the same, so that its row can be found again. */
export interface Item {
  /** The number; later items have greater ones. */
  readonly key: number;
  /** The event. */
  readonly event: ClientEvent;
}

/** The number of events that are kept while the user reads the newest ones. */
const MAX_ITEMS = 2_000;

/** The events of one conversation. */
export class Timeline {
  /** The events, in order. */
  items: readonly Item[] = [];
  /** The first event that the user has not seen, when they opened the conversation. */
  newFrom: ClientEvent | undefined;
  /** True if there is nothing before the first event. */
  isWhole = false;
  /** True while earlier messages are being read. */
  isLoading = false;
  readonly #entries: Entries;
  /** The ids of the messages. */
  readonly #ids = new Set<string>();
  #first = 0;
  #last = 0;

  /** Creates an empty timeline; `entries` are the messages of its buffer. */
  constructor(entries: Entries) {
    this.#entries = entries;
  }

  /**
   * Adds an event at the end, except a reaction or a deletion, which changes the row of its
   * message. A message that is there already is left out.
   */
  add(event: ClientEvent): void {
    if (isAboutMessage(event)) return this.#change(event);
    if (this.#isKnown(event)) return;
    this.items = [...this.items, { key: this.#last++, event }];
  }

  /** Adds earlier messages at the beginning; those that are there already are left out. */
  addEarlier(messages: readonly Speech[]): void {
    const fresh = messages.filter((event) => !this.#isKnown(event));
    this.#first -= fresh.length;
    const items = fresh.map((event, index) => ({ key: this.#first + index, event }));
    this.items = [...items, ...this.items];
  }

  /** Forgets the oldest events, if there are many, while the user reads the newest ones. */
  trim(): void {
    if (this.items.length <= MAX_ITEMS) return;
    for (const { event: { id = "" } } of this.items.slice(0, -MAX_ITEMS / 2)) this.#ids.delete(id);
    this.items = this.items.slice(-MAX_ITEMS / 2);
    this.isWhole = false;
  }

  /** The first message, before which to read back. */
  get firstSpeech(): Speech | undefined {
    return this.items.map(({ event }) => event).find(isSpeech);
  }

  /** Returns true for a message that is there already; records any other. */
  #isKnown(event: ClientEvent): boolean {
    if (!isSpeech(event) || event.id === undefined) return false;
    if (this.#ids.has(event.id)) return true;
    this.#ids.add(event.id);
    return false;
  }

  /** Changes the row of a message. A deleted message that is too old for the entries is removed. */
  #change(event: AboutMessage): void {
    if (event.type !== "redaction" || this.#entries.find(event.reply)) {
      // The rows are made anew from the entries.
      this.items = [...this.items];
    } else {
      this.items = this.items.filter(({ event: { id } }) => id !== event.reply);
    }
  }
}
