/**
 * The terminal as a device: taken over while the client runs, and given back as it was on every way
 * out: at the end, on a signal, on an error that nobody caught, and while the client is suspended.
 * It knows nothing of chat.
 *
 * @module
 */

import type { Cancel, Clock } from "../../shared/clock.ts";
import { type Key, KeyReader } from "./keys.ts";
import { Output } from "./output.ts";
import { type Prompt, Screen, type Size } from "./screen.ts";
import type { Stdio } from "./stdio.ts";

/** Milliseconds after which an ESC that nothing follows was the key, and not the start of one. */
const ESCAPE_WAIT = 50;

const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";
/** Wrapping on and the cursor shown: what drawing turns off for a moment. */
const AS_FOUND = `${PASTE_OFF}\x1b[?7h\x1b[?25h`;

/** Signals that end the client, with the exit code each leads to: 128 and its number. */
const FATAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Whom a terminal tells what happens at it. */
export interface TerminalReceiver {
  /** A key was pressed. */
  key(key: Key): void;
  /** The input has ended, or a signal wants the client to: with which exit code. */
  end(exitCode: number): void;
  /** What is to be at the bottom now. */
  prompt(): Prompt;
}

/** A terminal that the client has taken over. */
export class Terminal {
  readonly #stdio: Stdio;
  readonly #clock: Clock;
  readonly #receiver: TerminalReceiver;
  readonly #output: Output;
  readonly #screen: Screen;
  readonly #cancels: Cancel[] = [];
  #cancelStop: Cancel = () => {};
  #isOurs = false;

  /** Not taken over yet. */
  constructor(stdio: Stdio, clock: Clock, receiver: TerminalReceiver) {
    this.#stdio = stdio;
    this.#clock = clock;
    this.#receiver = receiver;
    this.#output = new Output(stdio.stdout);
    this.#screen = new Screen(sizeOf(stdio));
  }

  /** Shows a line before the terminal is taken over. */
  announce(line: string): void {
    this.#output.write(`${line}\r\n`);
  }

  /** Takes the terminal over and begins to read keys. */
  open(): void {
    const on = (signal: Parameters<Stdio["onSignal"]>[0], action: () => void) =>
      this.#cancels.push(this.#stdio.onSignal(signal, action));
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
      on(signal, () => this.#receiver.end(FATAL[signal]));
    }
    on("SIGWINCH", () => this.#resize());
    on("SIGCONT", () => this.#takeOver());
    this.#cancels.push(this.#stdio.onExit(() => this.#giveBack()));
    this.#takeOver();
    void this.#readKeys();
  }

  /** Shows `lines` above the prompt, and the prompt as it is now. */
  print(lines: readonly string[]): void {
    if (this.#isOurs) this.#output.write(this.#screen.print(lines, this.#receiver.prompt()));
  }

  /** Rings. */
  bell(): void {
    if (this.#isOurs) this.#output.write("\x07");
  }

  /** Shows the prompt on a screen that is otherwise empty. */
  clear(): void {
    if (this.#isOurs) this.#output.write(this.#screen.clear(this.#receiver.prompt()));
  }

  /** Where the terminal is slow: resolves when it has caught up. */
  ready(): Promise<void> | undefined {
    return this.#output.ready();
  }

  /** Stops the process until its user wants it back; returns whether that is possible. */
  suspend(): boolean {
    if (!this.#stdio.canSuspend) return false;
    // With a listener in place the signal would not stop the process.
    this.#cancelStop();
    this.#giveBack();
    this.#stdio.suspend();
    return true;
  }

  /** Gives the terminal back for good. */
  async close(): Promise<void> {
    await this.#output.flush();
    this.#giveBack();
    this.#cancelStop();
    this.#cancels.splice(0).forEach((cancel) => cancel());
  }

  #takeOver(): void {
    // After a stop the terminal may be as the shell left it: what was set is set anew.
    if (this.#isOurs) this.#stdio.stdin.setRaw(false);
    this.#stdio.stdin.setRaw(true);
    this.#isOurs = true;
    this.#cancelStop();
    this.#cancelStop = this.#stdio.onSignal("SIGTSTP", () => this.suspend());
    this.#output.write(PASTE_ON);
    this.#resize();
  }

  #giveBack(): void {
    if (!this.#isOurs) return;
    this.#isOurs = false;
    try {
      this.#stdio.stdin.setRaw(false);
      this.#stdio.stdout.writeSync(new TextEncoder().encode(this.#screen.erase() + AS_FOUND));
    } catch {
      // The terminal is gone (SIGHUP): there is nothing to give back.
    }
  }

  #resize(): void {
    if (!this.#isOurs) return;
    this.#output.write(this.#screen.resize(sizeOf(this.#stdio), this.#receiver.prompt()));
  }

  async #readKeys(): Promise<void> {
    const reader = new KeyReader();
    const buffer = new Uint8Array(4096);
    let cancelWait: Cancel = () => {};
    const hand = (keys: readonly Key[]) => keys.forEach((key) => this.#receiver.key(key));
    try {
      for (;;) {
        const count = await this.#stdio.stdin.read(buffer);
        cancelWait();
        if (count === null) break;
        hand(reader.feed(buffer.subarray(0, count)));
        if (reader.isUndecided) {
          cancelWait = this.#clock.after(ESCAPE_WAIT, () => hand(reader.settle()));
        }
      }
    } catch {
      // The terminal was closed.
    }
    this.#receiver.end(0);
  }
}

function sizeOf(stdio: Stdio): Size {
  try {
    const { columns, rows } = stdio.size();
    return columns > 0 && rows > 0 ? { columns, rows } : USUAL;
  } catch {
    return USUAL;
  }
}

const USUAL: Size = { columns: 80, rows: 24 };
