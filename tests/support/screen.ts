import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import xterm from "@xterm/headless";
import { type Cancel, systemClock } from "../../shared/clock.ts";
import type { Cell } from "../../tools/svg.ts";
import type { NotificationForm } from "../../client/terminal/notification.ts";
import type { Signal, Stdio } from "../../client/terminal/stdio.ts";
import { WAIT_MS } from "./patience.ts";

/** The smallest indent of the rows after the first row of a wrapped line. */
const INDENT = "      ";

const encoder = new TextEncoder();

/** The differences between terminals. */
export interface Kind {
  /** True for a terminal without support for graphemes and recent characters, such as tmux 3.3. */
  readonly isPlain?: boolean;
  /** True for a terminal that shows colors. */
  readonly hasColors?: boolean;
  /** True for a terminal that may get links. */
  readonly hasLinks?: boolean;
  /** The form of the notifications that it knows. */
  readonly notificationForm?: NotificationForm;
}

/** The numbers of the control strings (OSC) that are recorded: links, and notifications. */
const RECORDED = [8, 9, 99, 777];

/** A terminal in memory: the client's input and output, and a screen for the test to look at. */
export class Screen implements Stdio, AsyncDisposable {
  readonly hasEscapes = true;
  readonly hasColors: boolean;
  readonly hasLinks: boolean;
  readonly notificationForm: NotificationForm | undefined;
  /** The control strings for links and notifications, each after its number. */
  readonly controlStrings: string[] = [];
  canSuspend = true;
  isRaw = false;
  /** The number of writes. */
  writes = 0;
  /** The number of times that the bell rang. */
  bells = 0;
  /** The number of times that the process suspended itself. */
  stops = 0;
  readonly #terminal: xterm.Terminal;
  readonly #input: Uint8Array[] = [];
  readonly #handlers = new Map<Signal, Set<() => void>>();
  readonly #exits = new Set<() => void>();
  #wakeReader: () => void = () => {};
  #wakeWatchers: (() => void)[] = [];
  #isClosed = false;
  /** Resolves once the terminal has taken everything that was written. */
  #shown: Promise<void> = Promise.resolve();

