/**
 * Leads the user through the messages of a conversation: reads earlier and later messages as the
 * user comes near them, and goes to one message, or to the newest.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import type { AboutMessage, ClientEvent, Speech, Stamp } from "../session/events.ts";
import { readAfter, readAround, readPast } from "../session/past.ts";
import type { Session } from "../session/session.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { COMMAND_TEXTS } from "../texts/terminal.ts";
import type { Timeline } from "./timeline.ts";

/** The number of messages to read at once. */
const PAGE_SIZE = 40;

/** The parts of the page that reading uses. */
export interface PagingParts {
  /** The session. */
  readonly session: Session;
  /** Returns the events of a conversation. */
  timelineOf(buffer: Buffer): Timeline;
  /** Returns true for a message or a reaction of a user that is ignored. */
  hides(event: ClientEvent): boolean;
  /** Shows `text` in the current conversation. */
  tell(text: string): void;
  /** Announces that a timeline has changed. */
  changed(): void;
  /** Announces that rows must be drawn again, because what they quote or count has been read. */
  changedRows(): void;
}

/** The way through the messages. */
export class Paging {
  readonly #parts: PagingParts;

  /** Leads through the conversations of a session. */
  constructor(parts: PagingParts) {
    this.#parts = parts;
  }

  /** Reads messages before the first one that is shown. */
  async readEarlier(buffer: Buffer): Promise<void> {
    const { session, changed } = this.#parts;
    const timeline = this.#parts.timelineOf(buffer);
    if (timeline.isLoading || timeline.isWhole || !session.isConnected) return;
    timeline.isLoading = true;
    changed();
    await this.#readEarlier(buffer.name, timeline);
    timeline.isLoading = false;
    changed();
  }

  /** Reads pages until a page has a message whose author is not ignored. */
  async #readEarlier(name: string, timeline: Timeline): Promise<void> {
    const { session, tell } = this.#parts;
    const { isupport } = session.state;
    const { firstSpeech: first } = timeline;
    for (let before: Speech | undefined = first;;) {
      let earliest: Speech | undefined;
      const range = { before, limit: PAGE_SIZE };
      const { status, isNoTarget } = await readPast(session, name, range, (messages, reactions) => {
        // The user may have left this part of the history meanwhile.
        if (timeline.firstSpeech !== first) return;
        earliest = messages[0];
        this.#addEarlier(timeline, messages, reactions);
      });
      if (timeline.firstSpeech !== first) return;
      // A request that is lost, or finds no connection, tells nothing about the history.
      if (status === "lost" || !session.isConnected) return;
      if (isNoTarget && !isupport.isRoom(name)) tell(HISTORY_TEXTS.nobody(name));
      const isEnd = earliest?.id === undefined || earliest.id === before?.id;
      if (status === "refused" || isEnd) return void (timeline.isWhole = true);
      before = earliest;
    }
  }

  #addEarlier(
    timeline: Timeline,
    messages: readonly Speech[],
    reactions: readonly AboutMessage[],
  ): void {
    // The rows are drawn again only if one of them changes, so that scrolling stays smooth.
    if (reactions.length > 0 || timeline.quotes(messages)) this.#parts.changedRows();
    timeline.addEarlier(this.#shown(messages), this.#shown(reactions));
  }

  #shown<Event extends ClientEvent>(events: readonly Event[]): Event[] {
    return events.filter((event) => !this.#parts.hides(event));
  }

  /** Shows messages after the last one that is shown, unless that is the newest message. */
  async readLater(buffer: Buffer): Promise<void> {
    const { session, changed } = this.#parts;
    const timeline = this.#parts.timelineOf(buffer);
    if (timeline.isLoading || !timeline.isCut) return;
    if (timeline.continue()) return changed();
    if (!timeline.lastSpeech || !session.isConnected) return;
    timeline.isLoading = true;
    changed();
    await this.#readLater(buffer.name, timeline, timeline.lastSpeech);
    timeline.isLoading = false;
    changed();
  }

  /** Reads pages until a page has a message whose author is not ignored, or is the last page. */
  async #readLater(name: string, timeline: Timeline, last: Speech): Promise<void> {
    const { session, changedRows } = this.#parts;
    for (let after: Stamp | undefined = last; after;) {
      const page = await readAfter(session, name, after, PAGE_SIZE);
      if (page.outcome.status !== "done" || timeline.lastSpeech !== last) return;
      if (page.reactions.length > 0) changedRows();
      timeline.addLater(this.#shown(page.messages), page.isLast, this.#shown(page.reactions));
      if (page.isLast || timeline.lastSpeech !== last) return;
      after = page.last;
    }
  }

  /**
   * Goes to the message with `id`. If the page does not have it, reads the part of the history
   * around it, and shows that part.
   */
  async goTo(buffer: Buffer, id: string): Promise<void> {
    const { session, tell, changedRows } = this.#parts;
    const timeline = this.#parts.timelineOf(buffer);
    if (buffer.entries.find(id)?.deletedBy !== undefined) return tell(PAGE_TEXTS.gone);
    timeline.wanted = timeline.find(id);
    this.#parts.changed();
    if (timeline.wanted) return;
    if (!session.isConnected) return tell(COMMAND_TEXTS.notConnected);
    const page = await readAround(session, buffer.name, id, PAGE_SIZE);
    const messages = this.#shown(page.messages);
    if (!messages.some((each) => each.id === id)) {
      return tell(page.outcome.reason ?? PAGE_TEXTS.gone);
    }
    timeline.showPart(messages, this.#shown(page.reactions));
    timeline.wanted = timeline.find(id);
    changedRows();
  }

  /** Goes to the newest message. */
  toNewest(buffer: Buffer): void {
    this.#parts.timelineOf(buffer).toNewest();
    this.#parts.changed();
  }

  /** Announces that the user has come to the newest message, or has left it. */
  moved(): void {
    this.#parts.changed();
  }
}
