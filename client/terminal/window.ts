/**
 * The client in a terminal: events scroll above, and the input line stays below. This module connects
 * the session, the editor, the commands and the terminal.
 *
 * @module
 */

import { submit } from "./commands.ts";
import { complete } from "./completion.ts";
import { digest } from "./digest.ts";
import { Editor } from "./editor.ts";
import type { ClientEvent } from "../session/events.ts";
import {
  COLORED,
  isUserEvent,
  PLAIN,
  safeText,
  type Style,
  toSentence,
  toText,
  type View,
} from "./format.ts";
import type { Key } from "./keys.ts";
import type { Prompt } from "./screen.ts";
import { Session, type SessionOptions } from "../session/session.ts";
import type { Stdio } from "./stdio.ts";
import { Terminal } from "./terminal.ts";
import { WINDOW_TEXTS } from "../texts/terminal.ts";

/**
 * Runs the client in a terminal until the user leaves; resolves to the exit code.
 *
 * @throws {UserError} if the server cannot be joined; the terminal is then restored.
 */
export async function runTerminal(options: SessionOptions, stdio: Stdio): Promise<number> {
  const window = new Window(options, stdio);
  return await window.run();
}

/** The interval at which the lag in the prompt is updated, in milliseconds. */
const LAG_INTERVAL = 1000;

class Window {
  /** The current room, to which typed lines are sent. */
  room: string | undefined;
  readonly session: Session;
  readonly #options: SessionOptions;
  readonly #style: Style;
  readonly #terminal: Terminal;
  readonly #editor: Editor;
  /** The events that are not shown yet. */
  #events: ClientEvent[] = [];
  /** True while they are about to be shown: at the end of this turn, or when the terminal opens. */
  #isShowScheduled = true;
  readonly #ended: PromiseWithResolvers<number> = Promise.withResolvers();
  #isLeaving = false;
  /** The lag that the prompt shows, in seconds. */
  #shownLag = 0;