  constructor(columns = 40, rows = 10, kind: Kind = {}) {
    const { isPlain = false, hasColors = false, hasLinks = false, notificationForm } = kind;
    this.hasColors = hasColors;
    this.hasLinks = hasLinks;
    this.notificationForm = notificationForm;
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      scrollback: 20_000,
    });
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#terminal.unicode.activeVersion = isPlain ? "6" : "15-graphemes";
    for (const number of RECORDED) {
      this.#terminal.parser.registerOscHandler(number, (text) => {
        this.controlStrings.push(`${number};${text}`);
        return false;
      });
    }
    this.#terminal.onBell(() => this.bells++);
    // The terminal's answers to the client's queries.
    this.#terminal.onData((answer) => this.type(answer));
  }

  readonly stdin: Stdio["stdin"] = {
    isTerminal: () => true,
    setRaw: (on) => {
      this.isRaw = on;
    },
    read: async (into) => {
      while (this.#input.length === 0) {
        if (this.#isClosed) return null;
        await new Promise<void>((resolve) => this.#wakeReader = resolve);
      }
      const bytes = this.#input.shift() ?? new Uint8Array();
      into.set(bytes);
      return bytes.length;
    },
  };

  readonly stdout: Stdio["stdout"] = {
    isTerminal: () => true,
    write: async (bytes) => {
      this.writes++;
      await this.#show(bytes);
      return bytes.length;
    },
    writeSync: (bytes) => {
      void this.#show(bytes);
      return bytes.length;
    },
  };

  readonly stderr: Stdio["stderr"] = { write: (bytes) => this.stdout.write(bytes) };

  size(): { columns: number; rows: number } {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  onSignal(signal: Signal, action: () => void): Cancel {
    const handlers = this.#handlers.get(signal) ?? new Set();
    this.#handlers.set(signal, handlers.add(action));
    return () => handlers.delete(action);
  }

  onExit(action: () => void): Cancel {
    this.#exits.add(action);
    return () => this.#exits.delete(action);
  }

  suspend(): void {
    this.stops++;
  }

  /** Sends the process a signal; returns true if it has a handler for it. */
  signal(signal: Signal): boolean {
    const handlers = [...this.#handlers.get(signal) ?? []];
    handlers.forEach((handler) => handler());
    return handlers.length > 0;
  }

  /** The number of handlers for signals and for the exit that are set. */
  get handlers(): number {
    const counts = Array.from(this.#handlers.values(), ({ size }) => size);
    return counts.reduce((sum, size) => sum + size, this.#exits.size);
  }

  /** Types `keys`. */
  type(keys: string): void {
    this.#input.push(encoder.encode(keys));
    this.#wakeReader();
  }

  /** Closes the terminal: its input ends. */
  close(): void {
    this.#isClosed = true;
    this.#wakeReader();
  }

  /** Changes the size of the terminal. */
  resize(columns: number, rows: number): void {
    this.resizeSilently(columns, rows);
    this.signal("SIGWINCH");
  }

  /** Changes the size of the terminal, but does not tell the process; tmux tells it later. */
  resizeSilently(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /**
   * Waits until nothing is being written, because output for one size must not be shown in another.
   */
  async settled(): Promise<void> {
    for (let before = -1; before !== this.writes;) {
      before = this.writes;
      await this.write("");
      await this.write("");
    }
  }

  /** Writes to the terminal, as another program would. */
  write(text: string): Promise<void> {
    return this.#show(encoder.encode(text));
  }

  #show(bytes: Uint8Array): Promise<void> {
    return this.#shown = this.#take(bytes);
  }

  async #take(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.#terminal.write(bytes, resolve));
    for (const wake of this.#wakeWatchers.splice(0)) wake();
  }

  /** The lines from the beginning of the scrollback to the last row in use. */
  get all(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let at = 0; at < buffer.length; at++) {
      const line = buffer.getLine(at);
      const text = line?.translateToString(true) ?? "";
      // A row that the terminal has wrapped continues the line before it.
      if (line?.isWrapped) lines.push((lines.pop() ?? "") + text);
      // A row that the client has wrapped begins with an indent, and also continues the line before
      // it.
      else if (text.startsWith(INDENT) && lines.length > 0) {
        lines.push(`${lines.pop()} ${text.trimStart()}`);
      } else lines.push(text);
    }
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** The rows on the screen, without trailing spaces. */
  get rows(): string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString().trimEnd() ?? "",
    );
  }

  /** The cells on the screen, by row; those of a wide character count as one. */
  get cells(): Cell[][] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const line = buffer.getLine(buffer.viewportY + row);
      return Array.from({ length: this.#terminal.cols }, (_, column) => line?.getCell(column))
        .filter((cell) => cell !== undefined && cell.getWidth() > 0)
        .map((cell) => ({
          text: cell?.getChars() || " ",
          width: cell?.getWidth() ?? 1,
          ...(cell?.isFgPalette() && { color: cell.getFgColor() }),
          isDim: cell?.isDim() !== 0,
          isBold: cell?.isBold() !== 0,
          isInverse: cell?.isInverse() !== 0,
          isStruck: cell?.isStrikethrough() !== 0,
        }));
    });
  }

  /**
   * Returns the attributes of the last occurrence of `text` on the screen. `text` must not have
   * wide characters.
   */
  attributesOf(text: string): string[] {
    const row = this.rows.findLastIndex((each) => each.includes(text));
    const buffer = this.#terminal.buffer.active;
    const line = buffer.getLine(buffer.viewportY + row);
    const cell = line?.getCell(this.rows[row]?.lastIndexOf(text) ?? 0);
    if (!cell) return [];
    return [
      ...cell.isBold() ? ["bold"] : [],
      ...cell.isDim() ? ["dim"] : [],
      ...cell.isItalic() ? ["italic"] : [],
      ...cell.isUnderline() ? ["underlined"] : [],
      ...cell.isInverse() ? ["inverse"] : [],
      ...cell.isStrikethrough() ? ["struck"] : [],
      ...cell.isFgPalette() ? [`color ${cell.getFgColor()}`] : [],
    ];
  }

  /** The column and the row of the cursor, from 0. */
  get cursor(): { readonly column: number; readonly row: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { column: cursorX, row: cursorY };
  }

  /** The rows on the screen that do not continue the one above. */
  get beginnings(): string[] {
    const buffer = this.#terminal.buffer.active;
    return this.rows.filter((_, row) => !buffer.getLine(buffer.viewportY + row)?.isWrapped);
  }

  /** The text of the cursor's row up to the cursor. */
  get beforeCursor(): string {
    const buffer = this.#terminal.buffer.active;
    const line = buffer.getLine(buffer.baseY + buffer.cursorY);
    return line?.translateToString(false, 0, buffer.cursorX) ?? "";
  }

  /** True while bracketed paste is on. */
  get bracketsPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** Waits until `condition` holds for the screen and its scrollback. */
  async until(condition: (screen: Screen) => boolean): Promise<void> {
    let hasTimedOut = false;
    const cancel = systemClock.after(WAIT_MS, () => {
      hasTimedOut = true;
      for (const wake of this.#wakeWatchers.splice(0)) wake();
    });
    while (!condition(this)) {
      if (hasTimedOut) {
        throw new Error(`the screen did not change as expected:\n${this.all.join("\n")}`);
      }
      await new Promise<void>((resolve) => this.#wakeWatchers.push(resolve));
    }
    cancel();
  }

  /** Waits until `text` is on the screen or in the scrollback. */
  shows(text: string): Promise<void> {
    return this.until(({ all }) => all.some((line) => line.includes(text)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The terminal processes its input in a timer, which must end before the test does.
    await this.#shown;
    this.#terminal.dispose();
  }
}
