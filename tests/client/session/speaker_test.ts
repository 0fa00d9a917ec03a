import { assert, assertEquals } from "@std/assert";
import { byteLength } from "../../../shared/text.ts";
import { ALL_CAPS } from "../../support/fake_server.ts";
import { inTime } from "../../support/patience.ts";
import { setUp, started } from "../../support/session.ts";

function said(text: string) {
  return { to: "#a", kind: "message", text };
}

Deno.test("an echo with its label confirms a message, which is shown once", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.say("#a", "hello");
  const { tags } = await peer.expect(/^@label=\S+ PRIVMSG #a :hello$/);
  assertEquals(setup.session.unsettled, 1);
  await peer.send(`@label=${tags?.get("label")};msgid=x :ann!u@h PRIVMSG #a :hello`);
  await setup.session.settled(0);
  const { text, own, id } = await setup.told.take("message");
  assertEquals([text, own, id], ["hello", true, "x"]);
  assertEquals(setup.told.events.filter(({ type }) => type === "message"), []);
});

Deno.test("an ACK and an empty batch confirm a message", async () => {
  await using setup = setUp();
  const peer = await started(setup, "batch labeled-response");
  setup.session.say("#a", "one");
  setup.session.say("#a", "two");
  const [one, two] = [await peer.expect(/one$/), await peer.expect(/two$/)];
  await peer.send(`@label=${one.tags?.get("label")} :irc.test ACK`);
  assertEquals((await setup.told.take("message")).text, "one");
  await peer.send(
    `@label=${two.tags?.get("label")} :irc.test BATCH +x labeled-response`,
    ":irc.test BATCH -x",
  );
  assertEquals((await setup.told.take("message")).text, "two");
  await setup.session.settled(0);
});

Deno.test("a refusal inside a labeled batch belongs to the line it answers", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.say("bob", "hello");
  const { tags } = await peer.expect(/hello$/);
  await peer.send(
    `@label=${tags?.get("label")} :irc.test BATCH +x labeled-response`,
    "@batch=x :irc.test 401 ann bob :No such nick",
    ":irc.test BATCH -x",
  );
  await setup.session.settled(0);
  const { line, reason } = await setup.told.take("refused");
  assertEquals(line && { ...said("hello"), to: line.to }, { ...said("hello"), to: "bob" });
  assertEquals(reason, "there is no user bob");
});

Deno.test("without labels, a PONG confirms the messages sent before its PING", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "one");
  await peer.expect(/^PRIVMSG #a :one$/);
  const { params: [token] } = await peer.expect(/^PING /);
  setup.session.say("#a", "two");
  await peer.expect(/^PRIVMSG #a :two$/);
  await peer.send(`:irc.test PONG irc.test :${token}`);
  assertEquals((await setup.told.take("message")).text, "one");
  assertEquals(setup.session.unsettled, 1);
  await peer.answerPing();
  assertEquals((await setup.told.take("message")).text, "two");
});

Deno.test("without labels, a refusal belongs to the line to the target it names", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "to all");
  setup.session.say("Bob", "to bob");
  await peer.expect(/to all$/);
  const { params: [token] } = await peer.expect(/^PING /);
  await peer.expect(/to bob$/);
  await peer.send(":irc.test 401 ann bob :No such nick", `:irc.test PONG irc.test :${token}`);
  assertEquals((await setup.told.take("refused")).line?.text, "to bob");
  assertEquals((await setup.told.take("message")).text, "to all");
  await setup.session.settled(0);
});

Deno.test("a FAIL without a target belongs to the only unconfirmed line", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "hello");
  await peer.send(":irc.test FAIL PRIVMSG INVALID_UTF8 :Message must be UTF-8");
  const { line, reason } = await setup.told.take("refused");
  assertEquals([line?.text, reason], ["hello", "Message must be UTF-8"]);
});

Deno.test("a FAIL of another command belongs to no message", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "hello");
  await peer.send(":irc.test FAIL METADATA LIMIT_REACHED :Remove another first");
  assertEquals((await setup.told.take("refused")).line, undefined);
  assertEquals(setup.session.unsettled, 1);
});

Deno.test("waiting for answers ends when messages are lost or refused", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "perhaps");
  setup.session.join("#b");
  setup.session.say("#b", "later");
  const [lost, dropped] = [setup.session.settled(1), setup.session.settled(0)];
  peer.close();
  await inTime(lost, "the end of the first");
  assertEquals(setup.session.unsettled, 1);
  setup.clock.advance(1000);
  const next = await setup.server.acceptInRoom();
  await next.expect(/^JOIN #b$/);
  await next.send(":irc.test 473 ann #b :Cannot join channel (+i)");
  await inTime(dropped, "the end of the second");
});

