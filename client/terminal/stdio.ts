/**
 * The process as the client uses it: input, output, the size of the terminal, signals. It is passed
 * to the client, so that tests can replace it.
 *
 * @module
 */

import { type NotificationForm, notificationForm, takesControlStrings } from "./notification.ts";
import type { Cancel } from "../../shared/clock.ts";

/** The signals that the client handles. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGTSTP" | "SIGCONT" | "SIGWINCH";

/** An output for bytes, such as `Deno.stdout`. */
export interface Sink {
  /** Writes all of `bytes` or a part of them; resolves to the number of bytes written. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Input, output, the terminal and the signals. */
export interface Stdio {
  /** The input, or the keys of a terminal. */
  readonly stdin: {
    /** Resolves to the number of bytes read, or `null` at the end. */
    read(into: Uint8Array): Promise<number | null>;
    isTerminal(): boolean;
    /** Sets raw mode, in which each key is read at once and not echoed, Ctrl-C included. */
    setRaw(on: boolean): void;
  };
  /** The output, or the screen of a terminal. */
  readonly stdout: Sink & {
    isTerminal(): boolean;
    /** Writes at once, for a process that is about to end. */
    writeSync(bytes: Uint8Array): number;
  };
  /** The output for errors. */
  readonly stderr: Sink;
  /** True if the terminal understands escape sequences. */
  readonly hasEscapes: boolean;
  /** True if the user wants colors (https://no-color.org). */
  readonly hasColors: boolean;
  /** True if links can be written (OSC 8): the terminal shows them, or at least ignores them. */
  readonly hasLinks?: boolean;
  /**
   * The form of notifications that the terminal may know; undefined if the terminal would show
   * notifications as text.
   */
  readonly notificationForm?: NotificationForm | undefined;
  /** True if the client runs in tmux. */
  readonly isInTmux?: boolean;
  /** Returns the size of the terminal in cells. */
  size(): { readonly columns: number; readonly rows: number };
  /** Calls `action` on each `signal`, in place of the system's default, until canceled. */
  onSignal(signal: Signal, action: () => void): Cancel;
  /** True if {@linkcode suspend} works, because there is a shell to return to. */
  readonly canSuspend: boolean;
  /** Stops the process until the shell continues it. */
  suspend(): void;
  /** Calls `action` right before the process ends, for whatever reason, until canceled. */
  onExit(action: () => void): Cancel;
}

/** Input, output, the terminal and the signals of this process. */
export const systemStdio: Stdio = {
  stdin: Deno.stdin,
  stdout: Deno.stdout,
  stderr: Deno.stderr,
  get hasEscapes() {
    return Deno.env.get("TERM") !== "dumb";
  },
  get hasColors() {
    return !Deno.noColor;
  },
  get hasLinks() {
    return takesControlStrings(Deno.env.get("TERM") ?? "", isInTmux());
  },
  get notificationForm() {
    return notificationForm(Deno.env.get("TERM") ?? "", isInTmux());
  },
  get isInTmux() {
    return isInTmux();
  },
  size: () => Deno.consoleSize(),
  onSignal(signal, action) {
    // Of these signals, Windows has only SIGINT.
    if (Deno.build.os === "windows" && signal !== "SIGINT") return () => {};
    Deno.addSignalListener(signal, action);
    return () => Deno.removeSignalListener(signal, action);
  },
  get canSuspend() {
    if (Deno.build.os === "windows") return false;
    // Under `deno task` or `npx`, which set this variable, the shell waits until the whole process
    // group has stopped: if only this process stopped, nothing would read the keys.
    return maySignalGroup() || Deno.env.get("INIT_CWD") === undefined;
  },
  suspend: () => Deno.kill(maySignalGroup() ? 0 : Deno.pid, "SIGTSTP"),
  onExit(action) {
    // An uncaught error ends the process without "unload".
    const events = ["unload", "error", "unhandledrejection"];
    for (const event of events) addEventListener(event, action);
    return () => events.forEach((event) => removeEventListener(event, action));
  },
};

function isInTmux(): boolean {
  return Boolean(Deno.env.get("TMUX"));
}

/** Reports whether the process may signal its group, which needs a permission to run programs. */
function maySignalGroup(): boolean {
  return Deno.permissions.querySync({ name: "run" }).state === "granted";
}
