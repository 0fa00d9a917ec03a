import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../../../shared/errors.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { setUp, started } from "../../support/session.ts";

Deno.test("a session negotiates, registers and joins its room", async () => {
  await using setup = setUp({ room: "a" });
  await started(setup, ALL_CAPS);
  const { nick, server, isFirst } = await setup.told.take("connected");
  assertEquals([nick, server, isFirst], ["ann", "127.0.0.1", true]);
  const { members } = await setup.told.take("members");
  assertEquals(members, ["@op", "ann"]);
  assertEquals(setup.session.home, "#a");
});

Deno.test("the next free nick replaces a taken one, and this is reported", async () => {
  await using setup = setUp();
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.expect(/^CAP LS/);
  await peer.expect(/^NICK ann$/);
  await peer.expect(/^USER /);
  await peer.send(":irc.test CAP * LS :", ":irc.test 433 * ann :Nickname is already in use");
  await peer.expect(/^CAP END$/);
  await peer.expect(/^NICK ann1$/);
  await peer.send(":irc.test 001 ann1 :Welcome");
  await peer.answerPing();
  await starting;
  const { wanted, nick, reason } = await setup.told.take("nick-taken");
  assertEquals([wanted, nick, reason], [
    "ann",
    "ann1",
    "the nick ann is already in use",
  ]);
});

Deno.test("a server without CAP is used without capabilities", async () => {
  await using setup = setUp();
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.expect(/^CAP LS/);
  await peer.send(":irc.test 421 * CAP :Unknown command");
  await peer.expect(/^NICK ann$/);
  await peer.expect(/^USER /);
  await peer.send(":irc.test 001 ann :Welcome");
  await peer.answerPing();
  await starting;
  await peer.expect(/^JOIN #a$/);
});

Deno.test("the password is sent before the nick", async () => {
  await using setup = setUp({ password: "open sesame" });
  const refused = assertRejects(() => setup.session.start(), UserError, "CHAT_PASSWORD");
  const peer = await setup.server.accept();
  await peer.expect(/^CAP LS/);
  await peer.expect(/^PASS :open sesame$/);
  await peer.expect(/^NICK /);
  await peer.send(":irc.test 464 * :Password incorrect");
  await refused;
});

Deno.test("a password that a bouncer refuses gets advice on the forms of a bouncer's password", async () => {
  for (
    const [password, advice] of [["wrong", "Check CHAT_PASSWORD"], [undefined, "Set CHAT_PASSWORD"]]
  ) {
    await using setup = setUp(password === undefined ? {} : { password });
    const refused = assertRejects(() => setup.session.start(), UserError, advice);
    const peer = await setup.server.accept();
    const words = ["CAP", ...(password === undefined ? [] : ["PASS"]), "NICK", "USER"];
    for (const word of words) await peer.expect(new RegExp(`^${word} `));
    await peer.send(":irc.znc.in 464 ann :Invalid Password");
    assertStringIncludes(
      (await refused).message,
      "a bouncer takes NAME:PASSWORD or NAME/NETWORK:PASSWORD",
    );
  }
});

/** Bytes that a server sends instead of a welcome, and the message that the user gets. */
const REFUSALS: readonly [bytes: string, message: string][] = [
  [
    ":irc.test 465 * :You are banned.\r\n",
    "did not accept the connection: You are banned. Its operator",
  ],
  ["ERROR :Closing link: too many\x1b[31m connections\r\n", "too many[31m connections"],
  ["HTTP/1.1 400 Bad Request\r\n\r\n", "not a chat server (it sent: HTTP/1.1 400 Bad Request)"],
  ["SSH-2.0-OpenSSH_9.2\r\n", "not a chat server (it sent: SSH-2.0-OpenSSH_9.2)"],
  ["220 mail ESMTP\r\n", "not a chat server (it sent: 220 mail ESMTP)"],
  ["\x15\x03\x01", "expects TLS on this port, and irc:// is plain text: use ircs://127.0.0.1:"],
  ["", "check the port, or use ircs://127.0.0.1:"],
  ["ERROR :Access denied: Bad password?\r\n", "Bad password?. Set CHAT_PASSWORD"],
  ["\0\r\n", "not a chat server (it does not send lines of text)"],
  ["x".repeat(9000), "not a chat server (it does not send lines of text)"],
  ["", "not a chat server (it closed the connection without an answer)"],
];

for (const [bytes, message] of REFUSALS) {
  Deno.test(`a server that sends ${JSON.stringify(bytes.slice(0, 60))} fails with a message of one line`, async () => {
    await using setup = setUp();
    const refused = assertRejects(() => setup.session.start(), UserError, message);
    const peer = await setup.server.accept();
    for (const command of ["CAP", "NICK", "USER"]) await peer.expect(new RegExp(`^${command} `));
    await peer.sendBytes(new TextEncoder().encode(bytes));
    peer.close();
    const { message: line } = await refused;
    assert(!/[\x00-\x1f]/.test(line));
  });
}

Deno.test("a server that sends nothing for ten seconds is not a chat server", async () => {
  await using setup = setUp();
  const refused = assertRejects(() => setup.session.start(), UserError, "not a chat server");
  await (await setup.server.accept()).expect(/^CAP/);
  setup.clock.advance(9_999);
  setup.clock.advance(1);
  await refused;
});

Deno.test("a port without a listener is reported, and not tried again", async () => {
  const setup = setUp();
  await setup.server[Symbol.asyncDispose]();
  await assertRejects(() => setup.session.start(), UserError, "nothing is listening on 127.0.0.1:");
  assertEquals(setup.clock.pending, 0);
});

Deno.test("a PING is answered", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.send("PING :a token");
  await peer.expect(/^PONG :a token$/);
});

