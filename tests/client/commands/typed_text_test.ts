// A text in the input line becomes a message, a command, or an answer about a wrong command.

import { assertEquals } from "@std/assert";
import { Screen } from "../../support/screen.ts";
import { setUp } from "../../support/window.ts";

/** Typed or pasted texts, and the lines that are sent. */
const SLASHES: readonly (readonly [text: string, sent: readonly string[]])[] = [
  ["f()\n// a comment\n///x", ["f()", "// a comment", "///x"]],
  ["// a comment", ["// a comment"]],
  ["//part of it", ["/part of it"]],
  ["one\n//quit\n//etc is full", ["one", "/quit", "/etc is full"]],
];

Deno.test("two slashes stay two where one slash would not begin a command", async () => {
  for (const [text, sent] of SLASHES) {
    await using setup = await setUp(new Screen(120, 30));
    const { screen, peer } = setup;
    screen.type(`\x1b[200~${text}\x1b[201~\r`);
    for (const line of sent) {
      const { params } = await peer.expect(/PRIVMSG #a /);
      assertEquals(params[1], line);
    }
  }
});

/** Words that are no commands, and the end of the answer to each. */
const GUESSES: readonly (readonly [typed: string, answer: string])[] = [
  ["/jion tea", "did you mean /join?"],
  ["/serch tea", "did you mean /search?"],
  ["/links", "did you mean /link?"],
  ["/about", "nothing was sent: /help all lists them"],
  ["/undo", "nothing was sent: /help all lists them"],
  ["/version", "nothing was sent: /help all lists them"],
];

Deno.test("an unknown command gets a guess only if a command has a similar name", async () => {
  await using setup = await setUp(new Screen(120, 30));
  for (const [typed, answer] of GUESSES) {
    setup.screen.type(`\f${typed}\r`);
    await setup.screen.until(({ rows }) =>
      rows.some((row) => row.includes(`no command ${typed.split(" ")[0]}`) && row.endsWith(answer))
    );
  }
});
