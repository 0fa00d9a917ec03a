/**
 * The client in a terminal: events scroll above, and the input line stays below. This module
 * connects the servers, the editor, the commands and the terminal.
 *
 * @module
 */

import type { CommandContext } from "../commands/command.ts";
import { submit } from "../commands/commands.ts";
import { complete } from "../commands/completion.ts";
import { Settings } from "../commands/settings.ts";
import type { Buffer } from "../session/buffer.ts";
import { BufferList } from "../session/buffer_list.ts";
import type { Entry } from "../session/entries.ts";
import type { AboutMessage, ClientEvent, Speech } from "../session/events.ts";
import { Moves } from "../session/moves.ts";
import type { PastBlock } from "../session/reading_back.ts";
import { TERMINAL_HELP } from "../texts/help.ts";
import { ROW_TEXTS, WINDOW_TEXTS } from "../texts/terminal.ts";
import { Alerts } from "./alerts.ts";
import { Asking } from "./asking.ts";
import { groupLines } from "./columns.ts";
import { Drafts } from "./drafts.ts";
import { Editor } from "./editor.ts";
import { safeText } from "./format.ts";
import { InputHistory } from "./input_history.ts";
import type { Key } from "./keys.ts";
import { Look } from "./look.ts";
import { chosenOf } from "./message_choice.ts";
import { Network, type NetworkWindow } from "./network.ts";
import { Networks } from "./networks.ts";
import { PasswordQuestion } from "./password_question.ts";
import type { Replacement } from "./printed_rows.ts";
import { Printer } from "./printer.ts";
import { PromptView } from "./prompt_view.ts";
import { Selection } from "./selection.ts";
import { Servers } from "./servers.ts";
import type { Stdio } from "./stdio.ts";
import { SWITCHES } from "./switches.ts";
import { EXIT_CODES, Terminal } from "./terminal.ts";
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

class Window implements NetworkWindow {
  readonly settings: Settings;
  readonly alerts: Alerts;
  readonly list = new BufferList();
  readonly #options: WindowOptions;
  readonly #networks: Networks;
  readonly #servers: Servers;
  readonly #terminal: Terminal;
  readonly #printer: Printer;
  readonly #editor: Editor;
  readonly #selection: Selection;
  readonly #drafts: Drafts;
  readonly #promptView: PromptView;
  /** The events of the current buffer that are not shown yet. */
  #events: ClientEvent[] = [];
  /** The lines of deleted messages, and the lines that are to take their places. */
  readonly #replacements: Replacement[] = [];
  /** True while a later call of `#show` is arranged, at the end of this turn. */
  #isShowScheduled = false;
  readonly #ended: PromiseWithResolvers<number> = Promise.withResolvers();
  #isLeaving = false;
  readonly #asking = new Asking();
  readonly #question = new PasswordQuestion(() => this.#leave(""));
  /** The lag that the prompt shows, in seconds. */
  #shownLag = 0;

