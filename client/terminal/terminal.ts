/**
 * The terminal as a device. It is in raw mode while the client runs, and restored at the end, on a
 * signal, on an uncaught error, and while the client is suspended. This module knows nothing about
 * chat.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";
import { readKeys } from "./key_input.ts";
import type { Key } from "./keys.ts";
import { Output } from "./output.ts";
import { type Drawing, PlainScreen } from "./plain_screen.ts";
import type { Replacement } from "./printed_rows.ts";
import { type Position, type Prompt, Screen, type Size } from "./screen.ts";
import type { Stdio } from "./stdio.ts";

const PASTE_ON = "\x1b[?2004h";
/**
 * The sequence that requests the position of the cursor, and then the position of the last cell,
 * which is the size at that moment. The system may report an older size, because tmux passes
 * changes on later.
 */
const WHERE_IS_CURSOR = "\x1b[6n\x1b7\x1b[9999;9999H\x1b[6n\x1b8";
const ANSWERS = 2;
const PASTE_OFF = "\x1b[?2004l";
/**
 * The sequences that end bracketed paste, and turn on wrapping and the cursor, which drawing turns
 * off.
 */
const RESTORE = `${PASTE_OFF}\x1b[?7h\x1b[?25h`;

/** The time in which a terminal must report the position of its cursor, in milliseconds. */
const POSITION_WAIT = 500;

/**
 * The time after a change of the size in which another change may not be known yet, in
 * milliseconds: tmux reports only one change in 250 ms to a program, but wraps rows at once.
 */
const SETTLING = 300;

/** The exit codes after signals that end the client: 128 plus the signal's number. */
export const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The receiver of the input of a terminal. */
export interface TerminalReceiver {
  /** Handles a key. */
  key(key: Key): void;
  /** Ends the client with this exit code, after the end of the input or a signal. */
  end(exitCode: number): void;
  /** Returns the prompt as it is now. */
  prompt(): Prompt;
}

/** A terminal that the client uses. */
export class Terminal {
  readonly #stdio: Stdio;
  readonly #clock: Clock;
  readonly #receiver: TerminalReceiver;
  readonly #output: Output;
  readonly #screen: Drawing;
  readonly #cancels: Cancel[] = [];
  #cancelStop: Cancel = () => {};
  /**
   * The number of requested positions that the terminal has not reported yet. Nothing is drawn
   * while there are any.
   */
  #unanswered = 0;
  /**
   * The position that the terminal reported last. The final report gives the size; when it arrives,
   * this is the position of the cursor.
   */
  #cursor: Position | undefined;
  #cancelWait: Cancel = () => {};
  /**
   * True while the size may have changed again. Rows that were drawn for another size would be
   * erased wrongly, so the terminal is asked before each drawing.
   */
  #isSettling = false;
  #cancelSettling: Cancel = () => {};
  /** The lines that wait until the terminal is open, or has reported the positions. */
  #held: string[] = [];
  /** True while the terminal is in the modes of the client. */
  #isPrepared = false;

  /** Makes a terminal that is not open yet. If `isPlain`, it only adds lines. */
  constructor(stdio: Stdio, clock: Clock, receiver: TerminalReceiver, isPlain = false) {
    this.#stdio = stdio;
    this.#clock = clock;
    this.#receiver = receiver;
    this.#output = new Output(stdio.stdout);
    const size = sizeOf(stdio);
    this.#screen = isPlain ? new PlainScreen(size) : new Screen(size);
  }