  constructor(options: SessionOptions, stdio: Stdio) {
    this.#options = options;
    this.#style = stdio.hasColors ? COLORED : PLAIN;
    this.session = new Session(options, this);
    this.#editor = new Editor((before) => complete(before, this.session.state, this.room));
    this.#terminal = new Terminal(stdio, options.clock, {
      key: (key) => this.#press(key),
      end: (exitCode) => this.leave("", exitCode),
      prompt: () => this.#prompt,
    });
  }

  async run(): Promise<number> {
    this.#terminal.announce(WINDOW_TEXTS.connecting(this.#options.host));
    await this.session.start();
    this.session.ended.catch(this.#ended.reject);
    this.room = this.session.home ?? this.room;
    this.#terminal.open();
    this.#isShowScheduled = false;
    this.tell(WINDOW_TEXTS.helpHint);
    const cancel = this.#options.clock.every(LAG_INTERVAL, () => this.#updateLag());
    try {
      return await this.#ended.promise;
    } finally {
      cancel();
      await this.#terminal.close();
    }
  }

  /** Part of `SessionReceiver`. */
  event(event: ClientEvent): void {
    // The terminal is not open yet.
    if (event.type === "awaiting-server") return this.#terminal.announce(toSentence(event));
    this.#updateRoom(event);
    this.#events.push(event);
    this.#scheduleShow();
  }

  /** Part of `SessionReceiver`. */
  ready(): Promise<void> | undefined {
    return this.#terminal.ready();
  }

  /** Part of `CommandContext`: shows `text` to the user. */
  tell(text: string): void {
    this.event({ type: "answer", text, time: this.#options.clock.now() });
  }

  /** Part of `CommandContext`: leaves the server and ends; a second call ends at once. */
  leave(reason: string, exitCode = 0): void {
    if (this.#isLeaving) return this.#ended.resolve(exitCode);
    this.#isLeaving = true;
    this.session.leave(reason).then(() => this.#ended.resolve(exitCode), this.#ended.reject);
  }

  get #prompt(): Prompt {
    const room = safeText(this.room ?? WINDOW_TEXTS.noRoom);
    const { prompt, laggingPrompt, offlinePrompt } = WINDOW_TEXTS;
    const online = this.#lag > 0 ? laggingPrompt(room, this.#lag) : prompt(room);
    const label = this.session.isConnected ? online : offlinePrompt(room);
    const { onItsWay } = this.#style;
    const isColored = this.#style === COLORED;
    return {
      label,
      before: this.#editor.before,
      after: this.#editor.after,
      above: isColored ? this.#onTheirWay(PLAIN) : this.#onTheirWay(PLAIN).map(onItsWay),
      ...(isColored && { paint: onItsWay }),
    };
  }

  /** Returns the user's lines that have no answer yet, as they will appear in the scrollback. */
  #onTheirWay(style: Style): string[] {
    const { state, onTheirWay } = this.session;
    const now = this.#options.clock.now();
    return onTheirWay.map((line) =>
      `${clockTime(now, now)} ${toText(state.speech(line), { style, room: this.room })}`
    );
  }

  /** The lag in whole seconds. */
  get #lag(): number {
    return Math.floor(this.session.lag / 1000);
  }

  /** Draws the prompt again if the lag has changed. */
  #updateLag(): void {
    if (this.#lag === this.#shownLag) return;
    this.#scheduleShow();
  }

  #press(key: Key): void {
    const outcome = this.#editor.press(key);
    switch (outcome.type) {
      case "nothing":
        return this.#terminal.bell();
      case "full":
        this.tell(WINDOW_TEXTS.tooLong(outcome.limit));
        break;
      case "leave":
        return this.leave("");
      case "suspend":
        if (this.#terminal.suspend()) return;
        this.tell(WINDOW_TEXTS.cannotSuspend);
        break;
      case "redraw":
        return this.#terminal.clear();
      case "submitted":
        submit(this, outcome.text);
    }
    this.#scheduleShow();
  }

  /** Follows a new name of the current room, and chooses another room if the user is not in it. */
  #updateRoom(event: ClientEvent): void {
    // The server may have joined the user to it under another name.
    if (this.room !== undefined) this.room = this.session.nameOf(this.room);
    if (event.type === "join" && event.own) {
      // The server may spell the name differently from the user.
      if (this.room === undefined || this.#isCurrent(event.room)) this.room = event.room;
    }
    if (event.type === "rename" && this.#isCurrent(event.room)) this.room = event.to;
    const isOutside = event.type === "room-refused" ||
      ((event.type === "part" || event.type === "kick") && event.own);
    if (!isOutside || !this.#isCurrent(event.room)) return;
    this.room = Array.from(this.session.state.rooms, ({ name }) => name).at(-1);
  }

  #isCurrent(room: string): boolean {
    return this.room !== undefined && this.session.state.isupport.isSame(room, this.room);
  }

  /** Shows the events at the end of this turn, with one write. */
  #scheduleShow(): void {
    if (this.#isShowScheduled) return;
    this.#isShowScheduled = true;
    queueMicrotask(() => {
      this.#isShowScheduled = false;
      this.#show();
    });
  }

  #show(): void {
    const events = this.#events;
    this.#events = [];
    this.#shownLag = this.#lag;
    const view: View = { style: this.#style, room: this.room };
    const now = this.#options.clock.now();
    const stamp = (time: number) => this.#style.quiet(`${clockTime(time, now)} `);
    this.#terminal.print(digest(events, view, stamp));
    if (events.some((event) => isUserEvent(event) && "forMe" in event && event.forMe)) {
      this.#terminal.bell();
    }
  }
}

/** Returns the local time of day as `HH:MM`, after the date unless that is today's. */
function clockTime(time: number, now: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const date = new Date(time);
  const timeOfDay = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const day = (date: Date) =>
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return day(date) === day(new Date(now)) ? timeOfDay : `${day(date)} ${timeOfDay}`;
}
