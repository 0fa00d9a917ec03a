import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "../../../client.ts";
import { UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer, type Peer } from "../../support/fake_server.ts";
import { Pipes } from "../../support/pipes.ts";

interface Setup extends AsyncDisposable {
  readonly server: FakeServer;
  readonly pipes: Pipes;
  readonly clock: FakeClock;
  readonly exitCode: Promise<number>;
}

function setUp(options: { follow?: boolean; json?: boolean; room?: string } = {}): Setup {
  const server = new FakeServer();
  const pipes = new Pipes();
  const clock = new FakeClock();
  const parts = { stdio: pipes, clock, random: () => 1 };
  const exitCode = connect({ ...server.connectOptions, ...options }, parts);
  return {
    server,
    pipes,
    clock,
    exitCode,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      pipes.out.error = new Deno.errors.BrokenPipe("Broken pipe");
      pipes.signal("SIGTERM");
      await exitCode.catch(() => {});
    },
  };
}

/** Echoes the next line as our server does; returns its text. */
async function echo(peer: Peer): Promise<string> {
  const { tags, params: [to, text = ""] } = await peer.expect(/ PRIVMSG /);
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG ${to} :${text}`);
  return text;
}

/** Waits for the client's QUIT, and closes. */
async function expectQuit(peer: Peer): Promise<void> {
  await peer.expect(/^QUIT/);
  peer.close();
}

Deno.test("lines of input are sent, then the client leaves with exit code 0", async () => {
  await using setup = setUp();
  setup.pipes.input("one\r\ntwo\n\nth");
  setup.pipes.input("ree");
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals([await echo(peer), await echo(peer), await echo(peer)], ["one", "two", "three"]);
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 0);
  assertEquals([setup.pipes.out.text, setup.pipes.err.text], ["", ""]);
});

Deno.test("the client leaves only after every line is confirmed", async () => {
  await using setup = setUp();
  setup.pipes.input("hello\n");
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  const { tags } = await peer.expect(/hello$/);
  await peer.send("PING :still here");
  await peer.expect(/^PONG/);
  await peer.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :hello`);
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 0);
});

Deno.test("events of others are printed, one line each, and the user's own are not", async () => {
  await using setup = setUp();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send(
    ":bob!u@h JOIN #a",
    ":bob!u@h PRIVMSG #a :hi\x1b[2J",
    ":irc.test 372 ann :noise",
    ":ann!u@h PRIVMSG #a :mine",
    ":bob!u@h PRIVMSG #a :\x01ACTION waves\x01",
    ":bob!u@h QUIT :bye",
  );
  await setup.pipes.out.has("bye");
  assertEquals(setup.pipes.out.lines, [
    "-- bob joined #a",
    "<bob> hi",
    "* bob waves",
    "-- bob left (bye)",
  ]);
});

Deno.test("--json prints each event as an object, and --follow stays at the end of input", async () => {
  await using setup = setUp({ follow: true, json: true });
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send("@time=2026-01-01T00:00:00.000Z;msgid=m1 :bob!u@h PRIVMSG #a :hi");
  await setup.pipes.out.has("hi");
  assertEquals(JSON.parse(setup.pipes.out.lines.at(-1) ?? ""), {
    type: "message",
    room: "#a",
    to: "#a",
    nick: "bob",
    account: null,
    own: false,
    mention: false,
    text: "hi",
    by: null,
    time: "2026-01-01T00:00:00.000Z",
    id: "m1",
    reply: null,
    past: false,
    ref: null,
  });
  setup.pipes.signal("SIGINT");
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 130);
});

