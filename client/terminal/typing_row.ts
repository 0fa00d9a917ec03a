/**
 * Connects the input line and the row above it with the notices of typing.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Clock } from "../../shared/clock.ts";
import type { ClientEvent } from "../session/events.ts";
import type { Session } from "../session/session.ts";
import { OwnTyping, Typists } from "../session/typing.ts";
import { TYPING_TEXT } from "../texts/messages.ts";
import { cells } from "./cells.ts";
import type { Settings } from "../commands/settings.ts";
import { safeText, type Style } from "./format.ts";
import type { Segment } from "./screen.ts";

/** The notices of typing in one window. */
export class TypingRow {
  readonly #session: Session;
  readonly #settings: Pick<Settings, "get">;
  readonly #own: OwnTyping;
  readonly #typists: Typists;

  /** Creates the state in which no user is typing; `changed` is called when a notice expires. */
  constructor(
    session: Session,
    clock: Clock,
    settings: Pick<Settings, "get">,
    changed: () => void,
  ) {
    this.#session = session;
    this.#settings = settings;
    const isSame = (one: string, other: string) => session.state.isupport.isSame(one, other);
    this.#typists = new Typists(clock, isSame, changed);
    this.#own = new OwnTyping(clock, (message) => this.#send(message));
  }

  /** Updates the list of users that are typing after `event`. */
  follow(event: ClientEvent): void {
    this.#typists.follow(event);
  }

  /** Records that the text in the input line, which is for the room or person `to`, has changed. */
  typed(text: string, to: string | undefined): void {
    const isMessage = text !== "" && !text.startsWith("/");
    this.#own.typed(isMessage ? to : undefined);
  }

  /** Records that the text was submitted. */
  submitted(): void {
    this.#own.said();
  }

  /** Ends all timers. */
  close(): void {
    this.#own.said();
    this.#typists.clear();
  }

  /**
   * Returns the part of the row that names the users who are typing in `place`, a room or a nick.
   * It is empty if it would take more than half of the `width` cells.
   */
  segments(place: string | undefined, style: Style, width: number): Segment[] {
    if (place === undefined || this.#settings.get("typing") === "off") return [];
    const nicks = this.#typists.in(place);
    const text = ` ${TYPING_TEXT(nicks.map(safeText))}`;
    return nicks.length === 0 || cells(text) > width / 2 ? [] : [{ text, paint: style.quiet }];
  }

  /**
   * Sends a notice, if a label can distinguish a refusal of the notice from a refusal of a message.
   */
  #send(message: Message): void {
    const { tags, labels } = this.#session.features?.capabilities ?? {};
    if (tags && labels && this.#settings.get("typing") === "on") {
      void this.#session.request(message);
    }
  }
}
