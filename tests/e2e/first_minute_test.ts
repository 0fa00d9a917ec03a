import { assert, assertEquals } from "@std/assert";
import { CHAT } from "../support/chat_process.ts";
import { Pty } from "../support/pty.ts";
import { TempFolder } from "../support/temp_folder.ts";

// What docs/first-minute.md says is measured here. There is no such terminal on Windows, and without
// an address that others could come by, nothing has to be encrypted.
const isReachable = Deno.networkInterfaces()
  .some(({ family, address }) => family === "IPv4" && !address.startsWith("127."));
const ignore = Deno.build.os === "windows" || !isReachable;

/** Keys that it takes from nothing to two people in a room. */
const KEYS = "chat serve\r".length + 2 + 2;

/** The shell of somebody who has never used `chat` before, and everything they touch. */
class Beginner implements Disposable {
  /** Keys pressed; a chord is one. */
  keys = 0;
  readonly #folder = new TempFolder();
  readonly #pty = new Pty("sh", ["-i"], 250, 40);

  /** `user` is what they are called on their machine, where `chat` has just been put. */
  static async sitDown(user: string): Promise<Beginner> {
    const beginner = new Beginner();
    const home = await Deno.realPath(beginner.#folder.path);
    const chat = await Deno.realPath(CHAT);
    // At a port of its own, since another server may be running on this machine.
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

  /** What was copied with the mouse, or came in a message. */
  paste(text: string): void {
    this.keys += 1;
    this.#pty.type(text);
  }

  async sees(text: string): Promise<void> {
    await this.#pty.screen.shows(text);
  }

  /** The command that stands behind `words` on the screen. */
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
  name: "from nothing to two people talking, encrypted and recognised, in two commands",
  ignore,
  async fn() {
    using machine = await Beginner.sitDown("ada");
    using ada = await Beginner.sitDown("ada");
    using bob = await Beginner.sitDown("bob");
    const began = performance.now();

    machine.type("chat serve\r");
    const forOwner = await machine.finds("To own it, type: ");
    const forFriend = await machine.finds("A friend types: ");
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
    const seconds = (performance.now() - began) / 1000;

    assertEquals(keys, KEYS);
    assert(seconds < 60, `it took ${seconds} seconds`);
    console.log(`${keys} keys, ${seconds.toFixed(1)} seconds`);

    // Whom they talk to is sure: the line has the fingerprint. Who they are is known by their keys.
    for (const line of [forOwner, forFriend]) assert(/fp=[\da-f]{64}/.test(line));
    for (const [asker, nick] of [[ada, "bob"], [bob, "ada"], [ada, "ada"]] as const) {
      asker.type(`/whois ${nick}\r`);
      await asker.sees(`${nick} is logged in as ${nick}`);
      await asker.sees(`${nick} is on an encrypted connection`);
    }
    await ada.sees("You own this server");
  },
});
