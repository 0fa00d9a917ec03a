import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "../../../client.ts";
import { UserError } from "../../../shared/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ALL_CAPS, FakeServer } from "../../support/fake_server.ts";
import { echo, expectQuit, setUpPipe } from "../../support/pipe_setup.ts";
import { Pipes } from "../../support/pipes.ts";

Deno.test("lines of input are sent, then the client leaves with exit code 0", async () => {
  await using setup = setUpPipe();
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
  await using setup = setUpPipe();
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
  await using setup = setUpPipe();
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

Deno.test("--json prints each event as an object, and with --follow, the client stays after the end of input", async () => {
  await using setup = setUpPipe({ follow: true, json: true });
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
  await using setup = setUpPipe();
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
  await using setup = setUpPipe();
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send(":bob!u@h RENAME #a #b :");
  await setup.pipes.out.has("bob renamed #a to #b");
  setup.pipes.input("hello\n");
  setup.pipes.endInput();
  await peer.expect(/PRIVMSG #b :hello$/);
});

Deno.test("a notice of the server to the room is printed as one in the room", async () => {
  await using setup = setUpPipe({ follow: true, json: true });
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send(":irc.test NOTICE #a :the kettle is on");
  await setup.pipes.out.has("kettle");
  const { type, room, nick } = JSON.parse(setup.pipes.out.lines.at(-1) ?? "");
  assertEquals([type, room, nick], ["notice", "#a", "irc.test"]);
});

Deno.test("a notice of the server to another room names that room", async () => {
  await using setup = setUpPipe({ follow: true });
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.send(":irc.test NOTICE #b :the kettle is on", ":irc.test NOTICE #a :tea");
  await setup.pipes.out.has("tea");
  assertEquals(setup.pipes.out.lines, ["#b -irc.test- the kettle is on", "-irc.test- tea"]);
});

Deno.test("a refused line is reported on standard error and makes the exit code 1", async () => {
  await using setup = setUpPipe();
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
  await using setup = setUpPipe();
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

Deno.test("the client leaves when its output is closed", async () => {
  await using setup = setUpPipe({ follow: true });
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  setup.pipes.out.error = new Deno.errors.BrokenPipe("Broken pipe");
  await peer.send(":bob!u@h PRIVMSG #a :hi");
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 0);
});

Deno.test("a failure to write the output is reported in one line", async () => {
  await using setup = setUpPipe({ follow: true });
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
  await using setup = setUpPipe();
  setup.pipes.input("hello\n");
  const peer = await setup.server.acceptInRoom({ caps: ALL_CAPS });
  await peer.expect(/hello$/);
  setup.pipes.signal("SIGTERM");
  await expectQuit(peer);
  assertEquals(await setup.exitCode, 143);
  assertStringIncludes(setup.pipes.err.text, "may not have reached #a: hello");
});

Deno.test("the client ends with one line if the room cannot be joined", async () => {
  await using setup = setUpPipe();
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
  await using setup = setUpPipe({ follow: true });
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

for (
  const ban of [
    ":irc.test 465 ann :You are banned from this server (spam)",
    "ERROR :Closing link: (ann@192.0.2.1) [K-lined: spam]",
    "ERROR :You are banned from this server (spam)",
  ]
) {
  Deno.test(`a client in a pipe ends if it comes back and is told "${ban}"`, async () => {
    await using setup = setUpPipe({ follow: true });
    const peer = await setup.server.acceptInRoom();
    peer.close();
    await setup.pipes.err.has("trying again in 1 s");
    const next = setup.server.accept();
    setup.clock.advance(1000);
    const again = await next;
    await again.expect(/^CAP LS 302$/);
    await again.send(ban);
    again.close();
    const error = await assertRejects(() => setup.exitCode, UserError, "spam");
    assertEquals([error.exitCode, setup.clock.pending], [1, 0]);
  });
}

Deno.test("if the room is lost before the end of the input, a line says what was not read", async () => {
  await using setup = setUpPipe();
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
