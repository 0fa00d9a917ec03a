import { assert, assertEquals } from "@std/assert";
import { CHAT } from "../support/chat_process.ts";
import { Pty } from "../support/pty.ts";
import { TempFolder } from "../support/temp_folder.ts";

// This test measures the numbers in docs/first-minute.md. Windows has no such terminal, and without
// a non-loopback address, no encryption is needed.
const isReachable = Deno.networkInterfaces()
  .some(({ family, address }) => family === "IPv4" && !address.startsWith("127."));
const ignore = Deno.build.os === "windows" || !isReachable;

/** The number of keys from nothing to two users in a room. */
const KEYS = "chat serve\r".length + 2 + 2;

/** The shell of a user who has never used `chat` before, with a home directory of its own. */
class Beginner implements Disposable {
  /** The number of keys pressed; a chord counts as one. */
  keys = 0;
  readonly #folder = new TempFolder();
  readonly #pty = new Pty("sh", ["-i"], 250, 40);

  /** Starts the shell of the system user `user`, in which `chat` is installed. */
  static async start(user: string): Promise<Beginner> {
    const beginner = new Beginner();
    const home = await Deno.realPath(beginner.#folder.path);
    const chat = await Deno.realPath(CHAT);
    // On a port of its own, because another server may be running on this machine.
    const serve = `case $1 in serve) "${chat}" serve --listen 0.0.0.0:0;; *) "${chat}" "$@";; esac`;
    beginner.#pty.type(
      `unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME CHAT_PASSWORD; chat() { ${serve}; }; ` +
        `export HOME="${home}" USER=${user}; clear; PS1='READY '\r`,
    );
    await beginner.#pty.screen.until(({ rows }) => rows[0] === "READY");
    return beginner;
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

  async sees(text: string): Promise<void> {
    await this.#pty.screen.shows(text);
  }

  /** Waits for `words` on the screen; resolves to the command after them. */
  async finds(words: string): Promise<string> {
    await this.sees(words);
    const row = this.#pty.screen.all.find((row) => row.includes(words)) ?? "";
    return row.slice(row.indexOf(words) + words.length).trim();
  }

  [Symbol.dispose](): void {
    this.#pty[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

Deno.test({
  name: "two commands take two users from nothing to an encrypted conversation with accounts",
  ignore,
  async fn() {
    using machine = await Beginner.start("ada");
    using ada = await Beginner.start("ada");
    using bob = await Beginner.start("bob");
    const start = performance.now();

    machine.type("chat serve\r");
    const forOwner = await machine.finds("To own this server, run: ");
    const forFriend = await machine.finds("Friends join with: ");
    ada.paste(forOwner);
    ada.type("\r");
    await ada.sees("in #lobby: ");
    bob.paste(forFriend);
    bob.type("\r");
    await ada.sees("bob joined #lobby");
    const keys = machine.keys + ada.keys + bob.keys;

    ada.type("hello bob\r");
    await bob.sees("<ada> hello bob");
    bob.type("hello ada\r");
    await ada.sees("<bob> hello ada");
    const seconds = (performance.now() - start) / 1000;

    assertEquals(keys, KEYS);
    assert(seconds < 60, `it took ${seconds} seconds`);
    console.log(`${keys} keys, ${seconds.toFixed(1)} seconds`);

    // The fingerprint in the commands identifies the server, and the keys identify the users.
    for (const line of [forOwner, forFriend]) assert(/fp=[\da-f]{64}/.test(line));
    for (const [asker, nick] of [[ada, "bob"], [bob, "ada"], [ada, "ada"]] as const) {
      asker.type(`/whois ${nick}\r`);
      await asker.sees(`logged in as ${nick}`);
      await asker.sees("on an encrypted connection");
    }
    await ada.sees("You own this server");
  },
});
