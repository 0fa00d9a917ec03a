import { CHAT } from "./chat_process.ts";
import { Pty } from "./pty.ts";
import type { Screen } from "./screen.ts";
import { TempFolder } from "./temp_folder.ts";

/** The shell of a user who has never used `chat` before, with a home directory of its own. */
export class Beginner implements AsyncDisposable {
  /** The number of keys pressed; a chord counts as one. */
  keys = 0;
  readonly #folder = new TempFolder();
  readonly #pty = new Pty("sh", ["-i"], 250, 40);

  /** Starts the shell of the system user `user`, in which `chat` is installed. */
  static async start(user: string): Promise<Beginner> {
    const beginner = new Beginner();
    const home = await Deno.realPath(beginner.#folder.path);
    const chat = await Deno.realPath(CHAT);
    // The server gets a free port, because another server may be running on this machine.
    const serve = `case $1 in serve) "${chat}" serve --listen 0.0.0.0:0;; *) "${chat}" "$@";; esac`;
    beginner.#pty.type(
      `unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME CHAT_PASSWORD; chat() { ${serve}; }; ` +
        `export HOME="${home}" USER=${user}; clear; PS1='READY '\r`,
    );
    await beginner.#pty.screen.until(({ rows }) => rows[0] === "READY");
    return beginner;
  }

  get screen(): Screen {
    return this.#pty.screen;
  }

  type(text: string): void {
    this.keys += text.length;
    this.#pty.type(text);
  }

  /** Pastes text, for example from a message; counts as one key. */
  paste(text: string): void {
    this.keys += 1;
    this.#pty.type(text);
  }

  /** Waits until the screen shows `text` `times` times. */
  async sees(text: string, times = 1): Promise<void> {
    await this.screen.until(({ all }) => all.filter((row) => row.includes(text)).length >= times);
  }

  /** Waits for `words` on the screen; resolves to the text after them. */
  async finds(words: string): Promise<string> {
    await this.sees(words);
    const row = this.screen.all.find((row) => row.includes(words)) ?? "";
    return row.slice(row.indexOf(words) + words.length).trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A server goes on when its terminal is closed.
    await new Deno.Command("pkill", { args: ["-TERM", "-P", `${this.#pty.pid}`] }).output();
    await this.#pty[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}
