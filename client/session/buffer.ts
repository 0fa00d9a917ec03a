/**
 * The conversation in a room or with a person: its latest events, and the number of those that the
 * user has not seen. Performs no I/O; it does not know how buffers are shown.
 *
 * @module
 */

import { Entries } from "./entries.ts";
import { type ClientEvent, isSpeech, type Speech } from "./events.ts";

/** The largest number of events that a buffer keeps. */
const MAX_EVENTS = 1000;

/** The events about one room or person, and how much of them the user has seen. */
export class Buffer {
  /** The name of the room, or the nick of the person. */
  name: string;
  /** The kind of conversation. */
  readonly kind: "room" | "person";
  /** The latest events, in order; at most 1,000. */
  readonly events: ClientEvent[] = [];
  /** The messages among these events, with their reactions, edits and deletions. */
  readonly entries: Entries;
  /** The number of events at the end of {@linkcode events} that the user has not seen. */
  unseen = 0;
  /** The number of messages that the user has not seen. */
  unread = 0;
  /** The number of unread messages that are for the user ({@linkcode Speech.forMe}). */
  mentions = 0;

  /** The topic of the room; empty if there is none. */
  topic = "";

  /** True if the user does not want to be notified of its messages. */
  isSilenced = false;

  /**
   * True for a private conversation of an earlier session until the user sees it. Its earlier
   * messages are not here yet.
   */
  isRestored = false;

  /** True if the client has read only the newest of the missed messages. */
  isCut = false;

  /** The first message on the screen. A request for earlier messages starts from it. */
  shownFrom: Speech | undefined;

  /** Creates an empty buffer. */
  constructor(
    kind: "room" | "person",
    name: string,
    isSame: (one: string, other: string) => boolean,
  ) {
    this.kind = kind;
    this.name = name;
    this.entries = new Entries(isSame, MAX_EVENTS);
  }

  /** Adds an event; `isSeen` is true if it is shown to the user now. */
  add(event: ClientEvent, isSeen: boolean): void {
    this.events.push(event);
    this.entries.add(event);
    if (event.type === "topic" || event.type === "topic-is") this.topic = event.text;
    if (event.type === "join" && event.own) this.topic = "";
    if (this.events.length > MAX_EVENTS) this.events.shift();
    if (isSeen) return;
    if (isSpeech(event) && event.isAfterGap) this.isCut = true;
    this.unseen = Math.min(this.unseen + 1, MAX_EVENTS);
    this.#count(event);
  }

  /** Records that the user has read up to `time` in another client. */
  seeUpTo(time: number): void {
    const unseen = this.events.slice(this.events.length - this.unseen);
    const fresh = unseen.slice(unseen.findLastIndex((event) => event.time <= time) + 1);
    this.see();
    this.unseen = fresh.length;
    for (const event of fresh) this.#count(event);
  }

  /**
   * The last message that the server has confirmed. A user that has seen all events has read up to
   * this message.
   */
  get last(): Speech | undefined {
    return this.events.findLast((event): event is Speech => isSpeech(event) && !event.isOnItsWay);
  }

  #count(event: ClientEvent): void {
    if (!isSpeech(event) || event.own || event.isPast) return;
    // Messages to the user count even in a silenced room.
    if (this.isSilenced && (this.kind === "person" || !event.forMe)) return;
    this.unread++;
    if (event.forMe) this.mentions++;
  }

  /** Records that the user has seen all events. */
  see(): void {
    this.unseen = 0;
    this.unread = 0;
    this.mentions = 0;
    this.isCut = false;
  }
}
