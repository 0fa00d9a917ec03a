/**
 * Leads the user through the messages of a conversation: reads earlier and later messages as the
 * user comes near them, and goes to one message, or to the newest.
 *
 * @module
 */

import type { Buffer } from "../session/buffer.ts";
import type { ClientEvent } from "../session/events.ts";
import { readAfter, readPast } from "../session/past.ts";
import type { Session } from "../session/session.ts";
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
  /** Announces that a timeline has changed. */
  changed(): void;
  /** Announces that messages were read which other messages may quote. */
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
    const { session, hides, changed, changedRows } = this.#parts;
    const timeline = this.#parts.timelineOf(buffer);
    if (timeline.isLoading || timeline.isWhole || !session.isConnected) return;
    const { firstSpeech: before } = timeline;
    timeline.isLoading = true;
    changed();
    const range = { before, limit: PAGE_SIZE };
    const outcome = await readPast(session, buffer.name, range, (messages, reactions) => {
      // The user may have left this part of the history meanwhile.
      if (timeline.firstSpeech !== before) return;
      const isSeen = (event: ClientEvent) => !hides(event);
      // Other rows do not change: scrolling must be smooth.
      if (reactions.length > 0 || timeline.quotes(messages)) changedRows();
      timeline.addEarlier(messages.filter(isSeen), reactions.filter(isSeen));
      timeline.isWhole = messages.length === 0;
    });
    timeline.isLoading = false;
    if (outcome.status !== "done") timeline.isWhole = true;
    changed();
  }

  /** Shows messages after the last one that is shown, if that is not the newest one. */
  async readLater(buffer: Buffer): Promise<void> {
    const { session, hides, changed, changedRows } = this.#parts;
    const timeline = this.#parts.timelineOf(buffer);
    if (timeline.isLoading || !timeline.isCut) return;
    if (timeline.continue()) return changed();
    const { lastSpeech: after } = timeline;
    if (!after || !session.isConnected) return;
    timeline.isLoading = true;
    changed();
    const page = await readAfter(session, buffer.name, after, PAGE_SIZE);
    timeline.isLoading = false;
    if (page.outcome.status === "done" && timeline.lastSpeech === after) {
      const isSeen = (event: ClientEvent) => !hides(event);
      if (page.reactions.length > 0) changedRows();
      timeline.addLater(page.messages.filter(isSeen), page.isLast, page.reactions.filter(isSeen));
    }
    changed();
  }

  /** Goes to the message with `id`; returns false if it is not among those that the page shows. */
  goTo(buffer: Buffer, id: string): boolean {
    const timeline = this.#parts.timelineOf(buffer);
    const isDeleted = buffer.entries.find(id)?.deletedBy !== undefined;
    timeline.wanted = isDeleted ? undefined : timeline.items.find(({ event }) => event.id === id);
    this.#parts.changed();
    return timeline.wanted !== undefined;
  }

  /** Goes to the newest message. */
  toNewest(buffer: Buffer): void {
    this.#parts.timelineOf(buffer).toNewest();
    this.#parts.changed();
  }

  /** Records that the user has come to the newest message, or has left it. */
  moved(): void {
    this.#parts.changed();
  }
}