Deno.test("nothing is sent after the room is refused, however much input there is", async () => {
  await using setup = setUp();
  const peer = await setup.server.accept();
  await peer.welcome();
  await peer.expect(/^JOIN #a$/);
  await peer.send(":irc.test 473 ann #a :Cannot join channel (+i)");
  const failed = assertRejects(() => setup.exitCode, UserError, "cannot join #a");
  await peer.expect(/^QUIT$/);
  setup.pipes.input("one\ntwo\n");
  await peer.send("PING :nothing said");
  await peer.expect(/^PONG/);
  peer.close();
  await failed;
});

Deno.test("messages to a room with another name are sent to that name", async () => {
  await using setup = setUp();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send(":bob!u@h RENAME #a #b :");
  await setup.pipes.out.has("bob renamed #a to #b");
  setup.pipes.input("hello\n");
  setup.pipes.endInput();
  await peer.expect(/PRIVMSG #b :hello$/);
});

Deno.test("a notice of the server to the room is printed as one in the room", async () => {
  await using setup = setUp({ follow: true, json: true });
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send(":irc.test NOTICE #a :the kettle is on");
  await setup.pipes.out.has("kettle");
  const { type, room, nick } = JSON.parse(setup.pipes.out.lines.at(-1) ?? "");
  assertEquals([type, room, nick], ["notice", "#a", "irc.test"]);
});

Deno.test("a notice of the server to another room names that room", async () => {
  await using setup = setUp({ follow: true });
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send(":irc.test NOTICE #b :the kettle is on", ":irc.test NOTICE #a :tea");
  await setup.pipes.out.has("tea");
  assertEquals(setup.pipes.out.lines, ["#b -irc.test- the kettle is on", "-irc.test- tea"]);
});

Deno.test("a refused line is reported on standard error and makes the exit code 1", async () => {
  await using setup = setUp();
  setup.pipes.input("hello\nagain\n");
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  const { tags } = await peer.expect(/hello$/);
  await peer.send(`@label=${tags?.get("label")} :irc.test 404 ann #a :Cannot send to channel`);
  assertEquals(await echo(peer), "again");
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 1);
  assertEquals(
    setup.pipes.err.lines,
    ["chat: not sent to #a: hello (#a: Cannot send to channel)"],
  );
});

Deno.test("a line lost with the connection is not sent again, and makes the exit code 1", async () => {
  await using setup = setUp();
  setup.pipes.input("lost\n");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.expect(/lost$/);
  peer.close();
  await setup.pipes.err.has("trying again");
  setup.pipes.input("later\n");
  setup.pipes.endInput();
  setup.clock.advance(1000);
  const next = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals(await echo(next), "later");
  await expectQuit(next);
  assertEquals(await setup.exitCode, 1);
  assertStringIncludes(setup.pipes.err.text, "may not have reached #a: lost");
  assertStringIncludes(setup.pipes.err.text, "reconnected");
});

Deno.test("input is read no faster than the server accepts it", async () => {
  await using setup = setUp();
  const { server, pipes } = setup;
  for (let i = 0; i < 1000; i++) pipes.input(`${i} ${"x".repeat(100)}\n`);
  pipes.endInput();
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send("PING :unanswered");
  let sent = 0;
  for (let line = await peer.line(); !line?.startsWith("PONG"); line = await peer.line()) sent++;
  assert(sent <= 16, `${sent} lines sent`);
  assert(pipes.taken < 5000, `${pipes.taken} bytes read`);
});

Deno.test("a line without an end is sent in parts and uses limited memory", async () => {
  await using setup = setUp();
  const { server, pipes } = setup;
  const block = "y".repeat(8 * 1024);
  for (let i = 0; i < 4; i++) pipes.input(block);
  const peer = await server.acceptInRoom({ caps: ALL_CAPS });
  let length = 0;
  while (length < 2 * block.length) length += (await echo(peer)).length;
  pipes.endInput();
  while (length < 4 * block.length) length += (await echo(peer)).length;
  await expectQuit(peer);
  assertEquals([length, await setup.exitCode], [4 * block.length, 0]);
});

Deno.test("lines and characters that are cut anywhere are put together again", async () => {
  await using setup = setUp();
  for (const byte of new TextEncoder().encode("é\r\n🎉\r\n\nlast\r")) {
    setup.pipes.input(Uint8Array.of(byte));
  }
  setup.pipes.input(Uint8Array.of(0xc3));
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals([await echo(peer), await echo(peer), await echo(peer)], ["é", "🎉", "lastÃ"]);
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 0);
});

Deno.test("many lines are sent whole, even if they arrive in one block", async () => {
  await using setup = setUp();
  const lines = Array.from({ length: 200 }, (_, i) => `${i} ${"y".repeat(200)}`);
  setup.pipes.input(lines.join("\n"));
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  for (const line of lines) assertEquals(await echo(peer), line);
  await expectQuit(peer);
});

Deno.test("input that cannot be read ends the client with the reason", async () => {
  await using setup = setUp();
  setup.pipes.input("hello\n");
  const failed = assertRejects(() => setup.exitCode, Error, "Is a directory");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await echo(peer);
  setup.pipes.failInput(new Error("Is a directory (os error 21)"));
  await expectQuit(peer);
  await failed;
});

Deno.test("escape sequences are removed from input, and tabs become spaces", async () => {
  await using setup = setUp();
  setup.pipes.input("\x1b[31merror\x1b[0m:\tbad\0\n");
  setup.pipes.input(Uint8Array.of(0xff, 0x0a));
  setup.pipes.endInput();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals([await echo(peer), await echo(peer)], ["error:    bad", "ÿ"]);
  await expectQuit(peer);
});

