// Tests of `chat connect` with servers of other projects. Servers that are not installed are
// skipped.

import { assertEquals, assertMatch } from "@std/assert";
import { CHAT, type Ended, Process } from "../support/chat_process.ts";
import { OtherServer, SERVER_PROGRAMS, type ServerProgram } from "../support/other_server.ts";
import { Pty } from "../support/pty.ts";

const { ngircd, inspircd } = SERVER_PROGRAMS;

/** Runs `chat connect` in a pipe, with files of its own. */
function pipe(server: OtherServer, room: string, lines: readonly string[]): Promise<Ended> {
  const args = ["connect", `irc://127.0.0.1:${server.port}/${room}`, "--nick", "bob"];
  const env = { XDG_CONFIG_HOME: server.folder };
  return Process.run(args, lines.join("\n"), { env });
}

/** Returns the messages of Bob in `text`, which the witness got. */
function saidIn(text: string): string[] {
  return Array.from(text.matchAll(/:bob!\S+ PRIVMSG #tea :(.*)\r\n/g), ([, said = ""]) => said);
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${i + 1}`);
}

/** Defines a test that is skipped if `program` is not installed; the witness is in `#tea`. */
function testAt(program: ServerProgram, name: string, run: (server: OtherServer) => Promise<void>) {
  Deno.test({
    name: `at ${program.name}, ${name}`,
    ignore: program.path === undefined,
    async fn() {
      await using server = await OtherServer.start(program, "#tea");
      await run(server);
    },
  });
}

for (const program of [ngircd, inspircd]) {
  testAt(program, "a hundred lines of a pipe arrive once and in order", async (server) => {
    const lines = numbered(100);
    const [ended, seen] = await Promise.all([
      pipe(server, "#tea", lines),
      server.sees(/:bob!\S+ (QUIT|PART) /),
    ]);
    assertEquals(ended, { code: 0, stdout: "", stderr: "" });
    assertEquals(saidIn(seen), lines);
  });

  testAt(
    program,
    "a pasted block arrives once and in order, and is shown as said",
    async (server) => {
      const target = `irc://127.0.0.1:${server.port}/#tea`;
      const command = [
        `XDG_CONFIG_HOME=${server.folder}`,
        CHAT,
        "connect",
        target,
        "--nick",
        "bob",
      ];
      await using bob = new Pty("env", command, 100, 40);
      await bob.screen.shows("in #tea");
      const lines = numbered(12);
      bob.type(`\x1b[200~${lines.join("\n")}\x1b[201~`);
      await bob.screen.until(({ rows }) => rows.some((row) => row.endsWith("line 12")));
      bob.type("\r");
      await bob.screen.shows("Enter");
      bob.type("\r");
      const seen = await server.sees(/PRIVMSG #tea :line 12\r\n/);
      assertEquals(saidIn(seen), lines);
      await bob.screen.until(({ all }) => all.some((line) => line.endsWith("<bob> line 12")));
      const shown = bob.screen.all.flatMap((line) => /<bob> (line \d+)$/.exec(line)?.[1] ?? []);
      assertEquals(shown, lines);
    },
  );

  testAt(
    program,
    "a room in which only some may speak refuses each line by name",
    async (server) => {
      await server.ask("MODE #tea +m\r\n", / MODE #tea :?\+m/);
      const { code, stderr } = await pipe(server, "#tea", ["one", "two"]);
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /^chat: not sent to #tea: one \(.*\)\nchat: not sent to #tea: two \(.*\)\n$/,
      );
    },
  );
}

testAt(inspircd, "a line that a filter blocks is the only one that is not sent", async (server) => {
  const lines = ["one", "a forbidden word", "three"];
  const [{ code, stderr }, seen] = await Promise.all([
    pipe(server, "#tea", lines),
    server.sees(/:bob!\S+ QUIT /),
  ]);
  assertEquals([code, saidIn(seen)], [1, ["one", "three"]]);
  assertMatch(stderr, /^chat: not sent to #tea: a forbidden word \(.*A forbidden word\)\n$/);
});

testAt(inspircd, "a refusal of a room by a numeric of its own ends the client", async (server) => {
  const { code, stderr } = await pipe(server, "#closed", ["one"]);
  assertEquals(code, 1);
  // If the client read the line before the answer came, its error names this line, too.
  assertMatch(
    stderr,
    /^(chat: not sent to #closed: one .*\n)?chat: cannot join #closed: .*This room is closed\n$/,
  );
});
