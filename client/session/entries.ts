/**
 * The messages of a buffer, with their reactions, deletions and edits, found by their `msgid`.
 * Performs no I/O; it does not know how they are shown.
 *
 * No specification of editing is agreed. So an edit is a deletion and a new message that answers the deleted
 * one, both by its author; a client that does not know this shows exactly that. A tag marks the new message,
 * because the history does not have the deleted one.
 *
 * @module
 */

import {
  type AboutMessage,
  type ClientEvent,
  isAboutMessage,
  isSpeech,
  type Speech,
} from "./events.ts";

/** The reason of a deletion that a new text of the same message follows. */
export const EDIT_REASON = "edited";

/** A message, with the effects of later events. */
export interface Entry {
  /** The message; after an edit, the new one. */
  readonly speech: Speech;
  /** The reactions, each with the nicks of the users that gave it. */
  readonly reactions: ReadonlyMap<string, ReadonlySet<string>>;
  /** The reactions that the user of this client gave. */
  readonly ownReactions: ReadonlySet<string>;
  /** The nick of the user that deleted it. */
  readonly deletedBy?: string;
  /** True if it replaces an earlier text. */
  readonly isEdited: boolean;
}

/** The state of a message: `gone` if it was deleted, or replaced by an edit. */
export type EntryState = "as sent" | "edited" | "gone";

/** The largest number of different reactions that are kept of a message. */
const MAX_REACTIONS = 50;

interface Kept {
  speech: Speech;
  readonly reactions: Map<string, Set<string>>;
  readonly ownReactions: Set<string>;
  deletedBy?: string;
  isEdited: boolean;
}

/** The messages of one buffer that have a `msgid`. */
export class Entries {
  readonly #isSame: (one: string, other: string) => boolean;
  readonly #max: number;
  /** The messages by their ids, in their order; the ids of edited ones lead to the new text. */
  readonly #byId = new Map<string, Kept>();

  /**
   * Makes an empty list, which keeps the latest `max` messages.
   *
   * @param isSame - Returns true if both are the same nick.
   */
  constructor(isSame: (one: string, other: string) => boolean, max: number) {
    this.#isSame = isSame;
    this.#max = max;
  }

  /** Returns the message with that id, or the one that replaces it. */
  find(id: string | undefined): Entry | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** The messages that are not deleted, in order. */
  get all(): Entry[] {
    return [...this.#byId].filter(([id, { speech, deletedBy }]) =>
      deletedBy === undefined && speech.id === id
    ).map(([, entry]) => entry);
  }

  /** Returns the state of a message, which may be one that an edit has replaced. */
  stateOf({ id }: Speech): EntryState {
    const entry = this.find(id);
    if (!entry) return "as sent";
    if (entry.deletedBy !== undefined || entry.speech.id !== id) return "gone";
    return entry.isEdited ? "edited" : "as sent";
  }

  /** Follows an event of the buffer. */
  add(event: ClientEvent): void {
    if (isSpeech(event)) return this.#said(event);
    if (!isAboutMessage(event)) return;
    const entry = this.#byId.get(event.reply);
    if (!entry) return;
    if (event.type === "redaction") {
      // The deletion of the old text may arrive after the new text.
      if (entry.speech.id === event.reply) entry.deletedBy = event.nick;
      return;
    }
    if (event.type === "unreaction") this.#takeBack(entry, event);
    else this.#react(entry, event);
  }

  #react({ reactions, ownReactions }: Kept, { text, nick, own }: AboutMessage): void {
    const nicks = reactions.get(text);
    if (!nicks && reactions.size >= MAX_REACTIONS) return;
    if (nicks) nicks.add(nick);
    else reactions.set(text, new Set([nick]));
    if (own) ownReactions.add(text);
  }

  #takeBack({ reactions, ownReactions }: Kept, { text, nick, own }: AboutMessage): void {
    const nicks = reactions.get(text);
    nicks?.delete(nick);
    if (nicks?.size === 0) reactions.delete(text);
    if (own) ownReactions.delete(text);
  }

  #said(speech: Speech): void {
    const { id, reply } = speech;
    if (id === undefined || this.#byId.has(id)) return;
    const old = this.#byId.get(reply ?? "");
    const entry: Kept = old && this.#replaces(speech, old)
      ? { speech, reactions: old.reactions, ownReactions: old.ownReactions, isEdited: true }
      : { speech, reactions: new Map(), ownReactions: new Set(), isEdited: speech.isEdit === true };
    this.#byId.set(id, entry);
    if (old && entry.reactions === old.reactions) {
      for (const [oldId, each] of this.#byId) if (each === old) this.#byId.set(oldId, entry);
    }
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > this.#max && oldest !== undefined) this.#byId.delete(oldest);
  }

  /** Returns true if `speech` answers a message that its author has deleted: it is the new text. */
  #replaces(speech: Speech, { speech: old, deletedBy }: Kept): boolean {
    if (deletedBy === undefined || !this.#isSame(deletedBy, speech.nick)) return false;
    if (speech.account !== undefined && speech.account === old.account) return true;
    return this.#isSame(old.nick, speech.nick);
  }
}