/** Data that is not text, and the first bytes of files of its kind. */
const NOT_TEXT: readonly (readonly [name: string, bytes: readonly number[] | string])[] = [
  ["a picture", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48]],
  ["the first bytes of a picture", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["a photo", [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 0x0a]],
  ["compressed data", [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0x0a]],
  ["UTF-16", [0xff, 0xfe, 0x68, 0, 0x69, 0, 0x0a, 0]],
  ["an archive", `notes.txt${"\0".repeat(91)}0000644\0hello\n`],
  ["a picture after text", [0x68, 0x69, 0x0a, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

for (const [name, data] of NOT_TEXT) {
  Deno.test(`input that is not text is refused before any of it is sent: ${name}`, async () => {
    await using setup = setUp();
    setup.pipes.input(typeof data === "string" ? data : Uint8Array.from(data));
    setup.pipes.endInput();
    const failed = assertRejects(() => setup.exitCode, UserError, "the input is not text");
    const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
    await expectQuit(peer);
    await failed;
  });
}

Deno.test("text with a picture after it is sent up to the picture", async () => {
  await using setup = setUp();
  setup.pipes.input("é\n");
  setup.pipes.input(Uint8Array.of(0xc3));
  setup.pipes.input(Uint8Array.of(0xa9, 0x0a));
  const failed = assertRejects(() => setup.exitCode, UserError, "the input is not text");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals([await echo(peer), await echo(peer)], ["é", "é"]);
  setup.pipes.input(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a));
  await expectQuit(peer);
  await failed;
});

Deno.test("a line that begins with a slash is sent, not executed", async () => {
  await using setup = setUp();
  setup.pipes.input("/quit\n");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  assertEquals(await echo(peer), "/quit");
});

Deno.test("the client leaves when its output is closed", async () => {
  await using setup = setUp({ follow: true });
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  setup.pipes.out.error = new Deno.errors.BrokenPipe("Broken pipe");
  await peer.send(":bob!u@h PRIVMSG #a :hi");
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 0);
});

Deno.test("a failure to write the output is reported in one line", async () => {
  await using setup = setUp({ follow: true });
  const failed = assertRejects(
    () => setup.exitCode,
    UserError,
    "cannot write the output: No space left on device",
  );
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  setup.pipes.out.error = new Error("No space left on device (os error 28)");
  await peer.send(":bob!u@h PRIVMSG #a :hi");
  await expectQuit(peer);
  await failed;
});

Deno.test("a line that a signal leaves unconfirmed is reported, and the exit code is the signal's", async () => {
  await using setup = setUp();
  setup.pipes.input("hello\n");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.expect(/hello$/);
  setup.pipes.signal("SIGTERM");
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 143);
  assertStringIncludes(setup.pipes.err.text, "may not have reached #a: hello");
});

Deno.test("the client ends with one line if the room cannot be joined", async () => {
  await using setup = setUp();
  setup.pipes.input("hello\n");
  const refused = assertRejects(
    () => setup.exitCode,
    UserError,
    "#a can only be joined with an invitation",
  );
  const peer = await setup.server.accept();
  await peer.welcome();
  await peer.expect(/^JOIN #a$/);
  await peer.send(":irc.test 473 ann #a :Cannot join channel (+i)");
  await expectQuit(peer);
  await refused;
  assert(!setup.pipes.err.text.includes("cannot join"), setup.pipes.err.text);
});

Deno.test("the client ends with one line if it is removed from the room", async () => {
  await using setup = setUp({ follow: true });
  const refused = assertRejects(
    () => setup.exitCode,
    UserError,
    "op removed you from #a (out)",
  );
  const peer = await setup.server.acceptInRoom();
  await peer.send(":op!u@h KICK #a ann :out");
  await expectQuit(peer);
  await refused;
});

Deno.test("if the room is lost before the end of the input, a line says what was not read", async () => {
  await using setup = setUp();
  const failed = assertRejects(() => setup.exitCode, UserError, "bob removed you from #a");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  // 33 lines are taken until the server has confirmed one of them.
  for (let number = 1; number <= 35; number++) setup.pipes.input(`line ${number}\n`);
  await peer.expect(/line 1$/);
  await peer.send(":bob!u@h KICK #a ann :out");
  let line: string | undefined;
  do line = await peer.line(); while (line?.includes("PRIVMSG"));
  assertEquals(line, "QUIT");
  peer.close();
  await failed;
  assertEquals(setup.pipes.err.lines.at(-1), "chat: the input after line 33 was not sent");
});

Deno.test("without a room, the error says how to name one", async () => {
  const server = new FakeServer();
  const pipes = new Pipes();
  const refused = assertRejects(
    () =>
      connect({ host: "127.0.0.1", port: server.port, nick: "ann", follow: true, json: false }, {
        stdio: pipes,
        clock: new FakeClock(),
      }),
    UserError,
    "HOST:PORT/ROOM",
  );
  const peer = await server.accept();
  await peer.welcome();
  await expectQuit(peer);
  await refused;
  await server[Symbol.asyncDispose]();
});
