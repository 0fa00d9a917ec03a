/**
 * The client in a terminal: events scroll above, and the input line stays below. This module connects
 * the session, the editor, the commands and the terminal.
 *
 * @module
 */

import type { WordGroup } from "../commands/command.ts";
import { submit } from "../commands/commands.ts";
import { Settings } from "../commands/settings.ts";
import { inColumns } from "./columns.ts";
import { complete } from "./completion.ts";
import { digest } from "./digest.ts";
import { Editor } from "./editor.ts";
import { type Buffer, Buffers, isLeaving, isOwnElsewhere } from "../session/buffers.ts";
import { type ClientEvent, isSpeech } from "../session/events.ts";
import { Ignored } from "../session/ignored.ts";
import { bufferRow } from "./buffer_row.ts";
import { pastLines } from "./past_view.ts";
import type { WindowOptions } from "./window_options.ts";
import { SWITCHES } from "./switches.ts";
import { dayOf, stamp } from "./times.ts";
import { toAscii } from "./ascii.ts";
import { news, transcript } from "./transcript.ts";
import {
  COLORED,
  isUserEvent,
  LINKED,
  PLAIN,
  safeText,
  type Style,
  toSentence,
  toText,
  type View,
} from "./format.ts";
import type { Key } from "./keys.ts";
import { Pager } from "./pager.ts";
import { printable } from "../../shared/text.ts";
import type { Prompt, Segment } from "./screen.ts";
import { Selection } from "./selection.ts";
import type { Entry } from "../session/entries.ts";
import { ReadingBack } from "../session/reading_back.ts";
import type { SessionOptions } from "../session/options.ts";
import { Session } from "../session/session.ts";
import type { Stdio } from "./stdio.ts";
import { Terminal } from "./terminal.ts";
import { TypingRow } from "./typing_row.ts";
import { withKeywords } from "../session/mentions.ts";
import { Alerts } from "./alerts.ts";
import { cells } from "./cells.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";
import { ROW_TEXTS, WINDOW_TEXTS } from "../texts/terminal.ts";

/**
 * Runs the client in a terminal until the user leaves; resolves to the exit code.
 *
 * @throws {UserError} if the server cannot be joined; the terminal is then restored.
 */
export async function runTerminal(options: WindowOptions, stdio: Stdio): Promise<number> {
  const window = new Window(options, stdio);
  return await window.run();
}

/** The interval at which the lag in the prompt is updated, in milliseconds. */
const LAG_INTERVAL = 1000;

class Window {
  readonly buffers: Buffers;
  readonly session: Session;
  readonly settings: Settings;
  readonly ignored: Ignored;
  readonly readingBack: ReadingBack;
  readonly #options: SessionOptions;
  readonly #hasColors: boolean;
  readonly #hasLinks: boolean;
  readonly #terminal: Terminal;
  readonly #editor: Editor;
  readonly #alerts: Alerts;
  readonly #typing: TypingRow;
  readonly #selection = new Selection();
  /** Part of `CommandContext`: the message that the user has chosen for the command that runs. */
  selected: Entry | undefined;
  /** The events of the current buffer that are not shown yet. */
  #events: ClientEvent[] = [];
  /** True while it is certain that they will be shown: at the end of this turn, or on opening. */
  #isShowScheduled = true;
  readonly #ended: PromiseWithResolvers<number> = Promise.withResolvers();
  readonly #pager = new Pager();
  #isLeaving = false;
  /** True while the terminal shows events. */
  #isOpen = false;
  /** The conversation of which all that was missed has arrived before the terminal was open. */
  #caughtUpEarly: string | undefined;
  /** The day of the last line. */
  #day: string;
  /** The lag that the prompt shows, in seconds. */
  #shownLag = 0;

