import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { history, send, tail } from "../../../client.ts";
import { historyOptions, sendOptions, tailOptions } from "../../../client/cli/shell_options.ts";
import { UsageError, UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";
import { TestServer } from "../../support/server.ts";

const NOTHING = new Map<string, string>();

/** Returns the surroundings of a client, and its arguments for `#a` on `port`. */
function clientOf(port: number, ...more: string[]) {
  const pipes = new Pipes();
  const parts = { stdio: pipes, clock: new FakeClock(), random: () => 1 };
  return { pipes, parts, args: [`irc://127.0.0.1:${port}/a`, "--nick", "ann", ...more] };
}

async function expectQuit(peer: Peer): Promise<void> {
  await peer.expect(/^QUIT/);
  peer.close();
}

Deno.test("chat send sends its words as one message, and prints nothing of others", async () => {
  await using server = new FakeServer();
  const { pipes, parts, args } = clientOf(server.port, "backup", "done");
  const exitCode = send(sendOptions(args, NOTHING), parts);
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  const { tags } = await peer.expect(/ PRIVMSG #a :backup done$/);
  await peer.send(
    ":bob!u@h PRIVMSG #a :hi",
    `@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :backup done`,
  );
  await expectQuit(peer);
  assertEquals([await exitCode, pipes.out.text, pipes.err.text], [0, "", ""]);
});

Deno.test("chat send without words sends its input", async () => {
  await using server = new FakeServer();
  const { pipes, parts, args } = clientOf(server.port);
  pipes.input("one\n");
  pipes.endInput();
  const exitCode = send(sendOptions(args, NOTHING), parts);
  const peer = await server.acceptInRoom();
  await peer.expect(/^PRIVMSG #a :one$/);
  await peer.answerPing();
  await expectQuit(peer);
  assertEquals(await exitCode, 0);
});

Deno.test("chat send tells a user at a terminal how to end the input", async () => {
  await using server = new FakeServer();
  const { pipes, parts, args } = clientOf(server.port);
  pipes.endInput();
  Object.assign(pipes.stdin, { isTerminal: () => true });
  const exitCode = send(sendOptions(args, NOTHING), parts);
  await expectQuit(await server.acceptInRoom());
  assertEquals(await exitCode, 0);
  assertMatch(pipes.err.text, /^Type the lines to send; Ctrl-D on an empty line ends\.\n$/);
});

Deno.test("chat send has the exit code 1 if a message is refused", async () => {
  await using server = new FakeServer();
  const { parts, args } = clientOf(server.port, "hello");
  const exitCode = send(sendOptions(args, NOTHING), parts);
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  const { tags } = await peer.expect(/hello$/);
  await peer.send(`@label=${tags?.get("label")} :irc.test 404 ann #a :Cannot send to channel`);
  await expectQuit(peer);
  assertEquals(await exitCode, 1);
});

Deno.test("chat tail prints earlier messages with their time, then new ones, until a signal", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  await bob.send("PRIVMSG #a :one", "PRIVMSG #a :two");
  await bob.heard();
  const { pipes, parts, args } = clientOf(server.port, "--last", "1");
  const exitCode = tail(tailOptions(args, NOTHING), parts);
  await pipes.out.has("two");
  await bob.send("PRIVMSG #a :three");
  await pipes.out.has("three");
  await bob.ask("PART #a :tea");
  await pipes.out.has("bob left");
  pipes.signal("SIGTERM");
  assertEquals(await exitCode, 143);
  // The client's own arrival and leaving are not printed.
  const texts = pipes.out.lines.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d /, ""));
  assertEquals(texts, ["<bob> two", "<bob> three", "-- bob left #a (tea)"]);
  await bob.close();
});

