/**
 * The messages of a buffer, with their reactions, deletions and edits, found by their `msgid`.
 * Performs no I/O; it does not know how they are shown.
 *
 * There is no agreed specification of editing. So an edit consists of two parts, both by the
 * author: the deletion of the old message, and a new message that answers it. A client that does
 * not know edits shows both. A tag marks the new message as an edit, because the history no longer
 * has the old one.
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

/** The reason that the client gives when it deletes the old text of an edited message. */
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

/** The largest number of different reactions that one message shows. */
const MAX_REACTIONS = 50;
/**
 * The largest number of messages whose reactions are remembered; the client need not have the
 * messages themselves.
 */
const MAX_REACTED = 2000;
/** The largest number of reactions to one message that are remembered. */
const MAX_REMEMBERED = 1000;

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
  /**
   * The messages by their ids, in order. The id of a text that was edited leads to the new text.
   */
  readonly #byId = new Map<string, Kept>();
  /** The earlier messages that were read back, until {@linkcode forget}; in no order. */
  readonly #readBack = new Map<string, Kept>();
  /** The edited messages whose old text this client never got, by the id of that text. */
  readonly #replacing = new Map<string, Kept>();
  /** The reactions, by the ids of their messages. A message may arrive after its reactions. */
  readonly #reactions = new Map<string, AboutMessage[]>();

  /**
   * Makes an empty list, which keeps the latest `max` messages.
   *
   * @param isSame - Returns true if both are the same nick.
   */
  constructor(isSame: (one: string, other: string) => boolean, max: number) {
    this.#isSame = isSame;
    this.#max = max;
  }

  /** Returns the message with the id `id`, or the message that replaces it. */
  find(id: string | undefined): Entry | undefined {
    return id === undefined ? undefined : this.#kept(id);
  }

  /** The latest messages that are not deleted, in order. */
  get all(): Entry[] {
    return [...this.#byId].filter(([id, { speech, deletedBy }]) =>
      deletedBy === undefined && speech.id === id
    ).map(([, entry]) => entry);
  }

  /** Returns the state of a message; an edit may have replaced the message. */
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
    if (event.type !== "redaction") return this.#reacted(event);
    const entry = this.#kept(event.reply);
    // The deletion of the old text may arrive after the new text.
    if (entry?.speech.id === event.reply) entry.deletedBy = event.nick;
  }

  /** Adds an earlier message that was read back, or a reaction to such a message. */
  addEarlier(event: ClientEvent): void {
    if (!isSpeech(event)) return this.add(event);
    const { id } = event;
    if (id !== undefined && !this.#kept(id)) this.#readBack.set(id, this.#keptOf(event));
  }

  /** Forgets a message that was read back. */
  forget(id: string): void {
    this.#replacing.delete(this.#kept(id)?.speech.reply ?? "");
    this.#readBack.delete(id);
  }

  #kept(id: string): Kept | undefined {
    return this.#byId.get(id) ?? this.#readBack.get(id);
  }

  /** Returns `speech` with the known reactions to it and to the text that it replaces. */
  #keptOf(speech: Speech): Kept {
    const isEdited = speech.isEdit === true;
    const entry = { speech, reactions: new Map(), ownReactions: new Set<string>(), isEdited };
    const replaced = isEdited ? speech.reply : undefined;
    const ids = [speech.id, replaced];
    const known = ids.flatMap((id) => this.#reactions.get(id ?? "") ?? []);
    // The history no longer has a text that was replaced, but it still has the reactions to that
    // text.
    if (replaced !== undefined) this.#replacing.set(replaced, entry);
    for (const each of known.sort((one, other) => one.time - other.time)) this.#apply(entry, each);
    return entry;
  }

  /** Remembers a reaction; returns false if it is known. */
  #remember(event: AboutMessage): boolean {
    const known = this.#reactions.get(event.reply) ?? [];
    if (event.id !== undefined && known.some(({ id }) => id === event.id)) return false;
    if (known.length >= MAX_REMEMBERED) return true;
    this.#reactions.set(event.reply, [...known, event]);
    const [oldest] = this.#reactions.keys();
    if (this.#reactions.size > MAX_REACTED && oldest !== undefined) this.#reactions.delete(oldest);
    return true;
  }

  #reacted(event: AboutMessage): void {
    const entry = this.#kept(event.reply) ?? this.#replacing.get(event.reply);
    if (this.#remember(event) && entry) this.#apply(entry, event);
  }

  #apply(entry: Kept, event: AboutMessage): void {
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
    const old = this.#kept(reply ?? "");
    const entry: Kept = old && this.#replaces(speech, old)
      ? { speech, reactions: old.reactions, ownReactions: old.ownReactions, isEdited: true }
      : this.#keptOf(speech);
    this.#readBack.delete(id);
    this.#byId.set(id, entry);
    if (old && entry.reactions === old.reactions) {
      for (const all of [this.#byId, this.#readBack]) {
        for (const [oldId, each] of all) if (each === old) all.set(oldId, entry);
      }
    }
    const [oldest] = this.#byId.keys();
    if (this.#byId.size <= this.#max || oldest === undefined) return;
    this.forget(oldest);
    this.#byId.delete(oldest);
  }

  /**
   * Returns true if `speech` is the new text of an edit: the author has deleted the message that
   * `speech` answers.
   */
  #replaces(speech: Speech, { speech: old, deletedBy }: Kept): boolean {
    if (deletedBy === undefined || !this.#isSame(deletedBy, speech.nick)) return false;
    if (speech.account !== undefined && speech.account === old.account) return true;
    return this.#isSame(old.nick, speech.nick);
  }
}
