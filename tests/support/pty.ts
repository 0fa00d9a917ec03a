import { type IDisposable, spawn } from "@lydell/node-pty";
import { Buffer } from "node:buffer";
import { Screen } from "./screen.ts";

/** A program in a real terminal, whose screen a test looks at. */
export class Pty implements AsyncDisposable {
  readonly screen: Screen;
  /** Resolves to the exit code. */
  readonly exited: Promise<number>;
  readonly #pty: ReturnType<typeof spawn>;
  readonly #showing: IDisposable;
  #hasExited = false;

  constructor(
    command: string,
    args: readonly string[],
    columns = 80,
    rows = 24,
    variables: Readonly<Record<string, string>> = { NO_COLOR: "1" },
  ) {
    this.screen = new Screen(columns, rows);
    // The program must not inherit the variables that the task runner sets.
    const { INIT_CWD: _, ...inherited } = Deno.env.toObject();
    const env = { ...inherited, TERM: "xterm-256color", ...variables };
    this.#pty = spawn(command, [...args], { cols: columns, rows, env });
    this.#showing = this.#pty.onData((data: string | Buffer) => {
      void this.screen.write(data.toString());
    });
    this.exited = new Promise((resolve) =>
      this.#pty.onExit(({ exitCode }) => {
        this.#hasExited = true;
        resolve(exitCode);
      })
    );
  }

  /** The process id. */
  get pid(): number {
    return this.#pty.pid;
  }

  /** Types `keys`. */
  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Changes the size of the terminal. */
  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Sends the program a signal. */
  kill(signal: Deno.Signal): void {
    this.#pty.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Otherwise the program's last output would be shown after the test.
    this.#showing.dispose();
    if (!this.#hasExited) this.kill("SIGKILL");
    await this.exited;
    await this.screen[Symbol.asyncDispose]();
  }
}
