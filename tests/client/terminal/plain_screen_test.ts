import { assert, assertEquals } from "@std/assert";
import { connect } from "../../../client.ts";
import { PlainScreen } from "../../../client/terminal/plain_screen.ts";
import type { Prompt } from "../../../client/terminal/screen.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeServer } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";

const typed = (before: string, more: Partial<Prompt> = {}): Prompt => (
  { label: "[#a] ", before, after: "", ...more }
);

Deno.test("for a screen reader, only what is new is written, and only what is deleted is erased", () => {
  const screen = new PlainScreen({ columns: 20, rows: 5 });
  const written = [
    screen.print(["<bob> a line that is longer than a row"], typed("")),
    screen.print([], typed("t")),
    screen.print([], typed("tea")),
    screen.print([], typed("te")),
    screen.print(["<bob> hi"], typed("te")),
    screen.print([], typed("tea")),
    screen.print([], typed("")),
    screen.print([], typed("from history")),
    screen.print([], typed("older")),
    screen.resize({ columns: 10, rows: 5 }),
  ];
  assertEquals(written, [
    "<bob> a line that is longer than a row\r\n",
    "t",
    "ea",
    "\b \b",
    "\r\n<bob> hi\r\n",
    "a",
    "\r\n",
    "from history",
    "\r\nolder",
    "",
  ]);
});

Deno.test("for a screen reader, a chosen message is written once, as a line", () => {
  const screen = new PlainScreen({ columns: 40, rows: 5 });
  const status = [{ text: " -2 " }, { text: "<bob> hi" }];
  assertEquals(screen.print([], typed("", { status })), "-2  <bob> hi\r\n");
  assertEquals(screen.print([], typed("", { status })), "");
});

/** A screen that keeps what is written to it. */
class ListeningScreen extends Screen {
  written = "";

  override readonly stdout = {
    isTerminal: () => true,
    write: async (bytes: Uint8Array) => {
      this.written += new TextDecoder().decode(bytes);
      await this.write(new TextDecoder().decode(bytes));
      return bytes.length;
    },
    writeSync: (bytes: Uint8Array) => bytes.length,
  };
}

Deno.test("--plain-screen draws no prompt and nothing twice, and keeps what is typed", async () => {
  await using server = new FakeServer();
  await using screen = new ListeningScreen(60, 12);
  const plain = { ...server.connectOptions, plainScreen: true };
  const exitCode = connect(plain, { stdio: screen, clock: new FakeClock(), random: () => 1 });
  const peer = await server.acceptInRoom();
  await peer.send(":bob!u@h PRIVMSG ann :psst", ":bob!u@h PRIVMSG #a :well");
  await screen.shows("<bob> well");
  screen.type("hel");
  await screen.shows("hel");
  await peer.send(":bob!u@h PRIVMSG #a :meanwhile");
  await screen.shows("<bob> meanwhile");
  screen.type("lo\r");
  await peer.expect(/^PRIVMSG #a :?hello$/);
  await peer.answerPing();
  await screen.shows("<ann> hello");
  screen.resize(40, 10);
  screen.type("/win 2\r");
  await screen.shows("── bob ── 1 new");
  const sequences = screen.written.match(/\x1b\[?\??\d*./g) ?? [];
  assertEquals(sequences, ["\x1b[?2004h"]);
  assert(!screen.written.includes("[#a]") && !screen.written.includes("2 bob"));
  assertEquals(screen.written.split("meanwhile").length, 2);
  screen.close();
  peer.close();
  await exitCode;
});
