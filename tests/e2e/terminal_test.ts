import { assert, assertEquals } from "@std/assert";
import { CHAT, Process, ServeProcess } from "../support/chat_process.ts";
import { Pty } from "../support/pty.ts";
import type { Screen } from "../support/screen.ts";
import { TempFolder } from "../support/temp_folder.ts";

// Windows has no such terminal.
const ignore = Deno.build.os === "windows";

/** Returns the last row in use, which is the input line. */
function lastRow(screen: Screen): string | undefined {
  return screen.rows.filter((row) => row !== "").at(-1);
}

/** Starts a shell in a terminal, in which `nick` joins the room. */
async function join(address: string, nick: string): Promise<Pty> {
  const pty = new Pty("sh", ["-i"]);
  pty.type(`PS1='$ '; ${CHAT} connect ${address} --nick ${nick}; echo "exit code $?"\r`);
  await pty.screen.shows("in #lobby:");
  return pty;
}

Deno.test({
  name: "two users talk, each in a terminal, which is restored afterwards",
  ignore,
  async fn() {
    await using server = ServeProcess.start();
    const address = await server.address();
    await using ada = await join(address, "ada");
    await using eve = await join(address, "eve");
    await ada.screen.shows("eve joined #lobby");

    eve.type("half a line, wörld 🎉 日本");
    await eve.screen.until((screen) => lastRow(screen) === "[#lobby] half a line, wörld 🎉 日本");
    ada.type("hello eve\r");
    await eve.screen.shows("<ada> hello eve");
    await ada.screen.shows("<ada> hello eve");
    // The text that is being typed stays in the last row.
    await eve.screen.until((screen) => lastRow(screen) === "[#lobby] half a line, wörld 🎉 日本");

    eve.type("\r");
    await ada.screen.shows("<eve> half a line, wörld 🎉 日本");
    eve.type("\x04");
    await eve.screen.shows("exit code 0");
    eve.type("stty -a\r");
    // The terminal has the echo and the line mode of a shell again, and bracketed paste is off.
    await eve.screen.until(({ all }) =>
      / icanon/.test(all.join(" ")) && / echo /.test(all.join(" "))
    );
    assert(!eve.screen.bracketsPaste);
    await ada.screen.shows("eve left");
  },
});

Deno.test({
  name: "a server prints a QR code for a friend",
  ignore,
  async fn() {
    using folder = new TempFolder();
    const flags = `--listen 127.0.0.1:0 --address chat.example.org --data ${folder.path}`;
    await using pty = new Pty(CHAT, ["serve", "--qr", ...flags.split(" ")], 80, 40);
    await pty.screen.shows("To own this server, run:");
    const rows = pty.screen.all.filter((row) => /[▀▄█]/.test(row));
    assert(rows.length > 12, rows.join("\n"));
    assert(rows[0]?.trimStart().startsWith("█▀▀▀▀▀█"), rows[0]);
  },
});

Deno.test({
  name: "the input line stays whole during a flood of messages and a resize",
  ignore,
  async fn() {
    await using server = ServeProcess.start();
    const address = await server.address();
    await using ada = await join(address, "ada");
    ada.type("this stays as it is");
    await ada.screen.shows("this stays as it is");
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`);
    const said = Process.run(["connect", address, "--nick", "ci"], lines.join("\n"));
    ada.resize(60, 15);
    ada.type("!");
    assertEquals((await said).code, 0);
    await ada.screen.shows("<ci> line 499");
    await ada.screen.until((screen) => lastRow(screen) === "[#lobby] this stays as it is!");
    const heard = ada.screen.all.flatMap((row) => /<ci> (.*)/.exec(row)?.[1] ?? []);
    assertEquals(heard, lines);
  },
});

Deno.test({
  name: "Ctrl-Z suspends, and fg restores the input line",
  ignore,
  async fn() {
    await using server = ServeProcess.start();
    await using ada = await join(await server.address(), "ada");
    ada.type("to be continued");
    await ada.screen.shows("to be continued");
    ada.type("\x1a");
    await ada.screen.until((screen) => lastRow(screen) === "$");
    ada.type("echo in the shell\r");
    await ada.screen.until(({ rows }) => rows.includes("in the shell"));
    ada.type("fg\r");
    await ada.screen.until((screen) => lastRow(screen) === "[#lobby] to be continued");
    ada.type("\r");
    await ada.screen.shows("<ada> to be continued");
  },
});

Deno.test({
  name: "the terminal is restored when a signal ends the process",
  ignore,
  async fn() {
    await using server = ServeProcess.start();
    await using ada = new Pty(CHAT, ["connect", await server.address(), "--nick", "ada"]);
    await ada.screen.shows("in #lobby:");
    assert(ada.screen.bracketsPaste);
    ada.kill("SIGTERM");
    assertEquals(await ada.exited, 143);
    await ada.screen.until(({ bracketsPaste }) => !bracketsPaste);
  },
});
