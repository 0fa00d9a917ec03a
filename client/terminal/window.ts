/**
 * The client in a terminal: what happens scrolls by above, the line being typed stays below. It ties
 * together the session, the editor, the commands and the terminal.
 *
 * @module
 */

import { NO_ROOM, runCommand } from "./commands.ts";
import { complete } from "./completion.ts";
import { digest } from "./digest.ts";
import { Editor } from "./editor.ts";
import type { ClientEvent } from "../session/events.ts";
import { COLOURED, isPublic, PLAIN, plain, type Style, type View } from "./format.ts";
import type { Key } from "./keys.ts";
import type { Prompt } from "./screen.ts";
import { Session, type SessionOptions } from "../session/session.ts";
import type { Stdio } from "./stdio.ts";
import { Terminal } from "./terminal.ts";

/**
 * Runs until the user leaves; resolves to the exit code.
 *
 * @throws {UserError} if the server cannot be joined; the terminal is then as it was.
 */
export async function runTerminal(options: SessionOptions, stdio: Stdio): Promise<number> {
  const window = new Window(options, stdio);
  return await window.run();
}

class Window {
  /** The room in which is said what is typed. */
  room: string | undefined;
  readonly session: Session;
  readonly #options: SessionOptions;
  readonly #style: Style;
  readonly #terminal: Terminal;
  readonly #editor: Editor;
  /** What has happened in this turn and is not shown yet. */
  #events: ClientEvent[] = [];
  /** Whether events will be shown anyway: at the end of this turn, or when the window opens. */
  #isShowing = true;
  readonly #ended: PromiseWithResolvers<number> = Promise.withResolvers();
  #isLeaving = false;

  constructor(options: SessionOptions, stdio: Stdio) {
    this.#options = options;
    this.#style = stdio.hasColours ? COLOURED : PLAIN;
    this.session = new Session(options, this);
    this.#editor = new Editor((before) => complete(before, this.session.state, this.room));
    this.#terminal = new Terminal(stdio, options.clock, {
      key: (key) => this.#press(key),
      end: (exitCode) => this.leave("", exitCode),
      prompt: () => this.#prompt,
    });
  }

  async run(): Promise<number> {
    this.#terminal.announce(`connecting to ${this.#options.host} …`);
    await this.session.start();
    this.session.ended.catch(this.#ended.reject);
    this.room = this.session.home ?? this.room;
    this.#terminal.open();
    this.#isShowing = false;
    this.tell("/help lists the commands");
    try {
      return await this.#ended.promise;
    } finally {
      await this.#terminal.close();
    }
  }

  /** Part of `SessionReceiver`. */
  event(event: ClientEvent): void {
    this.#follow(event);
    this.#events.push(event);
    this.#showSoon();
  }

  /** Part of `SessionReceiver`. */
  ready(): Promise<void> | undefined {
    return this.#terminal.ready();
  }

  /** Part of `CommandContext`: shows something that only concerns the user. */
  tell(text: string): void {
    this.event({ type: "answer", text, time: this.#options.clock.now() });
  }

  /** Part of `CommandContext`: ends it all; a second time, at once. */
  leave(reason: string, exitCode = 0): void {
    if (this.#isLeaving) return this.#ended.resolve(exitCode);
    this.#isLeaving = true;
    this.session.leave(reason).then(() => this.#ended.resolve(exitCode), this.#ended.reject);
  }

  get #prompt(): Prompt {
    const room = plain(this.room ?? "no room");
    const label = this.session.isConnected ? `[${room}] ` : `[${room}, offline] `;
    return { label, before: this.#editor.before, after: this.#editor.after };
  }

  #press(key: Key): void {
    const outcome = this.#editor.press(key);
    switch (outcome.type) {
      case "nothing":
        return this.#terminal.bell();
      case "full":
        this.tell(`a line has ${outcome.limit} characters at most: the rest was left out`);
        break;
      case "leave":
        return this.leave("");
      case "suspend":
        if (this.#terminal.suspend()) return;
        this.tell("chat cannot be suspended here: Ctrl-Z needs it to be started by a shell itself");
        break;
      case "redraw":
        return this.#terminal.clear();
      case "submitted":
        this.#submit(outcome.text);
    }
    this.#showSoon();
  }

  /** A line that begins with one slash is a command; two stand for one that is said. */
  #submit(text: string): void {
    const isCommand = /^\/(?!\/)/.test(text) && !text.includes("\n");
    if (isCommand) return runCommand(this, text);
    if (this.room === undefined) return this.tell(NO_ROOM);
    for (const line of text.split("\n")) this.session.say(this.room, line.replace(/^\/\//, "/"));
  }

  /** The room shown is one that the user is in. */
  #follow(event: ClientEvent): void {
    if (event.type === "join" && event.own) {
      // The server may write its name otherwise than the user did.
      if (this.room === undefined || this.#isHere(event.room)) this.room = event.room;
    }
    const isOver = event.type === "room-refused" ||
      ((event.type === "part" || event.type === "kick") && event.own);
    if (!isOver || !this.#isHere(event.room)) return;
    this.room = Array.from(this.session.state.rooms, ({ name }) => name).at(-1);
  }

  #isHere(room: string): boolean {
    return this.room !== undefined && this.session.state.isupport.isSame(room, this.room);
  }

  /** Shows what has happened when this turn is over, with one write. */
  #showSoon(): void {
    if (this.#isShowing) return;
    this.#isShowing = true;
    queueMicrotask(() => {
      this.#isShowing = false;
      this.#show();
    });
  }

  #show(): void {
    const events = this.#events;
    this.#events = [];
    const view: View = { style: this.#style, room: this.room };
    const now = this.#options.clock.now();
    const stamp = (time: number) => this.#style.quiet(`${clockTime(time, now)} `);
    this.#terminal.print(digest(events, view, stamp));
    if (events.some((event) => isPublic(event) && "forMe" in event && event.forMe)) {
      this.#terminal.bell();
    }
  }
}

/** The time of day where the user is, as `HH:MM`; before it, the date, if it is another than now. */
function clockTime(time: number, now: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const date = new Date(time);
  const timeOfDay = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const day = (date: Date) =>
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return day(date) === day(new Date(now)) ? timeOfDay : `${day(date)} ${timeOfDay}`;
}
