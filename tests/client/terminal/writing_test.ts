import { assert, assertEquals } from "@std/assert";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { Screen } from "../../support/screen.ts";
import { setUp, shown, sync } from "../../support/window.ts";

const PASTE = (text: string) => `\x1b[200~${text}\x1b[201~`;

/** Typed texts, and the input line after each. */
const COMPLETED: readonly (readonly [typed: string, line: string])[] = [
  ["b\t", "bob: "],
  ["b\t\t", "Ben: "],
  ["hi b\t", "hi bob "],
  ["/ki\t", "/kick "],
  ["/kick be\t", "/kick Ben "],
  ["/topic #te\t", "/topic #tea "],
  ["see #te\t", "see #tea "],
  ["/set joi\t", "/set joins "],
  ["/set joins hi\t", "/set joins hide "],
  ["/room pri\t", "/room private "],
  ["/help mod\t", "/help moderation "],
  ["cake :tad\t", "cake 🎉"],
  ["cake :tada:\t", "cake 🎉"],
];

Deno.test("Tab completes nicks, the last to speak first, commands, what follows them, rooms and emoji", async () => {
  await using setup = await setUp(new Screen(60, 12));
  const { peer, screen } = setup;
  await peer.send(":ann!u@h JOIN #tea", ":Ben!u@h JOIN #a", ":bob!u@h JOIN #a");
  await peer.send(":Ben!u@h PRIVMSG #a :hi", ":bob!u@h PRIVMSG #a :hi");
  await sync(setup, "here");
  for (const [typed, line] of COMPLETED) {
    screen.type(`\x15${typed}`);
    await screen.until((now) => now.beforeCursor === `[#a] ${line}`);
  }
});

Deno.test("Alt-Enter and a paste make one message of several lines where the server can", async () => {
  await using setup = await setUp(new Screen(), `${ALL_CAPS} draft/multiline=max-bytes=4096`);
  const { peer, screen } = setup;
  screen.type(`one\x1b\rtwo${PASTE("\nthree\nfour\nfive\nsix\nseven")}`);
  await screen.until((now) => now.rows.includes("seven"));
  screen.type("\r");
  const { tags, params: [start = ""] } = await peer.expect(/BATCH \+\S+ draft\/multiline :?#a$/);
  for (const text of ["one", "two", "three", "four", "five", "six", "seven"]) {
    await peer.expect(new RegExp(` PRIVMSG #a :?${text}$`));
  }
  await peer.expect(/BATCH :?-/);
  const batch = start.slice(1);
  await peer.send(
    `@label=${tags?.get("label")} :ann!u@h BATCH +${batch} draft/multiline #a`,
    ...["one", "two"].map((text) => `@batch=${batch} :ann!u@h PRIVMSG #a :${text}`),
    `:ann!u@h BATCH -${batch}`,
  );
  await screen.until((now) => shown(now).slice(-3).join() === "<ann> one,      two,[#a]");
});

Deno.test("↑ after /edit brings the last message of the user to the input line", async () => {
  await using setup = await setUp(new Screen(80, 12), `${ALL_CAPS} draft/message-redaction`);
  const { peer, screen } = setup;
  await peer.send("@msgid=1 :ann!u@h PRIVMSG #a :helo", "@msgid=2 :bob!u@h PRIVMSG #a :hi");
  await screen.shows("<bob> hi");
  for (const typed of ["/edit", "/edit "]) {
    screen.type(`\x15${typed}\x1b[A`);
    await screen.until((now) => now.beforeCursor === "[#a] /edit helo");
    assert(shown(screen).at(-2)?.includes("<ann> helo"));
  }
  screen.type("\x7flo\r");
  await peer.expect(/REDACT #a 1 :?edited$/);
});

Deno.test("what was typed is there again with ↑, and Ctrl-R searches it", async () => {
  await using setup = await setUp(new Screen(60, 12));
  const { peer, screen } = setup;
  for (const text of ["make tea", "drink tea", "eat cake"]) {
    screen.type(`${text}\r`);
    await peer.expect(new RegExp(`PRIVMSG #a :${text}$`));
  }
  screen.type("\x1b[A\x1b[A");
  await screen.until((now) => now.beforeCursor === "[#a] drink tea");
  screen.type("\x15\x12tea");
  await screen.until((now) => now.beforeCursor === "(search: tea) drink tea");
  screen.type("\x12");
  await screen.until((now) => now.beforeCursor === "(search: tea) make tea");
  screen.type("\r");
  await screen.until((now) => now.beforeCursor === "[#a] make tea");
});

Deno.test("with /set typing off, nobody is told that the user types, and nobody is shown", async () => {
  await using setup = await setUp(new Screen(80, 12));
  const { peer, screen, clock } = setup;
  screen.type("/set typing off\r");
  await screen.shows("typing is off now");
  await peer.send("@+typing=active :bob!u@h TAGMSG #a");
  screen.type("hello");
  await screen.shows("[#a] hello");
  clock.advance(1000);
  screen.type("\r");
  await peer.expect(/ PRIVMSG #a :?hello$/);
  assertEquals(screen.all.some((line) => line.includes("is typing…")), false);
});
