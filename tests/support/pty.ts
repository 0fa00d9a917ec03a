import { type IDisposable, spawn } from "@lydell/node-pty";
import { Buffer } from "node:buffer";
import { Screen } from "./screen.ts";

/** A program in a real terminal, whose screen is looked at. */
export class Pty implements AsyncDisposable {
  readonly screen: Screen;
  /** Resolves to the exit code. */
  readonly exited: Promise<number>;
  readonly #pty: ReturnType<typeof spawn>;
  readonly #showing: IDisposable;
  #hasExited = false;

  constructor(command: string, args: readonly string[], columns = 80, rows = 24) {
    this.screen = new Screen(columns, rows);
    // As started by a shell, not by the task runner that started the tests.
    const { INIT_CWD: _, ...inherited } = Deno.env.toObject();
    const env = { ...inherited, TERM: "xterm-256color", NO_COLOR: "1" };
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

  /** The user types. */
  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** The window gets another size. */
  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Sends the program a signal. */
  kill(signal: Deno.Signal): void {
    this.#pty.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What a program writes at its end would be shown after the test.
    this.#showing.dispose();
    if (!this.#hasExited) this.kill("SIGKILL");
    await this.exited;
    await this.screen[Symbol.asyncDispose]();
  }
}