Deno.test("a queued private message is sent after the reconnect", async () => {
  await using setup = setUp({});
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome();
  await starting;
  peer.close();
  await setup.told.take("disconnected");
  setup.session.say("bob", "hello");
  setup.clock.advance(1000);
  const next = await setup.server.accept();
  await next.welcome();
  await next.expect(/^PRIVMSG bob :hello$/);
});

Deno.test("long text is sent in several lines, each within the limit at its recipients", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  const text = "日本語テキスト ".repeat(100).trim();
  setup.session.say("#a", text);
  let received = "";
  for (let i = 0; received.length < text.length; i++) {
    const { tags, params: [to, piece = ""] } = await peer.expect(/PRIVMSG/);
    const relayed = `:ann!u@h PRIVMSG ${to} :${piece}\r\n`;
    received += piece;
    assert(byteLength(relayed) <= 512, relayed);
    // A space in the last third is the best place to split; no piece is shorter than needed.
    assert(byteLength(relayed) > 340 || received === text, relayed);
    await peer.send(`@label=${tags?.get("label")} ${relayed.trimEnd()}`);
  }
  assertEquals(received, text);
});

Deno.test("room is left for the longest host until the user's own host is known", async () => {
  await using setup = setUp({});
  const starting = setup.session.start();
  const peer = await setup.server.accept();
  await peer.welcome();
  await starting;
  setup.session.say("bob", "x".repeat(1000));
  const { params: [, piece = ""] } = await peer.expect(/PRIVMSG/);
  const longest = `:ann!${"u".repeat(10)}@${"h".repeat(63)} PRIVMSG bob :${piece}\r\n`;
  assertEquals(byteLength(longest), 512);
});

Deno.test("a line break in a text does not begin a command", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "one\r\nQUIT\0\x01");
  await peer.expect(/^PRIVMSG #a :one$/);
  await peer.expect(/^PRIVMSG #a :QUIT$/);
});

Deno.test("an action is sent as one, and shown as one", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  setup.session.say("#a", "waves", "action");
  await peer.expect(/^PRIVMSG #a :.ACTION waves.$/);
  await peer.answerPing();
  assertEquals((await setup.told.take("action")).text, "waves");
});

Deno.test("a message written while disconnected is sent once, after the room is rejoined", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  peer.close();
  await setup.told.take("disconnected");
  setup.session.say("#a", "meanwhile");
  setup.clock.advance(1000);
  const next = await setup.server.accept();
  await next.welcome({ caps: ALL_CAPS });
  await next.expect(/^JOIN #a$/);
  // Nothing is sent before the room is joined: the PONG arrives first.
  await next.send("PING :still nothing", ":ann!u@h JOIN #a");
  await next.expect(/^PONG/);
  const { tags } = await next.expect(/PRIVMSG #a :meanwhile$/);
  await next.send(`@label=${tags?.get("label")} :ann!u@h PRIVMSG #a :meanwhile`);
  await setup.session.settled(0);
});

Deno.test("an unconfirmed message is reported, and not sent again", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.say("#a", "perhaps");
  await peer.expect(/perhaps$/);
  peer.close();
  assertEquals((await setup.told.take("unconfirmed")).line.text, "perhaps");
  await setup.session.settled(0);
  setup.clock.advance(1000);
  const next = await setup.server.acceptInRoom();
  await next.send("PING :nothing else");
  await next.expect(/^PONG/);
});

Deno.test("a target that cannot be a name is reported, and nothing is sent", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  for (const to of [":x", "a b", "", "a\r\nQUIT"]) {
    setup.session.say(to, "hello");
    assertEquals((await setup.told.take("refused")).line?.to, to);
  }
  await peer.send("PING :nothing");
  await peer.expect(/^PONG/);
});

Deno.test("with labels, a reply without one belongs to no message", async () => {
  await using setup = setUp();
  const peer = await started(setup, ALL_CAPS);
  setup.session.say("#a", "hello");
  await peer.expect(/hello$/);
  await peer.send(":irc.test 442 ann #a :You're not on that channel");
  assertEquals((await setup.told.take("refused")).line, undefined);
  assertEquals(setup.session.unsettled, 1);
});

Deno.test("leaving reports the messages that were not sent", async () => {
  await using setup = setUp();
  const peer = await started(setup);
  peer.close();
  await setup.told.take("disconnected");
  setup.session.say("#a", "too late");
  await setup.session.leave("");
  assertEquals((await setup.told.take("refused")).line, said("too late"));
  assertEquals(setup.session.unsettled, 0);
});