  /** Prepares the terminal and begins to read keys. */
  open(): void {
    const on = (signal: Parameters<Stdio["onSignal"]>[0], action: () => void) =>
      this.#cancels.push(this.#stdio.onSignal(signal, action));
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
      on(signal, () => this.#receiver.end(EXIT_CODES[signal]));
    }
    on("SIGWINCH", () => this.#settle());
    on("SIGCONT", () => this.#prepare());
    this.#cancels.push(this.#stdio.onExit(() => this.#restore()));
    this.#prepare();
    void this.#readKeys();
  }

  /** Shows `lines`, and the prompt below them; once the terminal is open, if it is not. */
  print(lines: readonly string[]): void {
    if (!this.#isPrepared || this.#unanswered > 0) return void this.#held.push(...lines);
    if (this.#isSettling && this.#screen.isDrawn) {
      this.#held.push(...lines);
      return this.#ask();
    }
    this.#output.write(this.#screen.print(lines, this.#receiver.prompt()));
  }

  /** Replaces a printed line where it is still on the screen. */
  replace(replacement: Replacement): void {
    const { columns, rows } = sizeOf(this.#stdio);
    // After a change of the size, the rows may be elsewhere, even before the signal arrives.
    const isKnown = this.#unanswered === 0 && columns === this.columns && rows === this.rows;
    if (isKnown) this.control(this.#screen.replace(replacement));
  }

  /** Writes a control string that shows nothing in the terminal itself. */
  control(text: string): void {
    if (this.#isPrepared && text !== "") this.#output.write(text);
  }

  /** Rings the bell. */
  bell(): void {
    if (this.#isPrepared) this.#output.write("\x07");
  }

  /** Clears the screen and shows the prompt. */
  clear(): void {
    if (!this.#isPrepared) return;
    const lines = this.#held.splice(0);
    this.#unanswered = 0;
    this.#cancelWait();
    this.#output.write(this.#screen.clear(lines, this.#receiver.prompt()));
  }

  /** Resolves when a slow terminal has caught up; returns `undefined` unless it is behind. */
  ready(): Promise<void> | undefined {
    return this.#output.ready();
  }

  /** Stops the process until the shell continues it; returns false if that is not possible. */
  suspend(): boolean {
    if (!this.#stdio.canSuspend) return false;
    // The signal would not stop the process while it has a listener.
    this.#cancelStop();
    this.#restore();
    this.#stdio.suspend();
    return true;
  }

  /** True if the bottom rows are drawn again whenever they change. */
  get redraws(): boolean {
    return this.#screen instanceof Screen;
  }

  /** The number of cells in a row. */
  get columns(): number {
    return this.#screen.size.columns;
  }

  /** The number of rows. */
  get rows(): number {
    return this.#screen.size.rows;
  }

  /** Restores the terminal for good. */
  async close(): Promise<void> {
    if (this.#unanswered > 0) this.#redraw();
    await this.#output.flush();
    this.#restore();
    this.#cancelStop();
    this.#cancels.splice(0).forEach((cancel) => cancel());
  }

  #prepare(): void {
    // The shell may have changed the terminal while the client was suspended, so all modes are set
    // again.
    if (this.#isPrepared) this.#stdio.stdin.setRaw(false);
    this.#stdio.stdin.setRaw(true);
    this.#isPrepared = true;
    this.#cancelStop();
    this.#cancelStop = this.#stdio.onSignal("SIGTSTP", () => this.suspend());
    this.#output.write(PASTE_ON);
    this.#resize();
  }

  #restore(): void {
    if (!this.#isPrepared) return;
    this.#isPrepared = false;
    this.#cancelWait();
    this.#cancelSettling();
    this.#unanswered = 0;
    try {
      this.#stdio.stdin.setRaw(false);
      this.#stdio.stdout.writeSync(new TextEncoder().encode(this.#screen.erase() + RESTORE));
    } catch {
      // The terminal is gone (SIGHUP), so there is nothing to restore.
    }
  }

  /** Draws the rows again in the new size; more changes may follow. */
  #settle(): void {
    this.#isSettling = true;
    this.#cancelSettling();
    this.#cancelSettling = this.#clock.after(SETTLING, () => this.#isSettling = false);
    this.#resize();
  }

  /**
   * Draws the rows again in the new size, once the terminal has told where it has moved the cursor.
   */
  #resize(): void {
    if (!this.#isPrepared) return;
    if (!this.#screen.isDrawn) return this.#redraw();
    this.#ask();
  }

  /** Requests the position of the cursor and the size, to draw the rows again. */
  #ask(): void {
    this.#unanswered += ANSWERS;
    this.#output.write(WHERE_IS_CURSOR);
    this.#cancelWait();
    this.#cancelWait = this.#clock.after(POSITION_WAIT, () => this.#redraw());
  }

  #redraw(size = sizeOf(this.#stdio), cursor?: Position): void {
    this.#cancelWait();
    this.#unanswered = 0;
    if (!this.#isPrepared) return;
    const lines = this.#held.splice(0);
    const erased = this.#screen.resize(size, cursor);
    // The prompt depends on the new size.
    this.#output.write(erased + this.#screen.print(lines, this.#receiver.prompt()));
  }

  #take(key: Key): void {
    if (key.type !== "position") return this.#receiver.key(key);
    if (this.#unanswered === 0) return;
    // Only the last answers are about the present size.
    if (--this.#unanswered === 0) {
      return this.#redraw({ columns: key.column, rows: key.row }, this.#cursor);
    }
    this.#cursor = key;
  }

  async #readKeys(): Promise<void> {
    await readKeys(this.#stdio.stdin, this.#clock, (key) => {
      this.#take(key);
      return false;
    });
    this.#receiver.end(0);
  }
}

function sizeOf(stdio: Stdio): Size {
  try {
    const { columns, rows } = stdio.size();
    return columns > 0 && rows > 0 ? { columns, rows } : DEFAULT_SIZE;
  } catch {
    return DEFAULT_SIZE;
  }
}

const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };
