/**
 * Sends and follows notices that a user is typing (https://ircv3.net/specs/client-tags/typing). A
 * notice is a message that consists of a tag only; no history contains it. Does not know how
 * notices are shown.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Cancel, Clock, Moment } from "../../shared/clock.ts";
import type { ClientEvent } from "./events.ts";
import { isSpeech } from "./events.ts";
import { TYPING_TAG } from "./tags.ts";

/** Times in milliseconds; the specification gives all but the first. */
const TIMES = {
  /** The time of typing after which others are told, so that a short line needs no notice. */
  start: 500,
  /** The time after which a notice is sent again while the user types on. */
  repeat: 3000,
  /** The time after which a notice that is not repeated expires. */
  active: 6000,
  /** The time after which a notice with the state `paused` expires. */
  paused: 30_000,
} as const;

/** The largest number of notices that are followed. A user who types in two rooms counts twice. */
const MAX_TYPISTS = 50;

/** Tells others that the user is typing. */
export class OwnTyping {
  readonly #clock: Clock;
  readonly #send: (message: Message) => void;
  /** The target of the text in the input line. */
  #to: string | undefined;
  /** The moment of the last notice to that target; undefined before the first one. */
  #sentAt: Moment | undefined;
  #cancel: Cancel | undefined;

  /** Creates the state of a user who is not typing; `send` is called with each notice. */
  constructor(clock: Clock, send: (message: Message) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Records that the user has changed the text for `to`; `undefined` if there is no text. */
  typed(to: string | undefined): void {
    if (to !== this.#to) this.#stop();
    this.#to = to;
    if (to === undefined) return;
    if (this.#sentAt === undefined) {
      this.#cancel ??= this.#clock.after(TIMES.start, () => this.#notify(to));
    } else if (this.#clock.moment().since(this.#sentAt) >= TIMES.repeat) this.#notify(to);
  }

  /** Records that the text was sent. No `done` follows: for others, the text ends the notice. */
  said(): void {
    this.#sentAt = undefined;
    this.#stop();
    this.#to = undefined;
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#to !== undefined && this.#sentAt !== undefined) this.#tell(this.#to, "done");
    this.#sentAt = undefined;
  }

  #notify(to: string): void {
    this.#cancel = undefined;
    this.#sentAt = this.#clock.moment();
    this.#tell(to, "active");
  }

  #tell(to: string, state: "active" | "done"): void {
    this.#send({ command: "TAGMSG", params: [to], tags: new Map([[TYPING_TAG, state]]) });
  }
}

interface Typist {
  readonly nick: string;
  /** The room; for private messages to this user, {@linkcode nick}. */
  readonly place: string;
  readonly cancel: Cancel;
}

/** The other users that are typing, or have paused for a short time. */
export class Typists {
  readonly #clock: Clock;
  readonly #isSame: (one: string, other: string) => boolean;
  readonly #changed: () => void;
  #all: Typist[] = [];

  /** Creates an empty list; `changed` is called when a notice expires. */
  constructor(
    clock: Clock,
    isSame: (one: string, other: string) => boolean,
    changed: () => void,
  ) {
    this.#clock = clock;
    this.#isSame = isSame;
    this.#changed = changed;
  }

  /** Follows an event. */
  follow(event: ClientEvent): void {
    if (isSpeech(event)) return this.#remove(event.nick, event.room ?? event.nick);
    if (event.type === "quit" || event.type === "nick") return this.#remove(event.nick);
    if (event.type === "part" || event.type === "kick") return this.#remove(event.nick, event.room);
    if (event.type === "disconnected") return this.clear();
    if (event.type !== "typing") return;
    const { by: nick, room: place = nick, state } = event;
    this.#remove(nick, place);
    if (state === "done" || this.#all.length >= MAX_TYPISTS) return;
    const cancel = this.#clock.after(TIMES[state], () => {
      this.#remove(nick, place);
      this.#changed();
    });
    this.#all.push({ nick, place, cancel });
  }

  /**
   * Returns the nicks of those that type in the room `place`, or in private to this user if `place`
   * is a nick.
   */
  in(place: string): string[] {
    return this.#all.filter((typist) => this.#isSame(typist.place, place)).map(({ nick }) => nick);
  }

  /** Forgets all users that are typing. */
  clear(): void {
    for (const { cancel } of this.#all.splice(0)) cancel();
  }

  /** Removes a user from `place`, or from all places. */
  #remove(nick: string, place?: string): void {
    if (this.#all.length === 0) return;
    const isMeant = (typist: Typist) =>
      this.#isSame(typist.nick, nick) &&
      (place === undefined || this.#isSame(typist.place, place));
    for (const { cancel } of this.#all.filter(isMeant)) cancel();
    this.#all = this.#all.filter((typist) => !isMeant(typist));
  }
}
