/**
 * The client in a terminal: events scroll above, and the input line stays below. This module connects
 * the session, the editor, the commands and the terminal.
 *
 * @module
 */

import type { WordGroup } from "../commands/command.ts";
import { submit } from "../commands/commands.ts";
import { Settings } from "../commands/settings.ts";
import { type Buffer, Buffers, isLeaving, isOwnElsewhere } from "../session/buffers.ts";
import type { Entry } from "../session/entries.ts";
import { type ClientEvent, isSpeech } from "../session/events.ts";
import { Ignored } from "../session/ignored.ts";
import { withKeywords } from "../session/mentions.ts";
import { ReadingBack } from "../session/reading_back.ts";
import { Session } from "../session/session.ts";
import { printable } from "../../shared/text.ts";
import { HISTORY_TEXTS } from "../texts/history.ts";
import { ROW_TEXTS, WINDOW_TEXTS } from "../texts/terminal.ts";
import { Alerts } from "./alerts.ts";
import { Asking } from "./asking.ts";
import { groupLines } from "./columns.ts";
import { complete } from "./completion.ts";
import { digest } from "./digest.ts";
import { Drafts } from "./drafts.ts";
import { Editor } from "./editor.ts";
import { isUserEvent, safeText, toSentence } from "./format.ts";
import { InputHistory } from "./input_history.ts";
import type { Key } from "./keys.ts";
import { Look } from "./look.ts";
import { Pager } from "./pager.ts";
import { pastLines } from "./past_view.ts";
import { PromptView } from "./prompt_view.ts";
import { Selection } from "./selection.ts";
import type { Stdio } from "./stdio.ts";
import { SWITCHES } from "./switches.ts";
import { Terminal } from "./terminal.ts";
import { dayOf } from "./times.ts";
import { news, transcript } from "./transcript.ts";
import { TypingRow } from "./typing_row.ts";
import type { WindowOptions } from "./window_options.ts";

/**
 * Runs the client in a terminal until the user leaves; resolves to the exit code.
 *
 * @throws {UserError} if the server cannot be joined; the terminal is then restored.
 */
export async function runTerminal(options: WindowOptions, stdio: Stdio): Promise<number> {
  return await new Window(options, stdio).run();
}

/** The interval at which the lag in the prompt is updated, in milliseconds. */
const LAG_INTERVAL = 1000;

class Window {
  readonly buffers: Buffers;
  readonly session: Session;
  readonly settings: Settings;
  readonly ignored: Ignored;
  readonly readingBack: ReadingBack;
  readonly #options: WindowOptions;
  readonly #look: Look;
  readonly #terminal: Terminal;
  readonly #editor: Editor;
  readonly #alerts: Alerts;
  readonly #typing: TypingRow;
  readonly #selection = new Selection();
  /** Part of `CommandContext`: the message that the user has chosen for the command that runs. */
  selected: Entry | undefined;
  readonly #drafts: Drafts;
  readonly #promptView: PromptView;
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
  readonly #asking = new Asking();
  /** The lag that the prompt shows, in seconds. */
  #shownLag = 0;

