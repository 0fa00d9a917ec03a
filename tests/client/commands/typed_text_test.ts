// What becomes of a text in the input line: a message, a command, or an answer about a wrong one.

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

Deno.test("two slashes stay two where one would be no command", async () => {
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
