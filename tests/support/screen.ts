import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import xterm from "@xterm/headless";
import { type Cancel, systemClock } from "../../clock.ts";
import type { Signal, Stdio } from "../../client/stdio.ts";

/** Nothing that a test waits for has reason to take longer. */
const TIME_LIMIT_MS = 10_000;

const encoder = new TextEncoder();

/** A terminal that exists only in memory: what the client works on, and a screen to look at. */
export class Screen implements Stdio, Disposable {
  readonly hasEscapes = true;
  readonly hasColours = false;
  canSuspend = true;
  isRaw = false;
  /** How often something was written. */
  writes = 0;
  /** How often the terminal rang. */
  bells = 0;
  /** How often the process asked to be stopped. */
  stops = 0;
  readonly #terminal: xterm.Terminal;
  readonly #input: Uint8Array[] = [];
  readonly #handlers = new Map<Signal, Set<() => void>>();
  readonly #exits = new Set<() => void>();
  #wakeReader: () => void = () => {};
  #wakeWatchers: (() => void)[] = [];
  #isClosed = false;

  constructor(columns = 40, rows = 10) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#terminal.loadAddon(new UnicodeGraphemesAddon());
    this.#terminal.unicode.activeVersion = "15-graphemes";
    this.#terminal.onBell(() => this.bells++);
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

  /** The process gets a signal; tells whether it has a handler for it. */
  signal(signal: Signal): boolean {
    const handlers = [...this.#handlers.get(signal) ?? []];
    handlers.forEach((handler) => handler());
    return handlers.length > 0;
  }

  /** How many handlers of signals and of the end are still there. */
  get handlers(): number {
    const counts = Array.from(this.#handlers.values(), ({ size }) => size);
    return counts.reduce((sum, size) => sum + size, this.#exits.size);
  }

  /** The user types. */
  type(keys: string): void {
    this.#input.push(encoder.encode(keys));
    this.#wakeReader();
  }

  /** The terminal is closed. */
  close(): void {
    this.#isClosed = true;
    this.#wakeReader();
  }

  /** The window gets another size. */
  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.signal("SIGWINCH");
  }

  /** Something else writes to the terminal. */
  write(text: string): Promise<void> {
    return this.#show(encoder.encode(text));
  }

  async #show(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.#terminal.write(bytes, resolve));
    for (const wake of this.#wakeWatchers.splice(0)) wake();
  }

  /** Everything from the beginning of the scrollback to the last row in use. */
  get all(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let at = 0; at < buffer.length; at++) {
      const line = buffer.getLine(at);
      const text = line?.translateToString(true) ?? "";
      // A row that the terminal itself has wrapped belongs to the one before.
      if (line?.isWrapped) lines.push((lines.pop() ?? "") + text);
      else lines.push(text);
    }
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** The rows on the screen, without the spaces at their ends. */
  get rows(): string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString().trimEnd() ?? "",
    );
  }

  /** The row the cursor is in, up to the cursor. */
  get beforeCursor(): string {
    const buffer = this.#terminal.buffer.active;
    const line = buffer.getLine(buffer.baseY + buffer.cursorY);
    return line?.translateToString(false, 0, buffer.cursorX) ?? "";
  }

  /** Whether the terminal would tell a paste from typing. */
  get bracketsPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** Resolves once the screen, with its scrollback, is as `isSo` wants it. */
  async until(isSo: (screen: Screen) => boolean): Promise<void> {
    let isLate = false;
    const cancel = systemClock.after(TIME_LIMIT_MS, () => {
      isLate = true;
      for (const wake of this.#wakeWatchers.splice(0)) wake();
    });
    while (!isSo(this)) {
      if (isLate) throw new Error(`the screen stays as it is:\n${this.all.join("\n")}`);
      await new Promise<void>((resolve) => this.#wakeWatchers.push(resolve));
    }
    cancel();
  }

  /** Resolves once `text` stands somewhere. */
  shows(text: string): Promise<void> {
    return this.until(({ all }) => all.some((line) => line.includes(text)));
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }
}