  constructor(options: WindowOptions, stdio: Stdio) {
    this.#options = options;
    this.ignored = new Ignored(
      (one, other) => this.session.state.isupport.isSame(one, other),
      options.ignoredStore,
    );
    const { clock, settingStore, settingsOnce } = options;
    const settings = this.settings = new Settings(settingStore, settingsOnce);
    const look = this.#look = new Look(stdio, settings, () => this.now());
    this.#alerts = new Alerts(clock, stdio, settings);
    const session = this.session = new Session(options, this);
    const buffers = this.buffers = new Buffers(() => session.state.isupport);
    const typing = this.#typing = new TypingRow(
      session,
      clock,
      settings,
      () => this.#scheduleShow(),
    );
    this.readingBack = new ReadingBack({
      session,
      buffers,
      pageSize: () => Math.max(5, this.#terminal.rows - 6),
      show: (block) => {
        this.#show();
        const view = look.viewOf(buffers.find(block.name));
        this.#terminal.print(pastLines(block, { ...view, room: block.name }));
      },
      hides: (event) => this.ignored.hides(event),
      tell: (text) => this.tell(text),
    });
    this.#day = dayOf(this.now());
    const editor = this.#editor = new Editor(
      (before) => complete(before, { state: session.state, buffers }),
      new InputHistory(options.typed),
    );
    this.#drafts = new Drafts(editor);
    const selection = this.#selection;
    const parts = { session, buffers, settings, editor, selection, typing, look };
    this.#promptView = new PromptView(parts);
    this.#terminal = new Terminal(stdio, options.clock, {
      key: (key) => this.#press(key),
      end: (exitCode) => this.leave("", exitCode),
      prompt: () => this.#promptView.prompt(this.#terminal.columns),
    });
  }

  async run(): Promise<number> {
    this.#terminal.announce(WINDOW_TEXTS.connecting(this.#options.host));
    await this.session.start();
    this.session.ended.catch(this.#ended.reject);
    const { home } = this.session;
    if (home !== undefined) this.#typeIn(this.buffers.open(home));
    this.#terminal.open();
    this.#isOpen = true;
    this.#isShowScheduled = false;
    this.tell(WINDOW_TEXTS.helpHint);
    if (this.#caughtUpEarly !== undefined) this.caughtUp(this.#caughtUpEarly);
    const cancel = this.#options.clock.every(LAG_INTERVAL, () => {
      if (this.#promptView.lag !== this.#shownLag) this.#scheduleShow();
    });
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
    const lines = transcript(
      buffer,
      this.#look.viewOf(buffer),
      this.#look.stamp,
      this.#terminal.rows - 3,
    );
    this.#typeIn(buffer);
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
    const lines = news(
      current,
      this.#look.viewOf(current),
      this.#look.stamp,
      this.#terminal.rows - 3,
    );
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

  /** Makes `buffer` the one that the user types in. */
  #typeIn(buffer: Buffer): void {
    this.buffers.show(buffer);
    this.#drafts.typeIn(buffer);
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
    this.page(groupLines(groups, this.#terminal.columns - 1));
  }

  #printPage(lines: readonly string[]): void {
    this.#show();
    this.#print(lines.map((line) => this.#look.style.quiet(safeText(line))));
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

  #print(lines: readonly string[]): void {
    this.#terminal.print(this.#look.printed(lines));
  }

  #press(key: Key): void {
    const target = key.type === "press" ? SWITCHES[key.name]?.(this.buffers) : undefined;
    if (target) return this.switchTo(target);
    this.#alerts.pressed();
    if (this.#select(key)) return this.#scheduleShow();
    if (key.type === "press" && key.name === "page-up") return submit(this, "/history");
    if (key.type === "press" && key.name === "enter" && this.#asksFirst()) return;
    const outcome = this.#editor.press(key);
    if (outcome.type === "edited") {
      this.#selection.edited(this.#editor.text);
      this.#typing.typed(this.#editor.text, this.buffers.current?.name);
    }
    this.#asking.edited(this.#editor.text);
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

  /** Asks before a text is sent as many messages; returns false if there is nothing to ask. */
  #asksFirst(): boolean {
    if (this.session.features?.capabilities.multiline !== undefined) return false;
    const count = this.#asking.count(this.#editor.text);
    if (count > 0) this.tell(WINDOW_TEXTS.sendMany(count));
    return count > 0;
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
    else if (isForMe && all.length > known) {
      this.tell(ROW_TEXTS.wroteToYou(safeText(event.nick), all.length));
    }
    if (isLeaving(event)) this.#left(event.room);
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
    this.#shownLag = this.#promptView.lag;
    const view = { ...this.#look.viewOf(this.buffers.current), isLive: true };
    const lines = digest(events, view, this.#look.stamp);
    const day = dayOf(this.now());
    if (lines.length > 0 && day !== this.#day) {
      lines.unshift(this.#look.style.quiet(HISTORY_TEXTS.day(this.#day = day)));
    }
    this.#print(lines);
    this.#terminal.control(this.#alerts.take());
  }
}