Deno.test("a silent server gets a PING after a minute, and is given up if it does not answer", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await setup.told.take("members");
  setup.clock.advance(60_000);
  await peer.expect(/^PING still-there$/);
  setup.clock.advance(30_000);
  await peer.expectEnd();
  assertEquals(
    (await setup.told.take("disconnected")).reason,
    "the server no longer answers",
  );
});

Deno.test("a server that answers PING is kept", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await setup.told.take("members");
  for (let minute = 0; minute < 5; minute++) {
    setup.clock.advance(40_000);
    await peer.expect(/^PING still-there$/);
    await peer.send(":irc.test PONG irc.test still-there", ":bob!u@h PRIVMSG #a :tick");
    await setup.told.take("message");
  }
  assert(setup.session.isConnected);
});

Deno.test("a server that sends ERROR and does not close is disconnected", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.send("ERROR :Closing link");
  await peer.expectEnd();
  assertEquals((await setup.told.take("disconnected")).reason, "Closing link");
});

Deno.test("a server that ignores QUIT is disconnected all the same", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  const left = setup.session.leave("bye");
  await peer.expect(/^QUIT /);
  setup.clock.advance(1500);
  await left;
  assertEquals(setup.clock.pending, 0);
});

Deno.test("lines that are not messages or not UTF-8 are harmless", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  await peer.sendBytes(Uint8Array.of(0x3a, 0x62, 0x21, 0x75, 0x40, 0x68)); // :b!u@h
  await peer.sendBytes(new TextEncoder().encode(" PRIVMSG #a :caf"));
  await peer.sendBytes(Uint8Array.of(0xe9, 0x0d, 0x0a));
  await peer.send(": : :", "", "@ x", "x".repeat(9000), "!!!", ":b!u@h PRIVMSG #a :after");
  assertEquals((await setup.told.take("message")).text, "café");
  assertEquals((await setup.told.take("message")).text, "after");
});

Deno.test("a password with a line end is refused before anything is sent", async () => {
  await using setup = setUp({ password: "secret\n" });
  await assertRejects(() => setup.session.start(), UserError, "CHAT_PASSWORD");
  const peer = await setup.server.accept();
  await peer.expectEnd();
});