Deno.test("chat history prints the messages since a time, oldest first, as JSON or text", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  const say = async (text: string) => {
    await bob.send(`PRIVMSG #a :${text}`);
    await bob.heard();
  };
  await say("old");
  server.clock.advance(30_000);
  await say("one");
  await say("two");
  const printed = async (...flags: string[]) => {
    const { pipes, parts, args } = clientOf(server.port, ...flags);
    const exitCode = history(historyOptions(args, NOTHING), { ...parts, clock: server.clock });
    assertEquals([await exitCode, pipes.err.text], [0, ""]);
    return pipes.out.lines;
  };
  const texts = (await printed("--since", "20s", "--json")).map((line) => JSON.parse(line).text);
  assertEquals(texts, ["one", "two"]);
  const lines = await printed("--limit", "1");
  assertEquals(lines.length, 1);
  assert(/^\d{4}-\d\d-\d\d \d\d:\d\d <bob> two$/.test(lines[0] ?? ""), lines[0]);
  assertEquals((await printed()).length, 3);
  await bob.close();
});

Deno.test("chat history says that nothing was said in a room", async () => {
  await using server = await TestServer.start();
  for (const [more, text] of [[[], "yet"], [["--since", "1h"], "in that time"]] as const) {
    const { pipes, parts, args } = clientOf(server.port, ...more);
    assertEquals(await history(historyOptions(args, NOTHING), parts), 0);
    assertEquals(pipes.out.text, "");
    assertMatch(pipes.err.text, new RegExp(`^chat: nothing was said in #a ${text}: .*\n$`));
  }
});

Deno.test("chat history fails if its output cannot be written, but not if its reader has left", async () => {
  await using server = await TestServer.start();
  const bob = await server.register("bob", { join: "#a" });
  await bob.send("PRIVMSG #a :one");
  await bob.heard();
  const run = (error: Error) => {
    const { pipes, parts, args } = clientOf(server.port);
    pipes.out.error = error;
    return history(historyOptions(args, NOTHING), parts);
  };
  await assertRejects(() => run(new Error("No space left on device")), UserError, "No space left");
  assertEquals(await run(new Deno.errors.BrokenPipe("Broken pipe")), 0);
  await bob.close();
});

Deno.test("chat history says why a server has no history", async () => {
  await using server = new FakeServer();
  const { parts, args } = clientOf(server.port);
  const failed = assertRejects(
    () => history(historyOptions(args, NOTHING), parts),
    UserError,
    "this server keeps no history",
  );
  const peer = await server.acceptInRoom();
  await expectQuit(peer);
  await failed;
});

Deno.test("wrong arguments of the modes for the shell are usage errors", () => {
  const wrong: readonly (readonly [() => unknown, string])[] = [
    [() => sendOptions([], NOTHING), "the server is missing"],
    [() => sendOptions(["h", "ops", "hello"], NOTHING), ": chat send SERVER/ops TEXT"],
    [() => sendOptions(["h", "#ops"], NOTHING), ": chat send SERVER/ops TEXT"],
    [() => sendOptions(["h", "hello"], NOTHING), ": chat send SERVER/ROOM TEXT"],
    [() => sendOptions(["h"], NOTHING), "send needs a room"],
    [() => tailOptions(["h", "ops"], NOTHING), "the server and a slash: chat tail SERVER/ops"],
    [() => historyOptions(["h", "#ops"], NOTHING), ": chat history SERVER/ops"],
    [() => sendOptions(["h/a,b", "hello"], NOTHING), "send takes one room"],
    [() => tailOptions(["h/a,b"], NOTHING), "tail takes one room without --json"],
    [() => tailOptions(["h/a", "b"], NOTHING), "remove b"],
    [() => tailOptions(["h/a", "--last", "many"], NOTHING), "--last must be a whole number"],
    [() => tailOptions(["h/a", "--last", "101"], NOTHING), "0 to 100"],
    [() => historyOptions(["h/a", "--limit", "0"], NOTHING), "1 up"],
    [() => history(historyOptions(["h/a", "--since", "soon"], NOTHING)), "--since must be a time"],
    [() => sendOptions(["h/a", "--json", "x"], NOTHING), "unknown flag --json"],
  ];
  for (const [parse, error] of wrong) assertThrows(parse, UsageError, error);
});
