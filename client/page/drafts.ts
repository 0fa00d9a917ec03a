/**
 * Keeps what the user has begun to write to each conversation, until it is sent and even if the
 * page is reloaded: a message or a reply, and beside it the new text of a message that they edit.
 * If the message that it answers or replaces is gone after a reload, it becomes a plain draft.
 *
 * @module
 */

import type { Tags } from "../../protocol.ts";
import type { Buffer } from "../session/buffer.ts";
import type { Buffers } from "../session/buffers.ts";
import type { Entry } from "../session/entries.ts";
import type { ClientEvent } from "../session/events.ts";
import { readAround } from "../session/past.ts";
import type { Session } from "../session/session.ts";
import { EDIT_TAG, REPLY_TAG } from "../session/tags.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { keepDraft, type KeptDraft, NO_DRAFT, readDraft } from "./keeping.ts";

/** The message that a text answers or replaces. */
export interface Chosen {
  /** The relation of the text to the message. */
  readonly kind: "reply" | "edit";
  /** The message. */
  readonly entry: Entry;
}

/** The parts of the page that drafts use. */
export interface DraftsParts {
  /** The session. */
  readonly session: Session;
  /** The conversations. */
  readonly buffers: Buffers;
  /** Shows `text` in the current conversation. */
  tell(text: string): void;
  /** Announces a change that concerns messages that are shown. */
  changedRows(): void;
}

/** The drafts of all conversations, and the message that the current one answers or replaces. */
export class Drafts {
  /** The message that the text of the current conversation answers or replaces. */
  chosen: Chosen | undefined;
  /**
   * True while that message is not found yet. Until then, nothing is sent: the text could become
   * something else than the user means.
   */
  isLooking = false;
  readonly #parts: DraftsParts;
  /**
   * The messages whose edit the server has not confirmed, by their ids. They may be deleted, so the
   * server is asked.
   */
  readonly #doubtful = new Set<string>();
  /** The drafts of this page, which a browser may refuse to keep. */
  readonly #all = new Map<string, KeptDraft>();

  /** Begins with the drafts that the browser has kept. */
  constructor(parts: DraftsParts) {
    this.#parts = parts;
  }

  /**
   * Looks again for the message that a text answers or replaces: the server may not have been there
   * to ask before.
   */
  follow(event: ClientEvent): void {
    const mayAsk = event.type === "connected" || event.type === "join" && event.own;
    if (mayAsk && this.isLooking) void this.find();
  }

  /** Returns the text that the field of a conversation shows. */
  textOf({ name }: Buffer): string {
    const { text, edit, edited } = this.#of(name);
    return edit === "" ? text : edited;
  }

  /** Records the text that the field of a conversation shows. */
  write({ name }: Buffer, text: string): void {
    const draft = this.#of(name);
    this.#keep(name, { ...draft, [draft.edit === "" ? "text" : "edited"]: text });
  }

  /**
   * Adds `text`, which could not be sent, to what the user has begun to write to `name`. If its
   * `tags` say so, `text` is the new text of a message again, unless the user edits another message;
   * or a reply again, unless the user has written something else.
   */
  add(name: string, text: string, tags: Tags): void {
    const draft = this.#of(name);
    const edit = tags.get(EDIT_TAG);
    if (edit !== undefined && (draft.edit === "" || draft.edit === edit)) {
      this.#doubtful.add(edit);
      this.#keep(name, { ...draft, edit, edited: joined(draft.edited, text) });
    } else {
      const answered = edit === undefined ? tags.get(REPLY_TAG) ?? "" : "";
      const reply = draft.text === "" && draft.reply === "" ? answered : draft.reply;
      this.#keep(name, { ...draft, reply, text: joined(draft.text, text) });
    }
    if (name !== this.#parts.buffers.current?.name) return;
    void this.find();
    this.#parts.changedRows();
  }

  /**
   * Chooses the message that the current conversation's text answers, or the message to replace by
   * `edited`. `undefined` ends the edit, or else the reply.
   */
  choose(chosen: Chosen | undefined, edited = ""): void {
    const { current } = this.#parts.buffers;
    if (!current) return;
    const { text, reply, edit } = this.#of(current.name);
    const id = chosen?.entry.speech.id ?? "";
    const draft = chosen === undefined
      ? { ...NO_DRAFT, text, reply: edit === "" ? "" : reply }
      : chosen.kind === "edit"
      ? { text, reply, edit: id, edited }
      : { ...NO_DRAFT, text, reply: id };
    this.#keep(current.name, draft);
    void this.find();
  }

  /**
   * Removes what the user has written to the current conversation, which is being sent. Returns the
   * message that it answers or replaces.
   */
  take(): Chosen | undefined {
    const { chosen } = this;
    const { current } = this.#parts.buffers;
    if (!current) return;
    const { text, reply } = this.#of(current.name);
    this.#keep(current.name, chosen?.kind === "edit" ? { ...NO_DRAFT, text, reply } : NO_DRAFT);
    void this.find();
    return chosen;
  }

  /** Finds the message that the text of the current conversation answers or replaces. */
  async find(): Promise<void> {
    const { session, buffers: { current }, changedRows } = this.#parts;
    const { reply, edit } = this.#of(current?.name ?? "");
    const id = edit || reply;
    this.chosen = undefined;
    this.isLooking = false;
    if (!current || id === "") return;
    let isGone = false;
    if (!current.entries.find(id) || this.#doubtful.has(id)) {
      this.isLooking = true;
      if (!session.isConnected) return;
      const { messages, outcome } = await readAround(session, current.name, id, 1);
      const draft = this.#of(current.name);
      if (current !== this.#parts.buffers.current || id !== (draft.edit || draft.reply)) return;
      // The room may not be joined again yet.
      const isLater = outcome.isNoTarget && current.kind === "room";
      if (isLater || outcome.status === "lost" || !session.isConnected) return;
      const found = messages.find((each) => each.id === id);
      if (found) current.entries.addEarlier(found);
      isGone = !found;
      this.#doubtful.delete(id);
      this.isLooking = false;
    }
    const entry = current.entries.find(id);
    if (entry && entry.deletedBy === undefined && !isGone) {
      this.chosen = { kind: edit === "" ? "reply" : "edit", entry };
    } else this.#release(current);
    changedRows();
  }

  /** Makes a plain draft of a text whose message is gone. */
  #release({ name }: Buffer): void {
    const { text, edit, edited } = this.#of(name);
    this.#keep(name, { ...NO_DRAFT, text: joined(text, edited) });
    this.#parts.tell(edit === "" ? PAGE_TEXTS.replyReleased : PAGE_TEXTS.editReleased);
  }

  #of(name: string): KeptDraft {
    let draft = this.#all.get(name);
    if (!draft) this.#all.set(name, draft = readDraft(name));
    return draft;
  }

  #keep(name: string, draft: KeptDraft): void {
    this.#all.set(name, draft);
    keepDraft(name, draft);
  }
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n");
}
