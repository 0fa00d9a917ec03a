/**
 * The process's surroundings as the client uses them: input, output, the terminal's size, signals.
 * Passed in, so that tests can be the terminal.
 *
 * @module
 */

import type { Cancel } from "../../shared/clock.ts";

/** Signals that the client acts upon. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGTSTP" | "SIGCONT" | "SIGWINCH";

/** Where bytes go; a `Deno.stdout` is one. */
export interface Sink {
  /** May write only a part; resolves to how much. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Input, output and what belongs to them. */
export interface Stdio {
  /** Input, or the keys of a terminal. */
  readonly stdin: {
    /** Resolves to how many bytes came, or `null` at the end. */
    read(into: Uint8Array): Promise<number | null>;
    isTerminal(): boolean;
    /** Whether keys come as they are typed, unechoed, `Ctrl-C` included. */
    setRaw(on: boolean): void;
  };
  /** What is shown, or printed. */
  readonly stdout: Sink & {
    isTerminal(): boolean;
    /** For the last words of a process that cannot wait. */
    writeSync(bytes: Uint8Array): number;
  };
  /** What went wrong. */
  readonly stderr: Sink;
  /** Whether the terminal understands escape sequences. */
  readonly hasEscapes: boolean;
  /** Whether colours are welcome (https://no-color.org). */
  readonly hasColours: boolean;
  /** The terminal's size in cells. */
  size(): { readonly columns: number; readonly rows: number };
  /** Calls `action` at each `signal`, instead of what the system would do, until cancelled. */
  onSignal(signal: Signal, action: () => void): Cancel;
  /** Whether {@linkcode suspend} works: whether there is a shell to go back to meanwhile. */
  readonly canSuspend: boolean;
  /** Stops the process until its user wants it back. */
  suspend(): void;
  /** Calls `action` right before the process ends, however that comes about, until cancelled. */
  onExit(action: () => void): Cancel;
}

/** The process's own. */
export const systemStdio: Stdio = {
  stdin: Deno.stdin,
  stdout: Deno.stdout,
  stderr: Deno.stderr,
  get hasEscapes() {
    return Deno.env.get("TERM") !== "dumb";
  },
  get hasColours() {
    return !Deno.noColor;
  },
  size: () => Deno.consoleSize(),
  onSignal(signal, action) {
    // Windows has no terminal stop, no hang-up by signal and tells of no resizing.
    if (Deno.build.os === "windows" && signal !== "SIGINT") return () => {};
    Deno.addSignalListener(signal, action);
    return () => Deno.removeSignalListener(signal, action);
  },
  get canSuspend() {
    if (Deno.build.os === "windows") return false;
    // Under `deno task` or `npx`, which set this variable, the shell waits for the whole group of
    // processes to stop: if only this one did, nobody would be left to read the keys.
    return maySignalGroup() || Deno.env.get("INIT_CWD") === undefined;
  },
  suspend: () => Deno.kill(maySignalGroup() ? 0 : Deno.pid, "SIGTSTP"),
  onExit(action) {
    // An error that nobody caught ends the process without "unload".
    const moments = ["unload", "error", "unhandledrejection"];
    for (const moment of moments) addEventListener(moment, action);
    return () => moments.forEach((moment) => removeEventListener(moment, action));
  },
};

/** Signalling other processes needs a permission that `chat` otherwise does without. */
function maySignalGroup(): boolean {
  return Deno.permissions.querySync({ name: "run" }).state === "granted";
}
