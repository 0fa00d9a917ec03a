import { assert, assertEquals } from "@std/assert";
import { CHAT, ServeProcess } from "../support/chat_process.ts";
import { WAIT_MS } from "../support/patience.ts";
import { findProgram } from "../support/programs.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** The path of tmux; undefined if it is not installed. */
const TMUX = findProgram("tmux");

/** A program in a window of a tmux server of its own. */
class Tmux implements AsyncDisposable {
  readonly #folder: TempFolder;

  constructor(folder: TempFolder) {
    this.#folder = folder;
  }

  static async start(command: string, folder: TempFolder): Promise<Tmux> {
    const tmux = new Tmux(folder);
    await tmux.run("new-session", "-d", "-x", "80", "-y", "24", command);
    return tmux;
  }

  async run(...args: readonly string[]): Promise<string> {
    const flags = ["-u", "-f", "/dev/null", "-S", `${this.#folder.path}/tmux`];
    const { stdout } = await new Deno.Command(TMUX ?? "tmux", {
      args: [...flags, ...args],
      env: { LC_ALL: "C.UTF-8" },
    }).output();
    return new TextDecoder().decode(stdout);
  }

  /** Returns the rows of the screen and the scrollback. */
  async rows(): Promise<string[]> {
    return (await this.run("capture-pane", "-p", "-S", "-")).trimEnd().split("\n");
  }

  /** Waits until `condition` holds for the rows. */
  async until(condition: (rows: readonly string[]) => boolean): Promise<string[]> {
    const end = performance.now() + WAIT_MS;
    for (;;) {
      const rows = await this.rows();
      if (condition(rows)) return rows;
      assert(performance.now() < end, rows.join("\n"));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("kill-server");
  }
}

Deno.test({
  name: "in tmux, resizing with a long input line leaves no old rows and erases no message",
  ignore: TMUX === undefined,
  async fn() {
    await using server = ServeProcess.start();
    using folder = new TempFolder();
    const env = `XDG_CONFIG_HOME=${folder.path}`;
    const command = `${env} ${CHAT} connect ${await server.address()} --nick ann`;
    await using tmux = await Tmux.start(command, folder);
    await tmux.until((rows) => rows.some((row) => row.includes("in #lobby:")));
    for (let i = 0; i < 30; i++) await tmux.run("send-keys", `message ${i}`, "Enter");
    await tmux.until((rows) => rows.some((row) => row.includes("> message 29")));
    await tmux.run("send-keys", "x".repeat(450) + "z");
    const isDrawn = (rows: readonly string[], width: number) =>
      rows.at(-1)?.endsWith("z") === true && rows.at(-2)?.length === width - 1;
    await tmux.until((rows) => isDrawn(rows, 80));
    for (const [width, height] of [[40, 12], [39, 12], [30, 12], [22, 12], [80, 24], [40, 24]]) {
      assert(width !== undefined && height !== undefined);
      await tmux.run("resize-window", "-x", `${width}`, "-y", `${height}`);
      const rows = await tmux.until((now) => isDrawn(now, width));
      const isOfInput = (row: string) => /^(\[#lobby\] )?x+z?$/.test(row);
      const count = rows.filter(isOfInput).length;
      assert(count <= 6 && rows.slice(-count).every(isOfInput), rows.join("\n"));
      const said = rows.flatMap((row) => /> message (\d+)$/.exec(row)?.[1] ?? []);
      assertEquals(said, Array.from({ length: 30 }, (_, i) => `${i}`), rows.join("\n"));
    }
  },
});