  constructor(options: WindowOptions, stdio: Stdio) {
    this.#options = options;
    const { clock, settingStore, settingsOnce } = options;
    const settings = this.settings = new Settings(settingStore, settingsOnce);
    const look = new Look(stdio, settings, () => this.#now());
    this.alerts = new Alerts(clock, stdio, settings);
    const firstOptions = { ...options, hint: WINDOW_TEXTS.helpHint };
    const networks = this.#networks = new Networks(new Network(firstOptions, this));
    this.#servers = new Servers({
      networks,
      toServer: options.toServer,
      create: (options) => new Network(options, this),
      show: (network) => this.#showNetwork(network),
      question: this.#question,
      fail: (error) => this.#ended.reject(error),
    });
    const editor = this.#editor = new Editor(
      (before) =>
        complete(before, { ...networks.completions, settings, clientHelp: TERMINAL_HELP }),
      new InputHistory(options.typed),
    );
    this.#drafts = new Drafts(editor);
    const { list } = this;
    const selection = this.#selection = new Selection(editor);
    const moves = new Moves();
    const promptParts = { networks, list, settings, editor, selection, look, moves };
    this.#promptView = new PromptView({ ...promptParts, question: this.#question });
    const terminal = this.#terminal = new Terminal(stdio, clock, {
      key: (key) => this.#press(key),
      end: (exitCode) => this.#leave("", exitCode),
      prompt: () => this.#promptView.prompt(this.#terminal.columns),
    }, settings.isOn("plain"));
    this.#printer = new Printer({ networks, look, terminal, moves, now: () => this.#now() });
  }

  async run(): Promise<number> {
    this.opened();
    this.#printer.print([WINDOW_TEXTS.connecting(this.#options.host)]);
    this.#terminal.open();
    void this.#servers.begin(this.#options.others);
    const cancel = this.#options.clock.every(LAG_INTERVAL, () => {
      if (this.#promptView.lag !== this.#shownLag) this.changed();
    });
    try {
      return await this.#ended.promise;
    } finally {
      cancel();
      this.#editor.shelve();
      this.#show();
      this.#printer.endMoves();
      for (const { typing } of this.#networks.all) typing.close();
      await this.#terminal.close();
    }
  }

  /** Part of `NetworkWindow`. */
  isSeen(network: Network): boolean {
    return network === this.#networks.current;
  }

  /** Part of `NetworkWindow`. */
  get pageSize(): number {
    return Math.max(5, this.#terminal.rows - 6);
  }

  /** Part of `NetworkWindow`. */
  opened(): void {
    const { current: network } = this.#networks;
    this.#drafts.typeIn({ network, buffer: network.buffers.current });
  }

  /** Part of `NetworkWindow`. */
  closed(network: Network, buffer: Buffer): void {
    this.#drafts.closed(network, buffer);
  }

  /** Part of `NetworkWindow`. */
  show(event: ClientEvent): void {
    this.#events.push(event);
  }

  /** Part of `NetworkWindow`. */
  takeBack(buffer: Buffer, deletion: AboutMessage): void {
    const replacement = this.#printer.takenBack(buffer, deletion);
    if (replacement) this.#replacements.push(replacement);
  }

  /** Part of `NetworkWindow`. */
  showNews(buffer: Buffer): void {
    this.#show();
    const lines = this.#printer.news(buffer);
    this.#networks.current.see(buffer);
    this.#printer.print(lines);
  }

  /** Part of `NetworkWindow`. */
  showPast(network: Network, block: PastBlock): void {
    this.#show();
    this.#printer.past(network, block);
  }

  /** Part of `NetworkWindow`. */
  tellOfPerson(buffer: Buffer, { nick }: Speech): void {
    const network = this.#networks.of(buffer);
    const number = this.list.all.length;
    this.#networks.current.tell(
      this.isSeen(network)
        ? ROW_TEXTS.wroteToYou(safeText(nick), number)
        : ROW_TEXTS.wroteElsewhere(safeText(nick), this.#networks.nameOf(network), number),
    );
  }

  /** Part of `NetworkWindow`. */
  replace(close: () => void, next: () => Buffer | undefined): void {
    this.#show();
    close();
    const buffer = next();
    if (buffer) this.#change(this.#networks.of(buffer), buffer);
  }

  /** Part of `NetworkWindow`. */
  ready(): Promise<void> | undefined {
    return this.#terminal.ready();
  }

  /** Part of `NetworkWindow`: shows the events at the end of this turn, with one write. */
  changed(): void {
    if (this.#isShowScheduled) return;
    this.#isShowScheduled = true;
    queueMicrotask(() => {
      this.#isShowScheduled = false;
      this.#show();
    });
  }

  /** Shows another buffer, with its new events. */
  #switchTo(buffer: Buffer): void {
    const { current } = this.#networks;
    const network = this.#networks.of(buffer);
    const isHere = network === current && buffer === current.buffers.current;
    if (isHere && buffer.unseen === 0) return;
    this.#change(network, buffer);
  }

  /** Shows `buffer` of `network`, with its new events. */
  #change(network: Network, buffer: Buffer): void {
    this.#show();
    const lines = this.#printer.transcript(buffer);
    this.#typeIn(network, buffer);
    network.see(buffer);
    this.#printer.print([...this.#printer.unshown(network), ...lines]);
    network.entered(buffer);
  }

  /** Shows the buffer of `network` that the user saw last, or the network itself if it has none. */
  #showNetwork(network: Network): void {
    const { buffers: { current } } = network;
    if (current) return this.#switchTo(current);
    this.#show();
    this.#typeIn(network, undefined);
    this.#printer.print([this.#printer.heading(network), ...this.#printer.unshown(network)]);
  }

  /** Makes `buffer` of `network` the one that the user sees and types in. */
  #typeIn(network: Network, buffer: Buffer | undefined): void {
    this.#networks.current.typing.typed("", undefined);
    this.#networks.show(network);
    if (buffer) network.buffers.show(buffer);
    this.#drafts.typeIn({ network, buffer });
    this.#servers.tidy();
  }

  /**
   * Returns the objects that a command acts on: the parts of the network that the user sees now.
   */
  #context(selected?: Entry | "missing"): CommandContext {
    const network = this.#networks.current;
    const { session, buffers, ignored, readingBack } = network;
    const page = (lines: readonly string[]) => {
      this.#show();
      this.#printer.page(network, lines);
    };
    return {
      session,
      buffers,
      ignored,
      readingBack,
      selected,
      page,
      list: this.list,
      clientHelp: TERMINAL_HELP,
      servers: this.#servers,
      settings: this.settings,
      now: () => this.#now(),
      switchTo: (buffer) => this.#switchTo(buffer),
      opened: (nick) => readingBack.opened(nick),
      tell: (text) => network.tell(text),
      more: () => {
        this.#show();
        this.#printer.more(network);
      },
      grid: (groups) => page(groupLines(groups, this.#terminal.columns - 1)),
      showQrCode: (url) => void this.#printer.qrCode(network, url),
      compose: (text, entry, { entries }) => this.#selection.begin(text, entry, entries),
      upload: (path, to) => void network.upload(path, to),
      clear: () => this.#terminal.clear(),
      leave: (reason) => this.#leave(reason),
    };
  }

  #now(): number {
    return this.#options.clock.now();
  }

  /** Leaves all servers and ends; a second call ends at once. */
  #leave(reason: string, exitCode = 0): void {
    if (this.#isLeaving) return this.#ended.resolve(exitCode);
    this.#isLeaving = true;
    const sessions = this.#networks.all.map(({ session }) => session);
    // A user who leaves before there was a connection cancels, as at the questions of `connect`.
    const code = exitCode || (sessions.every((each) => each.isStarting) ? EXIT_CODES.SIGINT : 0);
    const left = sessions.map((session) => session.leave(reason));
    Promise.all(left).then(() => this.#ended.resolve(code), this.#ended.reject);
  }

  #press(key: Key): void {
    if (this.#question.press(key)) return this.changed();
    const { buffers, typing } = this.#networks.current;
    const { current } = buffers;
    this.alerts.pressed();
    const target = key.type === "press" ? SWITCHES[key.name]?.(this.list, current) : undefined;
    if (target) return this.#switchTo(target);
    if (this.#select(key, current)) return this.changed();
    if (key.type === "press" && key.name === "page-up") return submit(this.#context(), "/history");
    if (key.type === "press" && key.name === "enter" && this.#asksFirst()) return;
    if (key.type === "press" && key.name === "up" && /^\/edit\s*$/i.test(this.#editor.text)) {
      submit(this.#context(this.#selection.chosen(current?.entries)), "/edit");
      return this.changed();
    }
    const outcome = this.#editor.press(key);
    if (outcome.type === "edited") typing.typed(this.#editor.text, current?.name);
    this.#asking.edited(this.#editor.text);
    switch (outcome.type) {
      case "nothing":
        return this.#terminal.bell();
      case "full":
        this.#tell(WINDOW_TEXTS.tooLong(outcome.limit));
        break;
      case "leave":
        return this.#leave("");
      case "suspend":
        if (this.#terminal.suspend()) return;
        this.#tell(WINDOW_TEXTS.cannotSuspend);
        break;
      case "redraw":
        return this.#terminal.clear();
      case "submitted":
        typing.submitted();
        submit(this.#context(chosenOf(outcome.choice, current?.entries)), outcome.text);
    }
    this.changed();
  }

  #tell(text: string): void {
    this.#networks.current.tell(text);
  }

  /**
   * Lets a key choose a message, or act on the chosen one; returns false if it is for the input
   * line.
   */
  #select(key: Key, current: Buffer | undefined): boolean {
    const outcome = this.#selection.press(key, current?.entries);
    if (outcome === "vain") this.#terminal.bell();
    return outcome !== undefined;
  }

  /** Asks before a text is sent as many messages; returns false if there is nothing to ask. */
  #asksFirst(): boolean {
    const { session } = this.#networks.current;
    if (session.features?.capabilities.multiline !== undefined) return false;
    const count = this.#asking.count(this.#editor.text);
    if (count > 0) this.#tell(WINDOW_TEXTS.sendMany(count));
    return count > 0;
  }

  #show(): void {
    const events = this.#events;
    this.#events = [];
    this.#shownLag = this.#promptView.lag;
    this.#printer.events(events);
    for (const each of this.#replacements.splice(0)) this.#terminal.replace(each);
    this.#terminal.control(this.alerts.take());
  }
}