  constructor(options: WindowOptions, stdio: Stdio) {
    this.#options = options;
    this.#hasColors = stdio.hasColors;
    this.#hasLinks = stdio.hasLinks === true;
    this.ignored = new Ignored(
      (one, other) => this.session.state.isupport.isSame(one, other),
      options.ignoredStore,
    );
    this.settings = new Settings(options.settingStore, options.settingsOnce);
    this.#alerts = new Alerts(options.clock, stdio, this.settings);
    this.session = new Session(options, this);
    this.buffers = new Buffers(() => this.session.state.isupport);
    this.#typing = new TypingRow(
      this.session,
      options.clock,
      this.settings,
      () => this.#scheduleShow(),
    );
    this.readingBack = new ReadingBack({
      session: this.session,
      buffers: this.buffers,
      pageSize: () => Math.max(5, this.#terminal.rows - 6),
      show: (block) => {
        this.#show();
        const buffer = this.buffers.find(block.name);
        this.#terminal.print(pastLines(block, { ...this.#viewOf(buffer), room: block.name }));
      },
      hides: (event) => this.ignored.hides(event),
      tell: (text) => this.tell(text),
    });
    this.#day = dayOf(this.now());
    this.#editor = new Editor((before) => complete(before, this.session.state, this.#place));
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
    const { home } = this.session;
    if (home !== undefined) this.buffers.show(this.buffers.open(home));
    this.#terminal.open();
    this.#isOpen = true;
    this.#isShowScheduled = false;
    this.tell(WINDOW_TEXTS.helpHint);
    if (this.#caughtUpEarly !== undefined) this.caughtUp(this.#caughtUpEarly);
    const cancel = this.#options.clock.every(LAG_INTERVAL, () => this.#updateLag());
    try {
      return await this.#ended.promise;
    } finally {
      cancel();
      this.#typing.close();
      await this.#terminal.close();
    }
  }

  /** Part of `SessionReceiver`. */
  event(event: ClientEvent): void {
    // The terminal is not open yet.
    if (event.type === "awaiting-server") return this.#terminal.announce(toSentence(event));
    this.#typing.follow(event);
    if (event.type !== "typing") this.#follow(withKeywords(event, this.settings.words("keywords")));
    this.#scheduleShow();
  }

  /** Part of `CommandContext`: shows another buffer, with what is new in it. */
  switchTo(buffer: Buffer): void {
    if (buffer === this.buffers.current && buffer.unseen === 0) return;
    if (this.#isOpen) this.#show();
    const lines = transcript(buffer, this.#viewOf(buffer), this.#stamp, this.#terminal.rows - 3);
    this.buffers.show(buffer);
    this.#see(buffer);
    this.#selection.clear();
    this.#typing.typed("", undefined);
    if (this.#isOpen) this.#print(lines);
  }

  /** Part of `SessionReceiver`: shows what was missed in the current buffer. */
  caughtUp(name: string): void {
    const { current } = this.buffers;
    if (!this.#isOpen) this.#caughtUpEarly = name;
    if (!current || !this.#isOpen || this.buffers.find(name) !== current) return;
    if (current.unseen === 0) return;
    this.#show();
    const lines = news(current, this.#viewOf(current), this.#stamp, this.#terminal.rows - 3);
    this.#see(current);
    this.#print(lines);
  }

  /** Part of `SessionReceiver`. */
  readElsewhere(name: string, time: number): void {
    const buffer = this.buffers.find(name);
    if (!buffer) return;
    buffer.seeUpTo(time);
    this.#scheduleShow();
  }

  /** Records that the user has seen all of `buffer`. */
  #see(buffer: Buffer): void {
    buffer.see();
    const { last } = buffer;
    if (last) this.session.read(buffer.name, last);
  }

  /** Part of `SessionReceiver`. */
  ready(): Promise<void> | undefined {
    return this.#terminal.ready();
  }

  /** Part of `CommandContext`: shows `text` to the user. */
  readonly tell = (text: string): void => {
    this.event({ type: "answer", text, time: this.#options.clock.now() });
  };

  /** Part of `CommandContext`: puts `text` into the input line. */
  compose(text: string, entry: Entry): void {
    this.#selection.pin(entry);
    this.#editor.clear();
    this.#editor.before = printable(text);
  }

  /** Part of `CommandContext`. */
  page(lines: readonly string[]): void {
    this.readingBack.end();
    const { columns, rows } = this.#terminal;
    this.#printPage(this.#pager.begin(lines, columns, rows));
  }

  /** Part of `CommandContext`. */
  more(): void {
    if (this.readingBack.canContinue) return this.readingBack.more();
    const { columns, rows } = this.#terminal;
    this.#printPage(this.#pager.next(columns, rows));
  }

  /** Part of `CommandContext`. */
  grid(groups: readonly WordGroup[]): void {
    const width = this.#terminal.columns - 1;
    this.page(groups.flatMap(({ heading, words }) => [
      heading,
      ...inColumns(words.map(safeText), width, "  "),
    ]));
  }

  #printPage(lines: readonly string[]): void {
    this.#show();
    this.#print(lines.map((line) => this.#style.quiet(safeText(line))));
  }

  /** Part of `CommandContext`. */
  now(): number {
    return this.#options.clock.now();
  }

  /** Part of `CommandContext`: leaves the server and ends; a second call ends at once. */
  leave(reason: string, exitCode = 0): void {
    if (this.#isLeaving) return this.#ended.resolve(exitCode);
    this.#isLeaving = true;
    this.session.leave(reason).then(() => this.#ended.resolve(exitCode), this.#ended.reject);
  }

  get #style(): Style {
    if (!this.#hasColors || !this.settings.isOn("colors")) return PLAIN;
    return this.#hasLinks ? LINKED : COLORED;
  }

  /** Shows `lines`, with ASCII characters in place of others of ours if the user wants that. */
  #print(lines: readonly string[]): void {
    this.#terminal.print(this.settings.isOn("ascii") ? lines.map(toAscii) : lines);
  }

  get #prompt(): Prompt {
    const { current } = this.buffers;
    const room = safeText(current?.name ?? WINDOW_TEXTS.noRoom);
    const { prompt, laggingPrompt, offlinePrompt } = WINDOW_TEXTS;
    const online = this.#lag > 0 ? laggingPrompt(room, this.#lag) : prompt(room);
    const label = this.session.isConnected ? online : offlinePrompt(room);
    const { onItsWay } = this.#style;
    const isColored = this.#style !== PLAIN;
    return {
      label,
      before: this.#editor.before,
      after: this.#editor.after,
      status: this.#statusRow,
      above: isColored ? this.#onTheirWay(PLAIN) : this.#onTheirWay(PLAIN).map(onItsWay),
      ...(isColored && { paint: onItsWay }),
    };
  }

  /** The row above the input line: the chosen message, or else the buffers. */
  get #statusRow(): readonly Segment[] {
    const { all, current } = this.buffers;
    const width = this.#terminal.columns - 1;
    const selected = this.#selection.row(current?.entries, this.#style, width);
    if (selected.length > 0) return selected;
    if (!this.settings.isOn("row")) return [];
    const typing = this.#typing.segments(current?.name, this.#style, width);
    const left = width - cells(typing[0]?.text ?? "");
    return [...bufferRow(all, current, this.#style, left), ...typing];
  }

  /** Returns the user's lines that have no answer yet, as they will appear in the scrollback. */
  #onTheirWay(style: Style): string[] {
    const { state, onTheirWay } = this.session;
    const { current } = this.buffers;
    const now = this.#options.clock.now();
    return onTheirWay.filter(({ to }) => this.buffers.find(to) === current).map((line) =>
      stamp(now, now, this.settings.get("time")) +
      toText(state.speech(line), { ...this.#viewOf(current), style })
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
    const target = key.type === "press" ? SWITCHES[key.name]?.(this.buffers) : undefined;
    if (target) return this.switchTo(target);
    this.#alerts.pressed();
    if (this.#select(key)) return this.#scheduleShow();
    if (key.type === "press" && key.name === "page-up") return submit(this, "/history");
    const outcome = this.#editor.press(key);
    if (outcome.type === "edited") {
      this.#selection.edited(this.#editor.text);
      this.#typing.typed(this.#editor.text, this.buffers.current?.name);
    }
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
        this.#typing.submitted();
        this.selected = this.#selection.take(this.buffers.current?.entries);
        submit(this, outcome.text);
    }
    this.#scheduleShow();
  }

  /** Lets a key choose a message, or act on the chosen one; returns false if it is for the input line. */
  #select(key: Key): boolean {
    const outcome = this.#selection.press(key, this.buffers.current?.entries, this.#editor.text);
    if (!outcome) return false;
    if (outcome.isVain) this.#terminal.bell();
    if (outcome.line !== undefined) {
      this.#editor.clear();
      this.#editor.before = printable(outcome.line);
    }
    return true;
  }

  /** Adds `event` to its buffers, and shows it if it belongs to what the user sees. */
  #follow(event: ClientEvent): void {
    if (this.ignored.hides(event)) return;
    const known = this.buffers.all.length;
    // The server may have joined the user to a room under another name.
    for (const { asked, name } of this.session.names) this.buffers.rename(asked, name);
    const owners = this.buffers.follow(event);
    const { all, current } = this.buffers;
    const isHere = owners.length === 0 || owners.some((buffer) => buffer === current);
    const isMissed = isSpeech(event) && event.isMissed === true;
    // What is missed is shown together, unless more comes before the end of it.
    const isEnd = isHere && !isMissed && (isSpeech(event) || event.type === "disconnected");
    if (isEnd && current) this.caughtUp(current.name);
    for (const buffer of owners) buffer.add(event, buffer === current && !isMissed);
    const isForMe = isUserEvent(event) && "forMe" in event && event.forMe;
    if (isForMe && isSpeech(event)) this.#alerts.add(event, isHere);
    if (isHere && isMissed) return;
    if (isHere && current && isSpeech(event)) {
      current.shownFrom ??= event;
      this.#see(current);
    }
    if (isHere || isOwnElsewhere(event)) this.#events.push(event);
    else if (isForMe && all.length > known) this.#tellOfConversation(event.nick);
    if (isLeaving(event)) this.#left(event.room);
  }

  #tellOfConversation(nick: string): void {
    const number = this.buffers.all.findIndex(({ name }) => name === nick) + 1;
    if (number > 0) this.tell(ROW_TEXTS.wroteToYou(safeText(nick), number));
  }

  /** Closes the buffer of a room that the user is no longer in. */
  #left(room: string): void {
    const buffer = this.buffers.find(room);
    if (!buffer) return;
    const wasCurrent = buffer === this.buffers.current;
    if (wasCurrent && this.#isOpen) this.#show();
    this.buffers.close(buffer);
    const { current } = this.buffers;
    if (wasCurrent && current) this.switchTo(current);
  }

  /** The room that the user sees, whose members complete what is typed. */
  get #place(): string | undefined {
    const { current } = this.buffers;
    return current?.kind === "room" ? current.name : undefined;
  }

  #viewOf(buffer: Buffer | undefined): View {
    const { kind, name } = buffer ?? {};
    const person = kind === "person" ? name : undefined;
    const moves = this.settings.get("joins");
    return { style: this.#style, moves, room: name ?? "", person, entries: buffer?.entries };
  }

  /** Returns the time before a line. */
  readonly #stamp = (time: number): string =>
    this.#style.quiet(stamp(time, this.#options.clock.now(), this.settings.get("time")));

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
    const view = { ...this.#viewOf(this.buffers.current), isLive: true };
    const lines = digest(events, view, this.#stamp);
    const today = dayOf(this.now());
    if (lines.length > 0 && today !== this.#day) {
      this.#day = today;
      lines.unshift(this.#style.quiet(HISTORY_TEXTS.day(today)));
    }
    this.#print(lines);
    this.#terminal.control(this.#alerts.take());
  }
}
